import { BODY_BYTES_MAX, type KeptMessage, type Message } from './message.ts';

/** Lengths of head, body and answer. */
const PREFIX_BYTES = 12;
const NONE = Buffer.alloc(0);

/** What proves who somebody is stands in no store. */
const SECRET_HEADERS: ReadonlySet<string> = new Set([
  'authorization',
  'proxy-authorization',
  'cookie',
  'set-cookie',
  'x-api-key',
  'apikey',
  'x-auth-token',
]);
const NOT_KEPT = '[not kept]';

type Headers = Readonly<Record<string, string>>;

/** `[at, direction, side, method, target, headers, attempt, tookMs, failure, status, answer's headers, ids, body's size where it was left out]` */
type Head = readonly [
  number,
  0 | 1,
  'hub' | 'core',
  string,
  string,
  Headers,
  number,
  number,
  string,
  number,
  Headers | 0,
  readonly string[],
  number,
];

/** Messages one after the other: lengths, head as JSON, body, answer's body. */
export function encodeMessages(messages: readonly Message[]): Buffer {
  const parts: Buffer[] = [];
  for (const message of messages) {
    const whole = bytesOf(message.body);
    const body = whole.length > BODY_BYTES_MAX ? NONE : whole;
    const given = bytesOf(message.answer?.body);
    const answer = given.length > BODY_BYTES_MAX ? NONE : given;
    const head = Buffer.from(JSON.stringify(headOf(message, body === whole ? (message.bodyLeftOut ?? 0) : whole.length)));
    const prefix = Buffer.allocUnsafe(PREFIX_BYTES);
    prefix.writeUInt32LE(head.length, 0);
    prefix.writeUInt32LE(body.length, 4);
    prefix.writeUInt32LE(answer.length, 8);
    parts.push(prefix, head, body, answer);
  }
  return Buffer.concat(parts);
}

function headOf(message: Message, leftOut: number): Head {
  const { at, direction, side, method, target, headers, attempt = 0, tookMs, failure = '', answer, ids } = message;
  return [
    at,
    direction === 'in' ? 0 : 1,
    side,
    method,
    target,
    withoutSecrets(headers),
    attempt,
    Math.round(tookMs * 10) / 10,
    failure,
    answer?.status ?? 0,
    answer === undefined ? 0 : withoutSecrets(answer.headers),
    ids,
    leftOut,
  ];
}

/** The same object where there is none: nearly always. */
function withoutSecrets(headers: Headers): Headers {
  for (const name in headers) {
    if (!SECRET_HEADERS.has(name) && !SECRET_HEADERS.has(name.toLowerCase())) continue;
    return Object.fromEntries(
      Object.entries(headers).map(([key, value]) => [key, SECRET_HEADERS.has(key.toLowerCase()) ? NOT_KEPT : value]),
    );
  }
  return headers;
}

function bytesOf(body: Uint8Array | string | undefined): Buffer {
  if (body === undefined) return NONE;
  return typeof body === 'string' ? Buffer.from(body) : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
}

/** The messages of a batch. @throws RangeError when it is none */
export function decodeMessages(bytes: Buffer): readonly KeptMessage[] {
  const messages: KeptMessage[] = [];
  for (let place = 0; place < bytes.length; ) {
    const [head, body, answer] = [bytes.readUInt32LE(place), bytes.readUInt32LE(place + 4), bytes.readUInt32LE(place + 8)];
    const from = place + PREFIX_BYTES;
    place = from + head + body + answer;
    if (place > bytes.length) throw new RangeError('a batch of messages is cut off');
    messages.push(
      kept(
        JSON.parse(bytes.toString('utf8', from, from + head)) as Head,
        bytes.subarray(from + head, from + head + body),
        bytes.subarray(from + head + body, place),
      ),
    );
  }
  return messages;
}

function kept(head: Head, body: Buffer, answerBody: Buffer): KeptMessage {
  const [at, way, side, method, target, headers, attempt, tookMs, failure, status, answerHeaders, ids, leftOut] = head;
  return {
    at,
    direction: way === 0 ? 'in' : 'out',
    side,
    method,
    target,
    headers,
    tookMs,
    ids,
    body,
    ...(attempt > 0 && { attempt }),
    ...(failure !== '' && { failure }),
    ...(leftOut > 0 && { bodyLeftOut: leftOut }),
    ...(status > 0 && { answer: { status, headers: answerHeaders === 0 ? {} : answerHeaders, body: answerBody } }),
  };
}
