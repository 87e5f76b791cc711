import { Decimal } from '../expression/decimal.ts';
import type { Value, ValueObject } from '../expression/value.ts';

/** What came back of a call. */
export type CallAnswer =
  | HttpAnswer
  /** `sent` false: proven that nothing was executed, e.g. that no byte of the request left. */
  | { readonly kind: 'failed'; readonly sent: boolean; readonly reason: string };

/** What a back end over HTTP answered. */
export interface HttpAnswer {
  readonly kind: 'answer';
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Missing where there was none, or none that can be read. */
  readonly body: Value;
  /** False: there was a body, and it cannot be read, e.g. a page of a gateway or JSON that ends early. */
  readonly readable: boolean;
}

/** An answer of any kind of back end. */
export type Answered = Exclude<CallAnswer, { kind: 'failed' }>;

/** What the predicates of a call look at, beside the names of its place. */
export function withAnswer(root: ValueObject, answer: Answered): ValueObject {
  const headers: Record<string, Value> = Object.assign(Object.create(null), answer.headers);
  return withNames(root, { status: Decimal.of(BigInt(answer.status)), headers, body: answer.body });
}

/** Is it the answer that a read hopes for, where the connector does not say? */
export function isGood({ status }: Answered): boolean {
  return status >= 200 && status < 300;
}

/** An answer in words, without anything that stands in it. */
export function answerInWords({ status, readable }: Answered): string {
  return readable ? `HTTP ${status}` : `HTTP ${status} with a body that cannot be read`;
}

/** The names of a place with more names. What is missing is no name. */
export function withNames(root: ValueObject, names: Readonly<Record<string, Value>>): ValueObject {
  const all: Record<string, Value> = Object.assign(Object.create(null), root);
  for (const [name, value] of Object.entries(names)) if (value !== undefined) all[name] = value;
  return all;
}
