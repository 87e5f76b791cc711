import { currencyDecimals, type Units } from '@payment-manager/fspiop';
import { asObject, type JsonObject, RequestInvalid } from '../../request-body.ts';
import { FineractRefusal } from './answers.ts';
import type { SavingsAccount } from './savings-accounts.ts';
import { FINERACT_TENANT } from './tenant.ts';

/** Payment details of a deposit or withdrawal: at most 50 characters each. */
export type PaymentDetails = Readonly<Record<(typeof DETAILS)[number], string>>;

/** What the body of a deposit, withdrawal or hold says. */
export interface TransactionRequest {
  readonly units: Units;
  /** `2026-11-24`. */
  readonly date: string;
  readonly details: PaymentDetails;
  readonly reason: string;
}

const DETAILS = ['accountNumber', 'checkNumber', 'routingCode', 'receiptNumber', 'bankNumber'] as const;
const DETAIL_LENGTH = 50;
const REASON_LENGTH = 100;
const OF_ALL = ['locale', 'dateFormat', 'transactionDate', 'transactionAmount'];
const OF_PAYMENTS = [...OF_ALL, 'paymentTypeId', 'note', ...DETAILS];
/** A hold has nothing that could bear a reference but its reason. */
const OF_HOLDS = [...OF_ALL, 'lienAllowed', 'reasonForBlock'];

/** Reads and checks a body as Fineract does: what it does not know is refused. @throws FineractRefusal 400, 404 */
export function readTransaction(body: unknown, isHold: boolean, account: SavingsAccount): TransactionRequest {
  const json = objectOf(body);
  const unknown = Object.keys(json).find((name) => !(isHold ? OF_HOLDS : OF_PAYMENTS).includes(name));
  if (unknown !== undefined) throw new FineractRefusal(400, 'error.msg.parameter.unsupported', unknown);
  needed(json, 'locale');
  if (needed(json, 'dateFormat') !== 'yyyy-MM-dd') throw new FineractRefusal(400, 'validation.msg.invalid.dateFormat.format', 'dateFormat');
  const date = needed(json, 'transactionDate');
  if (!/^\d{4}-\d\d-\d\d$/.test(date) || Number.isNaN(Date.parse(`${date}T00:00:00.000Z`)))
    throw new FineractRefusal(400, 'validation.msg.invalid.date.format', 'transactionDate');
  const units = rounded(needed(json, 'transactionAmount'), currencyDecimals(account.currency) ?? 2);
  if (units <= 0n) throw new FineractRefusal(400, 'validation.msg.savingsaccount.transaction.transactionAmount.not.greater.than.zero');
  const limited = (name: string, most: number): string => {
    const text = json[name] === undefined ? '' : String(json[name]);
    if (text.length > most) throw new FineractRefusal(400, `validation.msg.savingsaccount.transaction.${name}.exceeds.max.length`, name);
    return text;
  };
  const reason = limited('reasonForBlock', REASON_LENGTH);
  if (isHold && reason === '') throw mandatory('reasonForBlock');
  if (!isHold && needed(json, 'paymentTypeId') !== String(FINERACT_TENANT.paymentTypeId))
    throw new FineractRefusal(404, 'error.msg.payment.type.invalid');
  const details = Object.fromEntries(DETAILS.map((name) => [name, limited(name, DETAIL_LENGTH)])) as PaymentDetails;
  return { units, date, details, reason };
}

/** A JSON object. @throws FineractRefusal */
export function objectOf(body: unknown): JsonObject {
  try {
    return asObject(body, 'the body');
  } catch (error) {
    if (error instanceof RequestInvalid) throw new FineractRefusal(400, 'error.msg.invalid.request.body');
    throw error;
  }
}

function needed(json: JsonObject, name: string): string {
  const value = json[name];
  if (typeof value !== 'string' || value === '') throw mandatory(name);
  return value;
}

function mandatory(name: string): FineractRefusal {
  return new FineractRefusal(400, `validation.msg.savingsaccount.transaction.${name}.cannot.be.blank`, name);
}

/** A number of the locale `en`, in Fineract's precision: more decimals are rounded half to even, and nobody is told. */
function rounded(text: string, decimals: number): Units {
  const [, whole, fraction = ''] = /^(\d+)(?:\.(\d+))?$/.exec(text.replaceAll(',', '')) ?? [];
  if (whole === undefined || whole.length > 18) throw new FineractRefusal(400, 'validation.msg.invalid.number.format', 'transactionAmount');
  const kept = BigInt(whole + fraction.slice(0, decimals).padEnd(decimals, '0'));
  const rest = fraction.slice(decimals).replace(/0+$/, '');
  const up = rest > '5' || (rest === '5' && kept % 2n !== 0n);
  return (kept + (up ? 1n : 0n)) * 10n ** BigInt(4 - decimals);
}
