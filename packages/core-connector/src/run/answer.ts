import { Decimal } from '../expression/decimal.ts';
import type { Value, ValueObject } from '../expression/value.ts';

/** What came back of a call. */
export type CallAnswer =
  | {
      readonly kind: 'answer';
      readonly status: number;
      /** Names in lower case. */
      readonly headers: Readonly<Record<string, string>>;
      /** Missing where there was none, or none that can be read. */
      readonly body: Value;
      /** False: there was a body, and it cannot be read, e.g. a page of a gateway or JSON that ends early. */
      readonly readable: boolean;
    }
  /** `sent` false: proven that no byte of the request left. */
  | { readonly kind: 'failed'; readonly sent: boolean; readonly reason: string };

/** What the predicates of a call look at, beside the names of its place. */
export function withAnswer(root: ValueObject, answer: Extract<CallAnswer, { kind: 'answer' }>): ValueObject {
  const headers: Record<string, Value> = Object.assign(Object.create(null), answer.headers);
  return withNames(root, { status: Decimal.of(BigInt(answer.status)), headers, body: answer.body });
}

/** The names of a place with more names. What is missing is no name. */
export function withNames(root: ValueObject, names: Readonly<Record<string, Value>>): ValueObject {
  const all: Record<string, Value> = Object.assign(Object.create(null), root);
  for (const [name, value] of Object.entries(names)) if (value !== undefined) all[name] = value;
  return all;
}
