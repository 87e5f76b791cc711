import { Decimal } from './decimal.ts';
import { EvaluationFailed, equal, isList, isObject, kindOf, type Value } from './value.ts';

type Operator = (left: Value, right: Value, column: number) => Value;

/**
 * Operators as in JSONata, but numbers are exact, and an operator that has no meaning for its operands fails: JSONata compares texts letter by
 * letter, so that "9" < "10" is false there. Where an operand is missing the result is missing (comparisons of order, arithmetic) or false
 * (equality), as in JSONata.
 */
export const OPERATORS: Readonly<Record<string, Operator>> = {
  '+': arithmetic('+', (left, right) => left.add(right)),
  '-': arithmetic('-', (left, right) => left.subtract(right)),
  '*': arithmetic('*', (left, right) => left.multiply(right)),
  '/': arithmetic('/', exactQuotient),
  '%': arithmetic('%', (left, right) => left.remainder(right)),
  '<': order('<', (sign) => sign < 0),
  '<=': order('<=', (sign) => sign <= 0),
  '>': order('>', (sign) => sign > 0),
  '>=': order('>=', (sign) => sign >= 0),
  '=': equality('=', true),
  '!=': equality('!=', false),
  in: (left, right) => {
    if (left === undefined || right === undefined) return false;
    return (isList(right) ? right : [right]).some((item) => equal(item, left));
  },
  '&': (left, right, column) => asText(left, column) + asText(right, column),
};

/** The text of a value that is joined to others: a missing one is empty; lists and objects have none. */
export function asText(value: Value, column: number): string {
  if (value === undefined) return '';
  if (typeof value === 'string') return value;
  if (value === null) return 'null';
  if (value instanceof Decimal || typeof value === 'boolean') return value.toString();
  throw new EvaluationFailed(`${kindOf(value)} cannot be joined to a text`, column);
}

function arithmetic(sign: string, calculate: (left: Decimal, right: Decimal) => Decimal): Operator {
  return (left, right, column) => {
    for (const operand of [left, right])
      if (operand !== undefined && !(operand instanceof Decimal))
        throw new EvaluationFailed(`${sign} needs numbers and found ${kindOf(operand)}: $number(…) makes one of a text`, column);
    return left === undefined || right === undefined ? undefined : calculate(left as Decimal, right as Decimal);
  };
}

/** A quotient that has an end within 18 decimals; another one needs to be told how it is rounded. */
function exactQuotient(left: Decimal, right: Decimal): Decimal {
  const quotient = left.divide(right, 18, 'down');
  if (quotient.multiply(right).compare(left) !== 0)
    throw new EvaluationFailed('the quotient has no end: $div(a, b, decimals, rounding) says how it is rounded');
  return quotient;
}

function order(sign: string, holds: (sign: number) => boolean): Operator {
  return (left, right, column) => {
    for (const operand of [left, right])
      if (operand !== undefined && !(operand instanceof Decimal))
        throw new EvaluationFailed(`${sign} compares numbers and found ${kindOf(operand)}: $number(…) makes one of a text`, column);
    return left === undefined || right === undefined ? undefined : holds((left as Decimal).compare(right as Decimal));
  };
}

function equality(sign: string, same: boolean): Operator {
  return (left, right, column) => {
    if (left === undefined || right === undefined) return false;
    const mixed = (left instanceof Decimal && typeof right === 'string') || (typeof left === 'string' && right instanceof Decimal);
    if (mixed) throw new EvaluationFailed(`${sign} compares a number with a text: $number(…) or $string(…) makes them alike`, column);
    if (isObject(left) !== isObject(right) && !(isList(left) || isList(right))) return !same;
    return equal(left, right) === same;
  };
}
