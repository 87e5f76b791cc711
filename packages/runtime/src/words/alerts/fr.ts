import type { AlertWords } from './en.ts';

const FR: AlertWords = {
  severities: { critical: 'Critique', warning: 'Avertissement' },
  payments: (count, one) => (one ? '1 paiement' : `${count} paiements`),
  since: 'Depuis',
  until: 'Jusqu’à',
  events: { began: 'le début', again: 'une aggravation', ended: 'la fin' },
  where: 'Où regarder',
  tested: 'Un essai des alertes ; rien ne s’est passé',
  rules: {
    exceptions: {
      name: 'Des paiements demandent une intervention',
      means:
        'Seule une personne peut dire comment ils se sont terminés. D’ici là, l’argent d’un client peut être bloqué ou manquer. Traitez-les un par un.',
    },
    hub: {
      name: 'Le hub est injoignable',
      means: 'Aucun paiement ne se termine. Ceux en cours gardent leur réservation, et le hub est interrogé. Appelez l’opérateur du hub.',
    },
    core: {
      name: 'Le système bancaire ne répond pas',
      means: 'Les paiements vers nos clients sont refusés, et les résultats attendent. Rien ne sera comptabilisé deux fois.',
    },
    journal: {
      name: 'Les paiements ne peuvent pas être enregistrés',
      means:
        'Le disque est plein, ou la base de données n’accepte rien : aucun paiement ne commence, et ceux en cours attendent. Rien n’est perdu. Libérez de la place, ou réparez la base de données.',
    },
    'success-rate': {
      name: 'Trop de paiements échouent',
      means: 'Aucun n’est perdu ; les clients ne peuvent pas payer. Regardez les causes : quel côté, quel partenaire.',
    },
    latency: {
      name: 'Les paiements sont lents',
      means:
        'Les clients attendent, et certains renoncent. Voyez où passe le temps : hub, système bancaire ou la machine de Payment Manager.',
    },
    cap: {
      name: 'Une position approche de son plafond',
      means: 'Une fois atteint, le hub refuse les paiements de nos clients. Demandez des liquidités ou un règlement à l’opérateur du hub.',
    },
    expiry: {
      name: 'Un certificat arrive à son terme',
      means: 'Une fois expiré, aucun paiement ne passera. Renouvelez-le, ou demandez à l’opérateur du hub de signer le nouveau.',
    },
    trust: {
      name: 'Une clé ou un certificat n’est pas celui attendu',
      means: 'Demandez à l’opérateur du hub si cela était convenu. Sinon, quelqu’un agit peut-être au nom d’un autre.',
    },
    'read-model': {
      name: 'Les listes et les totaux sont en retard',
      means: 'Les paiements continuent ; le portail montre les derniers plus tard.',
    },
    delivery: {
      name: 'Les alertes ne sont pas reçues',
      means: 'L’adresse web ou le serveur de courriel n’accepte aucun message. Nouveaux essais pendant trois jours.',
    },
    operation: {
      name: 'Un ingénieur doit regarder',
      means: 'Les paiements continuent pour l’instant. La raison dit ce qui ne va pas.',
    },
  },
};

export default FR;
