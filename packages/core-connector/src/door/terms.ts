import type { QuotesPostRequest } from '@payment-manager/fspiop';
import { quoteRequestBody } from '@payment-manager/mojaloop-connector/core-client';
import { parseExactJson, writeExactJson } from '../codec/json.ts';
import { Decimal } from '../expression/decimal.ts';
import { emptyObject, isList, isObject, type Value, type ValueObject } from '../expression/value.ts';
import { PRICE_VERSION } from '../record/needed-versions.ts';

/** A value as others read it: numbers become their text, so that no amount is ever a float. */
export function plain(value: Value): unknown {
  if (value instanceof Decimal) return value.toString();
  if (isList(value)) return value.map(plain);
  if (!isObject(value)) return value;
  const made: Record<string, unknown> = {};
  // a member of any name is only a member, and none reaches the prototype
  for (const name in value)
    if (name === '__proto__')
      Object.defineProperty(made, name, { value: plain(value[name]), enumerable: true, writable: true, configurable: true });
    else made[name] = plain(value[name]);
  return made;
}

/** What others have as a value of the language. What is missing is left out. */
export function languageValue(content: unknown): Value {
  return given(content) ?? null;
}

/** As JSON would have it: what is no value of JSON is missing, and null in lists. */
function given(content: unknown): Value {
  switch (typeof content) {
    case 'string':
    case 'boolean':
      return content;
    case 'number':
      return Number.isFinite(content) ? Decimal.parse(String(content)) : null;
    case 'object': {
      if (content === null || content instanceof Decimal) return content;
      if (Array.isArray(content)) return content.map((item) => given(item) ?? null);
      const made = emptyObject();
      for (const [name, member] of Object.entries(content)) {
        const value = given(member);
        if (value !== undefined) made[name] = value;
      }
      return made;
    }
    default:
      return undefined;
  }
}

/** An object with those members that are there. */
export function objectWith(members: Readonly<Record<string, unknown>>): ValueObject {
  return languageValue(members) as ValueObject;
}

/** Under this member of a core's quote are the facts that `quote.create` keeps, as exact JSON in a text. */
export const FACTS = 'connectorFacts';

const AMOUNT = /Amount$/;

/**
 * The answer of `quote.create`, in which its facts go along until the transfer. Amounts are written as the
 * protocol has them, with no zero at the end; the currency is that of the request where it says none.
 */
export function quoteWithFacts(
  reply: Readonly<Record<string, unknown>>,
  facts: ValueObject,
  version: string,
  currency: string,
): Readonly<Record<string, unknown>> {
  const amounts = Object.entries(reply).filter(
    ([name, value]) => AMOUNT.test(name) && typeof value === 'string' && /^\d{1,18}(\.\d{1,4})?$/.test(value),
  );
  return {
    transferAmountCurrency: currency,
    ...reply,
    ...Object.fromEntries(amounts.map(([name, value]) => [name, Decimal.parse(String(value)).toString()])),
    [FACTS]: writeExactJson(facts),
    [PRICE_VERSION]: version,
  };
}

/**
 * The terms of a transfer as an operation knows them under `quote`: the payer's request, our price, and what it kept. What the payee gets is always
 * there: where the price does not say it, it is the transfer amount without the fee and with the commission.
 */
export function quoteTerms(request: QuotesPostRequest, price: object, transferAmount: string): ValueObject {
  const { [FACTS]: facts, [PRICE_VERSION]: _version, ...terms } = price as Readonly<Record<string, unknown>>;
  const { payeeReceiveAmount, payeeFspFeeAmount, payeeFspCommissionAmount } = terms;
  const { currency } = request.amount;
  const receives = payeeReceiveAmount ?? received(transferAmount, payeeFspFeeAmount, payeeFspCommissionAmount);
  const quote = objectWith({
    ...quoteRequestBody(request),
    ...terms,
    transferAmount,
    transferAmountCurrency: currency,
    payeeReceiveAmount: String(receives),
    payeeReceiveAmountCurrency: currency,
  });
  return Object.assign(emptyObject(), quote, { facts: typeof facts === 'string' ? parseExactJson(facts) : emptyObject() });
}

function received(transferAmount: string, fee: unknown, commission: unknown): string {
  const amount = (value: unknown): Decimal => Decimal.parse(typeof value === 'string' || typeof value === 'number' ? String(value) : '0');
  return Decimal.parse(transferAmount).subtract(amount(fee)).add(amount(commission)).toString();
}

/** The version of the connector that made a price; undefined: it does not say. */
export function versionOfPrice(price: object): string | undefined {
  const { [PRICE_VERSION]: version } = price as Readonly<Record<string, unknown>>;
  return typeof version === 'string' ? version : undefined;
}
