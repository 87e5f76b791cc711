import type { SaidTexts } from './en.ts';

type Names = Readonly<Record<string, string>>;

const STAGES: Names = {
  lookup: 'le bénéficiaire est recherché',
  'party-offered': 'le bénéficiaire est trouvé, notre système doit accepter',
  quoting: 'le prix est demandé',
  quoted: 'nous avons dit ce que cela coûte',
  'quote-refused': 'nous avons refusé de donner un prix',
  'quote-offered': 'le prix est connu, notre système doit accepter',
  open: 'le transfert est en cours',
  'calling-core': 'notre système est appelé',
  'core-unknown': 'personne ne sait ce que notre système a fait',
  late: 'notre système a répondu trop tard',
  'commit-first': 'le hub décide avant que notre système comptabilise',
  fulfilling: 'nous confirmons au hub',
  acknowledged: 'le hub a reçu notre confirmation',
  refused: 'nous l’avons refusé',
  completed: 'abouti',
  committed: 'abouti',
  aborted: 'terminé sans argent',
  failed: 'échoué',
};
const FOUND: Names = {
  reserve: 'l’argent est réservé',
  credit: 'le client a l’argent',
  aborted: 'il est terminé sans argent',
  'not-found': 'il ne connaît pas le transfert',
  pending: 'il y travaille encore',
  'no-answer': 'pas de réponse',
};
const STATUSES: Names = {
  started: 'appelé, sans réponse encore',
  ok: 'fait',
  refused: 'refusé par notre système',
  reversed: 'annulé',
  unknown: 'personne ne sait si c’est fait',
  'not-sent': 'n’a pas pu être envoyé',
  pending: 'reçu par notre système, pas encore décidé',
};
const HOLDS: Names = {
  none: 'rien n’est bloqué',
  asked: 'notre système a été chargé de bloquer l’argent',
  held: 'l’argent est bloqué',
  captured: 'l’argent est pris définitivement',
  released: 'l’argent est de nouveau libre',
};
const named = (names: Names, value = ''): string => names[value] ?? value;

const FR: SaidTexts = {
  'hub-COMMITTED': () => 'Il dit que l’argent a bougé (COMMITTED).',
  'hub-ABORTED': () => 'Il dit qu’aucun argent n’a bougé (ABORTED).',
  'hub-ACKNOWLEDGED': () => 'Il a reçu notre confirmation à temps, et n’a pas encore dit que l’argent a bougé.',
  'hub-UNKNOWN': () => 'Il n’a pas dit comment le transfert s’est terminé.',
  'hub-NOT_SENT': () => 'Aucun transfert ne lui a été envoyé.',
  'hub-REFUSED': () => 'Il sait que nous avons refusé ; sans notre confirmation il ne déplace pas d’argent.',
  'hub-elsewhere': () => 'Il n’est pas interrogé d’ici : voir le paiement là où il est fait.',
  'core-ASKED_US': () => 'Il nous a demandé de payer, et bloque l’argent jusqu’à ce qu’il connaisse l’issue.',
  'core-NOT_CALLED': () => 'Il n’a pas été appelé.',
  'core-UNKNOWN': () => 'Il a été appelé, et personne ne sait ce qu’il a fait : il a peut-être comptabilisé le transfert.',
  'core-RESERVED': () => 'Il a réservé l’argent, et n’a pas encore pris acte de l’issue.',
  'core-CREDITED': () => 'Il a crédité le client.',
  'core-REFUSED': () => 'Il a refusé, ou il est prouvé qu’il n’a rien comptabilisé.',
  'core-TOLD_COMMITTED': () => 'Il a pris acte de l’issue : l’argent a bougé.',
  'core-TOLD_ABORTED': () => 'Il a pris acte de l’issue : aucun argent n’a bougé.',
  'core-look': () => 'Personne ne sait : regardez dans ses livres.',
  'no-record': () => 'Aucun enregistrement ne connaît ce transfert : le journal l’a peut-être oublié.',
  enquiries: (v) => `Il a reçu ${v['count']} de nos questions sur l’issue, la dernière ${v['at']}.`,
  confirmations: (v) => `Il a reçu ${v['count']} questions sur notre confirmation, la dernière ${v['at']}.`,
  error: (v) => `Il signale l’erreur ${v['error']}.`,
  doubted: (v) => `Il a signalé l’erreur ${v['error']} après notre confirmation, ce qui ne décide rien.`,
  contradicted: (v) => `${v['at']} : ${v['source']} a dit ${v['says']}, contre ce qui a été dit avant.`,
  'payment-stage': (v) => `Le paiement : ${named(STAGES, v['stage'])}.`,
  'transfer-stage': (v) => `Le transfert : ${named(STAGES, v['stage'])}.`,
  expires: (v) => `Il est valable jusqu’à ${v['at']}.`,
  prepare: (v) =>
    v['outcome'] === 'acknowledged'
      ? 'Le hub a reçu notre transfert.'
      : v['outcome'] === 'refused'
        ? 'Le hub a refusé notre transfert.'
        : 'Notre transfert n’a pas pu être remis au hub ; il est peut-être arrivé.',
  callback: (v) =>
    `${v['taken'] === 'yes' ? 'Le hub a reçu notre confirmation' : 'Notre confirmation a été envoyée au hub'} (${v['state']}).`,
  refused: (v) => `Nous l’avons refusé avec l’erreur ${v['error']}.`,
  exception: (v) => `Une personne doit s’en occuper : ${v['code']}${v['at'] === undefined ? '' : `, depuis ${v['at']}`}.`,
  resolved: (v) => `${v['by']} l’a résolu comme ${v['as']}, ${v['at']} : ${v['reason']}`,
  'core-id': (v) => `Son propre identifiant du transfert est ${v['id']}.`,
  notified: (v) => `Il est informé de l’issue ${v['state']}, essai ${v['attempt']}.`,
  'core-said': (v) => `Interrogé ${v['at']}, il a dit : ${named(FOUND, v['found'])}.`,
  'core-effect': (v) =>
    `Étape « ${v['name']} »${v['amount'] === undefined ? '' : `, ${v['amount']}`} : ${named(STATUSES, v['status'])}${v['code'] === undefined ? '' : ` (erreur ${v['code']})`}.`,
  send: (v) => `Le paiement de notre client : ${named(HOLDS, v['hold'])}.`,
};

export default FR;
