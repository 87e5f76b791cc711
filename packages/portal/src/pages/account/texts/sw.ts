import type { AccountTexts } from './en.ts';

const SW: AccountTexts = {
  title: 'Kuingia na vipindi',
  sessions: 'Ulipoingia',
  session: { by: 'Njia', address: 'Anwani', since: 'Tangu', seen: 'Kilionekana mwisho', browser: 'Kivinjari' },
  thisOne: 'kivinjari hiki',
  end: 'Maliza',
  endSession: (address) => `Maliza kipindi cha ${address}`,
  ways: {
    'password and code': 'nenosiri na msimbo',
    'password and recovery code': 'nenosiri na msimbo wa urejeshaji',
    passkey: 'ufunguo wa kuingia',
    'sandbox link': 'kiungo cha mazingira ya majaribio',
  },
  password: 'Badilisha nenosiri',
  current: 'Nenosiri la sasa',
  next: 'Nenosiri jipya',
  nextHint: 'Herufi 12 au zaidi; si jina lako, wala lile ambalo kila mtu hujaribu. Vipindi vingine vyote vitaisha.',
  change: 'Badilisha nenosiri',
  changed: 'Nenosiri limebadilishwa; vipindi vingine vyote vimeisha.',
  passkeys: 'Funguo za kuingia',
  passkeysHint: 'Ufunguo wa kuingia (passkey) hukuingiza kwa alama ya kidole, uso au msimbo wa kifaa, na hauwezi kuibwa kwa ulaghai.',
  noPasskeys: 'Bado huna hata mmoja.',
  added: (day) => `uliongezwa ${day}`,
  called: 'Uitwe jina gani',
  code: 'Msimbo wa kithibitishaji chako',
  add: 'Ongeza ufunguo wa kuingia',
  remove: 'Ondoa',
  removeNamed: (name) => `Ondoa ufunguo wa kuingia ${name}`,
  factors: 'Hatua ya pili ya uthibitishaji',
  recoveryLeft: (count) => `Misimbo ya urejeshaji iliyobaki: ${count}`,
  noFactors: 'Umekuja kwa kiungo cha mazingira ya majaribio: hakuna nenosiri wala hatua ya pili ya uthibitishaji ya kubadilisha.',
};

export default SW;
