import { readStatement, StatementInvalid, type StatementRow } from '@payment-manager/mojaloop-connector';
import Type from 'typebox';
import { Problem } from '../server/problem.ts';

/** Characters; about 250,000 rows. */
export const STATEMENT_MAX = 20_000_000;

/** A statement or report, CSV as docs/exceptions.md says. */
export const STATEMENT = Type.String({ minLength: 1, maxLength: STATEMENT_MAX });

/** Bytes of the largest body with one. */
export const STATEMENT_BYTES = STATEMENT_MAX + 1_000_000;

/** @throws Problem `STATEMENT_INVALID` */
export function statementRows(text: string, place = 'body.statement'): readonly StatementRow[] {
  try {
    return readStatement(text);
  } catch (error) {
    if (!(error instanceof StatementInvalid)) throw error;
    throw new Problem(400, {
      code: 'STATEMENT_INVALID',
      message: `The statement cannot be read: ${error.message}.`,
      place,
      expected: 'CSV as docs/exceptions.md says',
      advice: 'Mend that line.',
    });
  }
}
