import { Decimal, type Rounding } from '../decimal.ts';
import { NUMBER, TEXT } from '../shape.ts';
import { EvaluationFailed, kindOf, type Value } from '../value.ts';
import { type Parameter, plain, type RegisteredFunction } from './registered.ts';
import { whole } from './text.ts';

const NUMBER_PARAMETER: Parameter = { name: 'number', takes: 'number' };
const NUMBERS_PARAMETER: Parameter = { name: 'numbers', takes: 'list' };
const DECIMALS_PARAMETER: Parameter = { name: 'decimals', takes: 'number' };
const ROUNDINGS: readonly string[] = ['half-up', 'half-even', 'down', 'up'];
/** A division is told how many decimals it gives; more than any amount has are a mistake. */
const DECIMALS_MAX = 18;

/** Functions of numbers. All are exact. */
export const numberFunctions: readonly RegisteredFunction[] = [
  plain('number', {
    summary: 'The number that a text writes, exactly; a number stays as it is. In a body it is written as a JSON number.',
    example: '$number(amount)',
    parameters: [{ name: 'value', takes: 'any' }],
    gives: NUMBER,
    run: (value: Value) => {
      if (value instanceof Decimal) return value;
      if (typeof value !== 'string') throw new EvaluationFailed(`$number: ${kindOf(value)} is not a number`);
      return Decimal.parse(value);
    },
  }),
  plain('decimal', {
    summary: 'The text of a number with exactly so many decimals; one that has more is an error.',
    example: '$decimal($number(amount) * 100, 0)',
    parameters: [NUMBER_PARAMETER, DECIMALS_PARAMETER],
    gives: TEXT,
    run: (value: Decimal, places: Decimal) => {
      const scale = placesOf(places, '$decimal');
      if (value.scale > scale)
        throw new EvaluationFailed(`$decimal: the number has more than ${scale} decimals; $round(…) says how it is rounded`);
      return value.toString(scale);
    },
  }),
  plain('round', {
    summary: 'A number with at most so many decimals. Rounding: half-even (where none is said, as JSONata does), half-up, down or up.',
    example: '$round($number(fee), 2, "half-up")',
    parameters: [NUMBER_PARAMETER, { ...DECIMALS_PARAMETER, optional: true }, { name: 'rounding', takes: 'text', optional: true }],
    gives: NUMBER,
    run: (value: Decimal, places?: Decimal, rounding?: string) =>
      value.round(places === undefined ? 0 : placesOf(places, '$round'), roundingOf(rounding ?? 'half-even', '$round')),
  }),
  plain('div', {
    summary: 'A quotient with at most so many decimals, rounded as is said.',
    example: '$div($number(amount), $number("3"), 2, "half-even")',
    parameters: [NUMBER_PARAMETER, { name: 'by', takes: 'number' }, DECIMALS_PARAMETER, { name: 'rounding', takes: 'text' }],
    gives: NUMBER,
    run: (value: Decimal, by: Decimal, places: Decimal, rounding: string) =>
      value.divide(by, placesOf(places, '$div'), roundingOf(rounding, '$div')),
  }),
  plain('abs', {
    summary: 'A number without its sign.',
    example: '$abs(body.balance)',
    parameters: [NUMBER_PARAMETER],
    gives: NUMBER,
    run: (value: Decimal) => (value.units < 0n ? value.negate() : value),
  }),
  plain('floor', {
    summary: 'The greatest whole number that is not above it.',
    example: '$floor(body.count)',
    parameters: [NUMBER_PARAMETER],
    gives: NUMBER,
    run: (value: Decimal) => value.round(0, value.units < 0n ? 'up' : 'down'),
  }),
  plain('ceil', {
    summary: 'The least whole number that is not below it.',
    example: '$ceil(body.count)',
    parameters: [NUMBER_PARAMETER],
    gives: NUMBER,
    run: (value: Decimal) => value.round(0, value.units < 0n ? 'down' : 'up'),
  }),
  plain('sum', {
    summary: 'The sum of numbers; 0 of none.',
    example: '$sum(body.instalments.due)',
    parameters: [NUMBERS_PARAMETER],
    gives: NUMBER,
    run: (list: readonly Value[]) => all(list, '$sum').reduce((sum, each) => sum.add(each), Decimal.of(0n)),
  }),
  plain('max', {
    summary: 'The greatest of numbers; nothing of none.',
    example: '$max(body.limits)',
    parameters: [NUMBERS_PARAMETER],
    gives: NUMBER,
    run: (list: readonly Value[]) =>
      all(list, '$max').reduce<Decimal | undefined>(
        (best, each) => (best === undefined || each.compare(best) > 0 ? each : best),
        undefined,
      ),
  }),
  plain('min', {
    summary: 'The least of numbers; nothing of none.',
    example: '$min(body.limits)',
    parameters: [NUMBERS_PARAMETER],
    gives: NUMBER,
    run: (list: readonly Value[]) =>
      all(list, '$min').reduce<Decimal | undefined>(
        (best, each) => (best === undefined || each.compare(best) < 0 ? each : best),
        undefined,
      ),
  }),
];

function all(list: readonly Value[], name: string): readonly Decimal[] {
  for (const each of list)
    if (!(each instanceof Decimal)) throw new EvaluationFailed(`${name}: each item must be a number and one is ${kindOf(each)}`);
  return list as readonly Decimal[];
}

function placesOf(value: Decimal, name: string): number {
  const places = whole(value, name);
  if (places < 0 || places > DECIMALS_MAX) throw new EvaluationFailed(`${name}: there are 0 to ${DECIMALS_MAX} decimals`);
  return places;
}

function roundingOf(text: string, name: string): Rounding {
  if (!ROUNDINGS.includes(text)) throw new EvaluationFailed(`${name}: the rounding is one of ${ROUNDINGS.join(', ')}`);
  return text as Rounding;
}
