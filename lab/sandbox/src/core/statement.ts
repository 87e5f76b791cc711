import { formatAmount } from '@payment-manager/fspiop';
import type { HttpResponse } from '@payment-manager/runtime';
import { isDebit, throughScheme } from './bank-api.ts';
import { coreError, toResponse } from './core-answer.ts';
import type { CoreDatabase } from './core-database.ts';
import { isFinal, type Payment } from './payment.ts';

/** One booking of the statement: an incoming transfer (twice, if it was booked twice) or an outgoing payment. */
interface StatementRow {
  readonly transferId: string;
  readonly direction: 'in' | 'out';
  /** Decimal text: the transfer's amount at the scheme. */
  readonly amount: string;
  readonly currency: string;
  readonly state: 'RESERVED' | 'COMMITTED' | 'ABORTED';
  /** The core's own id. */
  readonly reference: string;
}

const HEAD = 'transferId,direction,amount,currency,state,reference';

/**
 * `GET /statement?date=2026-11-24`: what the books say of the transfers that were touched on that day (UTC), as they are now, in
 * the form that `./pm reconcile --core` reads (docs/exceptions.md).
 */
export function statementAnswer(target: string, db: CoreDatabase): HttpResponse {
  const date = new URLSearchParams(target.split('?')[1] ?? '').get('date') ?? '';
  const from = /^\d{4}-\d\d-\d\d$/.test(date) ? Date.parse(`${date}T00:00:00.000Z`) : Number.NaN;
  if (Number.isNaN(from)) return toResponse(coreError(400, '3101', 'date must be like 2026-11-24'));
  const lines = rowsOf(db, from, from + 86_400_000).map((row) =>
    [row.transferId, row.direction, row.amount, row.currency, row.state, row.reference].map(quoted).join(','),
  );
  return { status: 200, headers: { 'content-type': 'text/csv; charset=utf-8' }, body: `${[HEAD, ...lines].join('\n')}\n` };
}

/** By the postings of the day, each transfer once per booking. */
function rowsOf(db: CoreDatabase, from: number, to: number): readonly StatementRow[] {
  const keys = db.rows('SELECT key FROM postings WHERE at >= ? AND at < ? ORDER BY number', from, to).map((row) => String(row['key']));
  const incoming = new Set(keys.flatMap((key) => /^transfer\/(.+)\/\d+\/[a-z]+$/.exec(key)?.[1] ?? []));
  const outgoing = new Set(keys.flatMap((key) => /^payment\/(.+)\/[a-z-]+$/.exec(key)?.[1] ?? []));
  const savings = new Set(keys.flatMap((key) => /^fineract\/(\d+)\/[a-z]+$/.exec(key)?.[1] ?? []));
  const held = new Set(keys.flatMap((key) => /^bank\/(.+)\/[a-z]+$/.exec(key)?.[1] ?? []));
  return [
    ...[...incoming].flatMap((id) => incomingRows(db, id)),
    ...[...held].flatMap((id) => heldRow(db, id)),
    ...[...savings].flatMap((id) => savingsRow(db, Number(id))),
    ...[...outgoing].flatMap((id) => outgoingRow(db, id)),
  ];
}

function incomingRows(db: CoreDatabase, transferId: string): readonly StatementRow[] {
  return db.rows('SELECT state, body FROM incoming WHERE transfer_id = ? ORDER BY ordinal', transferId).map((row) => {
    const body = JSON.parse(String(row['body'])) as { transferAmount: string; currency: string; homeTransactionId: string };
    const state = String(row['state']) as StatementRow['state'];
    return { transferId, direction: 'in', amount: body.transferAmount, currency: body.currency, state, reference: body.homeTransactionId };
  });
}

/** What came by the API of a bank behind a connector: a hold, and what became of it. */
function heldRow(db: CoreDatabase, id: string): readonly StatementRow[] {
  const row = db.row('SELECT transfer_id, state, body FROM holds WHERE id = ?', id);
  if (row === undefined) return [];
  const hold = JSON.parse(String(row['body'])) as Parameters<typeof throughScheme>[0] & { currency: string };
  const state = row['state'] === 'HELD' ? 'RESERVED' : row['state'] === 'RELEASED' ? 'ABORTED' : 'COMMITTED';
  const direction = isDebit(hold) ? 'out' : 'in';
  const amount = formatAmount(throughScheme(hold));
  return [{ transferId: String(row['transfer_id']), direction, amount, currency: hold.currency, state, reference: id }];
}

/** What came to a savings account by the API of a Fineract, with the transferId as its receipt number, and what is held of one. */
function savingsRow(db: CoreDatabase, id: number): readonly StatementRow[] {
  const row = db.row(
    'SELECT t.type, t.units, t.reversed, t.details, t.reason, a.currency FROM fineract_transactions t JOIN fineract_accounts a ON a.id = t.account WHERE t.id = ? AND is_reversal = 0',
    id,
  );
  if (row === undefined) return [];
  const { receiptNumber = '' } = JSON.parse(String(row['details'] ?? '{}')) as { receiptNumber?: string };
  // a hold names its payment in its reason, until it is released; what suspense has paid bears a receipt of its own
  const transferId = row['type'] === 'hold' ? String(row['reason']) : receiptNumber.replace(/-D$/, '');
  if (transferId === '') return [];
  const direction = row['type'] === 'deposit' ? 'in' : 'out';
  const state = Number(row['reversed']) === 1 ? 'ABORTED' : row['type'] === 'hold' ? 'RESERVED' : 'COMMITTED';
  const amount = formatAmount(BigInt(String(row['units'])));
  return [{ transferId, direction, amount, currency: String(row['currency']), state, reference: String(id) }];
}

/** A payment that the Payment Manager has not given a transferId is no transfer yet. */
function outgoingRow(db: CoreDatabase, paymentId: string): readonly StatementRow[] {
  const row = db.row('SELECT body FROM payments WHERE id = ?', paymentId);
  const payment = row && (JSON.parse(String(row['body'])) as Payment);
  if (payment?.transferId === undefined) return [];
  const state = payment.state === 'COMPLETED' ? 'COMMITTED' : isFinal(payment.state) ? 'ABORTED' : 'RESERVED';
  const { transferId, currency, transferAmount: amount = payment.held } = payment;
  return [{ transferId, direction: 'out', amount, currency, state, reference: paymentId }];
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
