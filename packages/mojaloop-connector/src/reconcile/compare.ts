import { parseAmount } from '@payment-manager/fspiop';
import type { PaymentFacts } from '../exceptions/payment-facts.ts';
import type { FinalState } from '../transfer/person.ts';
import type { StatementRow } from '../transfer/statement.ts';

/** Why hub, journal and core do not agree; docs/exceptions.md says what each means. */
export type DifferenceCode =
  | 'OUTCOME_UNKNOWN'
  | 'NOT_CONFIRMED'
  | 'CORE_NOT_BOOKED'
  | 'CORE_BOOKED_ABORTED'
  | 'CORE_HOLDS_ABORTED'
  | 'CORE_EXECUTED_REFUSED'
  | 'CORE_RAN_AHEAD'
  | 'CORE_OUTCOME_NOT_TAKEN'
  | 'BOOKED_TWICE'
  | 'AMOUNT_DIFFERS'
  | 'EXCEPTION_OPEN'
  | 'UNKNOWN_TO_US'
  | 'NOT_COMPARED';

/** One thing that a person must look at. */
export interface Difference {
  readonly transferId: string;
  readonly direction: 'in' | 'out';
  readonly code: DifferenceCode;
  /** What each of the three says. */
  readonly hub: string;
  readonly journal: string;
  readonly core: string;
  readonly action: string;
}

const DIRECTION = { payer: 'out', payee: 'in' } as const;

/** The key under which a payment and its rows meet: a DFSP that pays itself has both directions under one transferId. */
export function meetingPoint(one: PaymentFacts | Pick<StatementRow, 'transferId' | 'direction'>): string {
  return 'flow' in one ? `${DIRECTION[one.flow]} ${one.id}` : `${one.direction} ${one.transferId}`;
}

/**
 * Compares the payments with the core's statement, where there is one. Each payment gives at most one difference, the gravest.
 * Rows of transfers that are not among the payments are compared with nothing and said to be unknown, if they hold or book money.
 */
export function compare(payments: readonly PaymentFacts[], statement: readonly StatementRow[] | undefined): readonly Difference[] {
  const rows = Map.groupBy(statement ?? [], meetingPoint);
  const differences: Difference[] = [];
  for (const payment of payments) {
    const key = meetingPoint(payment);
    const found = statement === undefined ? ofRecords(payment) : ofBooks(payment, rows.get(key) ?? []);
    rows.delete(key);
    if (found !== undefined) differences.push(found);
  }
  for (const [first, ...more] of rows.values()) {
    const row = [first, ...more].find((one) => one !== undefined && one.state !== 'ABORTED');
    if (row !== undefined) differences.push(unknownRow(row));
  }
  return differences;
}

/** A payment that began less than this ago may still end by itself, and may be younger than the statement. */
export const YOUNG_MS = 300_000;
const MAY_PASS: ReadonlySet<DifferenceCode> = new Set([
  'OUTCOME_UNKNOWN',
  'NOT_CONFIRMED',
  'CORE_NOT_BOOKED',
  'CORE_HOLDS_ABORTED',
  'CORE_OUTCOME_NOT_TAKEN',
]);

/** Takes out what may pass by itself: differences of young payments that are no exception yet. `now` in milliseconds since the epoch. */
export function withoutRunning(
  differences: readonly Difference[],
  payments: readonly PaymentFacts[],
  now: number,
): { readonly differences: readonly Difference[]; readonly running: number } {
  const young = new Set(payments.filter((one) => now - one.startedAt < YOUNG_MS && one.exceptions.length === 0).map(meetingPoint));
  const lasting = differences.filter(({ direction: way, transferId, code }) => !(MAY_PASS.has(code) && young.has(`${way} ${transferId}`)));
  return { differences: lasting, running: differences.length - lasting.length };
}

/** A person who has looked has the last word, then the hub; without our fulfilment or our prepare nothing can have moved. */
function truth(payment: PaymentFacts): FinalState | 'ACKNOWLEDGED' | 'UNKNOWN' {
  if (payment.settled !== undefined) return payment.settled.as;
  if (payment.hub === 'REFUSED' || payment.hub === 'NOT_SENT') return 'ABORTED';
  return payment.hub;
}

type Finding = Pick<Difference, 'code' | 'action'>;

/** Hub and journal alone: what the records say of the core. */
function ofRecords(payment: PaymentFacts): Difference | undefined {
  const ended = truth(payment);
  const told = payment.core === 'RESERVED' && payment.settled === undefined;
  const finding: Finding | undefined =
    ended === 'UNKNOWN'
      ? unknownOutcome(payment)
      : ended === 'ACKNOWLEDGED'
        ? notConfirmed(payment)
        : told
          ? {
              code: 'CORE_OUTCOME_NOT_TAKEN',
              action: `find out why the core does not take ${ended}; ${resolve(payment, 'resend-outcome')}`,
            }
          : openException(payment);
  return finding && difference(payment, [], finding);
}

function ofBooks(payment: PaymentFacts, rows: readonly StatementRow[]): Difference | undefined {
  const finding = grave(payment, rows) ?? wrongEnd(payment, rows) ?? openException(payment);
  return finding && difference(payment, rows, finding);
}

/** What is wrong whatever the outcome. */
function grave(payment: PaymentFacts, rows: readonly StatementRow[]): Finding | undefined {
  const executed = rows.filter((row) => row.state !== 'ABORTED');
  const [first] = executed;
  if (first === undefined) return undefined;
  if (payment.flow === 'payee' && (payment.core === 'REFUSED' || payment.core === 'NOT_CALLED'))
    return {
      code: 'CORE_EXECUTED_REFUSED',
      action: first.state === 'COMMITTED' ? 'reverse the booking in the core' : 'release the hold in the core',
    };
  if (executed.length > 1)
    return { code: 'BOOKED_TWICE', action: `reverse ${executed.length - 1} of the ${executed.length} bookings in the core` };
  const agrees = payment.amount === undefined || (first.amount === parseAmount(payment.amount) && first.currency === payment.currency);
  return agrees
    ? undefined
    : { code: 'AMOUNT_DIFFERS', action: `correct the booking in the core to ${payment.amount} ${payment.currency}` };
}

/** What the books should say, seen from the outcome. */
function wrongEnd(payment: PaymentFacts, rows: readonly StatementRow[]): Finding | undefined {
  const state = rows.find((row) => row.state !== 'ABORTED')?.state ?? rows[0]?.state;
  const received = payment.flow === 'payee';
  switch (truth(payment)) {
    case 'COMMITTED':
      if (state === 'COMMITTED') return undefined;
      return {
        code: 'CORE_NOT_BOOKED',
        action: received ? `credit the payee; ${resolve(payment, 'resend-outcome')}` : 'debit the payer in the core',
      };
    case 'ABORTED':
      if (state === 'COMMITTED')
        return {
          code: 'CORE_BOOKED_ABORTED',
          action: received ? 'reverse the credit in the core' : 'give the payer the money back in the core',
        };
      if (state === 'RESERVED') return { code: 'CORE_HOLDS_ABORTED', action: 'release the hold in the core' };
      return undefined;
    case 'ACKNOWLEDGED':
      return notConfirmed(payment);
    case 'UNKNOWN':
      if (!received && (state === 'COMMITTED' || state === 'ABORTED'))
        return { code: 'CORE_RAN_AHEAD', action: 'the core acted before the outcome is known: stop, and ask the hub’s operator' };
      return unknownOutcome(payment);
  }
}

function unknownOutcome(payment: PaymentFacts): Finding {
  return { code: 'OUTCOME_UNKNOWN', action: `ask the hub’s operator, move no money; ${resolve(payment, 'settle')}` };
}

/** The hub took our COMMITTED and says nothing more: it holds for committed, most likely, and only the hub's books tell. */
function notConfirmed(payment: PaymentFacts): Finding {
  return {
    code: 'NOT_CONFIRMED',
    action: `look it up in the hub’s report, or ask its operator, before anything is booked or reversed; ${resolve(payment, 'settle')}`,
  };
}

function openException(payment: PaymentFacts): Finding | undefined {
  if (payment.exceptions.length === 0) return undefined;
  return { code: 'EXCEPTION_OPEN', action: `${payment.exceptions.join(', ')}: ./pm exceptions show ${payment.id}` };
}

function resolve(payment: PaymentFacts, action: string): string {
  return `./pm exceptions resolve ${payment.id} ${action === 'settle' ? '--as COMMITTED (or ABORTED)' : `--action ${action}`} --reason '…'`;
}

function difference(payment: PaymentFacts, rows: readonly StatementRow[], finding: Finding): Difference {
  const settled = payment.settled === undefined ? '' : `, resolved as ${payment.settled.as}`;
  return {
    transferId: payment.id,
    direction: DIRECTION[payment.flow],
    hub: payment.hub,
    journal: `${payment.core}${settled}`,
    core: rows.length === 0 ? '-' : rows.map((row) => row.state).join(' + '),
    ...finding,
  };
}

function unknownRow(row: StatementRow): Difference {
  return {
    transferId: row.transferId,
    direction: row.direction,
    code: 'UNKNOWN_TO_US',
    hub: '-',
    journal: '-',
    core: row.state,
    action: 'find out who booked it: no payment of this Payment Manager has this transferId',
  };
}
