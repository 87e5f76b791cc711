import type { HappeningTexts } from './en.ts';

const FR: HappeningTexts = {
  out: {
    'payment-started': () => 'Notre système a demandé d’envoyer de l’argent',
    'simple-transfer-started': (v) => `Notre système a demandé un transfert vers ${v['destination']}`,
    'party-found': (v) => `Le bénéficiaire a été trouvé${v['fsp'] === undefined ? '' : ` chez ${v['fsp']}`}`,
    'quote-requested': (v) => `Le prix a été demandé à ${v['destination']}`,
    'quote-received': (v) => `${v['source']} a proposé ${v['amount']}`,
    'quote-accepted': (v) => `L’offre a été acceptée : ${v['amount']} doivent bouger`,
    'prepare-sent': (v) =>
      v['outcome'] === 'acknowledged'
        ? 'Le hub a reçu notre transfert'
        : v['outcome'] === 'refused'
          ? 'Le hub a refusé notre transfert'
          : 'Notre transfert n’a pas pu être remis au hub ; il est peut-être arrivé',
    fulfilled: (v) => `${v['source']} l’a mené à bien : le hub dit COMMITTED`,
    'not-committed': (v) =>
      v['said'] === 'never-left'
        ? 'Il n’est jamais parti : aucun argent ne bouge'
        : `Le transfert s’est terminé sans argent : erreur ${v['error']}`,
    failed: (v) => `Échec avant toute demande d’argent : erreur ${v['error']}`,
    aborted: () => 'L’offre n’a pas été voulue : rien n’a été envoyé',
    'hub-asked': (v) => `Le hub a reçu notre question sur l’issue (${Number(v['rung'] ?? 0) + 1})`,
    inquired: (v) =>
      v['by'] === 'ladder' ? 'Pas de réponse à temps : on demande l’issue au hub' : 'Notre système veut savoir : on demande au hub',
    'exception-raised': (v) => `Une personne doit s’en occuper : ${v['code']}`,
    contradicted: (v) => `${v['source']} dit ${v['says']}, contre ce qui a été dit avant`,
    'confirmation-asked': () => 'Redemandé par notre système : on demande au hub si le premier essai est terminé',
    confirmed: () => 'Le hub a confirmé que l’essai est terminé',
    restored: () => 'Le journal a été remis à une copie plus ancienne : on demande au hub ce qui s’est passé depuis',
    reported: () => 'Signalé par une personne : le journal l’avait oublié',
    pruned: () => 'Les événements plus anciens sont dans l’archive',
    'person-acted': (v) => `Une personne a décidé : ${v['act']}${v['as'] === undefined ? '' : ` ${v['as']}`}`,
  },
  in: {
    'quote-requested': (v) => `${v['source']} a demandé le prix d’un paiement de ${v['amount']}`,
    'quote-answered': (v) => `Nous avons proposé ${v['amount']}`,
    'quote-refused': (v) => `Nous avons refusé de donner un prix : erreur ${v['error']}`,
    'quote-callback-settled': (v) => (v['acknowledged'] === 'true' ? 'Le hub a reçu notre réponse' : 'Le hub n’a pas reçu notre réponse'),
    'prepare-received': (v) => `${v['source']} envoie ${v['amount']}`,
    'prepare-refused': (v) => `Nous avons refusé le transfert : erreur ${v['error']}`,
    'core-transfer-started': (v) =>
      `Notre système a été chargé de le comptabiliser${v['attempt'] === '1' ? '' : ` (essai ${v['attempt']})`}`,
    'core-transfer-ok': (v) =>
      `Notre système a ${v['mode'] === 'reserve' ? 'réservé' : 'crédité'} l’argent${v['late'] === 'true' ? ', mais trop tard' : ''}`,
    'core-transfer-refused': (v) => `Notre système l’a refusé : erreur ${v['error']}`,
    'core-transfer-unknown': (v) =>
      v['forgotten'] === 'true'
        ? 'Le journal a été remis à une copie plus ancienne : on demande au système et au hub'
        : 'Notre système n’a pas répondu clairement : il l’a peut-être comptabilisé',
    'core-asked': (v) =>
      v['found'] === 'pending'
        ? 'Notre système dit qu’il y travaille encore'
        : v['found'] === 'not-found'
          ? 'Notre système ne le connaît pas'
          : 'Notre système n’a pas répondu',
    'core-quiet': () => 'Notre système ne peut plus le comptabiliser en retard ; lui seul peut dire ce qu’il a fait',
    'core-said': (v) => `Notre système, interrogé par une personne, dit : ${v['found']}`,
    'fulfil-decided': () => 'Nous confirmons le transfert au hub',
    'callback-settled': (v) =>
      v['acknowledged'] === 'true'
        ? 'Le hub a reçu notre confirmation ; il dira plus tard l’issue'
        : 'Le hub n’a pas reçu notre confirmation',
    'hub-error-said': (v) => `Le hub signale l’erreur ${v['error']} sur notre confirmation ; on lui demande l’issue`,
    'confirmation-asked': (v) => `Le hub a reçu notre question sur l’issue (${Number(v['nth'] ?? 0) + 1})`,
    'confirmation-ended': () => 'Le hub a reçu notre confirmation sans dire l’issue ; le rapprochement redemandera',
    'outcome-known': (v) =>
      v['said'] === 'acknowledgement'
        ? 'Le hub a reçu notre confirmation à temps'
        : v['state'] === 'COMMITTED'
          ? 'Le hub dit COMMITTED : l’argent a bougé'
          : 'Le hub dit ABORTED : aucun argent ne bouge',
    'notification-started': (v) =>
      `Notre système est informé qu’il ${v['state'] === 'COMMITTED' ? 'a abouti' : 's’est terminé sans argent'}${v['attempt'] === '1' ? '' : ` (essai ${v['attempt']})`}`,
    'notification-acknowledged': () => 'Notre système en a pris acte',
    'notification-failed': (v) =>
      v['kind'] === 'rejected'
        ? 'Notre système a refusé l’issue'
        : v['kind'] === 'not-sent'
          ? 'Notre système n’a pas été joint'
          : 'Notre système n’a pas dit s’il en a pris acte',
    'commit-withdrawn': () => 'Trop tard pour que notre système comptabilise ; il est libéré quand le hub a terminé le transfert',
    'commit-held': () => 'Trop tard pour informer encore notre système, et il a peut-être comptabilisé : plus rien ne lui est dit',
    'hub-asked': (v) => `Le hub a reçu notre question sur l’issue (${Number(v['rung'] ?? 0) + 1})`,
    'exception-raised': (v) => `Une personne doit s’en occuper : ${v['code']}`,
    contradicted: (v) => `${v['source']} dit ${v['says']}, contre ce qui a été dit avant`,
    reported: () => 'Signalé par une personne : le journal l’avait oublié',
    pruned: () => 'Les événements plus anciens sont dans l’archive',
    'person-acted': (v) => `Une personne a décidé : ${v['act']}${v['as'] === undefined ? '' : ` ${v['as']}`}`,
  },
};

export default FR;
