import { inspect } from 'node:util';

/**
 * A value that cannot be printed by accident: every way of turning it into text gives `[secret]` (promise 9).
 *
 * @example new Secret('hunter2').reveal() // 'hunter2', and only where it is really needed
 */
export class Secret<T> {
  readonly #value: T;
  constructor(value: T) {
    this.#value = value;
  }
  reveal(): T {
    return this.#value;
  }
  toString(): string {
    return '[secret]';
  }
  toJSON(): string {
    return '[secret]';
  }
  [inspect.custom](): string {
    return '[secret]';
  }
}
