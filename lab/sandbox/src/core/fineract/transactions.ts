import type { Units } from '@payment-manager/fspiop';
import type { Row } from '../core-database.ts';
import { bankAccount, InsufficientFunds, type Line } from '../ledger.ts';
import { FineractRefusal } from './answers.ts';
import type { Block, SavingsAccount } from './savings-accounts.ts';
import { type FineractParts, tenantDate } from './tenant.ts';
import type { PaymentDetails, TransactionRequest } from './transaction-requests.ts';

export type TransactionType = 'deposit' | 'withdrawal' | 'hold' | 'release';

/** A transaction of a savings account. */
export interface Transaction {
  readonly id: number;
  readonly account: number;
  readonly type: TransactionType;
  readonly units: Units;
  readonly date: string;
  readonly reversed: boolean;
  readonly isReversal: boolean;
  /** The release of a hold; 0 while there is none. */
  readonly releasedBy: number;
  /** Of a hold; '' once it is released. */
  readonly reason: string;
  readonly details: PaymentDetails | undefined;
}

const NOT_ALLOWED: Readonly<Record<'deposit' | 'withdrawal', readonly Block[]>> = {
  deposit: ['BLOCK', 'BLOCK_CREDIT'],
  withdrawal: ['BLOCK', 'BLOCK_DEBIT'],
};

/** Books a deposit, withdrawal or hold; answers its id. @throws FineractRefusal; nothing is booked then */
export function transact(
  parts: FineractParts,
  account: SavingsAccount,
  type: Exclude<TransactionType, 'release'>,
  request: TransactionRequest,
): number {
  if (!account.active) throw new FineractRefusal(400, `validation.msg.savingsaccount.${type}.account.is.not.active`);
  if (type === 'hold') {
    // neither a block nor a date that is to come hinders a hold; an earlier date than that of the last transaction does
    const last = String(parts.db.row('SELECT max(date) AS last FROM fineract_transactions WHERE account = ?', account.id)?.['last'] ?? '');
    if (request.date < last) throw new FineractRefusal(400, 'validation.msg.savingsaccount.hold.date.before.last.transaction');
  } else {
    if (request.date > tenantDate(parts.clock.now())) throw new FineractRefusal(400, `validation.msg.savingsaccount.${type}.in.the.future`);
    if (NOT_ALLOWED[type].includes(account.block))
      throw new FineractRefusal(
        403,
        `error.msg.saving.account.${account.block === 'BLOCK' ? 'blocked' : `blocked.${type}`}.transaction.not.allowed`,
      );
  }
  const id = insert(parts, { ...request, account: account.id, type });
  book(parts, account, { id, type, units: request.units }, 1n, String(type));
  return id;
}

/** Releases what a transaction has held; answers the id of the release. Nothing looks whether it is a hold. @throws FineractRefusal */
export function release(parts: FineractParts, account: SavingsAccount, id: string): number {
  const held = transactionOf(parts, account, id);
  // as a failure of the server, not as something that is not there
  if (held === undefined) throw new FineractRefusal(500, 'error.msg.platform.server.side.error');
  if (held.releasedBy !== 0) throw new FineractRefusal(400, 'validation.msg.savingsaccount.release.transaction.already.released');
  const releaseId = insert(parts, {
    account: account.id,
    type: 'release',
    units: held.units,
    date: tenantDate(parts.clock.now()),
    reason: '',
    details: undefined,
  });
  // the reason of the block goes with the block
  parts.db.run("UPDATE fineract_transactions SET released_by = ?, reason = '' WHERE id = ?", releaseId, held.id);
  book(parts, account, { id: releaseId, type: 'release', units: held.units }, 1n, 'release');
  return releaseId;
}

/** `undo` and `reverse`. @throws FineractRefusal 404, 403 */
export function takeBack(parts: FineractParts, account: SavingsAccount, id: string, command: 'undo' | 'reverse'): number {
  const found = transactionOf(parts, account, id);
  if (found === undefined || (command === 'reverse' && found.reversed))
    throw new FineractRefusal(404, 'error.msg.savingsaccount.trasaction.id.invalid');
  if (found.reversed) return found.id;
  parts.db.run('UPDATE fineract_transactions SET reversed = 1 WHERE id = ?', found.id);
  const reversal = command === 'reverse' ? insert(parts, { ...found, isReversal: true }) : found.id;
  // what is held stays so: only a release lets go of it
  if (found.type === 'deposit' || found.type === 'withdrawal') book(parts, account, found, -1n, command);
  return reversal;
}

/** A transaction of this account. */
export function transactionOf({ db }: FineractParts, account: SavingsAccount, id: string): Transaction | undefined {
  if (!/^\d{1,15}$/.test(id)) return undefined;
  const row = db.row('SELECT * FROM fineract_transactions WHERE id = ? AND account = ?', Number(id), account.id);
  return row && toTransaction(row);
}

/** The newest first, as Fineract gives them. */
export function transactionsOf({ db }: FineractParts, account: SavingsAccount): readonly Transaction[] {
  return db.rows('SELECT * FROM fineract_transactions WHERE account = ? ORDER BY id DESC', account.id).map(toTransaction);
}

/** What a search wants: all of it holds. Dates are `YYYY-MM-DD`. */
export interface TransactionSearch {
  readonly fromDate: string;
  readonly toDate: string;
  readonly fromUnits: Units;
  readonly toUnits: Units;
  readonly limit: number;
}

/** Those of an account that a search finds, the newest first, and how many there are besides those that are told. */
export function searched(
  { db }: FineractParts,
  account: SavingsAccount,
  { fromDate, toDate, fromUnits, toUnits, limit }: TransactionSearch,
): { readonly total: number; readonly found: readonly Transaction[] } {
  const where = 'account = ? AND date >= ? AND date <= ? AND CAST(units AS INTEGER) >= ? AND CAST(units AS INTEGER) <= ?';
  const values = [account.id, fromDate, toDate, Number(fromUnits), Number(toUnits)];
  const total = Number(db.row(`SELECT count(*) AS n FROM fineract_transactions WHERE ${where}`, ...values)?.['n']);
  const rows = db.rows(`SELECT * FROM fineract_transactions WHERE ${where} ORDER BY id DESC LIMIT ?`, ...values, limit);
  return { total, found: rows.map(toTransaction) };
}

/** What is held on an account. Reads no transaction by itself: each answer about an account says it. */
export function heldOn({ db }: FineractParts, account: SavingsAccount): Units {
  const row = db.row(
    `SELECT CAST(coalesce(sum(CASE type WHEN 'hold' THEN CAST(units AS INTEGER) ELSE -CAST(units AS INTEGER) END), 0) AS TEXT) AS held
       FROM fineract_transactions WHERE account = ? AND is_reversal = 0 AND type IN ('hold', 'release')`,
    account.id,
  );
  return BigInt(String(row?.['held'] ?? '0'));
}

type NewTransaction = Pick<Transaction, 'account' | 'type' | 'units' | 'date' | 'reason' | 'details'> & { readonly isReversal?: boolean };

function insert({ db }: FineractParts, { account, type, units, date, reason, details, isReversal = false }: NewTransaction): number {
  db.run(
    'INSERT INTO fineract_transactions (account, type, units, date, is_reversal, reason, details) VALUES (?, ?, ?, ?, ?, ?, ?)',
    account,
    type,
    String(units),
    date,
    isReversal ? 1 : 0,
    reason,
    details === undefined || type === 'hold' ? null : JSON.stringify(details),
  );
  return Number(db.row('SELECT last_insert_rowid() AS id')?.['id']);
}

/** Where the money of a transaction goes, seen from the account; the other side is the scheme's, or what the bank holds for its customers. */
function book(
  { ledger }: FineractParts,
  { ledgerAccount = '', currency }: SavingsAccount,
  { id, type, units }: Pick<Transaction, 'id' | 'type' | 'units'>,
  sign: 1n | -1n,
  step: string,
): void {
  const toAccount = sign * (type === 'deposit' || type === 'release' ? units : -units);
  const other = bankAccount(type === 'deposit' || type === 'withdrawal' ? 'scheme' : 'outgoing', currency);
  const lines: readonly Line[] = [
    { account: other, units: -toAccount },
    { account: ledgerAccount, units: toAccount },
  ];
  try {
    ledger.post({ key: `fineract/${id}/${step}`, memo: `savings account: ${step}`, lines });
  } catch (error) {
    if (!(error instanceof InsufficientFunds)) throw error;
    throw new FineractRefusal(type === 'hold' ? 400 : 403, 'error.msg.savingsaccount.transaction.insufficient.account.balance');
  }
}

function toTransaction(row: Row): Transaction {
  return {
    id: Number(row['id']),
    account: Number(row['account']),
    type: String(row['type']) as TransactionType,
    units: BigInt(String(row['units'])),
    date: String(row['date']),
    reversed: Number(row['reversed']) === 1,
    isReversal: Number(row['is_reversal']) === 1,
    releasedBy: Number(row['released_by']),
    reason: String(row['reason']),
    details: row['details'] === null ? undefined : (JSON.parse(String(row['details'])) as PaymentDetails),
  };
}
