import { Decimal, DecimalInvalid } from '../expression/decimal.ts';
import type { Value, ValueObject } from '../expression/value.ts';

/** A text that is not JSON, or more than is read. It names the place, never what stands there. */
export class JsonInvalid extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'JsonInvalid';
  }
}

const DEPTH_MAX = 64;
const ESCAPES: Readonly<Record<string, string>> = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// a text without escapes, which is nearly every one, is cut out whole
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids them in texts
const PLAIN_TEXT = /[^"\\\u0000-\u001f]*/y;

/**
 * Reads JSON exactly: numbers become decimals as they are written, and never go through a double (`JSON.parse` makes
 * 12345678901234567000 of 12345678901234567890). Objects have no prototype; a member that occurs twice, and more than 64 levels, are
 * refused: what two readers understand differently is not a core's answer.
 *
 * @throws JsonInvalid
 */
export function parseExactJson(text: string): Value {
  const reader = new Reader(text);
  const value = reader.value(0);
  reader.end();
  return value;
}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(depth: number): Value {
    if (depth > DEPTH_MAX) throw new JsonInvalid(`the JSON has more than ${DEPTH_MAX} levels`);
    const sign = this.#next();
    if (sign === '{') return this.#object(depth);
    if (sign === '[') return this.#list(depth);
    if (sign === '"') return this.#string();
    if (sign === '-' || (sign >= '0' && sign <= '9')) return this.#number();
    if (this.#word('true')) return true;
    if (this.#word('false')) return false;
    if (this.#word('null')) return null;
    throw this.#unexpected();
  }

  end(): void {
    if (this.#next() !== '') throw this.#unexpected();
  }

  /** The next character that is no white space, without taking it; '' at the end. */
  #next(): string {
    while (' \t\n\r'.includes(this.#text[this.#at] ?? 'x')) this.#at++;
    return this.#text[this.#at] ?? '';
  }

  #take(sign: string): boolean {
    if (this.#next() !== sign) return false;
    this.#at++;
    return true;
  }

  #demand(sign: string): void {
    if (!this.#take(sign)) throw this.#unexpected();
  }

  #object(depth: number): ValueObject {
    this.#at++;
    const members: Record<string, Value> = Object.create(null);
    if (this.#take('}')) return members;
    do {
      if (this.#next() !== '"') throw this.#unexpected();
      const name = this.#string();
      if (name in members) throw new JsonInvalid(`a member occurs twice in one object, at character ${this.#at}`);
      this.#demand(':');
      members[name] = this.value(depth + 1);
    } while (this.#take(','));
    this.#demand('}');
    return members;
  }

  #list(depth: number): readonly Value[] {
    this.#at++;
    const items: Value[] = [];
    if (this.#take(']')) return items;
    do items.push(this.value(depth + 1));
    while (this.#take(','));
    this.#demand(']');
    return items;
  }

  #string(): string {
    this.#at++;
    let text = '';
    for (;;) {
      PLAIN_TEXT.lastIndex = this.#at;
      const plain = PLAIN_TEXT.exec(this.#text)?.[0] ?? '';
      text += plain;
      this.#at += plain.length;
      const sign = this.#text[this.#at++];
      if (sign === '"') return text;
      if (sign !== '\\') throw this.#unexpected(-1);
      text += this.#escape();
    }
  }

  #escape(): string {
    const letter = this.#text[this.#at++] ?? '';
    if (letter !== 'u') return ESCAPES[letter] ?? this.#fail(this.#unexpected(-1));
    const hex = this.#text.slice(this.#at, this.#at + 4);
    if (!/^[0-9a-fA-F]{4}$/.test(hex)) throw this.#unexpected();
    this.#at += 4;
    return String.fromCharCode(Number.parseInt(hex, 16));
  }

  #number(): Decimal {
    NUMBER.lastIndex = this.#at;
    const written = NUMBER.exec(this.#text)?.[0];
    if (written === undefined) throw this.#unexpected();
    this.#at += written.length;
    try {
      return Decimal.parse(written);
    } catch (error) {
      throw error instanceof DecimalInvalid ? new JsonInvalid(error.message) : error;
    }
  }

  #word(word: string): boolean {
    if (!this.#text.startsWith(word, this.#at)) return false;
    this.#at += word.length;
    return true;
  }

  #unexpected(offset = 0): JsonInvalid {
    const at = this.#at + offset;
    return new JsonInvalid(at >= this.#text.length ? 'the JSON ends early' : `the JSON cannot be read at character ${at + 1}`);
  }

  #fail(error: JsonInvalid): never {
    throw error;
  }
}

/** Writes JSON exactly: a decimal is a number with the digits that it has. What is missing is left out of objects, and null in lists. */
export function writeExactJson(value: Value): string {
  if (value instanceof Decimal) return value.toString();
  if (Array.isArray(value)) return `[${value.map((item) => writeExactJson(item ?? null)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null);
  const members = Object.entries(value as ValueObject).flatMap(([name, member]) =>
    member === undefined ? [] : [`${JSON.stringify(name)}:${writeExactJson(member)}`],
  );
  return `{${members.join(',')}}`;
}
