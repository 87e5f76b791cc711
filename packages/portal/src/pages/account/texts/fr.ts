import type { AccountTexts } from './en.ts';

const FR: AccountTexts = {
  title: 'Accès et sessions',
  sessions: 'Où vous êtes connecté',
  session: { by: 'Moyen', address: 'Adresse', since: 'Depuis', seen: 'Vu', browser: 'Navigateur' },
  thisOne: 'ce navigateur',
  end: 'Terminer',
  endSession: (address) => `Terminer la session de ${address}`,
  ways: {
    'password and code': 'mot de passe et code',
    'password and recovery code': 'mot de passe et code de secours',
    passkey: 'clé d’accès',
    'sandbox link': 'lien du bac à sable',
  },
  password: 'Changer le mot de passe',
  current: 'Mot de passe actuel',
  next: 'Nouveau mot de passe',
  nextHint:
    '12 caractères ou plus ; sans votre nom, et pas l’un de ceux que tout le monde essaie. Toutes les autres sessions se terminent.',
  change: 'Changer le mot de passe',
  changed: 'Le mot de passe est changé ; toutes les autres sessions sont terminées.',
  passkeys: 'Clés d’accès',
  passkeysHint: 'Une clé d’accès vous connecte par empreinte, visage ou code de l’appareil, et ne peut pas être hameçonnée.',
  noPasskeys: 'Vous n’en avez pas encore.',
  added: (day) => `ajoutée le ${day}`,
  called: 'Nom à lui donner',
  code: 'Code de votre authentificateur',
  add: 'Ajouter une clé d’accès',
  remove: 'Supprimer',
  removeNamed: (name) => `Supprimer la clé d’accès ${name}`,
  factors: 'Second facteur',
  recoveryLeft: (count) => `${count} codes de secours restants`,
  noFactors: 'Vous êtes venu par un lien du bac à sable : il n’y a ni mot de passe ni second facteur à changer.',
};

export default FR;
