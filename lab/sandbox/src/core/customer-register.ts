import { parseAmount } from '@payment-manager/fspiop';
import type { CoreDatabase } from './core-database.ts';
import { bankAccount, type Ledger } from './ledger.ts';
import type { Customer } from './settings.ts';

/** Who the bank's customers are, and under which identifiers they are found. */
export interface CustomerRegister {
  find(idType: string, idValue: string, idSubValue?: string): Customer | undefined;
  /** Adds a customer with accounts and opening balances; does nothing when the id is known. */
  add(customer: Customer): void;
  all(): readonly Customer[];
}

/** Id of a customer's account in a currency. */
export function customerAccount(customer: Customer, currency: string): string {
  return `${customer.id}:${currency}`;
}

/** The register kept in `db`. */
export function openCustomerRegister(db: CoreDatabase, ledger: Ledger): CustomerRegister {
  return {
    find(idType, idValue, idSubValue = '') {
      const sql =
        'SELECT c.body FROM identifiers i JOIN customers c ON c.id = i.customer WHERE i.type = ? AND i.value = ? AND i.sub_value = ?';
      const row = db.row(sql, idType, plainValue(idType, idValue), idSubValue);
      return row && (JSON.parse(String(row['body'])) as Customer);
    },
    add: (customer) => db.transaction(() => add(db, ledger, customer)),
    all: () => db.rows('SELECT body FROM customers ORDER BY number').map((row) => JSON.parse(String(row['body'])) as Customer),
  };
}

function add(db: CoreDatabase, ledger: Ledger, customer: Customer): void {
  if (db.row('SELECT 1 AS found FROM customers WHERE id = ?', customer.id) !== undefined) return;
  db.run('INSERT INTO customers (id, body) VALUES (?, ?)', customer.id, JSON.stringify(customer));
  for (const { idType, idValue, idSubValue = '' } of customer.identifiers) {
    db.run(
      'INSERT INTO identifiers (type, value, sub_value, customer) VALUES (?, ?, ?, ?)',
      idType,
      plainValue(idType, idValue),
      idSubValue,
      customer.id,
    );
  }
  for (const [currency, balance] of Object.entries(customer.accounts)) {
    openBankAccounts(ledger, currency);
    const account = customerAccount(customer, currency);
    ledger.openAccount({ id: account, holder: customer.displayName, currency, kind: 'customer' });
    const units = parseAmount(balance);
    const lines = [
      { account: bankAccount('opening', currency), units: -units },
      { account, units },
    ];
    if (units > 0n) ledger.post({ key: `opening/${account}`, memo: 'opening balance', lines });
  }
}

function openBankAccounts(ledger: Ledger, currency: string): void {
  for (const kind of ['scheme', 'fees', 'incoming', 'outgoing', 'opening'] as const) {
    ledger.openAccount({ id: bankAccount(kind, currency), holder: 'the bank', currency, kind });
  }
}

/** `+` before an MSISDN is optional (docs/protocol.md, 6). */
function plainValue(idType: string, idValue: string): string {
  return idType === 'MSISDN' ? idValue.replace(/^\+/, '') : idValue;
}
