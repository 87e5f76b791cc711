import type { Expression } from '../expression/compile.ts';
import type { Decimal } from '../expression/decimal.ts';
import { EvaluationFailed, emptyObject, equal, truthy, type ValueObject } from '../expression/value.ts';
import type { ErrorRule } from '../language/backend.ts';
import type { MoneyStep, NamedExpressions } from '../language/operation.ts';
import { answerInWords, type CallAnswer, isReadable, isUndone, withAnswer, withNames } from './answer.ts';
import { RenderFailed, textIn } from './fill.ts';

/** What the other side is told. */
export interface Refusal {
  readonly code: string;
  readonly message?: string;
}

/** What became of a call that moves money (docs/money-rules.md, 1), as the predicates of its step say. */
export type MoneyJudgement =
  | { readonly kind: 'ok'; readonly facts: ValueObject }
  | ({ readonly kind: 'refused' } & Refusal)
  /** Taken, not decided: only an enquiry tells. */
  | { readonly kind: 'pending'; readonly facts: ValueObject }
  | { readonly kind: 'not-sent'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string };

/** What an enquiry says. */
export type AskJudgement =
  | { readonly kind: 'found'; readonly facts: ValueObject }
  | ({ readonly kind: 'refused' } & Refusal)
  | { readonly kind: 'pending' }
  /** A complete answer without it: proof only after the quiet time. */
  | { readonly kind: 'absent' }
  | { readonly kind: 'no-answer'; readonly reason: string };

/** The code of a payee or payer that refuses, where the connector's error table has no other. */
const REFUSED = '5105';

/** What an answer says of the call. Predicates that overlap or fail mean unknown; so does a body that cannot be read, whatever the status. */
export function judgeMoney(step: MoneyStep, root: ValueObject, answer: CallAnswer, errors: readonly ErrorRule[]): MoneyJudgement {
  if (answer.kind === 'failed') return { kind: answer.sent ? 'unknown' : 'not-sent', reason: answer.reason };
  if (!isReadable(answer)) return { kind: 'unknown', reason: `the core answered ${answerInWords(answer)}` };
  const names = withAnswer(root, answer);
  const { one: said, fault } = only({ ok: step.ok, refused: step.refused, pending: step.pending }, names);
  switch (said) {
    case 'ok':
    case 'pending':
      return withFacts(step.facts, names, (facts) => ({ kind: said, facts }));
    case 'refused':
      return { kind: 'refused', ...refusalOf(errors, names, REFUSED) };
    default:
      if (isUndone(answer)) return { kind: 'not-sent', reason: fault ?? `the core answered ${answerInWords(answer)}` };
      return { kind: 'unknown', reason: fault ?? `no predicate knows the answer (${answerInWords(answer)})` };
  }
}

/** What an answer to an enquiry says of the effect. What was found is it only if account, kind and amount are its own. */
export function judgeAsk(
  ask: NonNullable<MoneyStep['settle']['ask']>,
  root: ValueObject,
  amount: Decimal | undefined,
  answer: CallAnswer,
  errors: readonly ErrorRule[],
): AskJudgement {
  if (answer.kind === 'failed') return { kind: 'no-answer', reason: answer.reason };
  if (!isReadable(answer)) return { kind: 'no-answer', reason: `the core answered ${answerInWords(answer)}` };
  const names = withAnswer(root, answer);
  // that an answer is complete means something only when it was not in it
  const first = only({ refused: ask.refused, pending: ask.pending, found: ask.found }, names);
  const { one: said, fault } = first.one === undefined && first.fault === undefined ? only({ absent: ask.absent }, names) : first;
  switch (said) {
    case 'found':
      return found(ask, names, amount);
    case 'refused':
      return { kind: 'refused', ...refusalOf(errors, names, REFUSED) };
    case 'pending':
    case 'absent':
      return { kind: said };
    default:
      return { kind: 'no-answer', reason: fault ?? `no predicate of the enquiry knows the answer (${answerInWords(answer)})` };
  }
}

function found(ask: NonNullable<MoneyStep['settle']['ask']>, names: ValueObject, amount: Decimal | undefined): AskJudgement {
  try {
    const withFound = withNames(names, { found: ask.found.evaluate(names) });
    const other = (what: string): AskJudgement => ({ kind: 'no-answer', reason: `what the core found is of another ${what}` });
    if (ask.account !== undefined && !truthy(ask.account.evaluate(withFound))) return other('account');
    if (ask.kind !== undefined && !truthy(ask.kind.evaluate(withFound))) return other('kind');
    if (ask.amount !== undefined && amount !== undefined && !equal(ask.amount.evaluate(withFound), amount)) return other('amount');
    return { kind: 'found', facts: factsOf(ask.facts, withFound) };
  } catch (error) {
    return { kind: 'no-answer', reason: reasonOf(error) };
  }
}

/** Did the reversal take it back, or is it certain that there was nothing to take back? Anything else is no answer. */
export function judgeReversal(ok: Expression, root: ValueObject, answer: CallAnswer): { readonly ok: boolean; readonly reason: string } {
  if (answer.kind === 'failed') return { ok: false, reason: answer.reason };
  if (!isReadable(answer)) return { ok: false, reason: `the core answered ${answerInWords(answer)}` };
  const { one, fault } = only({ ok }, withAnswer(root, answer));
  return one === 'ok' ? { ok: true, reason: '' } : { ok: false, reason: fault ?? `the core answered ${answerInWords(answer)}` };
}

/** What an answer of the core means to the other side, by the error table. */
export function refusalOf(errors: readonly ErrorRule[], names: ValueObject, otherwise: string): Refusal {
  for (const { when, code, message } of errors) {
    if (!holds(when, names)) continue;
    const text = message === undefined ? undefined : quietly(() => textIn(message, names, 'the message'));
    return text === undefined ? { code } : { code, message: text };
  }
  return { code: otherwise };
}

/** A condition of the error table or of a read; one that fails does not hold. */
export function holds(condition: Expression, names: ValueObject): boolean {
  return quietly(() => truthy(condition.evaluate(names))) === true;
}

/** The one predicate that holds; a sentence where one fails or several hold; neither where none does. */
function only<N extends string>(
  predicates: Readonly<Record<N, Expression | undefined>>,
  names: ValueObject,
): { readonly one?: N; readonly fault?: string } {
  let one: N | undefined;
  let more = '';
  for (const name in predicates) {
    const predicate = predicates[name];
    try {
      if (predicate === undefined || !truthy(predicate.evaluate(names))) continue;
    } catch (error) {
      return { fault: `the predicate ${name} failed: ${reasonOf(error)}` };
    }
    if (one === undefined) one = name;
    else more += ` and ${name}`;
  }
  if (more !== '') return { fault: `the predicates ${one}${more} hold at once` };
  return one === undefined ? {} : { one };
}

function withFacts<T extends MoneyJudgement>(facts: NamedExpressions, names: ValueObject, make: (facts: ValueObject) => T): MoneyJudgement {
  try {
    return make(factsOf(facts, names));
  } catch (error) {
    return { kind: 'unknown', reason: `its facts cannot be read: ${reasonOf(error)}` };
  }
}

/** What is kept of an answer. @throws EvaluationFailed */
export function factsOf(facts: NamedExpressions, names: ValueObject): ValueObject {
  const kept = emptyObject();
  for (const [name, expression] of facts) {
    const value = expression.evaluate(names);
    if (value !== undefined) kept[name] = value;
  }
  return kept;
}

/** Our own words for what went wrong; they hold no value. @throws whatever is a defect. */
export function reasonOf(error: unknown): string {
  if (error instanceof EvaluationFailed || error instanceof RenderFailed) return error.message;
  throw error;
}

function quietly<T>(evaluate: () => T): T | undefined {
  try {
    return evaluate();
  } catch (error) {
    reasonOf(error);
    return undefined;
  }
}
