import type { SignInTexts } from './en.ts';

const SW: SignInTexts = {
  title: 'Ingia',
  name: 'Jina la mtumiaji',
  password: 'Nenosiri',
  next: 'Endelea',
  or: 'au',
  withPasskey: 'Ingia kwa ufunguo wa kuingia (passkey)',
  withProvider: (provider) => `Ingia kwa ${provider}`,
  notReturned: 'Anwani hii haina chochote kutoka kwa mtoa utambulisho. Anza kuingia upya.',
  account: 'Akaunti yako kwa mtoa utambulisho:',
  codeTitle: 'Hatua ya pili ya uthibitishaji',
  codeHint: 'Tarakimu sita ambazo programu yako ya uthibitishaji inaonyesha sasa, au mmoja wa misimbo yako ya urejeshaji.',
  code: 'Msimbo',
  signIn: 'Ingia',
  back: 'Rudi',
  lost: 'Umepoteza nenosiri au kithibitishaji? Msimamizi anaweza kukupa kiungo kipya.',
  passkeyRefused: 'Ufunguo wa kuingia haukutumika: ulighairi, au kifaa hiki hakina ufunguo kwa anwani hii.',
  welcome: {
    title: 'Karibu',
    opening: 'Kiungo chako kinafunguliwa …',
    noToken: 'Anwani hii si kiungo kamili. Fungua kiungo kama ulivyopewa.',
    toSignIn: 'Nenda kuingia',
    passwordTitle: 'Chagua nenosiri',
    passwordHint:
      'Herufi 12 au zaidi. Maneno manne au matano ambayo hakuna angeyaweka pamoja yanafaa; jina lako, au lile ambalo kila mtu hujaribu, halikubaliwi.',
    newPassword: 'Nenosiri jipya',
    go: 'Endelea',
    authenticatorTitle: 'Ongeza kithibitishaji',
    authenticatorHint: 'Changanua hii kwa programu ya uthibitishaji, kisha andika tarakimu sita inazoonyesha.',
    qr: 'Msimbo wa QR kwa programu ya uthibitishaji',
    secret: 'Huna kamera? Andika ufunguo huu kwenye programu:',
    recoveryTitle: 'Hifadhi misimbo yako ya urejeshaji',
    recoveryHint:
      'Kila mmoja hufungua hatua ya pili ya uthibitishaji mara moja, kithibitishaji kikipotea. Huonyeshwa sasa tu: ihifadhi mbali na nenosiri lako.',
    copyCodes: 'misimbo ya urejeshaji',
    download: 'Pakua',
    kept: 'Nimeihifadhi',
  },
};

export default SW;
