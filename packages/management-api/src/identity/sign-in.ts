import { Problem } from '../server/problem.ts';
import type { Origin } from '../server/route.ts';
import { commit, type Keeping, load, putOf, type Seen } from '../store/kept.ts';
import type { Put } from '../store/management-store.ts';
import { deviceOf, newDevice } from './devices.ts';
import type { Link } from './links.ts';
import { type PasswordCost, passwordMatches } from './password-hash.ts';
import { demandNoPause, forgiven, noteFailure, type Place } from './pauses.ts';
import { newSession } from './sessions.ts';
import { isToken, newToken, recoveryId, tokenId } from './tokens.ts';
import { acceptedStep } from './totp.ts';
import type { User } from './user.ts';

/** What a sign-in works with. */
export interface SignInDeps extends Keeping {
  /** Of the cookies that browsers keep. */
  readonly deviceKey: Uint8Array;
  readonly sandbox: boolean;
  readonly cost: PasswordCost;
}

/** Between the first factor and the second; it opens nothing but the next step. */
export interface Ticket {
  readonly user: string;
  readonly step: 'second-factor' | 'set-password' | 'enrol';
  /** The password that was chosen, hashed: it counts with the second factor, so that nobody has only one. */
  readonly password?: string;
  /** Of an authenticator that is being enrolled; sealed. */
  readonly secret?: string;
  readonly failures: number;
}

export interface NextStep {
  readonly next: Ticket['step'];
  readonly ticket: string;
}

/** Somebody is in. */
export interface Entered {
  readonly token: string;
  readonly device: string;
  readonly user: string;
}

export const TICKET_MS = 10 * 60_000;
const TICKET_FAILURES = 5;

export const wrongSignIn = (): Problem =>
  new Problem(401, {
    code: 'SIGN_IN_FAILED',
    message: 'Name, password or code is not right.',
    advice: 'Try again; after some failures there are pauses.',
  });

/** The first factor. Who is not there, disabled or without a password gets the same answer after the same time. @throws Problem */
export async function withPassword(deps: SignInDeps, name: string, password: string, origin: Origin): Promise<NextStep> {
  const place = placeOf(deps, name, origin);
  await demandNoPause(deps, place);
  const user = await load<User>(deps, 'user', name);
  const right = await passwordMatches(password, user?.value.password, deps.cost);
  if (!right || user === undefined || user.value.disabled || user.value.totp === undefined) {
    await failed(deps, place, user === undefined ? 'nobody' : `user:${name}`);
    throw wrongSignIn();
  }
  return nextStep(deps, name, 'second-factor');
}

/** A ticket for the next step. */
export async function nextStep(deps: Keeping, user: string, next: Ticket['step'], more: readonly Put[] = []): Promise<NextStep> {
  const ticket = newToken(deps.random);
  const kept: Ticket = { user, step: next, failures: 0 };
  await commit(
    deps,
    [...more, putOf('ticket', tokenId(ticket), undefined, kept, { owner: user, expires: deps.clock.now() + TICKET_MS })],
    [],
  );
  return { next, ticket };
}

/** The ticket and its user. @throws Problem `TICKET_OVER` */
export async function ticketFor(
  deps: Keeping,
  token: string,
  steps: readonly Ticket['step'][],
): Promise<{ readonly ticket: Seen<Ticket>; readonly user: Seen<User> }> {
  const ticket = isToken(token) ? await load<Ticket>(deps, 'ticket', tokenId(token)) : undefined;
  const user = ticket && (await load<User>(deps, 'user', ticket.value.user));
  if (ticket === undefined || user === undefined || user.value.disabled || !steps.includes(ticket.value.step))
    throw new Problem(401, { code: 'TICKET_OVER', message: 'This sign-in has ended, or was not begun.', advice: 'Begin it anew.' });
  return { ticket, user };
}

/** The second factor: a code of the authenticator, or a recovery code, each once. @throws Problem */
export async function withCode(deps: SignInDeps, token: string, code: string, origin: Origin): Promise<Entered> {
  const { ticket, user } = await ticketFor(deps, token, ['second-factor']);
  const place = placeOf(deps, user.id, origin);
  await demandNoPause(deps, place);
  const after = afterCode(deps, user.value, code);
  if (after === undefined) {
    await failed(deps, place, `user:${user.id}`);
    const failures = ticket.value.failures + 1;
    const over = failures >= TICKET_FAILURES;
    await commit(
      deps,
      [
        putOf('ticket', ticket.id, ticket, over ? undefined : { ...ticket.value, failures }, {
          owner: user.id,
          expires: deps.clock.now() + TICKET_MS,
        }),
      ],
      [],
    );
    throw wrongSignIn();
  }
  const by = after.recovery.length < user.value.recovery.length ? 'password and recovery code' : 'password and code';
  return enter(deps, user, { after, ticket, by, place, origin });
}

/** The user with the code used up; undefined: it does not count. */
export function afterCode(deps: Keeping, user: User, code: string): User | undefined {
  const { totp } = user;
  if (totp !== undefined) {
    const secret = Buffer.from(deps.sealer.open(totp.secret, `totp ${user.name}`)).toString('utf8');
    const lastStep = acceptedStep(secret, code, deps.clock.now(), totp.lastStep);
    if (lastStep !== undefined) return { ...user, totp: { ...totp, lastStep } };
  }
  const used = recoveryId(code);
  return user.recovery.includes(used) ? { ...user, recovery: user.recovery.filter((one) => one !== used) } : undefined;
}

interface Entering {
  /** The user as it is from now on. */
  readonly after: User;
  readonly ticket: Seen<Ticket> | undefined;
  readonly by: string;
  readonly place: Place;
  readonly origin: Origin;
}

/** A session, in one change with what was used up for it: nothing counts twice, whatever comes at once. @throws Problem `CHANGED_MEANWHILE` */
export async function enter(deps: SignInDeps, user: Seen<User>, { after, ticket, by, place, origin }: Entering): Promise<Entered> {
  const { token, puts } = await newSession(deps, user.id, by, origin);
  await commit(
    deps,
    [
      ...puts,
      ...(await forgiven(deps, place)),
      putOf('user', user.id, user, after),
      ...(ticket === undefined ? [] : [putOf<Ticket>('ticket', ticket.id, ticket, undefined)]),
    ],
    [{ actor: `user:${user.id}`, action: 'session.began', target: `user:${user.id}`, after: { by }, address: origin.address }],
  );
  return { token, device: newDevice(deps, user.id, deps.deviceKey), user: user.id };
}

/** Where a link leads: to a password and a second factor, or, in the sandbox, straight in. @throws Problem `LINK_OVER` */
export async function withLink(deps: SignInDeps, token: string, origin: Origin): Promise<NextStep | Entered> {
  const link = isToken(token) ? await load<Link>(deps, 'link', tokenId(token)) : undefined;
  const user = link && (await load<User>(deps, 'user', link.value.user));
  if (link === undefined || user === undefined || user.value.disabled || (link.value.purpose === 'sandbox' && !deps.sandbox))
    throw new Problem(401, {
      code: 'LINK_OVER',
      message: 'This link was used, has ended, or was never made.',
      advice: 'Ask an administrator for another; on the machine itself: ./pm portal reset-administrator',
    });
  const used = putOf<Link>('link', link.id, link, undefined);
  if (link.value.purpose === 'welcome') return nextStep(deps, user.id, 'set-password', [used]);
  const { token: session, puts } = await newSession(deps, user.id, 'sandbox link', origin);
  await commit(
    deps,
    [used, ...puts],
    [
      {
        actor: `user:${user.id}`,
        action: 'session.began',
        target: `user:${user.id}`,
        after: { by: 'sandbox link' },
        address: origin.address,
      },
    ],
  );
  return { token: session, device: newDevice(deps, user.id, deps.deviceKey), user: user.id };
}

/** Where a user tries to sign in, for pauses. */
export function placeOf(deps: Pick<SignInDeps, 'deviceKey'>, user: string, { address, cookies }: Origin): Place {
  return { user, address, device: deviceOf(cookies['device'], user, deps.deviceKey) };
}

/** A name that was typed is not kept: it may be a password in the wrong field. */
async function failed(deps: Keeping, place: Place, target: string): Promise<void> {
  await noteFailure(deps, place);
  await commit(deps, [], [{ actor: 'nobody', action: 'sign-in.failed', target, address: place.address }]);
}
