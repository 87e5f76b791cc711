import { formatAmount } from '@payment-manager/fspiop';
import {
  compare,
  type Difference,
  gatherDay,
  type PaymentFacts,
  type StatementRow,
  watchEdges,
  withoutEdges,
  withoutRunning,
} from '@payment-manager/mojaloop-connector';
import { systemClock } from '@payment-manager/runtime';
import { CommandFailed, EXIT_CODES } from '../exit-codes.ts';
import type { ManagementDoor } from './management-door.ts';
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

/** Questions to the hub in one run. What is left of a day with more is asked about by the next run. */
const QUESTIONS_MAX = 10_000;

/** A day that was compared, wherever that was done. */
export interface ReconciledDay {
  readonly payments: number;
  /** How many the hub was asked about, and how many are left for the next run. */
  readonly asked: number;
  readonly unasked: number;
  /** How many payments have each word of the hub's. */
  readonly hub: Readonly<Record<string, number>>;
  /** Differences that may pass by themselves. */
  readonly running: number;
  readonly differences: readonly Difference[];
  /** More than are listed, where the management API compares: it lists the first 1,000. */
  readonly differencesInAll: number;
}

/** How many rows the statements have that the day was compared with, where the management API compares. */
export interface PulledRows {
  readonly statementRows?: number;
  readonly hubStatementRows?: number;
}

/** Compares a day here, over the operations API. */
export async function reconcileDay(operations: OperationsClient, { date, by, statement, ...day }: DayQuery): Promise<ReconciledDay> {
  const { source, edges } = watchEdges({
    payments: (fromMs, toMs) => operations.payments(fromMs, toMs),
    payment: async (transferId, flow) => (await operations.payment(transferId, flow))?.payment,
    askHub: (payment) => ask(operations, payment, `reconciliation of ${date}`, by),
  });
  const now = systemClock.now();
  const { payments, asked, unasked } = await gatherDay(source, { ...day, statement, askHub: true, now, questionsMax: QUESTIONS_MAX });
  const { differences: found, running } = withoutRunning(compare(payments, statement), payments, systemClock.now());
  const differences = withoutEdges(found, payments, edges);
  const hub = Object.fromEntries([...Map.groupBy(payments, (one) => one.hub)].map(([word, ones]) => [word, ones.length]));
  return { payments: payments.length, asked, unasked, hub, running, differences, differencesInAll: differences.length };
}

/** The same by the management API, which keeps the day for everybody to see. */
export async function reconcileThrough(
  door: ManagementDoor,
  date: string,
  statement: readonly StatementRow[] | undefined,
  pull: readonly string[] = [],
): Promise<ReconciledDay & PulledRows> {
  const text = statement && statementText(statement);
  const body = { askHub: true, ...(text !== undefined && { statement: text }), ...(pull.length > 0 && { pull }) };
  return (await door.ask(`POST /api/reconciliation/days/${date}`, body)) as unknown as ReconciledDay & PulledRows;
}

/** Rows of any number of files as one statement. */
function statementText(rows: readonly StatementRow[]): string {
  const line = ({ transferId, direction, amount, currency, state, homeTransactionId = '' }: StatementRow): string =>
    `${transferId},${direction},${formatAmount(amount)},${currency},${state},"${homeTransactionId.replaceAll('"', '""')}"\n`;
  return `transferId,direction,amount,currency,state,homeTransactionId\n${rows.map(line).join('')}`;
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
