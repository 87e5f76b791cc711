import Type from 'typebox';
import { beginTotp, confirmTotp, setFirstPassword } from '../identity/enrol.ts';
import { beginPasskeySignIn, withPasskey } from '../identity/passkeys.ts';
import { SESSION_MS } from '../identity/sessions.ts';
import { type Entered, TICKET_MS, withCode, withLink, withPassword } from '../identity/sign-in.ts';
import { switchedOff } from '../server/problem.ts';
import { Answer, type Route, route, type SetCookie } from '../server/route.ts';
import { closed } from '../server/schemas.ts';
import { beginAtProvider, enterByProvider, type SingleSignOn } from '../single-sign-on/sign-in-by-provider.ts';
import type { RouteDeps } from './deps.ts';

/** What was typed: longer than any name or password that there can be is not even looked at. */
const TYPED = Type.String({ minLength: 1, maxLength: 512 });
const TOKEN = Type.String({ minLength: 1, maxLength: 100 });
const CODE = Type.String({ minLength: 6, maxLength: 32 });
/** Guesses a minute from one address, before any pause of an account. */
const GUESSES = 20;

/** An answer of a browser’s authenticator; what is in it is looked at by who verifies it. */
export const CREDENTIAL = Type.Object(
  { id: Type.String({ maxLength: 1_400 }), response: Type.Object({}, { additionalProperties: true }) },
  { additionalProperties: true },
);

const ANYBODY = { permission: 'anybody', perMinute: GUESSES, bodyLimit: 16_384 } as const;
const NEXT = closed({ next: Type.Enum(['second-factor', 'set-password', 'enrol']), ticket: TOKEN });
const IN = closed({ user: Type.String() });

/** Before a sign-in: links, passwords, codes, passkeys. None says whether a user is there. */
export function signInRoutes(deps: RouteDeps): readonly Route[] {
  const { signIn, party } = deps;
  return [
    route({
      ...ANYBODY,
      method: 'POST',
      path: '/sign-in',
      summary: 'First factor: name and password. Answers a ticket for the second',
      body: closed({ name: TYPED, password: TYPED }),
      answer: NEXT,
      handle: async ({ body, origin }) => withPassword(signIn, body.name.trim().toLowerCase(), body.password, origin),
    }),
    route({
      ...ANYBODY,
      method: 'POST',
      path: '/sign-in/code',
      summary: 'Second factor: a code of the authenticator, or a recovery code. Sets the session’s cookie',
      body: closed({ ticket: TOKEN, code: CODE }),
      answer: IN,
      handle: async ({ body, origin }) => entered(await withCode(signIn, body.ticket, body.code.trim(), origin)),
    }),
    route({
      ...ANYBODY,
      method: 'POST',
      path: '/sign-in/link',
      summary: 'A link that works once: leads to a password, or in the sandbox straight in',
      body: closed({ token: TOKEN }),
      answer: Type.Union([NEXT, IN]),
      async handle({ body, origin }) {
        const led = await withLink(signIn, body.token, origin);
        return 'next' in led ? led : entered(led);
      },
    }),
    route({
      ...ANYBODY,
      method: 'POST',
      path: '/sign-in/password',
      summary: 'The password of who came by a link',
      body: closed({ ticket: TOKEN, password: TYPED }),
      answer: NEXT,
      handle: async ({ body }) => setFirstPassword(signIn, body.ticket, body.password),
    }),
    route({
      ...ANYBODY,
      method: 'POST',
      path: '/sign-in/authenticator',
      summary: 'A new authenticator for who came by a link: its secret and the address for its QR code',
      body: closed({ ticket: TOKEN }),
      answer: closed({ secret: Type.String(), uri: Type.String() }),
      handle: async ({ body }) => beginTotp(signIn, body.ticket, party().name),
    }),
    route({
      ...ANYBODY,
      method: 'POST',
      path: '/sign-in/authenticator/code',
      summary: 'A first code of the new authenticator. Answers recovery codes, shown this once, and sets the session’s cookie',
      body: closed({ ticket: TOKEN, code: CODE }),
      answer: closed({ user: Type.String(), recoveryCodes: Type.Array(Type.String()) }),
      async handle({ body, origin }) {
        const { recoveryCodes, ...who } = await confirmTotp(signIn, body.ticket, body.code.trim(), origin);
        return entered(who, { recoveryCodes });
      },
    }),
    ...passkeyRoutes(deps),
    ...providerRoutes(deps),
  ];
}

/** Both factors at once. */
function passkeyRoutes({ signIn, party }: RouteDeps): readonly Route[] {
  return [
    route({
      ...ANYBODY,
      method: 'POST',
      path: '/sign-in/passkey/challenge',
      summary: 'What a browser’s authenticator is asked, for a sign-in without name and password',
      body: closed({}),
      handle: async () => beginPasskeySignIn(signIn, party()),
    }),
    route({
      ...ANYBODY,
      method: 'POST',
      path: '/sign-in/passkey',
      summary: 'The authenticator’s answer; both factors at once. Sets the session’s cookie',
      body: closed({ ticket: TOKEN, response: CREDENTIAL }),
      answer: IN,
      handle: async ({ body, origin }) => entered(await withPasskey(signIn, party(), body.ticket, body.response, origin)),
    }),
  ];
}

/** Single sign-on. */
function providerRoutes({ signIn, party, singleSignOn }: RouteDeps): readonly Route[] {
  const configured = (): SingleSignOn => {
    if (singleSignOn === undefined) throw switchedOff('There is no single sign-on here.', 'management.singleSignOn.issuer');
    return singleSignOn;
  };
  return [
    route({
      ...ANYBODY,
      method: 'POST',
      path: '/sign-in/provider',
      summary: 'Begins single sign-on: answers the address of the provider to which the browser goes',
      body: closed({}),
      answer: closed({ address: Type.String() }),
      async handle() {
        const { address, browser } = await beginAtProvider(signIn, configured(), party().origin);
        return new Answer(200, { address }, [{ name: 'sso', value: browser, maxAgeSeconds: TICKET_MS / 1_000 }]);
      },
    }),
    route({
      ...ANYBODY,
      method: 'POST',
      path: '/sign-in/provider/return',
      summary: 'What the provider gave the browser. Sets the session’s cookie',
      body: closed({
        state: TOKEN,
        code: Type.Optional(Type.String({ minLength: 1, maxLength: 2_048 })),
        iss: Type.Optional(TYPED),
        error: Type.Optional(TYPED),
      }),
      answer: IN,
      handle: async ({ body, origin }) =>
        entered(await enterByProvider(signIn, configured(), body, party().origin, origin), {}, [{ name: 'sso' }]),
    }),
  ];
}

function entered({ token, device, user }: Entered, more: object = {}, cookies: readonly SetCookie[] = []): Answer {
  return new Answer(200, { user, ...more }, [
    { name: 'session', value: token, maxAgeSeconds: SESSION_MS / 1_000 },
    { name: 'device', value: device },
    ...cookies,
  ]);
}
