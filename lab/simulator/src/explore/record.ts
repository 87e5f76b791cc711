import type { flows } from '@payment-manager/mojaloop-connector';
import type { Timeless } from './timeless.ts';

/**
 * One record as an engine holds it, without the engine: what is applied, what of it is durable, and which of the actions that it
 * owes have answered already. The rules are those of the engine: an action is begun when it is owed and due, once under its key;
 * one that answered is begun again only after it was not owed for a while, or after a restart.
 */
export interface RecordNode<S, E> {
  readonly state: S;
  /** What a crash leaves: lazy events may be lost. */
  readonly durable: S;
  readonly lazy: readonly E[];
  readonly answered: readonly string[];
  readonly now: number;
  /** Actions that take their time from when they were begun (`lasts`), and when they are due: a restart begins them anew. */
  readonly lasting?: Readonly<Record<string, number>>;
}

export type AnyFlow<
  S,
  I extends flows.Input,
  E extends { readonly type: string; readonly at: number },
  A extends flows.Action,
> = flows.Flow<S, I, E, A>;

/** What is owed, with the time at which it is due by this process. */
function owedBy<S, I extends flows.Input, E extends { readonly type: string; readonly at: number }, A extends flows.Action>(
  flow: AnyFlow<S, I, E, A>,
  { state, lasting = {} }: RecordNode<S, E>,
): readonly A[] {
  return flow.owed(state).map((action) => (action.lasts === undefined ? action : { ...action, notBefore: lasting[action.key] ?? 0 }));
}

/** Notes what is begun now and takes its time. */
function begun<S, I extends flows.Input, E extends { readonly type: string; readonly at: number }, A extends flows.Action>(
  flow: AnyFlow<S, I, E, A>,
  node: RecordNode<S, E>,
): RecordNode<S, E> {
  const { lasting: before = {}, ...rest } = node;
  const lasting: Record<string, number> = {};
  for (const { key, lasts } of flow.owed(node.state)) if (lasts !== undefined) lasting[key] = before[key] ?? node.now + lasts;
  return Object.keys(lasting).length === 0 ? rest : { ...rest, lasting };
}

/** What an input does to a record. `undefined` when it makes none. */
export function take<S, I extends flows.Input, E extends { readonly type: string; readonly at: number }, A extends flows.Action>(
  flow: AnyFlow<S, I, E, A>,
  node: RecordNode<S, E>,
  input: I,
): { readonly record: RecordNode<S, E>; readonly events: readonly E[]; readonly courtesies: readonly A[] } {
  const { events, lazy, courtesies = [] } = flow.decide(node.state, input, node.now);
  let { state, durable } = node;
  for (const event of events) state = flow.apply(state, event);
  let waiting = node.lazy;
  if (events.length > 0) {
    if (lazy === true) waiting = [...waiting, ...events];
    else {
      durable = state;
      waiting = [];
    }
  }
  const key = (input as { key?: unknown }).key;
  const answered = typeof key === 'string' ? [...node.answered, key] : node.answered;
  const owed = new Set(flow.owed(state).map((action) => action.key));
  return {
    record: begun(flow, { ...node, state, durable, lazy: waiting, answered: [...new Set(answered)].filter((one) => owed.has(one)).sort() }),
    events,
    courtesies,
  };
}

/** The process dies and starts again: what was not durable is gone, and once-only actions were begun by a process that is gone. */
export function crash<S, I extends flows.Input, E extends { readonly type: string; readonly at: number }, A extends flows.Action>(
  flow: AnyFlow<S, I, E, A>,
  node: RecordNode<S, E>,
  interrupted: (key: string) => I,
): RecordNode<S, E> {
  const { lasting: _ended, ...before } = node;
  let after = begun(flow, { ...before, state: node.durable, lazy: [], answered: [] });
  for (const action of flow.owed(after.state)) if (!action.repeatable) after = take(flow, after, interrupted(action.key)).record;
  return after;
}

/** Actions that an engine has under way now: owed, due, not answered. */
export function underWay<S, I extends flows.Input, E extends { readonly type: string; readonly at: number }, A extends flows.Action>(
  flow: AnyFlow<S, I, E, A>,
  node: RecordNode<S, E>,
): readonly A[] {
  return owedBy(flow, node).filter((action) => !node.answered.includes(action.key) && (action.notBefore ?? 0) <= node.now);
}

/** The next instant after now at which something is due or ends. Undefined: nothing waits. */
export function nextInstant<S, I extends flows.Input, E extends { readonly type: string; readonly at: number }, A extends flows.Action>(
  flow: AnyFlow<S, I, E, A>,
  node: RecordNode<S, E>,
  borders: readonly number[],
): number | undefined {
  const waiting = owedBy(flow, node).filter((action) => !node.answered.includes(action.key));
  const times = [...waiting.flatMap((action) => [action.notBefore, (action as { until?: number }).until]), ...borders];
  const later = times.filter((time): time is number => time !== undefined && time > node.now);
  return later.length === 0 ? undefined : Math.min(...later);
}

const KEY_NUMBER_MAX = 4;
/** From which number on the keys of actions count as the same; each is above every number that a flow compares with. */
export type KeyNumberMax = (key: string) => number;
const usualMax: KeyNumberMax = () => KEY_NUMBER_MAX;

/** So finely the distance of a border counts. */
const DISTANCE_MS = 1_000;

/**
 * A record's part of a key: everything but absolute time. Of what is still to come the order counts: which is next, which of them come together, and
 * which are over; and how far off a border is, to the second, so that what is begun now takes its place before or after it.
 * `blind`: without any time.
 */
export function recordKey<S, I extends flows.Input, E extends { readonly type: string; readonly at: number }, A extends flows.Action>(
  flow: AnyFlow<S, I, E, A>,
  node: RecordNode<S, E>,
  borders: readonly number[],
  timeless: Timeless,
  { numberMax = usualMax, blind = false }: { readonly numberMax?: KeyNumberMax; readonly blind?: boolean } = {},
): string {
  const bounded = (key: string): string => key.replace(/\d+$/, (digits) => String(Math.min(Number(digits), numberMax(key))));
  const owed = owedBy(flow, node);
  const instants = owed.flatMap((action) => [action.notBefore, (action as { until?: number }).until]);
  const order = [...new Set([...instants, ...borders].filter((time) => time !== undefined && time > node.now))].sort(ascending);
  const place = (time: number | undefined): string =>
    time === undefined || blind ? '-' : time <= node.now ? '.' : String(order.indexOf(time));
  const distance = (time: number): string => (blind || time <= node.now ? '' : `+${Math.round((time - node.now) / DISTANCE_MS)}`);
  return [
    timeless(node.state as object),
    node.lazy.length === 0 ? '' : timeless(node.durable as object),
    owed.map((action) => `${bounded(action.key)} ${place(action.notBefore)} ${place((action as { until?: number }).until)}`).join(),
    node.answered.map(bounded).join(),
    borders.map((border) => `${place(border)}${distance(border)}`).join(),
  ].join('\n');
}

const ascending = (a: number | undefined, b: number | undefined): number => (a ?? 0) - (b ?? 0);
