import { emptyObject, truthy, type Value, type ValueObject } from '../expression/value.ts';
import type { CompiledConnector } from '../language/compile-connector.ts';
import type { Failure, Operation, Step } from '../language/operation.ts';
import { answerInWords, type CallAnswer, isGood, isReadable, withAnswer, withNames } from './answer.ts';
import { fill, textIn } from './fill.ts';
import { factsOf, holds, type Refusal, reasonOf, refusalOf } from './judge.ts';
import { type EffectView, moneyNext, type StartEffect, startOf } from './money.ts';
import { type RenderedRequest, render } from './render.ts';

/** A read that the walk needs the answer of. */
export interface ReadCall {
  readonly name: string;
  readonly request: RenderedRequest;
  readonly deadlineMs: number | undefined;
}

/** Where a walk over an operation's steps ends. */
export type End =
  | { readonly kind: 'reply'; readonly reply: Value; readonly facts: ValueObject }
  /** The connector says no: to be told to the other side. `notFound`: what was asked for is not there. */
  | ({ readonly kind: 'refused'; readonly notFound?: true } & Refusal)
  /** A read had no answer, or a value could not be made: nothing is known to be wrong with the payment. */
  | { readonly kind: 'failed'; readonly code: string; readonly reason: string; readonly silent?: true }
  /** Money has to move next. */
  | StartEffect
  /** An effect has to be settled first. */
  | { readonly kind: 'waits'; readonly effect: string }
  /** A person has to look: what was begun and these steps do not fit, or the core refuses what nobody can take back. */
  | { readonly kind: 'stuck'; readonly reason: string };

/** What a walk goes over, and what it knows. */
export interface Walk {
  readonly connector: CompiledConnector;
  readonly operation: Operation;
  /** `cfg`, `tables`, `op`, and what the operation is about: `req`, `quote`, `send`. */
  readonly base: ValueObject;
  readonly transferId: string;
  /** The effects of the payment up to now, by name. */
  readonly effects: ReadonlyMap<string, EffectView>;
  readonly now: number;
}

/** Codes for a side that could not be asked: the back end is not there, answers too late, or something is wrong with us. */
const UNREACHABLE = '2003';
const OWN_FAULT = '2001';

/**
 * Goes over the steps of an operation from the top; what stands before the last effect that was started is not evaluated again. Yields each
 * read and is told its answer. Nothing else happens here: no call, no clock, no record.
 */
export function* interpret(walk: Walk): Generator<ReadCall, End, CallAnswer> {
  const { steps } = walk.operation;
  const from = startedLast(walk);
  const lost = overlooked(walk, from);
  if (lost !== undefined) return { kind: 'stuck', reason: lost };
  const kept = from < 0 ? undefined : effectAt(walk, from)?.kept;
  return yield* runSteps(steps.slice(Math.max(0, from)), { walk, locals: emptyObject(kept) });
}

/** The names that steps have given so far. */
interface Scope {
  readonly walk: Walk;
  readonly locals: Record<string, Value>;
  /** All names at this moment; absent: there are others than when it was last made. */
  root?: ValueObject | undefined;
}

type Walked = Generator<ReadCall, End, CallAnswer>;
const FELL_THROUGH: End = { kind: 'reply', reply: emptyObject(), facts: emptyObject() };

function* runSteps(steps: readonly Step[], scope: Scope): Walked {
  for (let index = 0; index < steps.length; index++) {
    const step = steps[index] as Step;
    try {
      const end = yield* runStep(step, steps, index, scope);
      if (end !== undefined) return end;
    } catch (error) {
      return { kind: 'failed', code: OWN_FAULT, reason: `a ${step.kind} cannot be done: ${reasonOf(error)}` };
    }
  }
  return FELL_THROUGH;
}

function* runStep(step: Step, steps: readonly Step[], index: number, scope: Scope): Generator<ReadCall, End | undefined, CallAnswer> {
  scope.root ??= withNames(scope.walk.base, scope.locals);
  const { root } = scope;
  switch (step.kind) {
    case 'check': {
      const broken = step.conditions.find(({ unless }) => !truthy(unless.evaluate(root)));
      return broken && refusedBy(broken.fail, root);
    }
    case 'let': {
      let names = root;
      for (const [name, expression] of step.values) {
        set(scope, name, expression.evaluate(names));
        names = withNames(names, { [name]: scope.locals[name] });
      }
      return undefined;
    }
    case 'call':
      return yield* read(step, root, scope);
    case 'money':
      return money(step, steps.slice(index + 1), root, scope);
    case 'choose': {
      const branch = step.branches.find(({ when }) => when === undefined || truthy(when.evaluate(root)));
      const end = branch && (yield* runSteps(branch.steps, { walk: scope.walk, locals: emptyObject(scope.locals) }));
      return end === FELL_THROUGH ? undefined : end;
    }
    case 'use':
      return yield* use(step, root, scope);
    case 'fail':
      return refusedBy(step.fail, root);
    case 'reply':
      return { kind: 'reply', reply: fill(step.reply, root), facts: factsOf(step.facts, root) };
  }
}

function* read(step: Extract<Step, { kind: 'call' }>, root: ValueObject, scope: Scope): Generator<ReadCall, End | undefined, CallAnswer> {
  const answer = yield { name: step.name, request: render(step.call, root), deadlineMs: step.deadlineMs };
  if (answer.kind === 'failed') return { kind: 'failed', code: UNREACHABLE, reason: answer.reason, silent: true };
  const names = withAnswer(root, answer);
  const { errors } = scope.walk.connector;
  if (step.notFound !== undefined && isReadable(answer) && truthy(step.notFound.evaluate(names)))
    return { kind: 'refused', ...refusalOf(errors, names, '3204'), notFound: true };
  const ok = step.ok === undefined ? isGood(answer) : truthy(step.ok.evaluate(names));
  if (ok && isReadable(answer)) {
    set(scope, step.name, withAnswer(emptyObject(), answer));
    return undefined;
  }
  const known = errors.find(({ when }) => holds(when, names));
  if (known !== undefined) return { kind: 'refused', ...refusalOf([known], names, known.code) };
  return { kind: 'failed', code: OWN_FAULT, reason: `the core answered ${step.name} with ${answerInWords(answer)}` };
}

function* use(step: Extract<Step, { kind: 'use' }>, root: ValueObject, scope: Scope): Generator<ReadCall, End | undefined, CallAnswer> {
  const route = scope.walk.connector.routes.get(step.route);
  if (route === undefined) return { kind: 'stuck', reason: `there is no route ${step.route}` };
  const locals = emptyObject();
  for (const [name, value] of step.arguments) {
    // an argument may be anything, and not only a text
    const given = value.kind === 'text' ? value.text : value.expression.evaluate(root);
    if (given !== undefined) locals[name] = given;
  }
  const end = yield* runSteps(route.steps, { walk: scope.walk, locals });
  if (end.kind !== 'reply') return end;
  if (step.as !== undefined) set(scope, step.as, end.reply);
  return undefined;
}

/** Where money stands, and what is next for it. */
function money({ money: step }: Extract<Step, { kind: 'money' }>, rest: readonly Step[], root: ValueObject, scope: Scope): End | undefined {
  const { walk } = scope;
  const next = moneyNext(step, walk.operation, walk.effects);
  switch (next.kind) {
    case 'done':
      if (step.as !== undefined) set(scope, step.as, viewOf(walk.effects.get(step.name)));
      return undefined;
    case 'start': {
      const starting = next.step;
      const of = starting.of === undefined ? undefined : viewOf(walk.effects.get(starting.of));
      const behind = starting === step ? rest : walk.operation.steps.slice(indexOf(walk.operation, starting.name) + 1);
      return startOf(starting, withNames(root, { of }), behind, scope.locals, walk.transferId, walk.now);
    }
    case 'refused': {
      const { code = OWN_FAULT, message } = next;
      return { kind: 'refused', code, ...(message !== undefined && { message }) };
    }
    case 'waits':
    case 'stuck':
      return next;
  }
}

/** What expressions know of an effect under its name, and a capture, release or reverse under `of`. */
export function viewOf(view: EffectView | undefined): ValueObject | undefined {
  return view && emptyObject({ facts: view.facts ?? emptyObject() });
}

function set(scope: Scope, name: string, value: Value): void {
  if (value === undefined) return;
  scope.locals[name] = value;
  scope.root = undefined;
}

function refusedBy({ code, message }: Failure, root: ValueObject): End {
  const given = textIn(code, root, 'an error code');
  const text = message && textIn(message, root, 'a message');
  const valid = given !== undefined && /^[1-5][0-9]{3}$/.test(given) ? given : OWN_FAULT;
  return { kind: 'refused', code: valid, ...(text !== undefined && { message: text }) };
}

// ---- where a walk begins

/** The place of the last money step of the operation that was started; -1: none was. */
function startedLast({ operation, effects }: Walk): number {
  return operation.steps.findLastIndex((step) => step.kind === 'money' && isOwn(operation, effects.get(step.money.name)));
}

function isOwn(operation: Operation, view: EffectView | undefined): boolean {
  return view !== undefined && view.operation === operationKey(operation);
}

/** Under which name a record knows an operation: `transfer.finalise COMMITTED`. */
export function operationKey({ name, on }: Pick<Operation, 'name' | 'on'>): string {
  return on === undefined ? name : `${name} ${on}`;
}

function effectAt({ operation, effects }: Walk, index: number): EffectView | undefined {
  const step = operation.steps[index];
  return step?.kind === 'money' ? effects.get(step.money.name) : undefined;
}

function indexOf(operation: Operation, effect: string): number {
  return operation.steps.findIndex((step) => step.kind === 'money' && step.money.name === effect);
}

/** Why the record and the steps do not fit: then nothing more is begun. */
function overlooked(walk: Walk, from: number): string | undefined {
  const { operation, effects } = walk;
  for (const [name, view] of effects)
    if (isOwn(operation, view) && indexOf(operation, name) < 0)
      return `the effect ${name} was begun, and ${operationKey(operation)} has it no more`;
  for (const step of operation.steps.slice(0, Math.max(0, from)))
    if (step.kind === 'money' && moneyNext(step.money, operation, effects).kind === 'start')
      return `the effect ${step.money.name} was never begun, and one behind it was: the order of effects has changed`;
  return undefined;
}
