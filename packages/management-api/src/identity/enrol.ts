import { Problem } from '../server/problem.ts';
import type { Origin } from '../server/route.ts';
import { commit, load, putOf } from '../store/kept.ts';
import { commonPasswords } from './common-passwords.ts';
import { hashPassword, passwordMatches } from './password-hash.ts';
import { refusedPassword } from './password-policy.ts';
import { endSessions } from './sessions.ts';
import { type Entered, enter, type NextStep, placeOf, type SignInDeps, ticketAfter, ticketFor, wrongSignIn } from './sign-in.ts';
import { endTickets } from './tickets.ts';
import { newRecoveryCode, recoveryId } from './tokens.ts';
import { acceptedStep, newTotpSecret, totpUri } from './totp.ts';
import { nextEpoch, type User } from './user.ts';

const RECOVERY_CODES = 10;
const TOTP_BYTES = 20;

/** A password that passes the policy, hashed. @throws Problem `PASSWORD_REFUSED` */
export async function acceptedPassword(
  { random, cost }: Pick<SignInDeps, 'random' | 'cost'>,
  user: string,
  password: string,
): Promise<string> {
  const why = refusedPassword(password, user, await commonPasswords());
  if (why !== undefined)
    throw new Problem(400, {
      code: 'PASSWORD_REFUSED',
      message: `This password is not taken. ${why}`,
      place: 'body.password',
      expected: '12 to 128 characters that nobody would guess, such as four words',
      advice: 'Choose another, or let a password manager choose it.',
    });
  return hashPassword(password, random, cost);
}

/** The password of who came by a link: it counts from the second factor on. @throws Problem */
export async function setFirstPassword(deps: SignInDeps, token: string, password: string): Promise<NextStep> {
  const { ticket, user } = await ticketFor(deps, token, ['set-password', 'enrol']);
  const hash = await acceptedPassword(deps, user.id, password);
  await commit(deps, [ticketAfter(deps, ticket, { step: 'enrol', password: hash })], []);
  return { next: 'enrol', ticket: token };
}

/** A new authenticator’s secret; it counts once a code of it was typed. @throws Problem */
export async function beginTotp(
  deps: SignInDeps,
  token: string,
  issuer: string,
): Promise<{ readonly secret: string; readonly uri: string }> {
  const { ticket, user } = await ticketFor(deps, token, ['enrol']);
  const secret = newTotpSecret(deps.random.bytes(TOTP_BYTES));
  const sealed = deps.sealer.seal(Buffer.from(secret, 'utf8'), `totp ${user.id}`);
  await commit(deps, [ticketAfter(deps, ticket, { secret: sealed })], []);
  return { secret, uri: totpUri(secret, user.id, issuer) };
}

/** Password and authenticator are taken, all sessions of before end, and the user is in, with recovery codes that are shown this once. @throws Problem */
export async function confirmTotp(
  deps: SignInDeps,
  token: string,
  code: string,
  origin: Origin,
): Promise<Entered & { readonly recoveryCodes: readonly string[] }> {
  const { ticket, user } = await ticketFor(deps, token, ['enrol']);
  const { secret: sealed, password } = ticket.value;
  if (sealed === undefined || password === undefined) throw wrongSignIn();
  const secret = Buffer.from(deps.sealer.open(sealed, `totp ${user.id}`)).toString('utf8');
  const now = deps.clock.now();
  const lastStep = acceptedStep(secret, code, now, 0);
  if (lastStep === undefined) throw wrongSignIn();
  const recoveryCodes = Array.from({ length: RECOVERY_CODES }, () => newRecoveryCode(deps.random));
  const after: User = {
    ...user.value,
    password,
    passwordAt: now,
    totp: { secret: sealed, lastStep, since: now },
    recovery: recoveryCodes.map(recoveryId),
  };
  const place = placeOf(deps, user.id, origin);
  const puts = await endSessions(deps, user.id);
  const said = [{ actor: `user:${user.id}`, action: 'second-factor.enrolled', target: `user:${user.id}` }] as const;
  return { ...(await enter(deps, user, { after, ticket, by: 'password and code', place, origin, puts, said })), recoveryCodes };
}

/** Another password, for who knows the present one. All other sessions end, and sign-ins that were begun. @throws Problem */
export async function changePassword(
  deps: SignInDeps,
  name: string,
  { current, next }: { readonly current: string; readonly next: string },
  sessionId: string,
): Promise<void> {
  const user = await load<User>(deps, 'user', name);
  if (user === undefined || !(await passwordMatches(current, user.value.password, deps.cost))) throw wrongSignIn();
  const hash = await acceptedPassword(deps, name, next);
  await commit(
    deps,
    [
      putOf('user', name, user, { ...user.value, ...nextEpoch(user.value), password: hash, passwordAt: deps.clock.now() }),
      ...(await endTickets(deps, name)),
      ...(await endSessions(deps, name, sessionId)),
    ],
    [{ actor: `user:${name}`, action: 'password.set', target: `user:${name}` }],
  );
}
