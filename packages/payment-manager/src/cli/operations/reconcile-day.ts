import { meetingPoint, type PaymentFacts, type StatementRow } from '@payment-manager/mojaloop-connector';
import { systemClock } from '@payment-manager/runtime';
import { CommandFailed, EXIT_CODES } from '../exit-codes.ts';
import type { OperationsClient } from './operations-client.ts';

export interface DayQuery {
  /** The business day, `YYYY-MM-DD`. */
  readonly date: string;
  /** Milliseconds since the epoch, the end not included. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly statement: readonly StatementRow[] | undefined;
  /** Who asks the hub; kept in the payments that are asked about. */
  readonly by: string;
}

/** The payments of a day, with those of other days that the statement names. */
export interface Reconciled {
  readonly payments: readonly PaymentFacts[];
  /** How many the hub was asked about. */
  readonly asked: number;
}

/** Questions to the hub in one run. What is left of a day with more is asked about by the next run. */
const QUESTIONS_MAX = 10_000;
/** Younger ones may still be answered by themselves. */
const YOUNG_MS = 300_000;
/** Each question waits as long as a callback may take. */
const AT_ONCE = 32;

/**
 * Gathers what is to be compared: the payments whose last event lies in the day, those that the statement names besides, and the
 * hub's word on those that have none, asked for now.
 */
export async function reconcileDay(operations: OperationsClient, query: DayQuery): Promise<Reconciled> {
  const ofDay = await operations.payments(query.fromMs, query.toMs);
  const known = new Set(ofDay.map(meetingPoint));
  const others = new Map((query.statement ?? []).filter((row) => !known.has(meetingPoint(row))).map((row) => [meetingPoint(row), row]));
  const named = await eachOf(
    [...others.values()],
    async ({ transferId, direction }) => (await operations.payment(transferId, direction === 'in' ? 'payee' : 'payer'))?.payment,
  );
  const payments = [...ofDay, ...named.filter((one) => one !== undefined)];
  const silent = payments.filter(isSilent);
  const asked = silent.slice(0, QUESTIONS_MAX);
  const answers = await eachOf(asked, (payment) => ask(operations, payment, `reconciliation of ${query.date}`, query.by));
  const fresh = new Map(answers.map((payment) => [meetingPoint(payment), payment]));
  return { payments: payments.map((payment) => fresh.get(meetingPoint(payment)) ?? payment), asked: asked.length };
}

/** Nobody has said how it ended; of what the hub has acknowledged lately it is asked by itself. */
function isSilent(payment: PaymentFacts): boolean {
  if (payment.settled !== undefined) return false;
  return payment.hub === 'UNKNOWN' || (payment.hub === 'ACKNOWLEDGED' && systemClock.now() - payment.startedAt >= YOUNG_MS);
}

async function ask(operations: OperationsClient, payment: PaymentFacts, reason: string, by: string): Promise<PaymentFacts> {
  try {
    return (await operations.act(payment.id, { action: 'ask-hub', reason, by, flow: payment.flow })).payment;
  } catch (error) {
    // refused because it was asked too often: what is known is compared
    if (error instanceof CommandFailed && error.exitCode === EXIT_CODES.failed) return payment;
    throw error;
  }
}

/** Does it for each, some at a time. */
async function eachOf<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  for (let begin = 0; begin < items.length; begin += AT_ONCE)
    results.push(...(await Promise.all(items.slice(begin, begin + AT_ONCE).map(work))));
  return results;
}
