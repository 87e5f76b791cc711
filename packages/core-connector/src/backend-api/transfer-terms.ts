import { parseExactJson } from '../codec/json.ts';
import { plain } from '../door/terms.ts';
import { memberOf, type ValueObject } from '../expression/value.ts';
import type { CoreRecords } from '../record/core-records.ts';

const SHOWN = ['from', 'to', 'amountType', 'currency', 'amount', 'transferAmount', 'transactionType', 'subScenario', 'note'] as const;

/** The terms of a transfer as its record has them (transferDetailsResponse of the SDK), and when it was begun; undefined: it has none. */
export async function transferTerms(records: Pick<CoreRecords, 'state'>, transferId: string): Promise<object | undefined> {
  const begun = (await records.state('payee', transferId))?.operations['transfer.prepare'];
  if (begun === undefined) return undefined;
  const quote = memberOf(parseExactJson(begun.input) as ValueObject, 'quote') as ValueObject | undefined;
  const terms = SHOWN.flatMap((name) => {
    const value = quote && plain(memberOf(quote, name));
    return value === undefined || value === null ? [] : [[name, value]];
  });
  return { ...Object.fromEntries(terms), timestamp: new Date(begun.begunAt).toISOString() };
}
