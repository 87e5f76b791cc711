import type { AlertWords } from './en.ts';

const SW: AlertWords = {
  severities: { critical: 'Hatari', warning: 'Onyo' },
  payments: (count, one) => (one ? 'malipo 1' : `malipo ${count}`),
  since: 'Tangu',
  until: 'Hadi',
  events: { began: 'lilianza', again: 'limeongezeka', ended: 'limeisha' },
  where: 'Pa kuangalia',
  tested: 'Jaribio la tahadhari; hakuna kilichotokea',
  rules: {
    exceptions: {
      name: 'Malipo yanahitaji mtu',
      means: 'Ni mtu tu anayeweza kusema yaliishaje. Hadi hapo fedha za mteja huenda zimezuiwa, au hazipo. Yatatue moja baada ya jingine.',
    },
    hub: {
      name: 'Hub haifikiki',
      means: 'Hakuna malipo yanayoisha. Yanayoendelea hubaki na zuio na huulizwa hadi hub ijibu. Mpigie simu mwendeshaji wa hub.',
    },
    core: {
      name: 'Mfumo mkuu wa benki haujibu',
      means: 'Malipo kwa wateja wetu yanakataliwa, na matokeo yanasubiri kuarifiwa. Hakuna kinachoingizwa vitabuni mara mbili ukirudi.',
    },
    journal: {
      name: 'Malipo hayawezi kuhifadhiwa',
      means:
        'Diski imejaa, au hifadhidata haipokei kitu: hakuna malipo yanayoanza, na yaliyo njiani yanasubiri. Hakuna kinachopotea. Ongeza nafasi, au tengeneza hifadhidata.',
    },
    'success-rate': {
      name: 'Malipo mengi mno yanashindikana',
      means: 'Hakuna yaliyopotea; wateja hawawezi kulipa. Angalia sababu za yaliyoshindikana: upande gani, mshirika gani.',
    },
    latency: {
      name: 'Malipo ni ya polepole',
      means: 'Wateja wanasubiri, na wengine wanakata tamaa. Angalia muda unatumika wapi: hub, mfumo mkuu, au mashine ya Payment Manager.',
    },
    cap: {
      name: 'Msimamo unakaribia kikomo chake',
      means: 'Kikifikiwa, hub hukataa malipo ya wateja wetu. Mwombe mwendeshaji wa hub ukwasi au ulipaji wa madeni (settlement).',
    },
    expiry: {
      name: 'Cheti kinakaribia mwisho wake',
      means: 'Kikiisha, hakuna malipo yatakayopita. Kihuishe, au mwombe mwendeshaji wa hub asaini kipya.',
    },
    trust: {
      name: 'Ufunguo au cheti si kile kilichotarajiwa',
      means: 'Muulize mwendeshaji wa hub kama ilikubaliwa. Kama sivyo, huenda mtu anatenda kwa jina la mwingine.',
    },
    'read-model': {
      name: 'Orodha na jumla zimechelewa',
      means: 'Malipo yanaendelea; portali huonyesha mapya zaidi baadaye.',
    },
    delivery: {
      name: 'Tahadhari hazipokelewi',
      means: 'Webhook au seva ya barua pepe haipokei ujumbe. Hutumwa tena kwa siku tatu.',
    },
    operation: {
      name: 'Kuna jambo linalohitaji mhandisi',
      means: 'Malipo yanaendelea kwa sasa. Sababu inasema tatizo ni nini.',
    },
  },
};

export default SW;
