import type { PaymentWords } from './en.ts';

const FR: PaymentWords = {
  states: {
    completed: 'Abouti',
    pending: 'En cours',
    unknown: 'Issue inconnue',
    acknowledged: 'Pas encore confirmé',
    failed: 'Échoué',
    declined: 'Refusé',
    quoted: 'Prix donné',
    unread: 'Illisible',
  },
  stateHelp: {
    completed: 'Le hub a dit que le transfert est validé : l’argent a bougé.',
    pending: 'Il se poursuit tout seul ; son issue n’est pas encore connue.',
    unknown: 'Il a été envoyé, et personne n’a encore dit comment il s’est terminé. L’argent a peut-être bougé ; la question est posée.',
    acknowledged: 'Le hub a reçu notre confirmation, sans dire que le transfert est validé. L’argent a peut-être bougé.',
    failed: 'Il s’est terminé sans argent.',
    declined: 'Le client n’a pas voulu de l’offre. Aucun argent n’a bougé.',
    quoted: 'Nous avons dit le prix. Aucun transfert n’est venu.',
    unread: 'Une version plus récente du produit a écrit quelque chose que celle-ci ne connaît pas.',
  },
  directions: { out: 'Sortant', in: 'Entrant' },
  directionHelp: { out: 'Nous payons', in: 'Nous sommes payés' },
  attention: 'À traiter par une personne',
  alarm: 'À regarder',
  pruned: 'Archivé : noms et numéros sont supprimés',
};

export default FR;
