import { BODY_BYTES_MAX, type KeptMessage, type Message, wholeParty } from './message.ts';

/** Lengths of head, body and answer. */
const PREFIX_BYTES = 12;

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
/** Most names are told apart by it. */
const SECRET_LENGTHS: ReadonlySet<number> = new Set([...SECRET_HEADERS].map(({ length }) => length));

type Headers = Readonly<Record<string, string>>;

/** `[at, direction, side, method, target, headers, attempt, tookMs, failure, status, answer's headers, ids, body's size where it was left out, back end, what the answer says, size of the answer's body where it was left out]` */
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
  /** Absent or empty: none, or of a version that knew no such. */
  string?,
  /** Absent or null: the answer has a status, or there is none. */
  (string | null)?,
  /** Absent: the answer's body is here. */
  number?,
];

/** Room for the messages of a quiet time. It doubles when it is full. */
const FIRST_BYTES = 65_536;

/**
 * Messages one after the other, as the bytes of a frame: lengths, head as JSON, body, answer's body. What is said becomes bytes at once: were its
 * objects held until they are written, seconds later, the garbage collector would take each of them for one that stays (measured: 0.3 to
 * 0.5 ms of CPU a payment).
 */
export class MessageBatch {
  #room: Buffer;
  #bytes = 0;
  #count = 0;
  #fromMs = Number.MAX_SAFE_INTEGER;
  #toMs = 0;
  readonly #ids = new Set<string>();

  /** `room`: memory of a batch that is not used any more. */
  constructor(room: Buffer = Buffer.allocUnsafeSlow(FIRST_BYTES)) {
    this.#room = room;
  }

  /** Its memory, for another batch when this one is not used any more. */
  get room(): Buffer {
    return this.#room;
  }

  /** How many bytes it is, how many messages, and between which whole milliseconds they lie. */
  get bytes(): number {
    return this.#bytes;
  }
  get count(): number {
    return this.#count;
  }
  get fromMs(): number {
    return this.#fromMs;
  }
  get toMs(): number {
    return this.#toMs;
  }
  /** What its messages are about; a party with a sub-id also without it, by which it is erased. */
  get ids(): ReadonlySet<string> {
    return this.#ids;
  }

  add(message: Message): void {
    const [body, answer] = [message.body, message.answer?.body];
    const [bodyBytes, answerBytes] = [keptBytes(body), keptBytes(answer)];
    const leftOut = bodyBytes < 0 ? -bodyBytes : (message.bodyLeftOut ?? 0);
    const answerLeftOut = answerBytes < 0 ? -answerBytes : (message.answer?.bodyLeftOut ?? 0);
    const head = JSON.stringify(headOf(message, leftOut, answerLeftOut));
    this.#makeRoom(PREFIX_BYTES + 3 * head.length + Math.max(0, bodyBytes) + Math.max(0, answerBytes));
    const [room, start] = [this.#room, this.#bytes];
    const headBytes = room.write(head, start + PREFIX_BYTES);
    const afterHead = start + PREFIX_BYTES + headBytes;
    const afterBody = afterHead + write(room, body, bodyBytes, afterHead);
    this.#bytes = afterBody + write(room, answer, answerBytes, afterBody);
    room.writeUInt32LE(headBytes, start);
    room.writeUInt32LE(afterBody - afterHead, start + 4);
    room.writeUInt32LE(this.#bytes - afterBody, start + 8);
    this.#count += 1;
    this.#fromMs = Math.min(this.#fromMs, Math.floor(message.at));
    this.#toMs = Math.max(this.#toMs, Math.floor(message.at));
    for (const id of message.ids) {
      this.#ids.add(id);
      const whole = wholeParty(id);
      if (whole !== undefined) this.#ids.add(whole);
    }
  }

  /** The bytes themselves: nothing may be added while they are used. */
  content(): Buffer {
    return this.#room.subarray(0, this.#bytes);
  }

  #makeRoom(bytes: number): void {
    if (this.#bytes + bytes <= this.#room.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(2 * this.#room.length, this.#bytes + bytes));
    this.#room.copy(larger, 0, 0, this.#bytes);
    this.#room = larger;
  }
}

/** The batch of these messages. */
export function batchOf(messages: readonly Message[]): MessageBatch {
  const batch = new MessageBatch();
  for (const message of messages) batch.add(message);
  return batch;
}

/** How many bytes of a body are kept; below zero: it is too large, and so large. */
function keptBytes(body: Uint8Array | string | undefined): number {
  const bytes = body === undefined ? 0 : typeof body === 'string' ? Buffer.byteLength(body) : body.length;
  return bytes > BODY_BYTES_MAX ? -bytes : bytes;
}

/** @returns how many bytes were written */
function write(room: Buffer, body: Uint8Array | string | undefined, bytes: number, at: number): number {
  if (body === undefined || bytes <= 0) return 0;
  if (typeof body === 'string') return room.write(body, at);
  room.set(body, at);
  return bytes;
}

function headOf(message: Message, leftOut: number, answerLeftOut: number): Head {
  const { at, direction, side, method, target, headers, attempt = 0, tookMs, failure = '', answer, ids, backEnd } = message;
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
    answer?.says === undefined ? (answer?.status ?? 0) : ANSWERED,
    answer === undefined ? 0 : withoutSecrets(answer.headers),
    ids,
    leftOut,
    ...behind(backEnd, answer?.says, answerLeftOut),
  ];
}

/** Stands for a status where there is none. */
const ANSWERED = 1;

/** What most messages do not have. */
function behind(
  backEnd: string | undefined,
  says: string | undefined,
  answerLeftOut: number,
): readonly [string?, (string | null)?, number?] {
  if (answerLeftOut > 0) return [backEnd ?? '', says ?? null, answerLeftOut];
  if (says !== undefined) return [backEnd ?? '', says];
  return backEnd === undefined ? [] : [backEnd];
}

/** The same object where there is none: nearly always. */
function withoutSecrets(headers: Headers): Headers {
  for (const name in headers) {
    if (!SECRET_LENGTHS.has(name.length) || !SECRET_HEADERS.has(name.toLowerCase())) continue;
    return Object.fromEntries(
      Object.entries(headers).map(([key, value]) => [key, SECRET_HEADERS.has(key.toLowerCase()) ? NOT_KEPT : value]),
    );
  }
  return headers;
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
  const [at, way, side, method, target, headers, attempt, tookMs, failure, status, , ids, leftOut, backEnd = ''] = head;
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
    ...(backEnd !== '' && { backEnd }),
    ...(attempt > 0 && { attempt }),
    ...(failure !== '' && { failure }),
    ...(leftOut > 0 && { bodyLeftOut: leftOut }),
    ...(status > 0 && { answer: answered(head, answerBody) }),
  };
}

function answered(
  [, , , , , , , , , status, headers, , , , says = null, leftOut = 0]: Head,
  body: Buffer,
): NonNullable<KeptMessage['answer']> {
  return {
    status: says === null ? status : 0,
    ...(says !== null && { says }),
    headers: headers === 0 ? {} : headers,
    body,
    ...(leftOut > 0 && { bodyLeftOut: leftOut }),
  };
}
