import type { SignInTexts } from './en.ts';

const FR: SignInTexts = {
  title: 'Connexion',
  name: 'Nom d’utilisateur',
  password: 'Mot de passe',
  next: 'Suivant',
  or: 'ou',
  withPasskey: 'Se connecter avec une clé d’accès',
  withProvider: (provider) => `Se connecter avec ${provider}`,
  notReturned: 'Cette adresse ne contient rien du fournisseur. Recommencez la connexion.',
  account: 'Votre compte chez le fournisseur :',
  codeTitle: 'Second facteur',
  codeHint: 'Les six chiffres affichés par votre application d’authentification, ou l’un de vos codes de secours.',
  code: 'Code',
  signIn: 'Se connecter',
  back: 'Retour',
  lost: 'Mot de passe ou authentificateur perdu ? Un administrateur peut vous donner un nouveau lien.',
  passkeyRefused: 'La clé d’accès n’a pas servi : vous avez annulé, ou cet appareil n’en a pas pour cette adresse.',
  welcome: {
    title: 'Bienvenue',
    opening: 'Ouverture de votre lien …',
    noToken: 'Cette adresse n’est pas un lien entier. Ouvrez le lien tel qu’il vous a été donné.',
    toSignIn: 'Vers la connexion',
    passwordTitle: 'Choisir un mot de passe',
    passwordHint:
      '12 caractères ou plus. Quatre ou cinq mots que personne n’associerait conviennent ; votre nom, ou ce que tout le monde essaie, est refusé.',
    newPassword: 'Nouveau mot de passe',
    go: 'Continuer',
    authenticatorTitle: 'Ajouter un authentificateur',
    authenticatorHint: 'Scannez ceci avec une application d’authentification, puis saisissez les six chiffres affichés.',
    qr: 'Code QR pour l’application d’authentification',
    secret: 'Pas d’appareil photo ? Saisissez cette clé dans l’application :',
    recoveryTitle: 'Gardez vos codes de secours',
    recoveryHint:
      'Chacun remplace une fois le second facteur, si l’authentificateur est perdu. Ils ne sont montrés que maintenant : gardez-les loin du mot de passe.',
    copyCodes: 'les codes de secours',
    download: 'Télécharger',
    kept: 'Je les ai gardés',
  },
};

export default FR;
