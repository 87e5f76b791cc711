import { Decimal } from '../expression/decimal.ts';
import { emptyObject, type Value, type ValueObject } from '../expression/value.ts';
import type { MoneyStep, Operation, Step } from '../language/operation.ts';
import { withNames } from './answer.ts';
import { draw } from './drawn.ts';
import { RenderFailed, textIn } from './fill.ts';
import { drawsFor, neededFrom } from './reads.ts';
import { type RenderedRequest, render, withDrawn } from './render.ts';

/** What a walk knows of an effect of the payment. No view: it was never started. */
export interface EffectView {
  /** The operation that started it. */
  readonly operation: string;
  /** `open`: started, unknown or pending. `reversed`: taken back while it was settled, or proven never to have been there. */
  readonly status: 'open' | 'ok' | 'refused' | 'reversed';
  readonly facts?: ValueObject;
  /** What was journalled with its start of the names that steps before it had given. */
  readonly kept?: ValueObject;
  readonly code?: string;
  readonly message?: string;
}

/** An effect that is to be started, with all that a repeat and its predicates need. */
export interface StartEffect {
  readonly kind: 'start';
  readonly effect: string;
  readonly key: string;
  readonly amount: Decimal | undefined;
  readonly request: RenderedRequest;
  readonly kept: ValueObject;
  readonly drawn: ValueObject;
  readonly deadlineMs: number | undefined;
}

export type MoneyNext =
  | { readonly kind: 'start'; readonly step: MoneyStep }
  /** It is there, or there is nothing to be done for it. */
  | { readonly kind: 'done' }
  | { readonly kind: 'waits'; readonly effect: string }
  | { readonly kind: 'refused'; readonly code: string | undefined; readonly message: string | undefined }
  | { readonly kind: 'stuck'; readonly reason: string };

/** What is next for a money step, as the record stands. */
export function moneyNext(step: MoneyStep, operation: Operation, effects: ReadonlyMap<string, EffectView>): MoneyNext {
  const own = effects.get(step.name);
  if (own?.status === 'open') return { kind: 'waits', effect: step.name };
  if (own?.status === 'ok') return { kind: 'done' };
  if (own !== undefined) return afterRefusal(step, own, operation, effects);
  // a suspense posting is no step of its own: the refusal of another leads to it
  if (step.kind === 'suspense') return { kind: 'done' };
  return step.of === undefined ? { kind: 'start', step } : belonging(step, step.of, effects.get(step.of));
}

/** A capture, release or reverse is of something: it waits until it is known whether that is there. */
function belonging(step: MoneyStep, name: string, of: EffectView | undefined): MoneyNext {
  if (of?.status === 'open') return { kind: 'waits', effect: name };
  if (of?.status === 'ok') return { kind: 'start', step };
  // nothing was taken, so nothing is given back
  if (step.kind !== 'capture') return { kind: 'done' };
  return { kind: 'stuck', reason: `${step.name} cannot be done: ${name} is not there, and the hub has committed` };
}

function afterRefusal(step: MoneyStep, own: EffectView, operation: Operation, effects: ReadonlyMap<string, EffectView>): MoneyNext {
  if (step.instead !== undefined) {
    const suspense = operation.steps.flatMap((each) => (each.kind === 'money' && each.money.name === step.instead ? [each.money] : []))[0];
    const posted = effects.get(step.instead);
    if (suspense === undefined) return { kind: 'stuck', reason: `the core refuses ${step.name}, and ${step.instead} is not there` };
    if (posted === undefined) return { kind: 'start', step: suspense };
    if (posted.status === 'open') return { kind: 'waits', effect: suspense.name };
    if (posted.status === 'ok') return { kind: 'done' };
    return { kind: 'stuck', reason: `the core refuses ${step.name} and ${suspense.name} (${posted.code ?? 'no code'})` };
  }
  const may = operation.name === 'transfer.prepare' || operation.name === 'send.hold';
  if (may) return { kind: 'refused', code: own.code, message: own.message };
  return { kind: 'stuck', reason: `the core refuses ${step.name} (${own.code ?? 'no code'}), and the hub has decided` };
}

/** What a start holds, in characters of JSON: more is no start. */
export const START_MAX = 8_192;
/** Default keys and those that a connector makes. */
const KEY_MAX = 128;

/** All that starting the effect needs. @throws RenderFailed, EvaluationFailed, DecimalInvalid */
export function startOf(
  step: MoneyStep,
  root: ValueObject,
  rest: readonly Step[],
  locals: ValueObject,
  transferId: string,
  now: number,
): StartEffect {
  const drawn = drawsFor(step) ? draw(transferId, step.name, now) : emptyObject();
  const amount = amountOf(step, root);
  const plain = `${transferId}-${step.name}`;
  const here = withNames(root, { key: plain, amount, effect: drawn });
  const key = step.key === undefined ? plain : textIn({ kind: 'expression', expression: step.key }, here, 'the key');
  if (key === undefined || key === '' || key.length > KEY_MAX) throw new RenderFailed(`a key has 1 to ${KEY_MAX} characters`);
  const request = withDrawn(render(step.call, withNames(here, { key })), drawn);
  const kept = neededFrom(step, rest, locals);
  return { kind: 'start', effect: step.name, key, amount, request, kept, drawn, deadlineMs: step.deadlineMs };
}

function amountOf({ amount, name }: MoneyStep, root: ValueObject): Decimal | undefined {
  if (amount === undefined) return undefined;
  const value: Value = amount.evaluate(root);
  if (!(value instanceof Decimal)) throw new RenderFailed(`the amount of ${name} is no number`);
  if (value.units <= 0n) throw new RenderFailed(`the amount of ${name} is not above zero`);
  return value;
}
