import { Decimal } from '../expression/decimal.ts';
import { emptyObject, type Value, type ValueObject } from '../expression/value.ts';

/** What came back of a call. */
export type CallAnswer =
  | HttpAnswer
  | SqlAnswer
  | Iso8583Answer
  /** `sent` false: proven that nothing was executed, e.g. that no byte of the request left. */
  | {
      readonly kind: 'failed';
      readonly sent: boolean;
      readonly reason: string;
      /** Our own doing, e.g. no time was left: it says nothing of the core. */
      readonly own?: true;
    };

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

/** What a database answered. */
export interface SqlAnswer {
  readonly kind: 'sql';
  /** `DONE`: read, or committed. `EXISTS`: the reference is there already. `REFUSED`: undone, and proven to be. */
  readonly state: 'DONE' | 'EXISTS' | 'REFUSED';
  /** What the last statement gave that gives rows. */
  readonly rows: readonly ValueObject[];
  /** Of a refusal: the number of the statement, from 1 on. */
  readonly statement?: number;
  /** Of a refusal: the SQLSTATE; absent where another number of rows was changed than had to be. */
  readonly sqlstate?: string;
  /** Of an enquiry: nobody has the reference, and nobody who began before can get it any more. */
  readonly free?: boolean;
}

/** What a host answered. */
export interface Iso8583Answer {
  readonly kind: 'iso8583';
  readonly mti: string;
  /** By name, e.g. `DE39`. */
  readonly fields: Readonly<Record<string, string>>;
}

/** What the predicates of a call look at, beside the names of its place. */
export function withAnswer(root: ValueObject, answer: Answered): ValueObject {
  if (answer.kind === 'answer') {
    return withNames(root, { status: statusOf(answer.status), headers: emptyObject(answer.headers), body: answer.body });
  }
  if (answer.kind === 'iso8583') return withNames(root, { ...answer.fields, mti: answer.mti });
  const { state, rows, statement, sqlstate, free } = answer;
  const number = statement === undefined ? undefined : Decimal.of(BigInt(statement));
  return withNames(root, { state, rows, row: rows[0], statement: number, sqlstate, free });
}

/** Is it the answer that a read hopes for, where the connector does not say? */
export function isGood(answer: Answered): boolean {
  if (answer.kind === 'answer') return answer.status >= 200 && answer.status < 300;
  return answer.kind === 'sql' ? answer.state === 'DONE' : answer.fields['DE39'] === '00';
}

/** Can it be read? */
export function isReadable(answer: Answered): boolean {
  return answer.kind !== 'answer' || answer.readable;
}

/** Is it proven that nothing was executed, whatever the predicates say? */
export function isUndone(answer: Answered): boolean {
  return answer.kind === 'sql' && answer.state === 'REFUSED';
}

/** Does the core say that it has the reference already? What stands there says an enquiry. */
export function isThere(answer: CallAnswer): boolean {
  return answer.kind === 'sql' && answer.state === 'EXISTS';
}

/** An answer in words, without anything that stands in it. */
export function answerInWords(answer: Answered): string {
  if (answer.kind === 'answer') return answer.readable ? `HTTP ${answer.status}` : `HTTP ${answer.status} with a body that cannot be read`;
  if (answer.kind === 'iso8583') return `${answer.mti} with the response code ${answer.fields['DE39'] ?? '(none)'}`;
  const { state, statement, sqlstate } = answer;
  if (state !== 'REFUSED') return `${state}`;
  return `a refusal of statement ${statement ?? '?'} (${sqlstate ?? 'another number of rows'})`;
}

/** The names of a place with more names. What is missing is no name. */
export function withNames(root: ValueObject, names: Readonly<Record<string, Value>>): ValueObject {
  const all = emptyObject(root);
  for (const name in names) {
    const value = names[name];
    if (value !== undefined) all[name] = value;
  }
  return all;
}

const STATUSES = new Map<number, Decimal>();

/** One number for each status. */
function statusOf(status: number): Decimal {
  let known = STATUSES.get(status);
  if (known === undefined) {
    known = Decimal.of(BigInt(status));
    if (status < 1_000) STATUSES.set(status, known);
  }
  return known;
}
