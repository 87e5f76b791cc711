import type { ActTexts } from './en.ts';

const FR: ActTexts = {
  places: { hub: 'Le hub', us: 'Nous', core: 'Notre système', person: 'Personne' },
  knownBy: { hub: 'Le hub', us: 'Payment Manager', core: 'Notre système' },
  actions: {
    title: 'Ce que vous pouvez faire maintenant',
    none: 'Il ne reste rien à faire : un mot final qui viendrait plus tard prend effet tout seul.',
    notAllowed: 'Votre rôle peut regarder, sans agir.',
    nowRefused: 'n’est plus possible',
    'ask-hub': 'Demander au hub',
    'ask-core': 'Demander à notre système',
    'resend-outcome': 'Redire l’issue à notre système',
    settle: 'Résoudre',
    'core-executed': 'Le système l’a exécuté',
    'core-not-executed': 'Le système ne l’a pas exécuté',
    'core-done': 'Fait à la main dans le système',
    as: 'Comment cela s’est terminé',
    ends: { COMMITTED: 'Validé : l’argent a bougé', ABORTED: 'Annulé : aucun argent n’a bougé' },
    reason: 'Raison',
    reasonPlaceholder: 'Par exemple : ticket 4711 du hub',
    facts: 'Comment le système l’appelle (JSON, si une étape suivante en a besoin)',
    outcome: (state) => `Issue : ${state}`,
    confirm: 'J’ai regardé dans les livres du système : ce n’est pas encore comptabilisé',
    do: 'Exécuter',
    ask: 'Demander à une seconde personne',
    done: 'C’est fait.',
    asked: 'Demandé. Ce sera fait dès qu’une seconde personne sera d’accord.',
    unanswered: 'Aucune réponse n’est venue : c’est peut-être fait. Fermez et regardez ce qui s’est passé avant de répéter.',
    fourEyes: 'Une seconde personne doit être d’accord avant que quoi que ce soit soit fait.',
  },
  effects: {
    'ask-hub': 'Ne déplace pas d’argent. La réponse du hub prend effet comme toute autre.',
    'ask-core': 'Ne déplace pas d’argent. Si personne ne savait ce que le système a fait, le paiement se poursuit d’après sa réponse.',
    'resend-committed':
      'Notre système apprend une fois de plus que c’est validé, et comptabilise l’argent pour notre client. Un système qui ne reconnaît pas les répétitions comptabilise deux fois.',
    'resend-aborted': 'Notre système apprend une fois de plus que c’est annulé, et libère ce qu’il a réservé.',
    'settle-payer':
      'Clôt l’exception. Notre système prend l’argent du client pour de bon s’il apprend « validé », et le rend s’il apprend « annulé ». Rien n’est envoyé au hub.',
    'settle-payer-committed':
      'Clôt l’exception. À sa prochaine question, notre système apprend que le paiement est validé, et prend l’argent du client pour de bon. Rien n’est envoyé au hub.',
    'settle-payer-aborted':
      'Clôt l’exception. À sa prochaine question, notre système apprend que le paiement a échoué, et rend l’argent au client. Rien n’est envoyé au hub.',
    'settle-payee':
      'Clôt l’exception dans nos seuls registres. Ni le hub ni le système ne l’apprennent : comptabilisez ou libérez à la main, ou redites-lui l’issue ensuite.',
    'core-executed': 'Vous avez regardé dans le système : cela y a été exécuté. Le paiement se poursuit de là, sans nouvelle exécution.',
    'core-not-executed':
      'Vous avez regardé dans le système : cela n’a pas été exécuté et ne le sera jamais. C’est refait ou abandonné, selon le connecteur.',
    'core-done': 'Cela a été fait à la main dans le système. Plus rien n’est appelé pour cela.',
  },
};

export default FR;
