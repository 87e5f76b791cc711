import type { Message } from '@payment-manager/messages';
import { writeExactJson } from '../codec/json.ts';
import type { Value } from '../expression/value.ts';
import type { CallAbout } from '../record/walk.ts';
import { answerInWords, type CallAnswer, type Iso8583Answer, type SqlAnswer } from '../run/answer.ts';
import { requestName } from '../run/render.ts';
import type { Iso8583Request } from '../run/render-iso8583.ts';
import type { SqlRequest, SqlStep } from '../run/render-sql.ts';
import type { BackEndDeps } from './back-end.ts';
import { NOT_KEPT, type SecretValues, secretValues, without } from './secret-values.ts';

/** What was said with a database or a host. */
export interface MadeExchange {
  /** Wall clock, milliseconds since the epoch, and the monotonic one, when it was sent. */
  readonly at: number;
  readonly startedMs: number;
  readonly request: SqlRequest | Iso8583Request;
  /** Of a host: the fields as they were sent, with those that are drawn. */
  readonly sent?: Iso8583Request['fields'];
  readonly answer: CallAnswer;
  /** Undefined: it is about no payment, and is not kept. */
  readonly about: CallAbout | undefined;
}

/** What stands for HTTP's method. */
export const EXCHANGE_METHODS = { sql: 'SQL', iso8583: 'ISO8583' } as const;

/** Keeps what is said with a back end that is a database or a host, without secrets, PINs and card numbers. Undefined: no messages are kept. */
export function exchangeRecorder(name: string, { messages, clock, running }: BackEndDeps): ((made: MadeExchange) => void) | undefined {
  if (messages === undefined) return undefined;
  const secrets = secretValues(running);
  return (made) => {
    if (made.about !== undefined) messages.record(keptExchange(name, made, secrets, clock.monotonic() - made.startedMs));
  };
}

function keptExchange(backEnd: string, made: MadeExchange, { needles, areMadeInto }: SecretValues, tookMs: number): Message {
  const { at, request, sent, answer, about } = made;
  const common = {
    ...({ at, direction: 'out', side: 'core', backEnd, method: EXCHANGE_METHODS[request.kind], headers: {}, tookMs } as const),
    target: requestName(request),
    attempt: about?.attempt ?? 1,
    ids: about?.ids ?? [],
  };
  const body = requestText(request, needles, sent);
  if (answer.kind === 'failed') return { ...common, failure: answer.reason, ...(areMadeInto ? leftOut(body) : { body }) };
  const says = answerInWords(answer);
  if (areMadeInto) return { ...common, ...leftOut(body), answer: { status: 0, says, headers: {} } };
  return { ...common, body, answer: { status: 0, says, headers: {}, body: answer.kind === 'answer' ? '' : answerText(answer, needles) } };
}

function leftOut(body: string): Pick<Message, 'bodyLeftOut'> {
  return { bodyLeftOut: Buffer.byteLength(body) };
}

/** A request as it is kept: exact JSON. `sent`: more fields of a message than the request has. */
export function requestText(request: SqlRequest | Iso8583Request, needles: readonly string[], sent?: Iso8583Request['fields']): string {
  if (request.kind === 'iso8583') return without(needles, writeExactJson({ mti: request.mti, ...withoutCard(sent ?? request.fields) }));
  const { reference, statements } = request;
  const first = reference === undefined ? [] : [{ ...stepValue(reference), takenBack: true }];
  return without(needles, writeExactJson([...first, ...statements.map(stepValue)]));
}

function stepValue({ texts, names, values }: SqlStep) {
  const statement = texts.map((text, index) => (index < names.length ? `${text}:${names[index]}` : text)).join('');
  const bound = names.map((name, index) => [name, withoutNumbers(values[index] ?? null)] as const);
  return { statement, values: Object.assign(Object.create(null), Object.fromEntries(bound)) as Value };
}

function answerText(answer: SqlAnswer | Iso8583Answer, needles: readonly string[]): string {
  if (answer.kind === 'iso8583') return without(needles, writeExactJson({ mti: answer.mti, ...withoutCard(answer.fields) }));
  const { state, rows, statement, sqlstate, free } = answer;
  const said = { state, rows: rows.map(rowWithoutNumbers), statement: statement?.toString(), sqlstate, free };
  return without(needles, writeExactJson(said as Value));
}

function rowWithoutNumbers(row: Value): Value {
  return Object.assign(
    Object.create(null),
    Object.fromEntries(
      Object.entries(row as Readonly<Record<string, Value>>).map(([name, value]) => [
        name,
        typeof value === 'string' ? withoutNumbers(value) : value,
      ]),
    ),
  );
}

/** Card number, tracks, PIN, its control information, and data of the chip, by their numbers in the standard. */
const CARD_FIELDS: ReadonlySet<string> = new Set(['DE2', 'DE34', 'DE35', 'DE36', 'DE45', 'DE52', 'DE53', 'DE55']);

function withoutCard(fields: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, CARD_FIELDS.has(name) ? NOT_KEPT : (withoutNumbers(value) as string)]),
  );
}

const DIGITS = /(?<!\d)\d{13,19}(?!\d)/g;

/** What looks like a card number wherever it stands: 13 to 19 digits whose check digit is right (ISO/IEC 7812-1). */
function withoutNumbers(text: string | null): string | null {
  return text === null ? null : text.replace(DIGITS, (digits) => (hasCheckDigit(digits) ? NOT_KEPT : digits));
}

function hasCheckDigit(digits: string): boolean {
  let sum = 0;
  for (let place = 0; place < digits.length; place++) {
    const digit = Number(digits[digits.length - 1 - place]);
    const doubled = place % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}
