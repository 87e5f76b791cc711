import { Decimal } from '../decimal.ts';
import { NUMBER, TEXT } from '../shape.ts';
import { EvaluationFailed } from '../value.ts';
import { CURRENCIES, type Currency } from './currencies.ts';
import { plain, type RegisteredFunction } from './registered.ts';

/** Functions of currencies by ISO 4217, for cores that count the smallest unit or number their currencies. */
export const currencyFunctions: readonly RegisteredFunction[] = [
  plain('currencyNumber', {
    summary: 'The number of a currency by ISO 4217: three digits.',
    example: '$currencyNumber(quote.payeeReceiveAmountCurrency)',
    parameters: [{ name: 'currency', takes: 'text' }],
    gives: TEXT,
    run: (currency: string) => known(currency, '$currencyNumber').number,
  }),
  plain('currencyDecimals', {
    summary: 'How many decimals amounts of a currency have by ISO 4217, as a number.',
    example: '$round($number(amount), $currencyDecimals(currency), "half-even")',
    parameters: [{ name: 'currency', takes: 'text' }],
    gives: NUMBER,
    run: (currency: string) => Decimal.of(BigInt(known(currency, '$currencyDecimals').decimals)),
  }),
  plain('minorUnits', {
    summary: 'An amount as a whole number of the currency’s smallest unit (ISO 4217), as a text; one that is finer is an error.',
    example: '$minorUnits(amount, quote.payeeReceiveAmountCurrency)',
    parameters: [
      { name: 'amount', takes: 'number' },
      { name: 'currency', takes: 'text' },
    ],
    gives: TEXT,
    run: (amount: Decimal, currency: string) => {
      const { decimals } = known(currency, '$minorUnits');
      if (amount.scale > decimals) throw new EvaluationFailed('$minorUnits: the amount is finer than the currency’s smallest unit');
      return amount.multiply(Decimal.of(10n ** BigInt(decimals))).toString(0);
    },
  }),
  plain('fromMinorUnits', {
    summary: 'The amount, as a number, that so many of the currency’s smallest unit are (ISO 4217). The text has digits alone.',
    example: '$fromMinorUnits(DE4, quote.payeeReceiveAmountCurrency)',
    parameters: [
      { name: 'units', takes: 'text' },
      { name: 'currency', takes: 'text' },
    ],
    gives: NUMBER,
    run: (units: string, currency: string) => {
      const { decimals } = known(currency, '$fromMinorUnits');
      if (!/^\d{1,18}$/.test(units)) throw new EvaluationFailed('$fromMinorUnits: the text is no whole number');
      return Decimal.of(BigInt(units), decimals);
    },
  }),
];

function known(currency: string, name: string): Currency {
  const found = CURRENCIES.get(currency);
  if (found === undefined) throw new EvaluationFailed(`${name}: there is no such currency`);
  return found;
}
