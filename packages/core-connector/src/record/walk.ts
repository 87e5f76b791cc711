import type { Sealer, World } from '@payment-manager/runtime';
import { parseExactJson, writeExactJson } from '../codec/json.ts';
import { emptyObject, type ValueObject } from '../expression/value.ts';
import type { CallAnswer } from '../run/answer.ts';
import { withNames } from '../run/answer.ts';
import { RenderFailed } from '../run/fill.ts';
import { type End, interpret } from '../run/interpret.ts';
import type { EffectView } from '../run/money.ts';
import type { RenderedRequest } from '../run/render.ts';
import type { Side } from './events.ts';
import type { RecordedEnd } from './inputs.ts';
import { Remembered } from './remembered.ts';
import { openStart, sealStart } from './sealed-start.ts';
import { operationNamed, type RunningConnector } from './settings.ts';
import { type EffectState, isOpen } from './state.ts';

/** Calls a back end. Never throws: what became of a call is its answer. `deadline`: wall clock, milliseconds since the epoch. */
export interface BackEnds {
  call(request: RenderedRequest, deadline: number, purpose: 'read' | 'money', about?: CallAbout): Promise<CallAnswer>;
}

/** Of which payment a call is, for whoever keeps what was said. */
export interface CallAbout {
  /** As those of `Message`: transferId, quoteId, parties as `TYPE/ID`. */
  readonly ids: readonly string[];
  /** Of what is sent several times, from 1. */
  readonly attempt?: number;
  /** `traceparent` (W3C); absent: the payment bears none, or nobody knows it any more. */
  readonly trace?: string | undefined;
}

export interface WalkDeps extends Pick<World, 'clock'> {
  readonly running: RunningConnector;
  readonly backEnds: BackEnds;
  readonly sealer: Sealer;
}

/** What a walk is over. */
export interface WalkOf {
  readonly side: Side;
  readonly transferId: string;
  readonly operation: string;
  /** Exact JSON: `req`, `quote` or `send`. */
  readonly input: string;
  readonly deadline: number | undefined;
  readonly effects: Readonly<Record<string, EffectState>>;
  /** What its calls are about, where there is no transferId yet. */
  readonly ids?: readonly string[];
  readonly trace?: string | undefined;
}

/** How long a read may take where neither it nor its back end says. */
const READ_MS = 8_000;

/** Goes over the steps of an operation, makes the reads, and tells where it ends: nothing that moves money is called here. */
export async function walk(deps: WalkDeps, of: WalkOf): Promise<RecordedEnd> {
  const end = await walkToEnd(deps, of);
  switch (end.kind) {
    case 'reply':
      return { kind: 'reply', reply: writeExactJson(end.reply), facts: writeExactJson(end.facts) };
    case 'start': {
      const { effect, key, amount } = end;
      try {
        const sealed = sealStart(deps.sealer, end, { ...of, effect });
        return { kind: 'start', effect, key, sealed, ...(amount !== undefined && { amount: amount.toString() }) };
      } catch (error) {
        if (error instanceof RenderFailed) return { kind: 'failed', code: '2001', reason: error.message };
        throw error;
      }
    }
    default:
      return end;
  }
}

/** As `walk`, for operations that have no record: look-ups and quotes. */
export async function walkToEnd(deps: WalkDeps, of: WalkOf): Promise<End> {
  const { running, backEnds, clock } = deps;
  const operation = operationNamed(running, of.operation);
  if (operation === undefined) return { kind: 'stuck', reason: `the connector has no ${of.operation}` };
  const { connector } = running;
  const effects = new Map(Object.values(of.effects).map((effect) => [effect.name, viewOf(deps, of, effect)]));
  const base = baseOf(running, of, clock.now());
  const steps = interpret({ connector, operation, base, transferId: of.transferId, effects, now: clock.now() });
  let at = steps.next();
  while (at.done !== true) {
    const { request, deadlineMs } = at.value;
    const totalMs = deadlineMs ?? connector.backends.get(request.to)?.timeouts.totalMs ?? READ_MS;
    const deadline = Math.min(clock.now() + totalMs, of.deadline ?? Number.POSITIVE_INFINITY);
    at = steps.next(await backEnds.call(request, deadline, 'read', { ids: of.ids ?? [of.transferId], trace: of.trace }));
  }
  return at.value;
}

/** An operation's input is read several times within a payment: by each walk, each call, and the operation behind it. */
const inputs = new Remembered<ValueObject>(500);

/** Writes what an operation is about as exact JSON. What is written here need not be read again by this process. It is not changed from then on. */
export function writeInput(input: ValueObject): string {
  const text = writeExactJson(input);
  inputs.set(text, input);
  return text;
}

/** Reads what an operation is about: exact JSON. */
export function readInput(text: string): ValueObject {
  return inputs.get(text) ?? inputs.set(text, parseExactJson(text) as ValueObject);
}

/** The names of an operation that no step gives. */
export function baseOf(
  { cfg, connector }: RunningConnector,
  of: Pick<WalkOf, 'transferId' | 'input' | 'deadline'>,
  now: number,
): ValueObject {
  const op = {
    transferId: of.transferId,
    now: new Date(now).toISOString(),
    ...(of.deadline !== undefined && { deadline: new Date(of.deadline).toISOString() }),
  };
  const tables = connector.tables as unknown as ValueObject;
  return withNames(readInput(of.input), { cfg: cfg as ValueObject, tables, op: emptyObject(op) });
}

/** An effect as a walk knows it. What its start has kept is opened only where the walk goes over its steps. */
function viewOf({ sealer }: WalkDeps, { side, transferId, operation: walked }: WalkOf, effect: EffectState): EffectView {
  const { name, operation, status, facts, code, message, sealed } = effect;
  return {
    operation,
    status: isOpen(effect) ? 'open' : (status as EffectView['status']),
    ...(operation === walked && { kept: openStart(sealer, sealed, { side, transferId, effect: name }).kept }),
    ...(facts !== undefined && { facts: parseExactJson(facts) as ValueObject }),
    ...(code !== undefined && { code }),
    ...(message !== undefined && { message }),
  };
}
