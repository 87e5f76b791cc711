/** Some values by a text of which each is made, those that were made last: what is needed again within the same payment is not made anew. */
export class Remembered<T> {
  readonly #max: number;
  readonly #values = new Map<string, T>();

  constructor(max: number) {
    this.#max = max;
  }

  get(text: string): T | undefined {
    return this.#values.get(text);
  }

  set(text: string, value: T): T {
    this.#values.set(text, value);
    if (this.#values.size > this.#max) for (const oldest of this.#values.keys()) return this.#forget(oldest, value);
    return value;
  }

  #forget(oldest: string, value: T): T {
    this.#values.delete(oldest);
    return value;
  }
}
