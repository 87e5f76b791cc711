import { type Difference, meetingPoint, type PaymentFacts, type StatementRow } from '@payment-manager/mojaloop-connector';
import { unitsOf } from './day-sums.ts';

/** Where the hub's own statement says something else than we know; docs/errors.md. */
export type HubDifferenceCode = 'HUB_NOT_LISTED' | 'HUB_AMOUNT_DIFFERS' | 'HUB_STATE_DIFFERS' | 'HUB_UNKNOWN_TO_US' | 'HUB_NOT_COMPARED';

export type HubDifference = Omit<Difference, 'code'> & { readonly code: HubDifferenceCode };

/** A payment that began less than this ago may be younger than the statement. */
const YOUNG_MS = 300_000;

/**
 * Compares payments with the statement of the hub, which has the form of the core's. What has no final word here is no difference: reconciliation asks
 * for it. A row that is ABORTED and that we do not know moved no money.
 */
export function compareHub(payments: readonly PaymentFacts[], statement: readonly StatementRow[], now: number): readonly HubDifference[] {
  const rows = Map.groupBy(statement, meetingPoint);
  const found = payments.flatMap((payment) => {
    const key = meetingPoint(payment);
    const own = rows.get(key) ?? [];
    rows.delete(key);
    return differenceOf(payment, own, now) ?? [];
  });
  const strangers = [...rows.values()].flatMap((some) => some.find(({ state }) => state !== 'ABORTED') ?? []);
  return [...found, ...strangers.map(strangerOf)];
}

/** COMMITTED or ABORTED as we know it; undefined: no final word. */
function endOf({ settled, hub }: PaymentFacts): 'COMMITTED' | 'ABORTED' | undefined {
  if (settled !== undefined) return settled.as;
  if (hub === 'REFUSED' || hub === 'NOT_SENT') return 'ABORTED';
  return hub === 'COMMITTED' || hub === 'ABORTED' ? hub : undefined;
}

function differenceOf(payment: PaymentFacts, rows: readonly StatementRow[], now: number): HubDifference | undefined {
  const end = endOf(payment);
  const row = rows.find(({ state }) => state !== 'ABORTED') ?? rows[0];
  const found = (code: HubDifferenceCode, action: string): HubDifference => ({
    transferId: payment.id,
    direction: payment.flow === 'payer' ? 'out' : 'in',
    code,
    hub: row?.state ?? '-',
    journal: `${payment.hub}${payment.settled === undefined ? '' : `, resolved as ${payment.settled.as}`}`,
    core: payment.core,
    action,
  });
  if (row === undefined) {
    const late = now - payment.startedAt >= YOUNG_MS;
    return end === 'COMMITTED' && late ? found('HUB_NOT_LISTED', 'ask the hub’s operator why its statement lacks the transfer') : undefined;
  }
  const same = payment.amount === undefined || (unitsOf(payment.amount) === row.amount && payment.currency === row.currency);
  if (end !== undefined && row.state !== end && (end === 'COMMITTED' || row.state === 'COMMITTED'))
    return found('HUB_STATE_DIFFERS', 'compare with the hub’s operator; book and reverse nothing before');
  return same ? undefined : found('HUB_AMOUNT_DIFFERS', 'compare the amount with the hub’s operator');
}

function strangerOf({ transferId, direction, state }: StatementRow): HubDifference {
  return {
    ...{ transferId, direction, code: 'HUB_UNKNOWN_TO_US', hub: state, journal: '-', core: '-' },
    action: 'ask the hub’s operator; look whether the core holds or booked money for it',
  };
}
