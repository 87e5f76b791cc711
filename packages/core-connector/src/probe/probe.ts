import { quoteRequestBody } from '@payment-manager/mojaloop-connector/core-client';
import type { Timers } from '@payment-manager/runtime';
import { quoteRequest } from '../certify/payment.ts';
import { writeExactJson } from '../codec/json.ts';
import { objectWith, plain, quoteTerms, quoteWithFacts } from '../door/terms.ts';
import type { ValueObject } from '../expression/value.ts';
import type { ProbeName } from '../language/guesses.ts';
import type { Observation } from '../loading/guesses.ts';
import { type WalkDeps, walkToEnd } from '../record/walk.ts';
import { answerInWords } from '../run/answer.ts';
import type { ProbePlan } from './probe-plan.ts';
import { type Begun, type Heard, isSame, type ProbedDeps, ProbedPayment } from './probed-payment.ts';

export interface ProbeDeps extends Omit<ProbedDeps, 'clock'>, Pick<WalkDeps, 'sealer' | 'clock'> {
  readonly timers: Timers;
  readonly plan: ProbePlan;
  readonly transferId: () => string;
  readonly told: (observation: Observation) => void;
}

const PREPARE = 'transfer.prepare';
const COMMITTED = 'transfer.finalise COMMITTED';
const ABORTED = 'transfer.finalise ABORTED';
const PAYER = { idType: 'MSISDN', idValue: '15550001', displayName: 'Probe' };
const ASK_EVERY_MS = 1_000;
/** An enquiry is asked beyond its quiet time, to see what comes later. */
const BEYOND = 2;
/** Too short for any core to answer. */
const AWAY_MS = 40;

/** The core cannot be probed: there is no price, or nothing that moves money. It says why. */
export class ProbeFailed extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ProbeFailed';
  }
}

/**
 * Tries a real core with real calls: money moves. One payment is made whole (and stays booked) with each call repeated and asked about; another is
 * sent and left, to see how late it comes; a third is refused. Holds that are left are released.
 *
 * @throws ProbeFailed
 */
export async function probe(deps: ProbeDeps): Promise<readonly Observation[]> {
  const seen: Observation[] = [];
  const tell = (name: ProbeName, step: string, result: Observation['result'], saw: string): void => {
    const observation = { probe: name, step, result, saw };
    seen.push(observation);
    deps.told(observation);
  };
  const quote = await priced(deps);
  await whole(deps, quote, tell);
  await left(deps, quote, tell);
  await refused(deps, quote, tell);
  return seen;
}

type Tell = (name: ProbeName, step: string, result: Observation['result'], saw: string) => void;

/** The terms of a payment, as the connector makes them. @throws ProbeFailed */
async function priced(deps: ProbeDeps): Promise<ValueObject> {
  const { plan, running } = deps;
  const { payee, currency, amount } = plan;
  const request = quoteRequest(
    { plan: { payee, payer: PAYER, currency } },
    { amount, amountType: 'RECEIVE', wanted: 'COMMITTED' },
    deps.transferId(),
  );
  const input = writeExactJson(objectWith({ req: quoteRequestBody(request) }));
  const deadline = deps.clock.now() + 30_000;
  const end = await walkToEnd(deps, { side: 'payee', transferId: 'probe', operation: 'quote.create', input, deadline, effects: {} });
  if (end.kind !== 'reply') throw new ProbeFailed(`there is no price for the payee: ${'code' in end ? end.code : end.kind}`);
  const price = quoteWithFacts(plain(end.reply) as Readonly<Record<string, unknown>>, end.facts, running.version, currency);
  return quoteTerms(request, price, String(price['transferAmount']));
}

/** A payment from its hold to its booking: each call asked about before and after, and sent twice. */
async function whole(deps: ProbeDeps, quote: ValueObject, tell: Tell): Promise<void> {
  const payment = new ProbedPayment(deps, deps.transferId(), quote);
  let steps = 0;
  for (const operation of [PREPARE, COMMITTED])
    for (let begun = await payment.begin(operation); typeof begun !== 'string'; begun = await payment.begin(operation)) {
      steps++;
      const { name } = begun.step;
      const before = await payment.ask(begun);
      if (before !== undefined)
        tell(
          'enquiry-absent',
          name,
          before.kind === 'absent' ? 'as-guessed' : 'otherwise',
          `asked before it was sent, it says ${wordsOf(before)}`,
        );
      const first = await payment.send(begun);
      const facts = first.judgement.kind === 'ok' ? first.judgement.facts : await found(payment, begun, deps);
      if (facts === undefined) throw new ProbeFailed(`${name} was not done: ${heard(first)}`);
      const after = await payment.ask(begun);
      if (after !== undefined)
        tell(
          'enquiry-found',
          name,
          after.kind === 'found' ? 'as-guessed' : 'otherwise',
          `asked after it was done, it says ${wordsOf(after)}`,
        );
      await repeated(payment, begun, first, tell);
      payment.done(begun, facts);
    }
  if (steps === 0) throw new ProbeFailed('no call of the connector moves money');
}

/** The same call again: a core that honours its key answers the same, and does nothing. */
async function repeated(payment: ProbedPayment, begun: Begun, first: Heard, tell: Tell): Promise<void> {
  const { name, settle } = begun.step;
  if (settle.key === undefined) return;
  const second = await payment.send(begun, { again: true });
  const said = `the same call again: ${heard(second)}`;
  if (isSame(first, second)) tell('key', name, 'as-guessed', `${said}, the same as before`);
  else if (second.judgement.kind === 'ok') tell('key', name, 'otherwise', `${said}, with other facts: there may be two`);
  else tell('key', name, 'otherwise', said);
}

/** What was taken and is decided later. */
async function found(payment: ProbedPayment, begun: Begun, deps: ProbeDeps): Promise<ValueObject | undefined> {
  const until = deps.clock.now() + quietMs(begun) * BEYOND;
  for (;;) {
    const asked = await payment.ask(begun);
    if (asked?.kind === 'found') return asked.facts;
    if (asked === undefined || asked.kind === 'refused' || deps.clock.now() >= until) return undefined;
    await pause(deps, ASK_EVERY_MS);
  }
}

/** A call whose sender goes away at once: is it executed, and how late? */
async function left(deps: ProbeDeps, quote: ValueObject, tell: Tell): Promise<void> {
  const payment = new ProbedPayment(deps, deps.transferId(), quote);
  const begun = (await firstOf(payment)) ?? undefined;
  if (begun === undefined) return;
  const { name, settle } = begun.step;
  if (settle.ask === undefined) return tell('late', name, 'not-tried', 'the connector has no enquiry that would see it');
  const sent = await payment.send(begun, { withinMs: AWAY_MS });
  if (sent.judgement.kind === 'not-sent') return tell('late', name, 'not-tried', 'the call had not left when we went away');
  const gone = deps.clock.now();
  const quiet = quietMs(begun);
  while (deps.clock.now() - gone <= quiet * BEYOND) {
    const asked = await payment.ask(begun);
    if (asked?.kind !== 'found') {
      await pause(deps, ASK_EVERY_MS);
      continue;
    }
    const after = deps.clock.now() - gone;
    tell(
      'late',
      name,
      after <= quiet ? 'as-guessed' : 'otherwise',
      `found ${(after / 1_000).toFixed(1)} s after we went away; the quiet time is ${quiet / 1_000} s`,
    );
    payment.done(begun, asked.facts);
    return undone(payment);
  }
  tell('late', name, 'unclear', `not executed within ${(quiet * BEYOND) / 1_000} s after we went away: nothing was late this time`);
}

/** A refusal, and then what the core would take under the same key: who keeps refusals refuses that, too. */
async function refused(deps: ProbeDeps, quote: ValueObject, tell: Tell): Promise<void> {
  const { refusedAmount } = deps.plan;
  const payment = new ProbedPayment(deps, deps.transferId(), quote);
  const begun = await firstOf(payment);
  if (begun?.step.settle.key?.keepsRefusals !== true) return;
  const { name } = begun.step;
  if (refusedAmount === undefined) return tell('kept-refusal', name, 'not-tried', 'probe.yaml has no refusedAmount');
  const amounts = { amount: refusedAmount, transferAmount: refusedAmount, payeeReceiveAmount: refusedAmount };
  const large = await payment.begin(begun.operation, Object.assign(Object.create(null), quote, amounts) as ValueObject);
  const first = typeof large === 'string' ? undefined : await payment.send(large);
  if (first?.judgement.kind !== 'refused')
    return tell('kept-refusal', name, 'not-tried', `the core did not refuse it: ${first === undefined ? large : heard(first)}`);
  const second = await payment.send(begun);
  const said = `refused, then under the same key what it takes: ${heard(second)}`;
  if (second.judgement.kind === 'ok') {
    tell('kept-refusal', name, 'otherwise', `${said}: the refusal was not kept`);
    payment.done(begun, second.judgement.facts);
    return undone(payment);
  }
  tell('kept-refusal', name, second.judgement.kind === 'refused' ? 'as-guessed' : 'unclear', said);
}

async function firstOf(payment: ProbedPayment): Promise<Begun | undefined> {
  for (const operation of [PREPARE, COMMITTED]) {
    const begun = await payment.begin(operation);
    if (typeof begun !== 'string') return begun;
  }
  return undefined;
}

/** Gives back what is held. What is booked stays. */
async function undone(payment: ProbedPayment): Promise<void> {
  const release = await payment.begin(ABORTED);
  if (typeof release !== 'string') await payment.send(release);
}

function quietMs({ step }: Begun): number {
  return step.settle.ask?.quietMs ?? 60_000;
}

function pause({ timers }: ProbeDeps, ms: number): Promise<void> {
  return new Promise((resolve) => timers.after(ms, () => resolve()));
}

/** Kinds and statuses, never what stands in an answer. */
function heard({ answer, judgement }: Heard): string {
  return answer.kind === 'failed' ? `${judgement.kind} (${answer.reason})` : `${judgement.kind} (${answerInWords(answer)})`;
}

function wordsOf(asked: NonNullable<Awaited<ReturnType<ProbedPayment['ask']>>>): string {
  return asked.kind === 'no-answer' ? `nothing clear (${asked.reason})` : asked.kind;
}
