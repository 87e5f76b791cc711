import { createHash } from 'node:crypto';
import { type Actor, actorName, samePerson } from '../access/actor.ts';
import { may } from '../access/permissions.ts';
import { changedMeanwhile, notFound, notNow, Problem } from '../server/problem.ts';
import { commit, type Keeping, load, loadAll, putOf, type Seen, tryCommit } from '../store/kept.ts';
import { APPROVED_ACTIONS, type ApprovedAction } from './approved-actions.ts';

/** What somebody asked for, and whether somebody else agreed. What is done is exactly what was asked: its values are kept here. */
export interface Approval {
  readonly action: ApprovedAction;
  /** Like `payment:52e5…`. */
  readonly target: string;
  /** What the action is called with. */
  readonly values: unknown;
  /** What people and the audit log see of that; absent: the values themselves. */
  readonly shown?: unknown;
  readonly reason: string;
  readonly askedBy: string;
  /** Of one that a machine's key asked for: who made the key. */
  readonly askedFor?: string;
  readonly askedAt: number;
  readonly state: 'waiting' | 'approved' | 'refused' | 'withdrawn' | 'done' | 'failed';
  readonly decidedBy?: string;
  readonly decidedAt?: number;
  readonly note?: string;
}

/** Nobody agreed in this time: it is over, and may be asked for again. */
export const APPROVAL_MS = 72 * 3_600_000;
/** So long they are shown. */
const SHOWN_MS = 30 * 86_400_000;
/** How often it is looked again whether somebody asks for the same in the same moment. */
const ASK_TRIES = 3;
/** So long something may be being done; a process that ended in it keeps nobody from asking again for longer. */
const BEING_DONE_MS = 15 * 60_000;

/** Records of payments and the vault keep so many characters of who did it. */
const BY_MOST = 100;
const NAME_MOST = 43;

/** What does a thing once it is approved; answers what was done, in a form that may be shown. */
export type Doing = (values: unknown, who: { readonly by: string; readonly reason: string }) => Promise<unknown>;

export interface ApprovalsDeps extends Keeping {
  /** Which actions need four eyes here. */
  readonly needed: readonly ApprovedAction[];
  readonly doing: Readonly<Partial<Record<ApprovedAction, Doing>>>;
}

/** What somebody wants to be done. */
type Wish = Pick<Approval, 'action' | 'target' | 'values' | 'shown' | 'reason'>;

/** What became of a wish: it is done, or waits for somebody else. */
export type Outcome = { readonly kind: 'done'; readonly result: unknown } | { readonly kind: 'waiting'; readonly approval: string };

/** Does it, or asks for four eyes first. The log says so before and after. @throws Problem */
export async function doOrAsk(deps: ApprovalsDeps, actor: Actor, wish: Wish): Promise<Outcome> {
  const { action, target, values, reason, shown = values } = wish;
  const by = actorName(actor);
  if (!deps.needed.includes(action)) return { kind: 'done', result: await did(deps, wish, by, by) };
  const askedFor = actor.kind === 'key' ? { askedFor: actor.madeBy } : {};
  for (let tries = 0; tries < ASK_TRIES; tries++) {
    const place = await placeFor(deps, wish);
    const id = deps.random.uuid();
    const now = deps.clock.now();
    const approval: Approval = { ...wish, askedBy: by, ...askedFor, askedAt: now, state: 'waiting' };
    const puts = [
      putOf('approval', id, undefined, approval, { expires: now + SHOWN_MS }),
      putOf<Place>('wish', place.id, place.seen, { approval: id }, { expires: now + APPROVAL_MS }),
    ];
    if (await tryCommit(deps, puts, [{ actor: by, action: `${action}.asked`, target, after: shown, reason }]))
      return { kind: 'waiting', approval: id };
  }
  throw changedMeanwhile();
}

/** Which wish is the newest of those that are the same. It is compared and replaced, so that of two in one moment the second sees the first. */
interface Place {
  readonly approval: string;
}

/** Where a wish is put. @throws Problem `ALREADY_ASKED` where the same waits already, or is being done: what is approved twice is done twice */
async function placeFor(deps: ApprovalsDeps, wish: Wish): Promise<{ readonly id: string; readonly seen: Seen<Place> | undefined }> {
  const id = sameness(wish);
  const seen = await load<Place>(deps, 'wish', id);
  const newest = seen && (await load<Approval>(deps, 'approval', seen.value.approval));
  const now = deps.clock.now();
  const held = newest !== undefined && (waits(newest.value, now) || isBeingDone(newest.value, now));
  // the version before kept no place of a wish
  if (held || (await waitingWishes(deps, wish.action)).some(({ value }) => sameness(value) === id))
    throw new Problem(409, {
      code: 'ALREADY_ASKED',
      message: 'The same was asked for already, and waits for a second person or is being done.',
      advice: 'Agree to that or refuse it, or let whoever asked for it take it back; then ask again.',
    });
  return { id, seen };
}

/** The same for wishes of which the second would do again what the first did. With a payment only one thing is to be done, whatever was asked. */
function sameness({ action, target, values }: Wish): string {
  const what = action === 'resolve-exception' ? undefined : values;
  return createHash('sha256')
    .update(JSON.stringify([action, target, what], byName))
    .digest('hex');
}

/** Members of objects in one order, however they were sent. */
function byName(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** Somebody else’s word. Yes: it is done at once, once, whoever decides at the same moment. @throws Problem */
export async function decide(deps: ApprovalsDeps, actor: Actor, id: string, yes: boolean, note: string): Promise<unknown> {
  const kept = await waitingOne(deps, id);
  const { action, askedBy, askedFor, target, values, reason, shown } = kept.value;
  const by = actorName(actor);
  // of a key and of the socket nobody knows which person is behind them
  if (actor.kind !== 'user') throw forbidden('Only a person who is signed in at the portal approves.', 'Sign in at the portal.');
  if (samePerson(by, askedBy)) throw forbidden('Nobody approves what they asked for themselves.', 'Ask somebody else who may do it.');
  if (askedFor !== undefined && samePerson(by, askedFor))
    throw forbidden('Nobody approves what a key asked for that they made.', 'Ask somebody else who may do it.');
  if (!may(actor.roles, APPROVED_ACTIONS[action]))
    throw forbidden('Whoever approves must be allowed to do it, too.', 'Ask somebody who is.');
  const decided: Approval = { ...kept.value, state: yes ? 'approved' : 'refused', decidedBy: by, decidedAt: deps.clock.now(), note };
  await commit(
    deps,
    [putOf('approval', id, kept, decided, { expires: deps.clock.now() + SHOWN_MS })],
    [{ actor: by, action: `${action}.${yes ? 'approved' : 'refused'}`, target, reason: note }],
  );
  if (!yes) return { state: 'refused' };
  try {
    const result = await did(deps, { action, target, values, reason, shown }, askedBy, bothOf(askedBy, by));
    await ended(deps, id, 'done');
    return { state: 'done', result };
  } catch (error) {
    await ended(deps, id, 'failed');
    throw error;
  }
}

/** Who asked and who agreed, as what is done keeps it: both of them, however long their names. */
function bothOf(askedBy: string, approvedBy: string): string {
  const said = (...[one, other]: readonly [string, string]): string => `${one}, approved by ${other}`;
  const whole = said(askedBy, approvedBy);
  const short = (name: string): string => (name.length <= NAME_MOST ? name : `${name.slice(0, NAME_MOST - 1)}…`);
  return whole.length <= BY_MOST ? whole : said(short(askedBy), short(approvedBy));
}

/** Whoever asked takes it back, and who made the key that asked. @throws Problem */
export async function withdraw(deps: ApprovalsDeps, actor: Actor, id: string): Promise<void> {
  const kept = await waitingOne(deps, id);
  const by = actorName(actor);
  if (by !== kept.value.askedBy && by !== kept.value.askedFor)
    throw forbidden('Only who asked for it takes it back.', 'Refuse it instead.');
  const { action, target } = kept.value;
  await commit(
    deps,
    [putOf('approval', id, kept, { ...kept.value, state: 'withdrawn' }, { expires: deps.clock.now() + SHOWN_MS })],
    [{ actor: by, action: `${action}.withdrawn`, target }],
  );
}

/** The newest first. */
export async function listApprovals(deps: ApprovalsDeps): Promise<readonly object[]> {
  const all = await loadAll<Approval>(deps, 'approval');
  const now = deps.clock.now();
  const listed = ({ id, value: { shown, ...value } }: Seen<Approval>): object => ({
    id,
    ...value,
    ...(shown !== undefined && { values: shown }),
    ...(isOver(value, now) && { state: 'over' }),
  });
  return [...all].sort((a, b) => b.value.askedAt - a.value.askedAt).map(listed);
}

/** What waits for a second person, of one action. */
export async function waitingWishes(deps: ApprovalsDeps, action: ApprovedAction): Promise<readonly Seen<Approval>[]> {
  const all = await loadAll<Approval>(deps, 'approval');
  const now = deps.clock.now();
  return all.filter(({ value }) => value.action === action && waits(value, now));
}

async function waitingOne(deps: ApprovalsDeps, id: string): Promise<Seen<Approval>> {
  const kept = await load<Approval>(deps, 'approval', id);
  if (kept === undefined) throw notFound('approval');
  if (!waits(kept.value, deps.clock.now())) throw notNow('It was decided already, or its time is over.', 'Ask for it again.');
  return kept;
}

function waits(approval: Approval, now: number): boolean {
  return approval.state === 'waiting' && !isOver(approval, now);
}

function isBeingDone({ state, decidedAt = 0 }: Approval, now: number): boolean {
  return state === 'approved' && now - decidedAt < BEING_DONE_MS;
}

function isOver({ state, askedAt }: Approval, now: number): boolean {
  return state === 'waiting' && now - askedAt > APPROVAL_MS;
}

async function did(
  deps: ApprovalsDeps,
  { action, target, values, reason, shown = values }: Wish,
  actor: string,
  by: string,
): Promise<unknown> {
  const doing = deps.doing[action];
  if (doing === undefined) throw notNow('This cannot be done here.', 'See the configuration of this process.');
  await commit(deps, [], [{ actor, action: `${action}.begun`, target, after: shown, reason }]);
  const result = await doing(values, { by, reason });
  await commit(deps, [], [{ actor, action: `${action}.done`, target, after: result, reason }]);
  return result;
}

async function ended(deps: ApprovalsDeps, id: string, state: 'done' | 'failed'): Promise<void> {
  const kept = await load<Approval>(deps, 'approval', id);
  if (kept !== undefined)
    await commit(deps, [putOf('approval', id, kept, { ...kept.value, state }, { expires: deps.clock.now() + SHOWN_MS })], []);
}

function forbidden(message: string, advice: string): Problem {
  return new Problem(403, { code: 'NOT_PERMITTED', message, advice });
}
