import type { Clock } from '@payment-manager/runtime';
import { writeExactJson } from '../codec/json.ts';
import type { ValueObject } from '../expression/value.ts';
import type { MoneyStep, Operation } from '../language/operation.ts';
import { callMs, operationNamed, type RunningConnector } from '../record/settings.ts';
import { type BackEnds, baseOf } from '../record/walk.ts';
import { type CallAnswer, isThere, withNames } from '../run/answer.ts';
import { interpret, viewOf } from '../run/interpret.ts';
import { type AskJudgement, judgeAsk, judgeMoney, type MoneyJudgement } from '../run/judge.ts';
import type { EffectView, StartEffect } from '../run/money.ts';
import { asRepeat, enquiryAfter, render } from '../run/render.ts';

export interface ProbedDeps {
  readonly running: RunningConnector;
  readonly backEnds: BackEnds;
  readonly clock: Pick<Clock, 'now'>;
}

/** A money step that is about to begin, with all that its calls and predicates need. */
export interface Begun {
  readonly operation: string;
  readonly step: MoneyStep;
  readonly start: StartEffect;
  readonly root: ValueObject;
}

/** What came back of a call, and what it means. */
export interface Heard {
  readonly answer: CallAnswer;
  readonly judgement: MoneyJudgement;
}

const READ_MS = 30_000;

/** A payment that is made by hand, call by call, to see how a core answers. No record is kept of it. */
export class ProbedPayment {
  readonly transferId: string;
  readonly #deps: ProbedDeps;
  readonly #quote: ValueObject;
  readonly #effects = new Map<string, EffectView>();

  constructor(deps: ProbedDeps, transferId: string, quote: ValueObject) {
    this.#deps = deps;
    this.transferId = transferId;
    this.#quote = quote;
  }

  /** The next money step of an operation; a text says why there is none. `quote`: other terms than those of the payment. */
  async begin(key: string, quote = this.#quote): Promise<Begun | string> {
    const { running, backEnds, clock } = this.#deps;
    const operation = operationNamed(running, key);
    if (operation === undefined) return `the connector has no ${key}`;
    const now = clock.now();
    const input = writeExactJson(Object.assign(Object.create(null), { req: Object.create(null), quote }) as ValueObject);
    const base = baseOf(running, { transferId: this.transferId, input, deadline: now + READ_MS }, now);
    const steps = interpret({ connector: running.connector, operation, base, transferId: this.transferId, effects: this.#effects, now });
    let at = steps.next();
    while (at.done !== true) at = steps.next(await backEnds.call(at.value.request, clock.now() + READ_MS, 'read'));
    const end = at.value;
    if (end.kind === 'start') return this.#begun(key, operation, end, base);
    if (end.kind === 'refused') return `the connector refuses it with ${end.code}`;
    return end.kind === 'reply' ? 'no money moves' : `it cannot begin: ${'reason' in end ? end.reason : end.kind}`;
  }

  #begun(key: string, operation: Operation, start: StartEffect, base: ValueObject): Begun {
    const step = operation.steps.flatMap((each) => (each.kind === 'money' && each.money.name === start.effect ? [each.money] : []))[0];
    if (step === undefined) throw new Error(`the connector has no effect ${start.effect}`);
    const of = step.of === undefined ? undefined : viewOf(this.#effects.get(step.of));
    const names = { key: start.key, amount: start.amount, effect: start.drawn, of };
    return { operation: key, step, start, root: withNames(withNames(base, start.kept), names) };
  }

  /** Sends it. `withinMs`: we go away after that, whatever the core does. */
  async send(
    { step, start, root }: Begun,
    { again = false, withinMs }: { readonly again?: boolean; readonly withinMs?: number } = {},
  ): Promise<Heard> {
    const { running, backEnds, clock } = this.#deps;
    const request = again ? asRepeat(start.request) : start.request;
    const answer = await backEnds.call(request, clock.now() + (withinMs ?? callMs(running, step)), 'money');
    return { answer, judgement: judgeMoney(step, root, answer, running.connector.errors) };
  }

  /** Asks what became of it. Undefined: the connector has no enquiry for it. */
  async ask({ step, start, root }: Begun): Promise<AskJudgement | undefined> {
    const { running, backEnds, clock } = this.#deps;
    const { ask } = step.settle;
    if (ask === undefined) return undefined;
    const answer = await backEnds.call(enquiryAfter(start.request, render(ask.call, root)), clock.now() + READ_MS, 'read');
    return judgeAsk(ask, root, start.amount, answer, running.connector.errors);
  }

  /** It is there: steps that belong to it may follow. */
  done({ operation, step, start }: Begun, facts: ValueObject): void {
    this.#effects.set(step.name, { operation, status: 'ok', facts, kept: start.kept });
  }
}

/** Does the core say that it has it already, or again that it is done? */
export function isSame(first: Heard, second: Heard): boolean {
  if (isThere(second.answer)) return true;
  if (first.judgement.kind !== 'ok' || second.judgement.kind !== 'ok') return first.judgement.kind === second.judgement.kind;
  return writeExactJson(first.judgement.facts) === writeExactJson(second.judgement.facts);
}
