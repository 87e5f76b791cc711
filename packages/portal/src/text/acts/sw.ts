import type { ActTexts } from './en.ts';

const SW: ActTexts = {
  places: { hub: 'Hub', us: 'Sisi', core: 'Mfumo wetu mkuu', person: 'Mtu' },
  knownBy: { hub: 'Hub', us: 'Payment Manager', core: 'Mfumo mkuu' },
  actions: {
    title: 'Unachoweza kufanya sasa',
    none: 'Hakuna kilichobaki kufanywa: kauli ya mwisho itakayokuja baadaye itafanya kazi yenyewe.',
    notAllowed: 'Jukumu lako linaruhusu kuangalia, si kufanya.',
    nowRefused: 'haiwezekani tena',
    'ask-hub': 'Uliza hub',
    'ask-core': 'Uliza mfumo wetu mkuu',
    'resend-outcome': 'Uambie tena mfumo wetu mkuu matokeo',
    settle: 'Tatua',
    'core-executed': 'Mfumo mkuu uliitekeleza',
    'core-not-executed': 'Mfumo mkuu haukuitekeleza',
    'core-done': 'Imefanyika kwa mkono kwenye mfumo mkuu',
    as: 'Uliishaje',
    ends: { COMMITTED: 'Umekamilishwa: fedha zimehama', ABORTED: 'Umebatilishwa: hakuna fedha zilizohama' },
    reason: 'Sababu',
    reasonPlaceholder: 'Kwa mfano: tiketi 4711 ya hub',
    facts: 'Mfumo mkuu unaiitaje (JSON, hatua ya baadaye inapoihitaji)',
    outcome: (state) => `Matokeo: ${state}`,
    confirm: 'Nimeangalia vitabu vya mfumo mkuu: haujaingiza hili vitabuni bado',
    do: 'Fanya',
    ask: 'Omba mtu wa pili',
    done: 'Imefanyika.',
    asked: 'Imeombwa. Itafanyika mara mtu wa pili atakapokubali.',
    unanswered: 'Hakuna jibu lililokuja: huenda imefanyika. Funga hii na uangalie kilichotokea kabla ya kurudia.',
    fourEyes: 'Mtu wa pili lazima akubali kabla ya chochote kufanyika.',
  },
  effects: {
    'ask-hub': 'Haihamishi fedha. Jibu la hub lina athari kama jibu lingine lolote.',
    'ask-core': 'Haihamishi fedha. Ikiwa hakuna aliyejua mfumo mkuu ulifanya nini, malipo yanaendelea kwa kufuata jibu lake.',
    'resend-committed':
      'Mfumo wetu mkuu unaambiwa tena kwamba uhamisho umekamilishwa, na unaingiza fedha vitabuni kwa mteja wetu. Mfumo usiotambua marudio huingiza mara mbili.',
    'resend-aborted': 'Mfumo wetu mkuu unaambiwa tena kwamba uhamisho umebatilishwa, na unaachilia ulichotenga.',
    'settle-payer':
      'Hufunga suala. Mfumo wetu mkuu huchukua fedha za mteja kabisa ukiambiwa “umekamilishwa”, na huzirudisha ukiambiwa “umebatilishwa”. Hakuna kinachotumwa kwa hub.',
    'settle-payer-committed':
      'Hufunga suala. Mfumo wetu mkuu utakapouliza tena, utaambiwa kwamba malipo yamekamilishwa, na utachukua fedha za mteja kabisa. Hakuna kinachotumwa kwa hub.',
    'settle-payer-aborted':
      'Hufunga suala. Mfumo wetu mkuu utakapouliza tena, utaambiwa kwamba malipo yameshindikana, na utamrudishia mteja fedha. Hakuna kinachotumwa kwa hub.',
    'settle-payee':
      'Hufunga suala kwenye rekodi zetu tu. Hub wala mfumo mkuu haviambiwi: ingiza vitabuni au achilia kwa mkono kwenye mfumo mkuu, au uuambie matokeo baadaye.',
    'core-executed': 'Umeangalia kwenye mfumo mkuu: ilitekelezwa huko. Malipo yanaendelea kuanzia hapo; haitekelezwi tena.',
    'core-not-executed':
      'Umeangalia kwenye mfumo mkuu: haikutekelezwa, na haitatekelezwa kamwe. Inafanywa tena au inaachwa, kama kiunganishi kinavyoelekeza.',
    'core-done': 'Ilifanyika kwa mkono kwenye mfumo mkuu. Hakuna mwito mwingine utakaofanywa kwa ajili yake.',
  },
};

export default SW;
