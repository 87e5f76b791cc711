const EN = {
  title: 'Sign in',
  name: 'User name',
  password: 'Password',
  next: 'Next',
  or: 'or',
  withPasskey: 'Sign in with a passkey',
  withProvider: (provider: string) => `Sign in with ${provider}`,
  notReturned: 'This address has nothing from the provider in it. Begin the sign-in anew.',
  account: 'Your account at the provider:',
  codeTitle: 'Second factor',
  codeHint: 'The six digits that your authenticator app shows now, or one of your recovery codes.',
  code: 'Code',
  signIn: 'Sign in',
  back: 'Back',
  lost: 'Password or authenticator lost? An administrator can give you a new link.',
  passkeyRefused: 'The passkey was not used: you cancelled, or this device has none for this address.',
  welcome: {
    title: 'Welcome',
    opening: 'Your link is being opened …',
    noToken: 'This address is not a whole link. Open the link as it was given to you.',
    toSignIn: 'To the sign-in',
    passwordTitle: 'Choose a password',
    passwordHint:
      '12 characters or more. Four or five words that nobody would put together are good; your name, or what everybody tries, is not taken.',
    newPassword: 'New password',
    go: 'Go on',
    authenticatorTitle: 'Add an authenticator',
    authenticatorHint: 'Scan this with an authenticator app, then type the six digits that it shows.',
    qr: 'QR code for the authenticator app',
    secret: 'No camera? Type this key in the app:',
    recoveryTitle: 'Keep your recovery codes',
    recoveryHint:
      'Each opens the second factor once, if your authenticator is lost. They are shown only now: keep them away from your password.',
    copyCodes: 'the recovery codes',
    download: 'Download',
    kept: 'I have kept them',
  },
};

export default EN;
export type SignInTexts = typeof EN;
