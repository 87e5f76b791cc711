import type { HappeningTexts, Values } from './en.ts';

const OPERATIONS: Values = {
  'party.get': 'trouver le client',
  'quote.create': 'dire ce que cela coûte',
  'transfer.prepare': 'réserver ou comptabiliser l’argent',
  'transfer.finalise': 'prendre acte de l’issue',
  'send.check': 'dire si le client peut payer',
  'send.hold': 'bloquer l’argent du client',
  'send.capture': 'prendre définitivement l’argent bloqué',
  'send.release': 'rendre l’argent bloqué',
};
const operation = ({ operation: name = '' }: Values): string => {
  const [what = '', outcome] = name.split(' ');
  const said = OPERATIONS[what] ?? what;
  return outcome === undefined ? said : `${said} (${outcome})`;
};

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
  core: {
    'core:operation-begun': (v) =>
      `Notre système est chargé de ${operation(v)}${v['undoes'] === undefined ? '' : ', pour annuler ce qui a été fait avant'}`,
    'core:operation-failed': (v) => `Notre système n’a pas répondu : on lui redemande de ${operation(v)}`,
    'core:operation-ended': (v) =>
      v['kind'] === 'reply'
        ? `Notre système a terminé : ${operation(v)}`
        : `Notre système a refusé de ${operation(v)} : erreur ${v['code']}`,
    'core:person-acted': (v) => `${v['by']} a regardé dans le système et a dit : ${v['what']}`,
    'core:stuck': (v) => `Cela n’avance plus tout seul dans notre système : ${operation(v)}`,
    'core:effect-started': (v) =>
      `Notre système reçoit l’étape « ${v['effect']} »${v['attempt'] === '1' ? '' : ` (essai ${v['attempt']})`}`,
    'core:effect-ended': (v) =>
      v['outcome'] === 'ok'
        ? `Notre système a fait l’étape « ${v['effect']} »`
        : v['outcome'] === 'refused'
          ? `Notre système a refusé l’étape « ${v['effect']} » : erreur ${v['code']}`
          : `L’étape « ${v['effect']} » est annulée`,
    'core:effect-unknown': (v) => `Personne ne sait si notre système a fait l’étape « ${v['effect']} » : on lui demande`,
    'core:effect-not-sent': (v) => `L’étape « ${v['effect']} » n’a pas pu être envoyée à notre système`,
    'core:effect-pending': (v) => `Notre système a reçu l’étape « ${v['effect']} », et n’a pas encore décidé`,
    'core:effect-hinted': (v) => `Notre système rappelle au sujet de l’étape « ${v['effect']} » : on lui demande`,
    'core:effect-asked': (v) =>
      v['said'] === 'pending'
        ? `Notre système travaille encore à l’étape « ${v['effect']} »`
        : v['said'] === 'absent'
          ? `Notre système ne connaît pas l’étape « ${v['effect']} »`
          : `Notre système n’a pas dit ce qu’est devenue l’étape « ${v['effect']} »`,
    'core:hold-renewed': () => 'Notre système bloque l’argent plus longtemps',
    'core:renewal-failed': () => 'Notre système ne bloque pas l’argent plus longtemps',
    'core:reversal-failed': (v) => `Notre système n’a pas annulé l’étape « ${v['effect']} »`,
    'core:exception-raised': (v) => `Une personne doit s’en occuper : ${v['code']}`,
    'send:send-begun': () => 'Notre client veut payer',
    'send:checked': (v) => `Notre système dit que le client peut payer, pour des frais de ${v['fee']}`,
    'send:payment-known': () => 'Le paiement est commencé dans le système de paiement',
    'send:offered': () => 'Le prix est montré au client',
    'send:accepted': (v) =>
      v['by'] === 'customer' ? `Le client accepte : ${v['total']} en tout` : `Le prix est dans la limite du client : ${v['total']} en tout`,
    'send:accepting': () => 'L’argent est bloqué, et le prix est accepté',
    'send:taken': () => 'Le système de paiement l’a reçu',
    'send:given-up': (v) => `C’est abandonné${v['code'] === undefined ? '' : ` : erreur ${v['code']}`}`,
    'send:committed': () => 'Le paiement a abouti : l’argent est à prendre définitivement',
    'send:not-committed': (v) => `Le paiement s’est terminé sans argent${v['code'] === undefined ? '' : ` : erreur ${v['code']}`}`,
    'send:captured': () => 'Notre système a pris définitivement l’argent bloqué',
    'send:released': () => 'Notre système a rendu l’argent bloqué',
    'send:rejected': () => 'L’offre n’a pas été voulue : le système de paiement est informé',
    'send:exception-raised': (v) => `Une personne doit s’en occuper : ${v['code']}`,
    'send:person-acted': (v) => `${v['by']} l’a fait à la main dans le système`,
    'send:restored': () => 'Le journal a été remis à une copie plus ancienne : on ne sait pas où on en était',
  },
};

export default FR;
