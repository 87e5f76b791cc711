import type { JsonObject } from '../../request-body.ts';
import type { Row } from '../core-database.ts';
import { customerAccount } from '../customer-register.ts';
import type { Customer } from '../settings.ts';
import { FineractRefusal } from './answers.ts';
import type { FineractParts } from './tenant.ts';

export type Block = 'NONE' | 'BLOCK' | 'BLOCK_CREDIT' | 'BLOCK_DEBIT';

/** A savings account: one currency, and behind it an account of the demo core's ledger. A closed one has none. */
export interface SavingsAccount {
  readonly id: number;
  readonly ledgerAccount: string | undefined;
  readonly client: number;
  readonly accountNo: string;
  readonly externalId: string;
  readonly currency: string;
  readonly active: boolean;
  readonly block: Block;
}

/** The bank itself, which owns the suspense accounts; customers come after it. */
const BANK_CLIENT_ID = 1;

export interface SavingsAccounts {
  /** Those of customers that came since, too. */
  all(): readonly SavingsAccount[];
  /** @throws FineractRefusal 404 */
  byId(id: string | number): SavingsAccount;
  byExternalId(externalId: string): SavingsAccount | undefined;
  suspenseOf(currency: string): SavingsAccount;
  /** Which client is behind an identifier, and which of its accounts is meant: the first that was opened. */
  ofIdentifier(idType: string, idValue: string, idSubValue?: string): SavingsAccount | undefined;
  /** The customer who is this client; undefined: the bank, or nobody. */
  customer(client: number): Customer | undefined;
  clients(): readonly { readonly id: number; readonly customer: Customer }[];
  /** `close` and the blocks of Fineract's own API. */
  change(id: number, change: { readonly active?: boolean; readonly block?: Block }): void;
}

/** The accounts, made of the customers of the demo core when somebody first asks. Each customer has a closed one besides, as in a bank that is not new. */
export function savingsAccounts(parts: FineractParts): SavingsAccounts {
  const { db, customers } = parts;
  const find = (where: string, value: string | number): SavingsAccount | undefined => {
    addMissing(parts);
    const row = db.row(`SELECT * FROM fineract_accounts WHERE ${where} = ?`, value);
    return row && toAccount(row);
  };
  const clients = () =>
    db
      .rows('SELECT number, body FROM customers ORDER BY number')
      .map((row) => ({ id: BANK_CLIENT_ID + Number(row['number']), customer: JSON.parse(String(row['body'])) as Customer }));
  return {
    all() {
      addMissing(parts);
      return db.rows('SELECT * FROM fineract_accounts ORDER BY id').map(toAccount);
    },
    byId(id) {
      const found = /^\d{1,15}$/.test(String(id)) ? find('id', Number(id)) : undefined;
      if (found === undefined) throw new FineractRefusal(404, 'error.msg.saving.account.id.invalid');
      return found;
    },
    byExternalId: (externalId) => find('external_id', externalId),
    suspenseOf(currency) {
      const found = find('external_id', `suspense-${currency}`);
      if (found === undefined) throw new RangeError(`this bank has no accounts in ${currency}`);
      return found;
    },
    ofIdentifier(idType, idValue, idSubValue) {
      const customer = customers.find(idType, idValue, idSubValue);
      const [currency] = Object.keys(customer?.accounts ?? {});
      return customer && currency !== undefined ? find('ledger_account', customerAccount(customer, currency)) : undefined;
    },
    customer: (client) => clients().find(({ id }) => id === client)?.customer,
    clients,
    change(id, { active, block }) {
      if (active !== undefined) db.run('UPDATE fineract_accounts SET active = ? WHERE id = ?', active ? 1 : 0, id);
      if (block !== undefined) db.run('UPDATE fineract_accounts SET block = ? WHERE id = ?', block, id);
    },
  };
}

/** Accounts for the customers that have none yet; suspense accounts of their currencies before them. */
function addMissing(parts: FineractParts): void {
  const { db, ledger } = parts;
  const rows = db.rows(
    'SELECT number, body FROM customers WHERE number NOT IN (SELECT client - ? FROM fineract_accounts) ORDER BY number',
    BANK_CLIENT_ID,
  );
  if (rows.length === 0) return;
  db.transaction(() => {
    for (const row of rows) {
      const customer = JSON.parse(String(row['body'])) as Customer;
      const client = BANK_CLIENT_ID + Number(row['number']);
      const currencies = Object.keys(customer.accounts);
      for (const currency of currencies) addSuspense(parts, currency);
      const [first = 'USD'] = currencies;
      add(parts, { ledgerAccount: undefined, client, accountNo: '', externalId: `${customer.id}-closed`, currency: first, block: 'NONE' });
      currencies.forEach((currency, place) => {
        const own = place === 0 ? customer.identifiers.find(({ idType }) => idType === 'ACCOUNT_ID')?.idValue : undefined;
        const id = add(parts, {
          ledgerAccount: customerAccount(customer, currency),
          client,
          accountNo: own ?? '',
          externalId: `${customer.id}-${currency}`,
          currency,
          block: customer.blocked === true ? 'BLOCK' : 'NONE',
        });
        const opening = ledger.account(customerAccount(customer, currency))?.units ?? 0n;
        // paid in over the counter: a deposit without payment details
        if (opening > 0n)
          db.run(
            "INSERT INTO fineract_transactions (account, type, units, date, details) VALUES (?, 'deposit', ?, ?, NULL)",
            id,
            String(opening),
            OPENED_ON,
          );
      });
    }
  });
}

/** When the accounts of a demo core were opened, and their first deposits made. */
const OPENED_ON = '2024-01-15';

function addSuspense(parts: FineractParts, currency: string): void {
  const externalId = `suspense-${currency}`;
  if (parts.db.row('SELECT 1 AS found FROM fineract_accounts WHERE external_id = ?', externalId) !== undefined) return;
  const ledgerAccount = `suspense:${currency}`;
  parts.ledger.openAccount({ id: ledgerAccount, holder: 'the bank', currency, kind: 'incoming' });
  add(parts, { ledgerAccount, client: BANK_CLIENT_ID, accountNo: '', externalId, currency, block: 'NONE' });
}

function add({ db }: FineractParts, account: Omit<SavingsAccount, 'id' | 'active'>): number {
  const id = Number(db.row('SELECT coalesce(max(id), 0) + 1 AS next FROM fineract_accounts')?.['next']);
  db.run(
    'INSERT INTO fineract_accounts (id, ledger_account, client, account_no, external_id, currency, active, block) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    id,
    account.ledgerAccount ?? null,
    account.client,
    account.accountNo === '' ? String(id).padStart(9, '0') : account.accountNo,
    account.externalId,
    account.currency,
    account.ledgerAccount === undefined ? 0 : 1,
    account.block,
  );
  return id;
}

function toAccount(row: Row): SavingsAccount {
  return {
    id: Number(row['id']),
    ledgerAccount: row['ledger_account'] === null ? undefined : String(row['ledger_account']),
    client: Number(row['client']),
    accountNo: String(row['account_no']),
    externalId: String(row['external_id']),
    currency: String(row['currency']),
    active: Number(row['active']) === 1,
    block: String(row['block']) as Block,
  };
}

/** What `?command=` makes of an account; undefined: not a command of accounts. */
export function accountChange(command: string): { readonly active?: boolean; readonly block?: Block } | undefined {
  const changes: Readonly<Record<string, JsonObject>> = {
    close: { active: false },
    block: { block: 'BLOCK' },
    blockCredit: { block: 'BLOCK_CREDIT' },
    blockDebit: { block: 'BLOCK_DEBIT' },
    unblock: { block: 'NONE' },
    unblockCredit: { block: 'NONE' },
    unblockDebit: { block: 'NONE' },
  };
  return changes[command];
}
