import { Decimal } from '../decimal.ts';
import { BOOLEAN, listOf, NUMBER, TEXT } from '../shape.ts';
import { EvaluationFailed, isList, isObject, type Value } from '../value.ts';
import { type Parameter, plain, type RegisteredFunction } from './registered.ts';

/** No function makes a longer text out of a short one. */
const PADDED_MAX = 1_000;

const TEXT_PARAMETER: Parameter = { name: 'text', takes: 'text' };

/** Functions of texts. Lengths and positions count characters as people see most of them: code points, as JSONata does. */
export const textFunctions: readonly RegisteredFunction[] = [
  plain('string', {
    summary: 'The text of a number, or of true and false; a text stays as it is.',
    example: '$string(amount)',
    parameters: [{ name: 'value', takes: 'any' }],
    gives: TEXT,
    run: (value: Value) => {
      if (isObject(value) || isList(value))
        throw new EvaluationFailed('$string: an object or a list has no text; $jsonText(…) writes JSON');
      return value === null ? 'null' : String(value);
    },
  }),
  plain('length', {
    summary: 'How many characters a text has.',
    example: '$length(req.to.idValue) = 10',
    parameters: [TEXT_PARAMETER],
    gives: NUMBER,
    run: (value: string) => Decimal.of(BigInt([...value].length)),
  }),
  plain('substring', {
    summary: 'A part of a text: from a position (from 0; negative: from the end), at most so many characters.',
    example: '$substring(req.to.idValue, -9)',
    parameters: [TEXT_PARAMETER, { name: 'start', takes: 'number' }, { name: 'length', takes: 'number', optional: true }],
    gives: TEXT,
    run: (value: string, start: Decimal, length?: Decimal) => {
      const letters = [...value];
      const from = whole(start, '$substring');
      const begin = from < 0 ? Math.max(0, letters.length + from) : from;
      return letters.slice(begin, length === undefined ? undefined : begin + Math.max(0, whole(length, '$substring'))).join('');
    },
  }),
  plain('substringBefore', {
    summary: 'What stands before the first occurrence of a text; the whole where it does not occur.',
    example: '$substringBefore(account, "-")',
    parameters: [TEXT_PARAMETER, { name: 'mark', takes: 'text' }],
    gives: TEXT,
    run: (value: string, mark: string) => (value.includes(mark) ? value.slice(0, value.indexOf(mark)) : value),
  }),
  plain('substringAfter', {
    summary: 'What stands after the first occurrence of a text; the whole where it does not occur.',
    example: '$substringAfter(account, "-")',
    parameters: [TEXT_PARAMETER, { name: 'mark', takes: 'text' }],
    gives: TEXT,
    run: (value: string, mark: string) => (value.includes(mark) ? value.slice(value.indexOf(mark) + mark.length) : value),
  }),
  plain('uppercase', {
    summary: 'The text in capitals.',
    example: '$uppercase(currency)',
    parameters: [TEXT_PARAMETER],
    gives: TEXT,
    run: (value: string) => value.toUpperCase(),
  }),
  plain('lowercase', {
    summary: 'The text in small letters.',
    example: '$lowercase(body.status)',
    parameters: [TEXT_PARAMETER],
    gives: TEXT,
    run: (value: string) => value.toLowerCase(),
  }),
  plain('trim', {
    summary: 'The text without white space at its ends, and with one space for white space within.',
    example: '$trim(body.client.name)',
    parameters: [TEXT_PARAMETER],
    gives: TEXT,
    run: (value: string) => value.replace(/[ \t\n\r]+/g, ' ').replace(/^ | $/g, ''),
  }),
  plain('contains', {
    summary: 'Does a text occur in another?',
    example: '$contains(body.message, "blocked")',
    parameters: [TEXT_PARAMETER, { name: 'part', takes: 'text' }],
    gives: BOOLEAN,
    run: (value: string, part: string) => value.includes(part),
  }),
  plain('startsWith', {
    summary: 'Does a text begin with another?',
    example: '$startsWith(req.to.idValue, "255")',
    parameters: [TEXT_PARAMETER, { name: 'beginning', takes: 'text' }],
    gives: BOOLEAN,
    run: (value: string, beginning: string) => value.startsWith(beginning),
  }),
  plain('digits', {
    summary: 'Is it a text of digits only, at least and at most so many?',
    example: '$digits(req.to.idValue, 6, 20)',
    parameters: [TEXT_PARAMETER, { name: 'least', takes: 'number' }, { name: 'most', takes: 'number' }],
    gives: BOOLEAN,
    run: (value: string, least: Decimal, most: Decimal) =>
      /^[0-9]*$/.test(value) && value.length >= whole(least, '$digits') && value.length <= whole(most, '$digits'),
  }),
  plain('split', {
    summary: 'The parts of a text between the occurrences of another.',
    example: '$split(body.account, "/")[1]',
    parameters: [TEXT_PARAMETER, { name: 'separator', takes: 'text' }],
    gives: listOf(TEXT),
    run: (value: string, separator: string) => value.split(separator),
  }),
  plain('join', {
    summary: 'Texts joined to one, with a text between them.',
    example: '$join([party.firstName, party.lastName], " ")',
    parameters: [
      { name: 'texts', takes: 'list' },
      { name: 'separator', takes: 'text', optional: true },
    ],
    gives: TEXT,
    run: (texts: readonly Value[], separator?: string) => {
      if (!texts.every((each) => typeof each === 'string')) throw new EvaluationFailed('$join: each item must be a text');
      return texts.join(separator ?? '');
    },
  }),
  plain('replace', {
    summary: 'The text with each occurrence of a text replaced by another.',
    example: '$replace(account, "-", "")',
    parameters: [TEXT_PARAMETER, { name: 'part', takes: 'text' }, { name: 'by', takes: 'text' }],
    gives: TEXT,
    run: (value: string, part: string, by: string) => {
      if (part === '') throw new EvaluationFailed('$replace: argument 2 must not be empty');
      if (value.length * Math.max(1, by.length) > 1_000_000) throw new EvaluationFailed('$replace: the text would become too long');
      return value.replaceAll(part, () => by);
    },
  }),
  plain('padStart', {
    summary: 'The text, made so long by a character before it (a space where none is said).',
    example: '$padStart(account, 14, "0")',
    parameters: [TEXT_PARAMETER, { name: 'length', takes: 'number' }, { name: 'character', takes: 'text', optional: true }],
    gives: TEXT,
    run: (value: string, length: Decimal, character?: string) => value.padStart(padded(length, '$padStart'), character ?? ' '),
  }),
  plain('padEnd', {
    summary: 'The text, made so long by a character behind it (a space where none is said).',
    example: '$padEnd(name, 40)',
    parameters: [TEXT_PARAMETER, { name: 'length', takes: 'number' }, { name: 'character', takes: 'text', optional: true }],
    gives: TEXT,
    run: (value: string, length: Decimal, character?: string) => value.padEnd(padded(length, '$padEnd'), character ?? ' '),
  }),
  plain('clip', {
    summary: 'The text, cut to at most so many characters.',
    example: '$clip(req.note, 50)',
    parameters: [TEXT_PARAMETER, { name: 'length', takes: 'number' }],
    gives: TEXT,
    run: (value: string, length: Decimal) => [...value].slice(0, Math.max(0, whole(length, '$clip'))).join(''),
  }),
];

/** A number as a count or position. @throws EvaluationFailed when it has decimals or is beyond 2^53. */
export function whole(value: Decimal, name: string): number {
  const integer = value.toInteger();
  if (integer === undefined) throw new EvaluationFailed(`${name}: a position or length is a whole number`);
  return integer;
}

function padded(length: Decimal, name: string): number {
  const wanted = whole(length, name);
  if (wanted > PADDED_MAX) throw new EvaluationFailed(`${name}: a text is padded to at most ${PADDED_MAX} characters`);
  return wanted;
}
