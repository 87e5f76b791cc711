import { FspiopError, parseJson } from '@payment-manager/fspiop';
import type { KeptMessage } from '@payment-manager/messages';
import type { MessageCheck } from './verify-messages.ts';

/** A message as people see it. Bodies are text; bytes that are no UTF-8 are `base64:…`. */
export interface ShownMessage {
  /** ISO 8601 */
  readonly at: string;
  readonly direction: 'in' | 'out';
  readonly side: 'hub' | 'core';
  /** Of a core behind a connector: which of its back ends. */
  readonly backEnd?: string;
  readonly method: string;
  readonly target: string;
  readonly attempt?: number;
  readonly tookMs: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly bodyBytes: number;
  /** `status` 0: it was not spoken over HTTP, and `says` says what came. */
  readonly answer?: {
    readonly status: number;
    readonly says?: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
    readonly bodyBytes: number;
  };
  readonly failure?: string;
  readonly checks: readonly MessageCheck[];
}

/** What is kept of what was said, and why some of it may be missing: sentences. */
export interface ShownMessages {
  readonly messages: readonly ShownMessage[];
  readonly remarks: readonly string[];
}

/** How much may be seen. */
export interface Sight {
  /** Names, numbers and everything else that may be a person's. */
  readonly personal: boolean;
  /** A fulfilment is seen by nobody before the hub says COMMITTED (docs/money-rules.md, 3). */
  readonly committed: boolean;
}

const HIDDEN = '[hidden]';
/** Instead of a body that is too large. */
export const LEFT_OUT = '[left out]';
const WITHHELD = '[withheld until COMMITTED]';

/** What says nothing about a person. Everything else is hidden, also what this version does not know. */
const PLAIN_MEMBERS: ReadonlySet<string> = new Set([
  ...['transferId', 'quoteId', 'transactionId', 'requestId', 'homeTransactionId', 'condition', 'fulfilment', 'fspId'],
  ...['payerFsp', 'payeeFsp', 'amount', 'currency', 'amountType', 'transferState', 'currentState', 'errorCode', 'statusCode', 'expiration'],
  ...['completedTimestamp', 'scenario', 'initiator', 'initiatorType', 'partyIdType', 'idType', 'feesCurrency', 'direction', 'code'],
  ...['transferAmount', 'transferAmountCurrency', 'payeeReceiveAmount', 'payeeReceiveAmountCurrency', 'payeeFspFeeAmount'],
  ...[
    'payeeFspFeeAmountCurrency',
    'payeeFspCommissionAmount',
    'payeeFspCommissionAmountCurrency',
    'transactionType',
    'supportedCurrencies',
  ],
]);
const PLAIN_HEADERS: ReadonlySet<string> = new Set([
  ...['content-type', 'content-length', 'accept', 'date', 'host', 'connection', 'traceparent', 'idempotency-key', 'retry-after'],
  ...['fspiop-source', 'fspiop-destination', 'fspiop-http-method', 'fspiop-signature', 'fspiop-uri'],
]);
/** These hold the path, which for a party is a person's number. */
const WITH_PATH: ReadonlySet<string> = new Set(['fspiop-uri', 'fspiop-signature']);
const PARTY_PATH = /(\/(?:parties|participants)\/[^/?]+\/)[^?]*/;
/** What is spoken but HTTP. */
const NAMED: ReadonlySet<string> = new Set(['SQL', 'ISO8583']);
/** JSON names may be written with escapes: then the whole text is withheld. */
const FULFILMENT = /("fulfilment"\s*:\s*)"[^"]*"/g;
const ESCAPED = /\\u/;

/** A message in as much detail as may be seen. */
export function shownMessage(message: KeptMessage, checks: readonly MessageCheck[], sight: Sight): ShownMessage {
  const { at, direction, side, method, target, attempt, tookMs, failure, answer, bodyLeftOut, backEnd } = message;
  const ofParty = PARTY_PATH.test(target);
  return {
    at: new Date(at).toISOString(),
    direction,
    side,
    ...(backEnd !== undefined && { backEnd }),
    method,
    target: sight.personal ? target : shownTarget(message),
    ...(attempt !== undefined && { attempt }),
    tookMs,
    headers: shownHeaders(message.headers, ofParty, sight),
    body: bodyLeftOut === undefined ? shownBody(message.body, sight) : LEFT_OUT,
    bodyBytes: bodyLeftOut ?? message.body.length,
    ...(answer !== undefined && {
      answer: {
        status: answer.status,
        ...(answer.says !== undefined && { says: answer.says }),
        headers: shownHeaders(answer.headers, false, sight),
        body: answer.bodyLeftOut === undefined ? shownBody(answer.body, sight) : LEFT_OUT,
        bodyBytes: answer.bodyLeftOut ?? answer.body.length,
      },
    }),
    ...(failure !== undefined && { failure }),
    checks,
  };
}

/** Where nobody knows which parts of a path are a person's, none is shown. */
function shownTarget({ direction, method, target, backEnd }: KeptMessage): string {
  // what a statement or message is called, and a callback's name, hold no value
  if (backEnd !== undefined && (direction === 'in' || NAMED.has(method))) return target;
  if (backEnd === undefined) return target.replace(PARTY_PATH, `$1${HIDDEN}`);
  return `${URL.canParse(target) ? new URL(target).origin : ''}/${HIDDEN}`;
}

function shownHeaders(headers: Readonly<Record<string, string>>, ofParty: boolean, { personal }: Sight): Readonly<Record<string, string>> {
  if (personal) return headers;
  const shown = (name: string): boolean => PLAIN_HEADERS.has(name) && !(ofParty && WITH_PATH.has(name));
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, shown(name.toLowerCase()) ? value : HIDDEN]));
}

function shownBody(body: Buffer, { personal, committed }: Sight): string {
  if (body.length === 0) return '';
  if (!personal) return masked(body, committed);
  const text = body.toString('utf8');
  if (!Buffer.from(text).equals(body)) return committed ? `base64:${body.toString('base64')}` : HIDDEN;
  if (committed) return text;
  return ESCAPED.test(text) && text.includes('ulfilment') ? WITHHELD : text.replace(FULFILMENT, `$1"${WITHHELD}"`);
}

function masked(body: Buffer, committed: boolean): string {
  try {
    return JSON.stringify(maskedValue(parseJson(body), false, committed));
  } catch (error) {
    if (error instanceof FspiopError) return HIDDEN;
    throw error;
  }
}

function maskedValue(value: unknown, plain: boolean, committed: boolean): unknown {
  if (Array.isArray(value)) return value.map((one) => maskedValue(one, plain, committed));
  if (typeof value !== 'object' || value === null) return plain || value === null || typeof value === 'boolean' ? value : HIDDEN;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      name === 'fulfilment' && !committed ? WITHHELD : maskedValue(member, PLAIN_MEMBERS.has(name), committed),
    ]),
  );
}
