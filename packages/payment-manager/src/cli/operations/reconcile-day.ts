import { type DaySource, gatherDay, type PaymentFacts, type StatementRow } from '@payment-manager/mojaloop-connector';
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
/** Gathers what is to be compared, over the operations API. */
export function reconcileDay(operations: OperationsClient, { date, by, ...day }: DayQuery): Promise<Reconciled> {
  const source: DaySource = {
    payments: (fromMs, toMs) => operations.payments(fromMs, toMs),
    payment: async (transferId, flow) => (await operations.payment(transferId, flow))?.payment,
    askHub: (payment) => ask(operations, payment, `reconciliation of ${date}`, by),
  };
  return gatherDay(source, { ...day, isSilent, questionsMax: QUESTIONS_MAX });
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
