import { timingSafeEqual } from 'node:crypto';
import type { Role } from '../access/permissions.ts';
import { newDevice } from '../identity/devices.ts';
import { newSession } from '../identity/sessions.ts';
import { type Entered, type SignInDeps, TICKET_MS } from '../identity/sign-in.ts';
import { isToken, newToken, tokenId } from '../identity/tokens.ts';
import type { User } from '../identity/user.ts';
import { Problem } from '../server/problem.ts';
import type { Origin } from '../server/route.ts';
import { commit, load, putOf, type Seen } from '../store/kept.ts';
import { BY_PROVIDER, linkedUser } from './linked-accounts.ts';
import { type Begun, type Identified, type IdentityProvider, NotProven, ProviderDown } from './provider.ts';
import { isStrongEnough, rolesFromClaims } from './roles-from-claims.ts';
import type { SingleSignOnSettings } from './settings.ts';

/** Single sign-on, where it is configured. */
export interface SingleSignOn {
  readonly settings: SingleSignOnSettings;
  readonly provider: IdentityProvider;
}

/** A sign-in that is at the provider: kept under the hash of its state, for ten minutes, and gone with its first use. */
interface AtProvider {
  readonly step: 'provider';
  /** Hash of what the browser keeps: nobody is signed in by an address that somebody else made. */
  readonly browser: string;
  /** Nonce and verifier, sealed. */
  readonly sealed: string;
}

/** Where in the portal people come back. */
export const RETURN_PATH = '/sign-in/return';

/** What the portal got back in its address. */
export interface Returned {
  readonly state: string;
  readonly code?: string;
  readonly iss?: string;
  readonly error?: string;
}

/** Begins a sign-in. Answers where the browser goes, and what it keeps until it comes back. @throws Problem `SSO_UNAVAILABLE` */
export async function beginAtProvider(
  deps: SignInDeps,
  { provider }: SingleSignOn,
  portal: string,
): Promise<{ readonly address: string; readonly browser: string }> {
  const [state, nonce, verifier, browser] = [newToken(deps.random), newToken(deps.random), newToken(deps.random), newToken(deps.random)];
  const address = await asked(deps, () => provider.addressOf({ state, nonce, verifier }, `${portal}${RETURN_PATH}`));
  const sealed = deps.sealer.seal(Buffer.from(JSON.stringify({ nonce, verifier })), `provider ${tokenId(state)}`);
  const kept: AtProvider = { step: 'provider', browser: tokenId(browser), sealed };
  await commit(deps, [putOf('ticket', tokenId(state), undefined, kept, { expires: deps.clock.now() + TICKET_MS })], []);
  return { address, browser };
}

/**
 * Who came back. Each of these is refused: a state that we did not give to this very browser, or that was used; a code, token, signature, issuer, audience,
 * nonce or time that is not right; too few factors; an account that no administrator linked; no role by the configured mapping.
 *
 * @throws Problem
 */
export async function enterByProvider(
  deps: SignInDeps,
  sso: SingleSignOn,
  returned: Returned,
  portal: string,
  origin: Origin,
): Promise<Entered> {
  const begun = await usedUp(deps, returned.state, origin.cookies['sso']);
  if (begun === undefined)
    return refuse(deps, origin, { code: 'SSO_REFUSED', why: 'this sign-in was not begun in this browser, or was used' });
  if (returned.error !== undefined || returned.code === undefined)
    return refuse(deps, origin, { code: 'SSO_REFUSED', why: `the provider says ${(returned.error ?? 'nothing').slice(0, 60)}` });
  const identified = await identify(deps, sso, returned, begun, portal, origin);
  const { claims, subject, idToken } = identified;
  if (!isStrongEnough(claims, sso.settings))
    return refuse(deps, origin, { code: 'SSO_SECOND_FACTOR', why: 'too few factors at the provider', subject });
  const user = await linkedUser(deps, sso.settings.issuer, subject);
  if (user === undefined) return refuse(deps, origin, { code: 'SSO_NOT_LINKED', why: 'nobody is linked to this account', subject });
  const roles = rolesFromClaims(claims, sso.settings).filter((role) => user.value.roles.includes(role));
  if (user.value.disabled) return refuse(deps, origin, { code: 'SSO_REFUSED', why: 'the user is disabled', user: user.id });
  if (roles.length === 0)
    return refuse(deps, origin, { code: 'SSO_NO_ROLE', why: 'no role of both the provider and the user', user: user.id });
  return enter(deps, user, { roles, idToken, origin });
}

/** Where the browser ends the session at the provider, too; undefined: it did not come from there, or the provider cannot say now. */
export async function signOutAddress(
  deps: SignInDeps,
  { provider }: SingleSignOn,
  hint: string,
  sessionId: string,
  portal: string,
): Promise<string | undefined> {
  const idToken = Buffer.from(deps.sealer.open(hint, `hint ${sessionId}`)).toString('utf8');
  try {
    return await provider.signOutAddress(idToken, `${portal}/sign-in`);
  } catch (error) {
    deps.log.warn('the provider of single sign-on cannot be asked; the session has ended here alone', {
      code: 'SSO_UNAVAILABLE',
      reason: (error as Error).message,
    });
    return undefined;
  }
}

/** What a sign-in was begun with, used up; undefined: it was not begun, not here, or was used. */
async function usedUp(deps: SignInDeps, state: string, browser: string | undefined): Promise<Begun | undefined> {
  const id = tokenId(state);
  const ticket = isToken(state) ? await load<AtProvider>(deps, 'ticket', id) : undefined;
  if (ticket?.value.step !== 'provider' || !isToken(browser)) return undefined;
  if (!timingSafeEqual(Buffer.from(tokenId(browser)), Buffer.from(ticket.value.browser))) return undefined;
  // before the code is used: of two that come at once one finds it changed
  await commit(deps, [putOf<AtProvider>('ticket', id, ticket, undefined)], []);
  return { state, ...JSON.parse(Buffer.from(deps.sealer.open(ticket.value.sealed, `provider ${id}`)).toString('utf8')) };
}

async function identify(
  deps: SignInDeps,
  { provider }: SingleSignOn,
  returned: Returned,
  begun: Begun,
  portal: string,
  origin: Origin,
): Promise<Identified> {
  const address = new URL(`${portal}${RETURN_PATH}`);
  const { state, code = '', iss } = returned;
  for (const [name, value] of Object.entries({ state, code, iss })) if (value !== undefined) address.searchParams.set(name, value);
  try {
    return await asked(deps, () => provider.identify(address, begun));
  } catch (error) {
    if (!(error instanceof NotProven)) throw error;
    return refuse(deps, origin, { code: 'SSO_REFUSED', why: error.message });
  }
}

async function asked<T>(deps: SignInDeps, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof ProviderDown)) throw error;
    deps.log.warn('the provider of single sign-on cannot be asked', { code: 'SSO_UNAVAILABLE', reason: error.message });
    throw new Problem(503, {
      code: 'SSO_UNAVAILABLE',
      message: 'The provider of single sign-on does not answer.',
      advice: 'Sign in with name, password and code; or try again later.',
    });
  }
}

async function enter(
  deps: SignInDeps,
  user: Seen<User>,
  { roles, idToken, origin }: { readonly roles: readonly Role[]; readonly idToken: string; readonly origin: Origin },
): Promise<Entered> {
  const hint = (sessionId: string): string => deps.sealer.seal(Buffer.from(idToken), `hint ${sessionId}`);
  const { token, puts } = await newSession(deps, user.id, BY_PROVIDER, origin, (id) => ({ provider: { roles, hint: hint(id) } }));
  const said = { actor: `user:${user.id}`, action: 'session.began', target: `user:${user.id}`, address: origin.address } as const;
  // the user is compared, too: of a reset in this moment nothing is left
  await commit(deps, [...puts, putOf('user', user.id, user, user.value)], [{ ...said, after: { by: BY_PROVIDER, roles } }]);
  return { token, device: newDevice(deps, user.id, deps.deviceKey), user: user.id };
}

const REFUSALS = {
  SSO_REFUSED: {
    status: 401,
    message: 'This sign-in at the provider does not count.',
    advice: 'Begin it anew; the log says what was wrong.',
  },
  SSO_SECOND_FACTOR: {
    status: 403,
    message: 'The provider did not ask for a second factor, as is demanded here.',
    advice: 'Set one up at the provider, then sign in anew.',
  },
  SSO_NOT_LINKED: {
    status: 403,
    message: 'Nobody here is linked to this account of the provider.',
    advice: 'Ask an administrator to link it: Administration, Users.',
  },
  SSO_NO_ROLE: {
    status: 403,
    message: 'The provider gives this account no role that it may have here.',
    advice: 'Ask an administrator which group gives the role.',
  },
} as const;

interface Refusal {
  readonly code: keyof typeof REFUSALS;
  readonly why: string;
  readonly user?: string;
  /** Of an account that nobody is linked to: what an administrator needs. */
  readonly subject?: string;
}

/** Says no, and keeps why. @throws Problem always */
async function refuse(deps: SignInDeps, { address }: Origin, { code, why, user, subject }: Refusal): Promise<never> {
  deps.log.warn('a sign-in at the provider is refused', { code, reason: why });
  const after = { by: BY_PROVIDER, code, ...(subject !== undefined && { subject: subject.slice(0, 255) }) };
  await commit(
    deps,
    [],
    [{ actor: 'nobody', action: 'sign-in.failed', target: user === undefined ? 'nobody' : `user:${user}`, after, address }],
  );
  const { status, message, advice } = REFUSALS[code];
  throw new Problem(status, {
    code,
    message,
    advice,
    ...(code === 'SSO_NOT_LINKED' && subject !== undefined && { expected: subject.slice(0, 255) }),
  });
}
