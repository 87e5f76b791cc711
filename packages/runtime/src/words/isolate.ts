/** The first strong letter inside says its direction (FSI), and nothing outside moves it. */
const [OPEN, OPEN_LTR, CLOSE] = ['\u2068', '\u2066', '\u2069'];

/** Letters alone, or digits alone: no direction around them moves anything in them. Words that a catalogue compares are of these. */
const WHOLE = /^(?:[\p{L}\p{M}._ -]*|\d+)$/u;

/** A value within a sentence of the other direction, so that its parts are not shuffled: ids, times, `+258 84`, `25.00 USD`. */
export const isolated = (text: string): string => (WHOLE.test(text) ? text : apart(text));

/** Whatever it is: also a name is kept from becoming one piece with another beside it. */
export const apart = (text: string): string => `${OPEN}${text}${CLOSE}`;

/** Read from left to right wherever it stands: signs, figures, currencies. */
export const leftToRight = (text: string): string => `${OPEN_LTR}${text}${CLOSE}`;

type Texts = { readonly [name: string]: unknown };
type Said = (...values: readonly unknown[]) => string;

/** A catalogue of a language that is read from right to left: each value that is put into a sentence is isolated there. */
export function withIsolatedValues<T>(texts: T): T {
  if (typeof texts === 'function')
    return ((...values: readonly unknown[]) => (texts as unknown as Said)(...values.map(isolatedValue))) as T;
  if (Array.isArray(texts) || typeof texts !== 'object' || texts === null) return texts;
  return Object.fromEntries(Object.entries(texts as Texts).map(([name, value]) => [name, withIsolatedValues(value)])) as T;
}

/** Of a list or of values by name each. */
function isolatedValue(value: unknown): unknown {
  if (typeof value === 'string') return isolated(value);
  if (Array.isArray(value)) return value.map(isolatedValue);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, isolatedValue(one)]));
}
