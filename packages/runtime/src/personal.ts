import { inspect } from 'node:util';

/**
 * A value that belongs to a person (a phone number, a name): every way of turning it into text masks it, so that it
 * may stand in a log line (promise 9). The first and last two characters stay, up to nine stars between them; what has
 * fewer than seven characters is masked whole.
 *
 * @example `${new Personal('27713803912')}` // '27*******12'
 */
export class Personal<T extends string | number> {
  readonly #value: T;
  constructor(value: T) {
    this.#value = value;
  }
  reveal(): T {
    return this.#value;
  }
  toString(): string {
    return maskPersonal(String(this.#value));
  }
  toJSON(): string {
    return this.toString();
  }
  [inspect.custom](): string {
    return this.toString();
  }
}

/** The masked form of a person's value, see `Personal`. */
function maskPersonal(text: string): string {
  if (text.length < 7) return '*'.repeat(text.length);
  return text.slice(0, 2) + '*'.repeat(Math.min(text.length - 4, 9)) + text.slice(-2);
}
