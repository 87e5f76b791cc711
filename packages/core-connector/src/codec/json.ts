import { Decimal, DecimalInvalid } from '../expression/decimal.ts';
import { emptyObject, type Value, type ValueObject } from '../expression/value.ts';

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

/** The signs of JSON, as they are coded. NONE: behind the end. */
const [QUOTE, COMMA, MINUS, ZERO, NINE, COLON, OPEN_LIST, BACKSLASH, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [
  0x22, 0x2c, 0x2d, 0x30, 0x39, 0x3a, 0x5b, 0x5c, 0x5d, 0x7b, 0x7d,
];
const NONE = -1;

/**
 * Reads JSON exactly: numbers become decimals as they are written, and never go through a double (`JSON.parse` makes
 * 12345678901234567000 of 12345678901234567890). Objects have no members but their own; a member that occurs twice, and more than 64 levels, are
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
    if (sign === QUOTE) return this.#string();
    if (sign === OPEN_OBJECT) return this.#object(depth);
    if (sign === OPEN_LIST) return this.#list(depth);
    if (sign === MINUS || (sign >= ZERO && sign <= NINE)) return this.#number();
    if (this.#word('true')) return true;
    if (this.#word('false')) return false;
    if (this.#word('null')) return null;
    throw this.#unexpected();
  }

  end(): void {
    if (this.#next() !== NONE) throw this.#unexpected();
  }

  /** The next sign that is no white space, without taking it; NONE at the end. */
  #next(): number {
    const text = this.#text;
    for (; this.#at < text.length; this.#at++) {
      const sign = text.charCodeAt(this.#at);
      if (sign !== 0x20 && sign !== 0x0a && sign !== 0x0d && sign !== 0x09) return sign;
    }
    return NONE;
  }

  #take(sign: number): boolean {
    if (this.#next() !== sign) return false;
    this.#at++;
    return true;
  }

  #demand(sign: number): void {
    if (!this.#take(sign)) throw this.#unexpected();
  }

  #object(depth: number): ValueObject {
    this.#at++;
    const members = emptyObject();
    if (this.#take(CLOSE_OBJECT)) return members;
    do {
      if (this.#next() !== QUOTE) throw this.#unexpected();
      const name = this.#string();
      if (name in members) throw new JsonInvalid(`a member occurs twice in one object, at character ${this.#at}`);
      this.#demand(COLON);
      members[name] = this.value(depth + 1);
    } while (this.#take(COMMA));
    this.#demand(CLOSE_OBJECT);
    return members;
  }

  #list(depth: number): readonly Value[] {
    this.#at++;
    const items: Value[] = [];
    if (this.#take(CLOSE_LIST)) return items;
    do items.push(this.value(depth + 1));
    while (this.#take(COMMA));
    this.#demand(CLOSE_LIST);
    return items;
  }

  #string(): string {
    let from = ++this.#at;
    let text = '';
    for (;;) {
      PLAIN_TEXT.lastIndex = from;
      PLAIN_TEXT.test(this.#text);
      const to = PLAIN_TEXT.lastIndex;
      const plain = this.#text.slice(from, to);
      this.#at = to + 1;
      const sign = this.#text.charCodeAt(to);
      if (sign === QUOTE) return text === '' ? plain : text + plain;
      if (sign !== BACKSLASH) throw this.#unexpected(-1);
      text += plain + this.#escape();
      from = this.#at;
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

/** Writes JSON exactly: a decimal is a number with the digits that it has (`Decimal.toJSON`). What is missing is left out of objects, and null in lists. */
export function writeExactJson(value: Value): string {
  return JSON.stringify(value ?? null);
}
