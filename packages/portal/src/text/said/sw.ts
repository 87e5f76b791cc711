import type { SaidTexts } from './en.ts';

type Names = Readonly<Record<string, string>>;

const STAGES: Names = {
  lookup: 'mpokeaji anatafutwa',
  'party-offered': 'mpokeaji amepatikana, na mfumo wetu mkuu lazima ukubali',
  quoting: 'bei inaulizwa',
  quoted: 'tumesema gharama yake',
  'quote-refused': 'tulikataa kutoa bei',
  'quote-offered': 'bei inajulikana, na mfumo wetu mkuu lazima ukubali',
  open: 'uhamisho unaendelea',
  'calling-core': 'mfumo wetu mkuu unaitwa',
  'core-unknown': 'hakuna anayejua mfumo wetu mkuu ulifanya nini',
  late: 'mfumo wetu mkuu ulichelewa mno',
  'commit-first': 'hub inaamua kabla mfumo wetu mkuu haujaingiza vitabuni',
  fulfilling: 'tunathibitisha kwa hub',
  acknowledged: 'hub ilipokea uthibitisho wetu',
  refused: 'tulikataa',
  completed: 'imekamilika',
  committed: 'imekamilika',
  aborted: 'iliisha bila fedha kuhama',
  failed: 'imeshindikana',
};
const FOUND: Names = {
  reserve: 'fedha zimetengwa',
  credit: 'mteja ana fedha',
  aborted: 'uhamisho uliisha bila fedha kuhama',
  'not-found': 'hauujui uhamisho huu',
  pending: 'bado unaushughulikia',
  'no-answer': 'hakuna jibu',
};
const STATUSES: Names = {
  started: 'imeitwa, bado hakuna jibu',
  ok: 'imefanyika',
  refused: 'imekataliwa na mfumo wetu mkuu',
  reversed: 'imetenguliwa',
  unknown: 'hakuna anayejua kama ilifanyika',
  'not-sent': 'haikuweza kutumwa',
  pending: 'imepokelewa na mfumo wetu mkuu, bado haijaamuliwa',
};
const HOLDS: Names = {
  none: 'hakuna kilichozuiwa',
  asked: 'mfumo wetu mkuu uliombwa kuzuia fedha',
  held: 'fedha zimezuiwa',
  captured: 'fedha zimechukuliwa kabisa',
  released: 'fedha ziko huru tena',
};
const named = (names: Names, value = ''): string => names[value] ?? value;

const SW: SaidTexts = {
  'hub-COMMITTED': () => 'Inasema kwamba fedha zimehama (COMMITTED).',
  'hub-ABORTED': () => 'Inasema kwamba hakuna fedha zilizohama (ABORTED).',
  'hub-ACKNOWLEDGED': () => 'Ilipokea uthibitisho wetu kwa wakati, na bado haijasema kwamba fedha zimehama.',
  'hub-UNKNOWN': () => 'Haijasema uhamisho uliishaje.',
  'hub-NOT_SENT': () => 'Hakuna uhamisho uliowahi kutumwa kwake.',
  'hub-REFUSED': () => 'Iliambiwa kwamba tulikataa; bila uthibitisho wetu haihamishi fedha.',
  'hub-elsewhere': () => 'Haiulizwi kutoka hapa: angalia malipo pale yanapofanywa.',
  'core-ASKED_US': () => 'Ulituomba tulipe, na unazuia fedha hadi ujue matokeo.',
  'core-NOT_CALLED': () => 'Haukuitwa.',
  'core-UNKNOWN': () => 'Uliitwa, na hakuna anayejua ulifanya nini: huenda uliingiza uhamisho vitabuni.',
  'core-RESERVED': () => 'Umetenga fedha, na bado haujapokea matokeo.',
  'core-CREDITED': () => 'Umemwingizia mteja fedha.',
  'core-REFUSED': () => 'Ulikataa, au imethibitika kwamba haukuingiza chochote vitabuni.',
  'core-TOLD_COMMITTED': () => 'Ulipokea matokeo: fedha zimehama.',
  'core-TOLD_ABORTED': () => 'Ulipokea matokeo: hakuna fedha zilizohama.',
  'core-look': () => 'Hakuna anayejua: angalia vitabu vyake.',
  'no-record': () => 'Hakuna rekodi inayoujua uhamisho huu: huenda jarida limeusahau.',
  enquiries: (v) => `Ilipokea maswali yetu ${v['count']} kuhusu matokeo, la mwisho ${v['at']}.`,
  confirmations: (v) => `Ilipokea maswali ${v['count']} kuhusu uthibitisho wetu, la mwisho ${v['at']}.`,
  error: (v) => `Inaripoti hitilafu ${v['error']}.`,
  doubted: (v) => `Iliripoti hitilafu ${v['error']} baada ya uthibitisho wetu, jambo ambalo haliamui chochote.`,
  contradicted: (v) => `${v['at']}: ${v['source']} ilisema ${v['says']}, kinyume na kilichosemwa awali.`,
  'payment-stage': (v) => `Malipo: ${named(STAGES, v['stage'])}.`,
  'transfer-stage': (v) => `Uhamisho: ${named(STAGES, v['stage'])}.`,
  expires: (v) => `Ni halali hadi ${v['at']}.`,
  prepare: (v) =>
    v['outcome'] === 'acknowledged'
      ? 'Hub ilipokea uhamisho wetu.'
      : v['outcome'] === 'refused'
        ? 'Hub ilikataa uhamisho wetu.'
        : 'Uhamisho wetu haukuweza kukabidhiwa kwa hub; huenda umefika.',
  callback: (v) => `${v['taken'] === 'yes' ? 'Hub ilipokea uthibitisho wetu' : 'Uthibitisho wetu ulitumwa kwa hub'} (${v['state']}).`,
  refused: (v) => `Tuliukataa kwa hitilafu ${v['error']}.`,
  exception: (v) => `Inahitaji mtu: ${v['code']}${v['at'] === undefined ? '' : `, tangu ${v['at']}`}.`,
  resolved: (v) => `${v['by']} alitatua kama ${v['as']}, ${v['at']}: ${v['reason']}`,
  'core-id': (v) => `Kitambulisho chake chenyewe cha uhamisho ni ${v['id']}.`,
  notified: (v) => `Unaambiwa matokeo ${v['state']}, jaribio la ${v['attempt']}.`,
  'core-said': (v) => `Ulipoulizwa ${v['at']}, ulisema: ${named(FOUND, v['found'])}.`,
  'core-effect': (v) =>
    `Hatua “${v['name']}”${v['amount'] === undefined ? '' : `, ${v['amount']}`}: ${named(STATUSES, v['status'])}${v['code'] === undefined ? '' : ` (hitilafu ${v['code']})`}.`,
  send: (v) => `Malipo ya mteja wetu: ${named(HOLDS, v['hold'])}.`,
};

export default SW;
