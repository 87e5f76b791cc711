import type { Sandbox } from '@payment-manager/local-scheme';
import type { Core, Payment } from '@payment-manager/sandbox';

/** What both cores and the hub say at the end; each list is empty when nothing is wrong. */
export interface MoneyCheck {
  /** Payments that the customers of both DFSPs began. */
  readonly begun: number;
  readonly completed: number;
  readonly failed: number;
  /** Committed at the hub, and the customer was not told so. */
  readonly lost: readonly string[];
  /** Told as completed, and the hub did not commit. */
  readonly invented: readonly string[];
  /** Offered to a customer who said neither yes nor no: nothing of it moves. */
  readonly undecided: number;
  /** Without an end at the payer’s core. */
  readonly unfinished: readonly string[];
  /** Books that do not balance, money that is still held, and sums on which cores and hub differ: something was booked twice, or not at all. */
  readonly imbalances: readonly string[];
}

const ALL = 1_000_000;
const FINAL: readonly string[] = ['COMPLETED', 'ABORTED', 'ERROR_OCCURRED'];
const isUndecided = ({ state }: Payment): boolean => state.startsWith('WAITING_FOR_');
const isUnfinished = (payment: Payment): boolean => !FINAL.includes(payment.state) && !isUndecided(payment);

/** How many payments of the customers have no end yet. */
export function unfinishedIn({ scheme }: Sandbox): number {
  return scheme.dfsps.flatMap(({ core }) => core.payer.all(ALL)).filter(isUnfinished).length;
}

/** Holds each payment against the hub, and the sums of both ledgers against each other and against the hub’s positions. */
export async function checkMoney({ scheme }: Sandbox): Promise<MoneyCheck> {
  const found = { lost: [] as string[], invented: [] as string[], unfinished: [] as string[] };
  const payments = scheme.dfsps.flatMap(({ core }) => core.payer.all(ALL));
  let [completed, failed, undecided] = [0, 0, 0];
  const committedAt = async ({ transferId }: Payment): Promise<boolean> =>
    transferId !== undefined && (await scheme.hub.findTransfer(transferId))?.state === 'COMMITTED';
  for (const payment of payments) {
    const [committed, told, name] = [await committedAt(payment), payment.state === 'COMPLETED', payment.transferId ?? payment.paymentId];
    if (isUnfinished(payment)) found.unfinished.push(name);
    else if (committed && !told) found.lost.push(name);
    else if (!committed && told) found.invented.push(name);
    else if (isUndecided(payment)) undecided++;
    else if (told) completed++;
    else failed++;
  }
  const imbalances = scheme.dfsps.flatMap(({ core }) => [...unbalanced(core), ...held(core)]);
  for (const { fspId, currency, committed, reserved } of scheme.hub.directory.positions()) {
    const booked = scheme.dfsp(fspId).core.ledger.account(`scheme:${currency}`)?.units ?? 0n;
    if (booked !== committed) imbalances.push(`${fspId} booked ${booked} with the scheme in ${currency}, the hub ${committed}`);
    if (reserved !== 0n) imbalances.push(`the hub still reserves ${reserved} ${currency} for ${fspId}`);
  }
  return { begun: payments.length, completed, failed, undecided, ...found, imbalances };
}

function unbalanced({ ledger, settings: { fspId } }: Core): string[] {
  try {
    ledger.assertBalanced();
    return [];
  } catch (error) {
    return [`the books of ${fspId} do not balance: ${(error as Error).message}`];
  }
}

function held({ ledger, settings: { fspId } }: Core): string[] {
  return ledger
    .accounts()
    .filter(({ kind, units }) => (kind === 'incoming' || kind === 'outgoing') && units !== 0n)
    .map(({ id, units }) => `${fspId} still holds ${units} on ${id}`);
}
