import type { HappeningTexts, Values } from './en.ts';

const OPERATIONS: Values = {
  'party.get': 'kumtafuta mteja',
  'quote.create': 'kusema gharama yake',
  'transfer.prepare': 'kutenga fedha au kuziingiza vitabuni',
  'transfer.finalise': 'kupokea matokeo',
  'send.check': 'kusema kama mteja anaweza kulipa',
  'send.hold': 'kuzuia fedha za mteja',
  'send.capture': 'kuchukua kabisa fedha zilizozuiwa',
  'send.release': 'kurudisha fedha zilizozuiwa',
};
const operation = ({ operation: name = '' }: Values): string => {
  const [what = '', outcome] = name.split(' ');
  const said = OPERATIONS[what] ?? what;
  return outcome === undefined ? said : `${said} (${outcome})`;
};

const SW: HappeningTexts = {
  out: {
    'payment-started': () => 'Mfumo wetu mkuu uliomba kutuma fedha',
    'simple-transfer-started': (v) => `Mfumo wetu mkuu uliomba uhamisho kwenda ${v['destination']}`,
    'party-found': (v) => `Mpokeaji amepatikana${v['fsp'] === undefined ? '' : ` kwenye ${v['fsp']}`}`,
    'quote-requested': (v) => `${v['destination']} iliulizwa gharama yake`,
    'quote-received': (v) => `${v['source']} ilitoa ofa ya ${v['amount']}`,
    'quote-accepted': (v) => `Ofa ilikubaliwa: ${v['amount']} zinatakiwa kuhama`,
    'prepare-sent': (v) =>
      v['outcome'] === 'acknowledged'
        ? 'Hub ilipokea uhamisho wetu'
        : v['outcome'] === 'refused'
          ? 'Hub ilikataa uhamisho wetu'
          : 'Uhamisho wetu haukuweza kukabidhiwa kwa hub; huenda umefika',
    fulfilled: (v) => `${v['source']} iliukamilisha: hub inasema COMMITTED`,
    'not-committed': (v) =>
      v['said'] === 'never-left'
        ? 'Haukuwahi kutoka kwetu: hakuna fedha zinazohama'
        : `Uhamisho uliisha bila fedha kuhama: hitilafu ${v['error']}`,
    failed: (v) => `Yalishindikana kabla ya fedha zozote kuombwa: hitilafu ${v['error']}`,
    aborted: () => 'Ofa haikutakiwa: hakuna kilichotumwa',
    'hub-asked': (v) => `Hub ilipokea swali letu kuhusu matokeo (${Number(v['rung'] ?? 0) + 1})`,
    inquired: (v) =>
      v['by'] === 'ladder' ? 'Hakuna jibu kwa wakati: hub inaulizwa uhamisho uliishaje' : 'Mfumo wetu mkuu unataka kujua: hub inaulizwa',
    'exception-raised': (v) => `Inahitaji mtu: ${v['code']}`,
    contradicted: (v) => `${v['source']} inasema ${v['says']}, kinyume na kilichosemwa awali`,
    'confirmation-asked': () => 'Mfumo wetu mkuu umeomba tena: hub inaulizwa kama jaribio la kwanza limeisha',
    confirmed: () => 'Hub ilithibitisha kwamba jaribio limeisha',
    restored: () => 'Jarida limerudishwa kwenye nakala ya zamani: hub inaulizwa kilichotokea tangu hapo',
    reported: () => 'Imeripotiwa na mtu: jarida lilikuwa limeisahau',
    pruned: () => 'Matukio ya zamani zaidi yako kwenye hifadhi ya zamani',
    'person-acted': (v) => `Mtu aliamua: ${v['act']}${v['as'] === undefined ? '' : ` ${v['as']}`}`,
  },
  in: {
    'quote-requested': (v) => `${v['source']} iliuliza malipo ya ${v['amount']} yangegharimu kiasi gani`,
    'quote-answered': (v) => `Tulitoa ofa ya ${v['amount']}`,
    'quote-refused': (v) => `Tulikataa kutoa bei: hitilafu ${v['error']}`,
    'quote-callback-settled': (v) => (v['acknowledged'] === 'true' ? 'Hub ilipokea jibu letu' : 'Hub haikupokea jibu letu'),
    'prepare-received': (v) => `${v['source']} inatuma ${v['amount']}`,
    'prepare-refused': (v) => `Tulikataa uhamisho: hitilafu ${v['error']}`,
    'core-transfer-started': (v) =>
      `Mfumo wetu mkuu uliombwa kuuingiza vitabuni${v['attempt'] === '1' ? '' : ` (jaribio la ${v['attempt']})`}`,
    'core-transfer-ok': (v) =>
      `Mfumo wetu mkuu ${v['mode'] === 'reserve' ? 'ulitenga fedha' : 'ulimwingizia mteja fedha'}${v['late'] === 'true' ? ', lakini kwa kuchelewa mno' : ''}`,
    'core-transfer-refused': (v) => `Mfumo wetu mkuu uliukataa: hitilafu ${v['error']}`,
    'core-transfer-unknown': (v) =>
      v['forgotten'] === 'true'
        ? 'Jarida limerudishwa kwenye nakala ya zamani: mfumo mkuu na hub vinaulizwa'
        : 'Mfumo wetu mkuu haukutoa jibu wazi: huenda umeuingiza vitabuni',
    'core-asked': (v) =>
      v['found'] === 'pending'
        ? 'Mfumo wetu mkuu unasema kwamba bado unaushughulikia'
        : v['found'] === 'not-found'
          ? 'Mfumo wetu mkuu hauujui'
          : 'Mfumo wetu mkuu haukujibu',
    'core-quiet': () => 'Mfumo wetu mkuu hauwezi tena kuuingiza vitabuni kwa kuchelewa; ulichofanya, wenyewe tu ndio unaweza kusema',
    'core-said': (v) => `Mfumo wetu mkuu, ulipoulizwa na mtu, unasema: ${v['found']}`,
    'fulfil-decided': () => 'Tunauthibitisha uhamisho kwa hub',
    'callback-settled': (v) =>
      v['acknowledged'] === 'true' ? 'Hub ilipokea uthibitisho wetu; matokeo itayasema baadaye' : 'Hub haikupokea uthibitisho wetu',
    'hub-error-said': (v) => `Hub inaripoti hitilafu ${v['error']} kuhusu uthibitisho wetu; inaulizwa uhamisho uliishaje`,
    'confirmation-asked': (v) => `Hub ilipokea swali letu kuhusu matokeo (${Number(v['nth'] ?? 0) + 1})`,
    'confirmation-ended': () => 'Hub ilipokea uthibitisho wetu na haisemi uhamisho uliishaje; usuluhishi utauliza tena',
    'outcome-known': (v) =>
      v['said'] === 'acknowledgement'
        ? 'Hub ilipokea uthibitisho wetu kwa wakati'
        : v['state'] === 'COMMITTED'
          ? 'Hub inasema COMMITTED: fedha zimehama'
          : 'Hub inasema ABORTED: hakuna fedha zinazohama',
    'notification-started': (v) =>
      `Mfumo wetu mkuu unaambiwa kwamba uhamisho ${v['state'] === 'COMMITTED' ? 'umekamilika' : 'uliisha bila fedha kuhama'}${v['attempt'] === '1' ? '' : ` (jaribio la ${v['attempt']})`}`,
    'notification-acknowledged': () => 'Mfumo wetu mkuu ulipokea hilo',
    'notification-failed': (v) =>
      v['kind'] === 'rejected'
        ? 'Mfumo wetu mkuu ulikataa matokeo'
        : v['kind'] === 'not-sent'
          ? 'Mfumo wetu mkuu haukufikika'
          : 'Mfumo wetu mkuu haukusema kama ulipokea',
    'commit-withdrawn': () => 'Muda wa mfumo wetu mkuu kuingiza vitabuni umepita; kilichotengwa kitaachiliwa hub itakapomaliza uhamisho',
    'commit-held': () => 'Muda wa kuuambia tena mfumo wetu mkuu umepita, na huenda umeingiza vitabuni: hauambiwi kitu kingine',
    'hub-asked': (v) => `Hub ilipokea swali letu kuhusu matokeo (${Number(v['rung'] ?? 0) + 1})`,
    'exception-raised': (v) => `Inahitaji mtu: ${v['code']}`,
    contradicted: (v) => `${v['source']} inasema ${v['says']}, kinyume na kilichosemwa awali`,
    reported: () => 'Imeripotiwa na mtu: jarida lilikuwa limeisahau',
    pruned: () => 'Matukio ya zamani zaidi yako kwenye hifadhi ya zamani',
    'person-acted': (v) => `Mtu aliamua: ${v['act']}${v['as'] === undefined ? '' : ` ${v['as']}`}`,
  },
  core: {
    'core:operation-begun': (v) =>
      `Mfumo wetu mkuu unaombwa ${operation(v)}${v['undoes'] === undefined ? '' : ', ili kutengua kilichofanywa awali'}`,
    'core:operation-failed': (v) => `Mfumo wetu mkuu haukujibu: unaombwa tena ${operation(v)}`,
    'core:operation-ended': (v) =>
      v['kind'] === 'reply'
        ? `Mfumo wetu mkuu umemaliza: ${operation(v)}`
        : `Mfumo wetu mkuu ulikataa ${operation(v)}: hitilafu ${v['code']}`,
    'core:person-acted': (v) => `${v['by']} aliangalia kwenye mfumo mkuu na kusema: ${v['what']}`,
    'core:stuck': (v) => `Haiwezi kuendelea yenyewe kwenye mfumo wetu mkuu: ${operation(v)}`,
    'core:effect-started': (v) =>
      `Mfumo wetu mkuu unapewa hatua “${v['effect']}”${v['attempt'] === '1' ? '' : ` (jaribio la ${v['attempt']})`}`,
    'core:effect-ended': (v) =>
      v['outcome'] === 'ok'
        ? `Mfumo wetu mkuu umefanya hatua “${v['effect']}”`
        : v['outcome'] === 'refused'
          ? `Mfumo wetu mkuu ulikataa hatua “${v['effect']}”: hitilafu ${v['code']}`
          : `Hatua “${v['effect']}” imetenguliwa`,
    'core:effect-unknown': (v) => `Hakuna anayejua kama mfumo wetu mkuu umefanya hatua “${v['effect']}”: unaulizwa`,
    'core:effect-not-sent': (v) => `Hatua “${v['effect']}” haikuweza kutumwa kwa mfumo wetu mkuu`,
    'core:effect-pending': (v) => `Mfumo wetu mkuu ulipokea hatua “${v['effect']}”, na bado haujaamua`,
    'core:effect-hinted': (v) => `Mfumo wetu mkuu unatuita kuhusu hatua “${v['effect']}”: unaulizwa`,
    'core:effect-asked': (v) =>
      v['said'] === 'pending'
        ? `Mfumo wetu mkuu bado unashughulikia hatua “${v['effect']}”`
        : v['said'] === 'absent'
          ? `Mfumo wetu mkuu hauijui hatua “${v['effect']}”`
          : `Mfumo wetu mkuu haukusema nini kilitokea kwa hatua “${v['effect']}”`,
    'core:hold-renewed': () => 'Mfumo wetu mkuu unaendelea kuzuia fedha kwa muda zaidi',
    'core:renewal-failed': () => 'Mfumo wetu mkuu hauendelei kuzuia fedha kwa muda zaidi',
    'core:reversal-failed': (v) => `Mfumo wetu mkuu haukutengua hatua “${v['effect']}”`,
    'core:exception-raised': (v) => `Inahitaji mtu: ${v['code']}`,
    'send:send-begun': () => 'Mteja wetu anataka kulipa',
    'send:checked': (v) => `Mfumo wetu mkuu unasema kwamba mteja anaweza kulipa, kwa ada ya ${v['fee']}`,
    'send:payment-known': () => 'Malipo yameanzishwa kwenye mfumo wa malipo',
    'send:offered': () => 'Mteja anaonyeshwa bei',
    'send:accepted': (v) =>
      v['by'] === 'customer' ? `Mteja anakubali: jumla ${v['total']}` : `Bei iko ndani ya kiwango cha juu cha mteja: jumla ${v['total']}`,
    'send:accepting': () => 'Fedha zimezuiwa, na bei imekubaliwa',
    'send:taken': () => 'Mfumo wa malipo uliyapokea',
    'send:given-up': (v) => `Yameachwa${v['code'] === undefined ? '' : `: hitilafu ${v['code']}`}`,
    'send:committed': () => 'Malipo yamekamilika: fedha zinatakiwa kuchukuliwa kabisa',
    'send:not-committed': (v) => `Malipo yaliisha bila fedha kuhama${v['code'] === undefined ? '' : `: hitilafu ${v['code']}`}`,
    'send:captured': () => 'Mfumo wetu mkuu umechukua kabisa fedha zilizozuiwa',
    'send:released': () => 'Mfumo wetu mkuu umerudisha fedha zilizozuiwa',
    'send:rejected': () => 'Ofa haikutakiwa: mfumo wa malipo unaarifiwa',
    'send:exception-raised': (v) => `Inahitaji mtu: ${v['code']}`,
    'send:person-acted': (v) => `${v['by']} alifanya kwa mkono kwenye mfumo mkuu`,
    'send:restored': () => 'Jarida limerudishwa kwenye nakala ya zamani: yalikuwa yamefika wapi haijulikani',
  },
};

export default SW;
