import type { Said } from '../audit/audit-log.ts';
import { Problem } from '../server/problem.ts';
import type { Origin } from '../server/route.ts';
import { commit, type Keeping, load, loadAll, putOf, type Seen } from '../store/kept.ts';
import type { Put } from '../store/management-store.ts';
import { deviceOf, newDevice } from './devices.ts';
import type { Link } from './links.ts';
import { type PasswordCost, passwordMatches } from './password-hash.ts';
import { forgiven, guess, type Place } from './pauses.ts';
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
  /** The user’s when it was begun; absent: 0. */
  readonly epoch?: number;
  /** Its end, which no step puts off; absent in one of an earlier version. */
  readonly ends?: number;
  /** Of a second factor: the browser of before in which it was begun, or `elsewhere`. */
  readonly begunIn?: string;
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
/** From the opening of a link to its last step: time for a password, and to get an authenticator. */
export const ENROL_MS = 30 * 60_000;
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
  const user = await guess(deps, place, 'password', async () => {
    const found = await load<User>(deps, 'user', name);
    const right = await passwordMatches(password, found?.value.password, deps.cost);
    if (right && found !== undefined && !found.value.disabled && found.value.totp !== undefined) return found.value;
    await noteFailed(deps, place, found === undefined ? 'nobody' : `user:${name}`);
    throw wrongSignIn();
  });
  return toSecondFactor(deps, user, place);
}

/** One ticket for codes in each browser of before, and one for everywhere else: who knows the password tries codes one after the other, and ends no ticket of the owner’s own browser. */
async function toSecondFactor(deps: Keeping, user: User, { device }: Place): Promise<NextStep> {
  const begunIn = device === undefined ? 'elsewhere' : tokenId(device);
  const tickets = await loadAll<Partial<Ticket>>(deps, 'ticket', { owner: user.name });
  const former = tickets.filter(({ value: { step, begunIn: where = 'elsewhere' } }) => step === 'second-factor' && where === begunIn);
  return nextStep(
    deps,
    user,
    { step: 'second-factor', begunIn },
    former.map((one) => putOf('ticket', one.id, one, undefined)),
  );
}

/** A ticket for the next step. */
export async function nextStep(
  deps: Keeping,
  { name, epoch = 0 }: User,
  { step, begunIn }: Pick<Ticket, 'step' | 'begunIn'>,
  more: readonly Put[] = [],
): Promise<NextStep> {
  const token = newToken(deps.random);
  const ends = deps.clock.now() + (step === 'second-factor' ? TICKET_MS : ENROL_MS);
  const kept: Ticket = { user: name, step, failures: 0, epoch, ends, ...(begunIn !== undefined && { begunIn }) };
  await commit(deps, [...more, putOf('ticket', tokenId(token), undefined, kept, { owner: name, expires: ends })], []);
  return { next: step, ticket: token };
}

/** The ticket as it is after a step: it ends when it would have ended. */
export function ticketAfter({ clock }: Pick<Keeping, 'clock'>, ticket: Seen<Ticket>, to: Partial<Ticket>): Put {
  const { ends = clock.now() + TICKET_MS, user } = ticket.value;
  return putOf<Ticket>('ticket', ticket.id, ticket, { ...ticket.value, ...to, ends }, { owner: user, expires: ends });
}

/** The ticket and its user. What was begun before a reset, or leads to factors that are there meanwhile, is over. @throws Problem `TICKET_OVER` */
export async function ticketFor(
  deps: Keeping,
  token: string,
  steps: readonly Ticket['step'][],
): Promise<{ readonly ticket: Seen<Ticket>; readonly user: Seen<User> }> {
  const ticket = isToken(token) ? await load<Ticket>(deps, 'ticket', tokenId(token)) : undefined;
  const user = ticket && (await load<User>(deps, 'user', ticket.value.user));
  if (ticket === undefined || user === undefined || !steps.includes(ticket.value.step) || isOver(ticket.value, user.value))
    throw new Problem(401, { code: 'TICKET_OVER', message: 'This sign-in has ended, or was not begun.', advice: 'Begin it anew.' });
  return { ticket, user };
}

function isOver({ step, failures, epoch = 0 }: Ticket, user: User): boolean {
  const enrolled = step !== 'second-factor' && user.totp !== undefined;
  return user.disabled || enrolled || failures >= TICKET_FAILURES || epoch !== (user.epoch ?? 0);
}

/** The second factor: a code of the authenticator, or a recovery code, each once; of several at once one is looked at. @throws Problem */
export async function withCode(deps: SignInDeps, token: string, code: string, origin: Origin): Promise<Entered> {
  const { ticket, user } = await ticketFor(deps, token, ['second-factor']);
  const place = placeOf(deps, user.id, origin);
  const tried = ticketAfter(deps, ticket, { failures: ticket.value.failures + 1 });
  const judged = async (): Promise<Entered> => {
    const after = afterCode(deps, user.value, code);
    if (after === undefined) {
      await noteFailed(deps, place, `user:${user.id}`);
      throw wrongSignIn();
    }
    const by = after.recovery.length < user.value.recovery.length ? 'password and recovery code' : 'password and code';
    return enter(deps, user, { after, ticket: { id: ticket.id, version: ticket.version + 1 }, by, place, origin });
  };
  return guess(deps, place, 'code', judged, [tried]);
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
  readonly ticket: Pick<Seen<Ticket>, 'id' | 'version'> | undefined;
  readonly by: string;
  readonly place: Place;
  readonly origin: Origin;
  /** What else is stored and said with it. */
  readonly puts?: readonly Put[];
  readonly said?: readonly Said[];
}

/** A session, in one change with what was used up for it: nothing counts twice, whatever comes at once. @throws Problem `CHANGED_MEANWHILE` */
export async function enter(deps: SignInDeps, user: Seen<User>, entering: Entering): Promise<Entered> {
  const { after, ticket, by, place, origin, puts: more = [], said = [] } = entering;
  const { token, puts } = await newSession(deps, user.id, by, origin);
  await commit(
    deps,
    [
      ...more,
      ...puts,
      ...(await forgiven(deps, place)),
      putOf('user', user.id, user, after),
      ...(ticket === undefined ? [] : [putOf<Ticket>('ticket', ticket.id, ticket, undefined)]),
    ],
    [...said, { actor: `user:${user.id}`, action: 'session.began', target: `user:${user.id}`, after: { by }, address: origin.address }],
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
  if (link.value.purpose === 'welcome') return nextStep(deps, user.value, { step: 'set-password' }, [used]);
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
async function noteFailed(deps: Keeping, { address }: Place, target: string): Promise<void> {
  await commit(deps, [], [{ actor: 'nobody', action: 'sign-in.failed', target, address }]);
}
