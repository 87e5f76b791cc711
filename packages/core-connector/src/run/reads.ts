import type { Expression } from '../expression/compile.ts';
import type { Value, ValueObject } from '../expression/value.ts';
import { emptyObject, memberOf } from '../expression/value.ts';
import { expressionsIn } from '../language/kind/expressions.ts';
import { expressionsOf } from '../language/kind/kinds.ts';
import type { Call, MoneyStep, Step, TextOrExpression } from '../language/operation.ts';

/**
 * What of the names that steps have given is needed from a money step on: by its own predicates, facts and enquiries, and by the steps
 * behind it. That much is journalled with its start.
 */
export function neededFrom(money: MoneyStep, rest: readonly Step[], locals: ValueObject): ValueObject {
  const kept = emptyObject();
  for (const { name, member } of readsFrom(money, rest)) {
    const value = memberOf(locals, name);
    if (value === undefined) continue;
    const part = member === undefined ? undefined : partOf(value, member);
    if (part === undefined || kept[name] === value) kept[name] = value;
    else kept[name] = Object.assign(emptyObject(), kept[name], part);
  }
  return kept;
}

/** Does it use what is drawn with its start (`effect`)? Where it may do so in a way that cannot be seen, it does. */
export function drawsFor(money: MoneyStep): boolean {
  let uses = drawing.get(money);
  if (uses === undefined) {
    const { ask, reverse } = money.settle;
    // a message to a host of ISO 8583 has what is drawn in it, whatever its expressions say
    const isHttp = [money.call, ask?.call, reverse?.call].every((call) => call === undefined || call.kind === 'http');
    uses = !isHttp || moneyExpressions(money).some(({ text }) => /\beffect\b|\$(?![a-zA-Z])/.test(text));
    drawing.set(money, uses);
  }
  return uses;
}

const drawing = new WeakMap<MoneyStep, boolean>();

interface Read {
  readonly name: string;
  readonly member: string | undefined;
}

/** A compiled step does not change, so what it and those behind it read is worked out once. */
const known = new WeakMap<MoneyStep, readonly Read[]>();

function readsFrom(money: MoneyStep, rest: readonly Step[]): readonly Read[] {
  const before = known.get(money);
  if (before !== undefined) return before;
  const reads = new Set([...moneyExpressions(money), ...rest.flatMap(stepExpressions)].flatMap(({ reads: all }) => [...all]));
  const found = [...reads].map((read) => {
    const [name = '', member] = read.split('.');
    return { name, member };
  });
  known.set(money, found);
  return found;
}

/** Only the member, where the value is an object that has it. */
function partOf(value: Value, member: string): ValueObject | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const found = memberOf(value as ValueObject, member);
  return found === undefined ? undefined : emptyObject({ [member]: found });
}

/** Every expression of the calls that a step makes. */
export function callExpressions(step: Step): readonly Expression[] {
  switch (step.kind) {
    case 'call':
      return expressionsOf(step.call);
    case 'money':
      return callsOf(step.money).flatMap(expressionsOf);
    case 'choose':
      return step.branches.flatMap(({ steps }) => steps.flatMap(callExpressions));
    default:
      return [];
  }
}

function callsOf({ call, settle: { ask, reverse }, renew }: MoneyStep): readonly Call[] {
  return [call, ...[ask, reverse, renew].flatMap((each) => (each === undefined ? [] : [each.call]))];
}

function moneyExpressions({ settle, ...step }: MoneyStep): readonly Expression[] {
  const { ask, reverse } = settle;
  const single = [step.amount, step.key, step.ok, step.refused, step.pending];
  const asked = ask === undefined ? [] : [ask.found, ask.account, ask.kind, ask.amount, ask.refused, ask.pending, ask.absent];
  return [
    ...[...single, ...asked, reverse?.ok, step.renew?.ok].filter((each) => each !== undefined),
    ...[...step.facts, ...(ask?.facts ?? [])].map(([, expression]) => expression),
    ...callsOf({ ...step, settle }).flatMap(expressionsOf),
  ];
}

/** Every expression of a step. */
export function stepExpressions(step: Step): readonly Expression[] {
  switch (step.kind) {
    case 'check':
      return step.conditions.flatMap(({ unless, fail }) => [unless, ...texts(fail.code, fail.message)]);
    case 'let':
      return step.values.map(([, expression]) => expression);
    case 'call':
      return [...expressionsOf(step.call), ...[step.ok, step.notFound].filter((each) => each !== undefined)];
    case 'money':
      return moneyExpressions(step.money);
    case 'choose':
      return step.branches.flatMap(({ when, steps }) => [...(when === undefined ? [] : [when]), ...steps.flatMap(stepExpressions)]);
    case 'use':
      return step.arguments.flatMap(([, value]) => texts(value));
    case 'fail':
      return texts(step.fail.code, step.fail.message);
    case 'reply':
      return [...expressionsIn(step.reply), ...step.facts.map(([, expression]) => expression)];
  }
}

function texts(...values: readonly (TextOrExpression | undefined)[]): readonly Expression[] {
  return values.flatMap((value) => (value?.kind === 'expression' ? [value.expression] : []));
}
