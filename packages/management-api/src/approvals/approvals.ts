import { type Actor, actorName, samePerson } from '../access/actor.ts';
import { may, type Permission } from '../access/permissions.ts';
import { notFound, notNow, Problem } from '../server/problem.ts';
import { commit, type Keeping, load, loadAll, putOf, type Seen } from '../store/kept.ts';

/** What may be done only with four eyes, where the configuration says so. */
export const APPROVED_ACTIONS = {
  'rotate-keys': 'keys:rotate',
  'change-endpoints': 'endpoints:change',
  'reload-connector': 'connector:reload',
  'resolve-exception': 'exceptions:resolve',
  'lift-restored': 'restored:lift',
} as const satisfies Readonly<Record<string, Permission>>;
export type ApprovedAction = keyof typeof APPROVED_ACTIONS;

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
  const id = deps.random.uuid();
  const approval: Approval = { ...wish, askedBy: by, askedAt: deps.clock.now(), state: 'waiting' };
  await commit(
    deps,
    [putOf('approval', id, undefined, approval, { expires: deps.clock.now() + SHOWN_MS })],
    [{ actor: by, action: `${action}.asked`, target, after: shown, reason }],
  );
  return { kind: 'waiting', approval: id };
}

/** Somebody else’s word. Yes: it is done at once, once, whoever decides at the same moment. @throws Problem */
export async function decide(deps: ApprovalsDeps, actor: Actor, id: string, yes: boolean, note: string): Promise<unknown> {
  const kept = await waitingOne(deps, id);
  const { action, askedBy, target, values, reason, shown } = kept.value;
  const by = actorName(actor);
  if (actor.kind === 'key') throw forbidden('A machine approves nothing.', 'Sign in as a person.');
  if (samePerson(by, askedBy)) throw forbidden('Nobody approves what they asked for themselves.', 'Ask somebody else who may do it.');
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
    const result = await did(deps, { action, target, values, reason, shown }, askedBy, `${askedBy}, approved by ${by}`);
    await ended(deps, id, 'done');
    return { state: 'done', result };
  } catch (error) {
    await ended(deps, id, 'failed');
    throw error;
  }
}

/** Whoever asked takes it back. @throws Problem */
export async function withdraw(deps: ApprovalsDeps, actor: Actor, id: string): Promise<void> {
  const kept = await waitingOne(deps, id);
  const by = actorName(actor);
  if (by !== kept.value.askedBy) throw forbidden('Only who asked for it takes it back.', 'Refuse it instead.');
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
  return all.filter(({ value }) => value.action === action && value.state === 'waiting' && !isOver(value, now));
}

async function waitingOne(deps: ApprovalsDeps, id: string): Promise<Seen<Approval>> {
  const kept = await load<Approval>(deps, 'approval', id);
  if (kept === undefined) throw notFound('approval');
  if (kept.value.state !== 'waiting' || isOver(kept.value, deps.clock.now()))
    throw notNow('It was decided already, or its time is over.', 'Ask for it again.');
  return kept;
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
