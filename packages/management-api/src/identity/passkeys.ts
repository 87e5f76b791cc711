import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server';
import { Problem } from '../server/problem.ts';
import type { Origin } from '../server/route.ts';
import { commit, type Keeping, load, putOf, type Seen } from '../store/kept.ts';
import { afterCode, type Entered, enter, placeOf, type SignInDeps, TICKET_MS, wrongSignIn } from './sign-in.ts';
import { isToken, newToken, tokenId } from './tokens.ts';
import type { User } from './user.ts';

/** Where passkeys belong: the portal’s own origin. */
export interface RelyingParty {
  /** `https://portal.greenbank.example.org` */
  readonly origin: string;
  readonly name: string;
}

/** A challenge that waits for its answer; of nobody’s before a sign-in. */
interface Challenge {
  readonly user: string;
  readonly challenge: string;
}

const PASSKEYS_MAX = 10;

/** Loaded with the first passkey: it is large, and most of the time nobody needs it. */
const webauthn = () => import('@simplewebauthn/server');

function idOf({ origin }: RelyingParty): string {
  return new URL(origin).hostname;
}

/** What the browser’s authenticator is asked to make. Who asks shows a code, too: a session alone adds no way in. @throws Problem */
export async function beginPasskey(deps: SignInDeps, party: RelyingParty, name: string, code: string): Promise<object> {
  const user = await load<User>(deps, 'user', name);
  const after = user && afterCode(deps, user.value, code);
  if (user === undefined || after === undefined) throw wrongSignIn();
  if (user.value.passkeys.length >= PASSKEYS_MAX)
    throw new Problem(409, {
      code: 'TOO_MANY_PASSKEYS',
      message: `There are ${PASSKEYS_MAX} passkeys already.`,
      advice: 'Remove one first.',
    });
  const { generateRegistrationOptions } = await webauthn();
  const options = await generateRegistrationOptions({
    rpName: party.name,
    rpID: idOf(party),
    userName: name,
    userID: new Uint8Array(Buffer.from(name, 'utf8')),
    userDisplayName: user.value.shownName,
    excludeCredentials: user.value.passkeys.map(({ id }) => ({ id })),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  });
  const ticket = await keepChallenge(deps, name, options.challenge, [putOf('user', name, user, after)]);
  return { ticket, options };
}

/** The new passkey is taken. @throws Problem */
export async function confirmPasskey(
  deps: SignInDeps,
  party: RelyingParty,
  name: string,
  { ticket, called, response }: { readonly ticket: string; readonly called: string; readonly response: unknown },
): Promise<void> {
  const waiting = await challengeFor(deps, ticket, name);
  const user = await load<User>(deps, 'user', name);
  if (user === undefined) throw wrongSignIn();
  const { verifyRegistrationResponse } = await webauthn();
  const { registrationInfo } = await verifyRegistrationResponse({
    response: response as RegistrationResponseJSON,
    expectedChallenge: waiting.value.challenge,
    expectedOrigin: party.origin,
    expectedRPID: idOf(party),
    requireUserVerification: true,
  }).catch(() => ({ registrationInfo: undefined }));
  if (registrationInfo === undefined) throw wrongSignIn();
  const { id, publicKey, counter, transports = [] } = registrationInfo.credential;
  const passkey = {
    id,
    publicKey: Buffer.from(publicKey).toString('base64url'),
    counter,
    transports,
    name: called,
    since: deps.clock.now(),
  };
  await commit(
    deps,
    [
      putOf('user', name, user, { ...user.value, passkeys: [...user.value.passkeys, passkey] }),
      putOf('ticket', waiting.id, waiting, undefined),
    ],
    [{ actor: `user:${name}`, action: 'passkey.added', target: `user:${name}`, after: { name: called } }],
  );
}

/** A challenge for a sign-in without a name. */
export async function beginPasskeySignIn(deps: SignInDeps, party: RelyingParty): Promise<object> {
  const { generateAuthenticationOptions } = await webauthn();
  const options = await generateAuthenticationOptions({ rpID: idOf(party), userVerification: 'required' });
  return { ticket: await keepChallenge(deps, '', options.challenge), options };
}

/** A passkey that verifies its user is both factors. @throws Problem */
export async function withPasskey(
  deps: SignInDeps,
  party: RelyingParty,
  ticket: string,
  response: unknown,
  origin: Origin,
): Promise<Entered> {
  const waiting = await challengeFor(deps, ticket, '');
  // used up whatever comes of it
  await commit(deps, [putOf('ticket', waiting.id, waiting, undefined)], []);
  const answered = response as AuthenticationResponseJSON;
  const name = Buffer.from(answered.response.userHandle ?? '', 'base64url').toString('utf8');
  const user = await load<User>(deps, 'user', name);
  const passkey = user?.value.passkeys.find(({ id }) => id === answered.id);
  if (user === undefined || passkey === undefined || user.value.disabled) throw wrongSignIn();
  const { verifyAuthenticationResponse } = await webauthn();
  const verified = await verifyAuthenticationResponse({
    response: answered,
    expectedChallenge: waiting.value.challenge,
    expectedOrigin: party.origin,
    expectedRPID: idOf(party),
    credential: { id: passkey.id, publicKey: new Uint8Array(Buffer.from(passkey.publicKey, 'base64url')), counter: passkey.counter },
    requireUserVerification: true,
  }).catch(() => undefined);
  if (verified?.verified !== true) throw wrongSignIn();
  const used = { ...passkey, counter: verified.authenticationInfo.newCounter };
  const after: User = { ...user.value, passkeys: user.value.passkeys.map((one) => (one.id === used.id ? used : one)) };
  return enter(deps, user, { after, ticket: undefined, by: 'passkey', place: placeOf(deps, name, origin), origin });
}

/** @throws Problem */
export async function removePasskey(deps: SignInDeps, name: string, id: string, code: string): Promise<void> {
  const user = await load<User>(deps, 'user', name);
  const after = user && afterCode(deps, user.value, code);
  if (user === undefined || after === undefined) throw wrongSignIn();
  await commit(
    deps,
    [putOf('user', name, user, { ...after, passkeys: after.passkeys.filter((one) => one.id !== id) })],
    [{ actor: `user:${name}`, action: 'passkey.removed', target: `user:${name}` }],
  );
}

async function keepChallenge(deps: Keeping, user: string, challenge: string, puts: Parameters<typeof commit>[1] = []): Promise<string> {
  const ticket = newToken(deps.random);
  const kept: Challenge = { user, challenge };
  await commit(
    deps,
    [...puts, putOf('ticket', tokenId(ticket), undefined, kept, { owner: user, expires: deps.clock.now() + TICKET_MS })],
    [],
  );
  return ticket;
}

async function challengeFor(deps: Keeping, ticket: string, user: string): Promise<Seen<Challenge>> {
  const waiting = isToken(ticket) ? await load<Partial<Challenge>>(deps, 'ticket', tokenId(ticket)) : undefined;
  if (waiting?.value.challenge === undefined || waiting.value.user !== user) throw wrongSignIn();
  return waiting as Seen<Challenge>;
}
