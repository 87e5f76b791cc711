/** Requests for a database with the tables of sql-core, for tests. */
import type { CallAnswer } from '../src/run/answer.ts';
import type { SqlRequest, SqlStep } from '../src/run/render-sql.ts';

/** A statement with `?` for its values, which changes one row. */
export const sqlStep = (title: string, sql: string, ...values: readonly (string | null)[]): SqlStep => ({
  title,
  texts: sql.split('?'),
  names: values.map((_, index) => `v${index}`),
  values,
  rows: '1',
});

const INSERT = 'INSERT INTO payment_effect (reference, kind, account_id, amount, currency, transfer_id) VALUES (?, ?, ?, ?, ?, ?)';

/** The insert of a reference, of a credit of 100 units. */
export const reference = (key: string, account = 'A-7'): SqlStep =>
  sqlStep('INSERT payment_effect', INSERT, key, 'CREDIT', account, '100', 'KES', 'T');

/** 100 units are credited under a reference. */
export const booking = (key: string, account = 'A-7'): SqlRequest => ({
  kind: 'sql',
  to: 'core',
  reads: false,
  statements: [
    reference(key, account),
    sqlStep(
      'UPDATE account',
      "UPDATE account SET balance = balance + CAST(? AS DECIMAL(19,0)) WHERE id = ? AND status = 'OPEN'",
      '100',
      account,
    ),
  ],
});

/** What stands under a reference? */
export const enquiry = (key: string): SqlRequest => {
  const { rows: _rows, ...select } = sqlStep('SELECT payment_effect', 'SELECT kind FROM payment_effect WHERE reference = ?', key);
  return { kind: 'sql', to: 'core', reads: true, statements: [select], reference: reference(key) };
};

/** An answer in a word. */
export const said = (answer: CallAnswer): string => {
  if (answer.kind === 'failed') return answer.sent ? 'unknown' : 'not executed';
  if (answer.kind !== 'sql') return answer.kind;
  const { state, statement, sqlstate, free, rows } = answer;
  return [state, statement, sqlstate, free === undefined ? undefined : `free ${free} rows ${rows.length}`].filter(Boolean).join(' ');
};
