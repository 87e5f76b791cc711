import type { PositionsTexts } from './en.ts';

const SW: PositionsTexts = {
  title: 'Misimamo',
  computed: 'Imekokotolewa kutokana na malipo yetu wenyewe',
  about:
    'Deni la taasisi hii kwa mfumo wa malipo: yaliyotumwa na kukamilika, na yaliyo kwenye hub bila matokeo, kutoa yaliyopokelewa. Msimamo kwenye hub ndio unaohesabika; muulize mwendeshaji wake pale viwili hivi vinapotofautiana.',
  behind: (time: string) => `Malipo ya muda wa mwisho wa ${time} hayamo`,
  noneTitle: 'Bado hakuna malipo yanayohesabiwa',
  none: 'Sarafu huonekana hapa kwa malipo yake ya kwanza ya siku ya kazi, au kikomo chake kinapoingizwa.',
  heads: {
    currency: 'Sarafu',
    since: 'Tangu',
    opening: 'Msimamo wa wakati huo',
    sent: 'Yaliyotumwa',
    reserved: 'Bila matokeo',
    received: 'Yaliyopokelewa',
    position: 'Msimamo',
    cap: 'Kikomo cha deni halisi',
  },
  owed: 'tunaudai mfumo wa malipo',
  noCap: 'hakuna kilichoingizwa',
  levels: { below: 'chini ya kikomo', near: 'karibu na kikomo', over: 'kikomo kimefikiwa' },
  used: (percent: string, left: string) => `${percent} imetumika, ${left} imebaki`,
  usedOver: (percent: string, over: string) => `${percent} imetumika, imezidi kwa ${over}`,
  warnedFrom: (percent: string) => `Kengele kuanzia ${percent} ya kikomo.`,
  enteredBy: (name: string, at: string) => `kiliingizwa na ${name}, ${at}`,
  enter: 'Ingiza kikomo',
  change: 'Badilisha kikomo',
  remove: 'Ondoa kikomo',
  another: 'Kikomo cha sarafu nyingine',
  currency: 'Sarafu, herufi tatu',
  cap: 'Kikomo cha deni halisi (net debit cap), kama hub ilivyonacho',
  counts: 'Malipo yanahesabiwa',
  eachDay: 'upya kila siku ya kazi',
  sinceDay: 'tangu ulipaji wa madeni (settlement) wa mwisho',
  since: 'Siku ya kazi ya kwanza inayohesabiwa',
  opening: 'Msimamo mwanzoni mwake; hasi pale tulipoudai mfumo wa malipo',
  removeHelp: 'Hakuna kinachotoa onyo tena kuhusu msimamo huu.',
};

export default SW;
