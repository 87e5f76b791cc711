import type { ExceptionWords } from './en.ts';

const SW: ExceptionWords = {
  codes: {
    OUTCOME_UNKNOWN: {
      title: 'Hub haijasema uhamisho uliishaje',
      meaning:
        'Fedha huenda zimehama au huenda hazijahama. Hub imeulizwa mara zote zilizopangwa, na bado inaulizwa, kwa nadra zaidi na zaidi.',
      advice: 'Uliza hub, au mwendeshaji wake. Usiachilie, usiingize vitabuni wala kurejesha fedha kwa mkono kabla hub haijasema.',
    },
    CORE_OUTCOME_UNKNOWN: {
      title: 'Hakuna anayejua mfumo wetu mkuu ulifanya nini',
      meaning: 'Mfumo wetu mkuu uliitwa na haukutoa jibu linaloonyesha kama ulitekeleza uhamisho.',
      advice: 'Angalia kwenye mfumo mkuu kama uhamisho umeingizwa vitabuni, na ulinganishe na hub.',
    },
    CORE_CREDITED_HUB_ABORTED: {
      title: 'Mfumo wetu mkuu ulimwingizia mteja fedha, hub ilibatilisha',
      meaning: 'Mteja wetu ana fedha ambazo sisi hatupati: hakuna fedha zilizohama kati ya taasisi.',
      advice: 'Tengua ingizo kwenye mfumo mkuu, kisha tatua kama uliobatilishwa.',
    },
    CORE_MAY_HAVE_CREDITED: {
      title: 'Hub ilibatilisha, huenda mfumo wetu mkuu ulimwingizia mteja fedha',
      meaning: 'Hakuna fedha zilizohama kati ya taasisi. Hakuna anayejua kama mfumo wetu mkuu uliingiza vitabuni.',
      advice: 'Angalia kwenye mfumo mkuu; tengua ingizo ikiwa lipo.',
    },
    CORE_CREDITED_TOO_LATE: {
      title: 'Mfumo wetu mkuu ulimwingizia mteja fedha kwa kuchelewa mno',
      meaning: 'Mfumo wetu mkuu uliingiza vitabuni baada ya muda wake kupita, kwa hiyo hakuna uthibitisho uliotumwa kwa hub.',
      advice: 'Subiri kauli ya hub; inaulizwa. Ikibatilisha, tengua ingizo.',
    },
    CORE_NOT_TOLD: {
      title: 'Mfumo wetu mkuu haupokei matokeo',
      meaning: 'Uhamisho umeisha, na mfumo wetu mkuu unakataa kuambiwa. Ulichozuia kinabaki kimezuiwa.',
      advice: 'Tafuta kwa nini mfumo mkuu unakataa; ingiza vitabuni au achilia kwa mkono ikiwa hali itabaki hivyo.',
    },
    FULFILMENT_WRONG: {
      title: 'Uhamisho ulioripotiwa kukamilishwa kwa utimizo (fulfilment) usio sahihi',
      meaning: 'Ushahidi wa upande wa pili haulingani na malipo, kwa hiyo hayachukuliwi kuwa yameisha. Ushahidi unaombwa.',
      advice: 'Mwarifu mwendeshaji wa hub.',
    },
    FULFILMENT_MISSING: {
      title: 'Uhamisho ulioripotiwa kukamilishwa bila utimizo (fulfilment)',
      meaning: 'Ushahidi wa upande wa pili haupo, kwa hiyo malipo hayachukuliwi kuwa yameisha. Ushahidi unaombwa.',
      advice: 'Mwarifu mwendeshaji wa hub.',
    },
    CONTRADICTION: {
      title: 'Kauli mbili za mwisho zinapingana',
      meaning: 'Ya kwanza ndiyo inayosimama, zote mbili zimehifadhiwa. Hakuna ingizo la kinyume linalofanywa lenyewe.',
      advice: 'Linganisha leja ya hub na malipo na mfumo mkuu; mwarifu mwendeshaji wa hub.',
    },
    JOURNAL_RESTORED: {
      title: 'Jarida limerudishwa kwenye nakala ya zamani',
      meaning: 'Huenda limesahau malipo, kwa hiyo hakuna malipo mapya yanayopokelewa.',
      advice: 'Pakia yaliyolipwa tangu nakala hiyo, kisha mwombe msimamizi aondoe alama.',
    },
    TRANSFER_UNKNOWN: {
      title: 'Hub inajua uhamisho ambao sisi hatuujui',
      meaning: 'Huenda jarida limeusahau, au hub inamaanisha mtu mwingine.',
      advice: 'Angalia kama mfumo mkuu unazuia au uliingiza vitabuni fedha kwa ajili yake. Rekebisha, kisha tatua.',
    },
    CORE_EFFECT_UNKNOWN: {
      title: 'Hakuna anayejua kama mfumo wetu mkuu ulitekeleza hatua',
      meaning: 'Kiunganishi kimeanza jambo kwenye mfumo mkuu; marudio na maswali hayajabaini matokeo yake.',
      advice: 'Tafuta kwenye mfumo mkuu hatua iliyotajwa, na ulinganishe na malipo.',
    },
    CORE_EFFECT_STUCK: {
      title: 'Mfumo wetu mkuu unakataa kinachopaswa kufanywa',
      meaning: 'Malipo hayawezi kuendelea kwenye mfumo mkuu, au kiunganishi hakilingani tena na kilichoanzishwa.',
      advice: 'Soma sababu. Rudisha toleo la awali la kiunganishi, au fanya kwa mkono kwenye mfumo mkuu kinachokosekana.',
    },
    CORE_HOLD_EXPIRES: {
      title: 'Mfumo wetu mkuu utaachilia zuio hivi karibuni',
      meaning: 'Malipo bado hayana matokeo, na fedha za mteja huenda zikawa huru.',
      advice: 'Muulize mwendeshaji wa hub matokeo; zuia fedha upya kwa mkono.',
    },
    SEND_OUTCOME_UNKNOWN: {
      title: 'Malipo ya mteja wetu hayana mwisho unaojulikana',
      meaning: 'Fedha zinabaki zimezuiwa. Maswali yanaendelea, na kauli ya mwisho itakayokuja baadaye itayamaliza yenyewe.',
      advice: 'Muulize mwendeshaji wa hub.',
    },
    SEND_WITHOUT_HOLD: {
      title: 'Mteja wetu analipa, na hakuna kilichozuiwa',
      meaning: 'Malipo yanahamisha, au yamehamisha, fedha ambazo mfumo mkuu haujazuia chochote kwa ajili yake.',
      advice: 'Angalia vitabu vya mfumo mkuu. Chukua fedha kwa mkono pale uhamisho ulipokamilishwa, kisha sema kuwa imefanyika.',
    },
  },
  otherCode: {
    title: 'Inahitaji mtu',
    meaning: 'Maana yake iko katika maneno ya programu.',
    advice: 'Angalia malipo.',
  },
};

export default SW;
