import assert from 'node:assert/strict';
import { formatAmount, type Units } from '@payment-manager/fspiop';
import type { Clock } from '@payment-manager/runtime';
import type { CoreDatabase, Row } from './core-database.ts';

/**
 * `customer`: may not go below zero. The others are the bank's own: `scheme` what it has with the hub, `fees` its income,
 * `incoming` and `outgoing` money held for or from customers, `opening` the other side of opening balances.
 */
export type AccountKind = 'customer' | 'scheme' | 'fees' | 'incoming' | 'outgoing' | 'opening';

export interface Account {
  readonly id: string;
  readonly holder: string;
  readonly currency: string;
  readonly kind: AccountKind;
  /** Balance in 1/10000 of the currency's unit; what the bank owes the holder is positive. */
  readonly units: Units;
}

/** One side of a posting: `units` above zero is a credit. */
export interface Line {
  readonly account: string;
  readonly units: Units;
}

export interface Posting {
  /** Booked at most once: a second posting with the same key changes nothing. */
  readonly key: string;
  readonly memo: string;
  readonly lines: readonly Line[];
  /** Lets a customer account go below zero: only for what the bank already owes the scheme. */
  readonly mayOverdraw?: boolean;
}

export interface BookedPosting extends Posting {
  readonly number: number;
  /** Wall clock, ms. */
  readonly at: number;
}

/** A customer's account does not hold enough. Nothing was booked. */
export class InsufficientFunds extends Error {}

/** Double-entry books: every posting sums to zero in each currency. */
export interface Ledger {
  /** Does nothing when the account is there. */
  openAccount(account: { id: string; holder: string; currency: string; kind: AccountKind }): void;
  account(id: string): Account | undefined;
  accounts(): readonly Account[];
  /** @throws InsufficientFunds; AssertionError for a posting that is not balanced */
  post(posting: Posting): 'posted' | 'already-posted';
  /** The newest `limit` postings, newest first. */
  postings(limit: number): readonly BookedPosting[];
  /** @throws AssertionError when the books do not balance, or a balance is not the sum of its lines */
  assertBalanced(): void;
}

/** The id of one of the bank's own accounts. */
export function bankAccount(kind: Exclude<AccountKind, 'customer'>, currency: string): string {
  return `${kind}:${currency}`;
}

/** The books kept in `db`. */
export function openLedger(db: CoreDatabase, clock: Clock): Ledger {
  const account = (id: string): Account | undefined => {
    const row = db.row('SELECT * FROM accounts WHERE id = ?', id);
    return row && toAccount(row);
  };
  return {
    openAccount(one) {
      db.run(
        'INSERT INTO accounts (id, holder, currency, kind) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
        one.id,
        one.holder,
        one.currency,
        one.kind,
      );
    },
    account,
    accounts: () => db.rows('SELECT * FROM accounts ORDER BY id').map(toAccount),
    post: (posting) => db.transaction(() => post(db, clock, account, posting)),
    postings: (limit) => db.rows('SELECT * FROM postings ORDER BY number DESC LIMIT ?', limit).map((row) => toPosting(db, row)),
    assertBalanced: () => db.transaction(() => assertBalanced(db)),
  };
}

function post(db: CoreDatabase, clock: Clock, account: (id: string) => Account | undefined, posting: Posting): 'posted' | 'already-posted' {
  if (db.row('SELECT 1 AS found FROM postings WHERE key = ?', posting.key) !== undefined) return 'already-posted';
  const sums = new Map<string, Units>();
  db.run('INSERT INTO postings (key, memo, at) VALUES (?, ?, ?)', posting.key, posting.memo, clock.now());
  const number = Number(db.row('SELECT last_insert_rowid() AS number')?.['number']);
  posting.lines.forEach((line, place) => {
    const known = account(line.account);
    assert.ok(known !== undefined, `posting ${posting.key}: no account ${line.account}`);
    const units = known.units + line.units;
    if (known.kind === 'customer' && line.units < 0n && units < 0n && posting.mayOverdraw !== true) {
      throw new InsufficientFunds(
        `account ${known.id} holds ${formatAmount(known.units)} ${known.currency}, needed ${formatAmount(-line.units)}`,
      );
    }
    sums.set(known.currency, (sums.get(known.currency) ?? 0n) + line.units);
    db.run('UPDATE accounts SET units = ? WHERE id = ?', String(units), line.account);
    db.run('INSERT INTO lines (posting, place, account, units) VALUES (?, ?, ?, ?)', number, place, line.account, String(line.units));
  });
  for (const [currency, sum] of sums) assert.equal(sum, 0n, `posting ${posting.key} is not balanced in ${currency}`);
  return 'posted';
}

function assertBalanced(db: CoreDatabase): void {
  const accounts = db.rows('SELECT * FROM accounts').map(toAccount);
  const byAccount = new Map<string, Units>();
  for (const row of db.rows('SELECT account, units FROM lines')) {
    const id = String(row['account']);
    byAccount.set(id, (byAccount.get(id) ?? 0n) + BigInt(String(row['units'])));
  }
  const byCurrency = new Map<string, Units>();
  for (const one of accounts) {
    assert.equal(one.units, byAccount.get(one.id) ?? 0n, `the balance of ${one.id} is not the sum of its lines`);
    byCurrency.set(one.currency, (byCurrency.get(one.currency) ?? 0n) + one.units);
  }
  for (const [currency, sum] of byCurrency) assert.equal(sum, 0n, `the books do not balance in ${currency}`);
}

function toAccount(row: Row): Account {
  return {
    id: String(row['id']),
    holder: String(row['holder']),
    currency: String(row['currency']),
    kind: String(row['kind']) as AccountKind,
    units: BigInt(String(row['units'])),
  };
}

function toPosting(db: CoreDatabase, row: Row): BookedPosting {
  const number = Number(row['number']);
  const lines = db.rows('SELECT account, units FROM lines WHERE posting = ? ORDER BY place', number);
  return {
    number,
    key: String(row['key']),
    memo: String(row['memo']),
    at: Number(row['at']),
    lines: lines.map((line) => ({ account: String(line['account']), units: BigInt(String(line['units'])) })),
  };
}
