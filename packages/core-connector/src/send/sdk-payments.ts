import type { TransferParty } from '@payment-manager/mojaloop-connector/core-client';
import type { Clock, HttpClient, HttpOutcome, Secret, Timers } from '@payment-manager/runtime';
import { membersIn } from '@payment-manager/runtime';
import type { Offer, Payments, Seen } from './payments.ts';

export interface SdkPaymentsDeps {
  readonly client: HttpClient;
  /** Of the outbound API, without a slash at its end. */
  readonly baseUrl: string;
  /** Sent as a bearer token, where the API wants one. */
  readonly token?: Secret<string> | undefined;
  readonly clock: Pick<Clock, 'now'>;
  readonly timers: Pick<Timers, 'after'>;
}

type Members = Readonly<Record<string, unknown>>;

/** A whole exchange with the SDK: it waits for the hub itself. */
const CALL_MS = 70_000;
/** An acceptance that was sent is not waited for longer: how it ends is then asked. */
const TAKEN_MS = 1_000;
const ASK_EVERY_MS = 5_000;

/**
 * Payments over the outbound API of a Mojaloop SDK (docs/protocol.md, 16.2), which must be set to accept parties or not as it likes, and never prices
 * (`AUTO_ACCEPT_QUOTES=false`). What it answers is believed only as far as it proves something: a COMPLETED counts with the hub's own word in `fulfil`, an
 * error before anything was accepted is the end, one after it is none, but for the hub's 33xx.
 */
export function sdkPayments({ client, baseUrl, token, clock, timers }: SdkPaymentsDeps): Payments {
  const call = (method: string, path: string, timeoutMs: number, body?: object, key?: string): Promise<HttpOutcome> =>
    client.request({
      method,
      url: `${baseUrl}${path}`,
      headers: {
        accept: 'application/json',
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(key !== undefined && { 'idempotency-key': key }),
        ...(token !== undefined && { authorization: `Bearer ${token.reveal()}` }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      timeoutMs,
    });
  const pathOf = (transferId: string): string => `/transfers/${encodeURIComponent(transferId)}`;
  const ask = async (transferId: string): Promise<Seen> => seenOf(await call('GET', pathOf(transferId), CALL_MS), 'after', transferId);
  return {
    tellsPersons: false,
    async start({ key, request }, waitMs) {
      const answer = await call('POST', '/transfers', waitMs, request, key);
      const seen = seenOf(answer, 'before');
      if (seen.kind !== 'under-way') return seen;
      return seenOf(await call('PUT', pathOf(seen.transferId), waitMs, { acceptParty: true }), 'before', seen.transferId);
    },
    async accept(transferId, _offer, notAfter) {
      if (clock.now() >= notAfter) return { kind: 'no-answer', reason: 'there was no time left to accept the price' };
      // one transferId has one price there: it cannot be another that is accepted
      const answer = call('PUT', pathOf(transferId), CALL_MS, { acceptQuote: true });
      const taken = await within(timers, TAKEN_MS, answer);
      if (taken === undefined) return { kind: 'open', transferId };
      const seen = seenOf(taken, 'after', transferId);
      // sent, and no end: it may have been taken
      return seen.kind === 'no-answer' && !wasNotSent(taken) ? { kind: 'open', transferId } : seen;
    },
    async reject(transferId) {
      return seenOf(await call('PUT', pathOf(transferId), CALL_MS, { acceptQuote: false }), 'after', transferId);
    },
    ask,
    async watch(transferId, waitMs) {
      for (let leftMs = waitMs; leftMs > 0; leftMs -= ASK_EVERY_MS) {
        await new Promise<void>((resolve) => void timers.after(Math.min(leftMs, ASK_EVERY_MS), resolve));
        const seen = await ask(transferId);
        if (seen.kind === 'committed' || seen.kind === 'not-committed') return seen;
      }
      return { kind: 'open', transferId };
    },
  };
}

function wasNotSent(outcome: HttpOutcome): boolean {
  return outcome.kind === 'failed' && !outcome.sent;
}

/** What an answer proves. `before`: nothing of the payment can have been accepted. */
function seenOf(outcome: HttpOutcome, when: 'before' | 'after', asked?: string): Seen {
  if (outcome.kind === 'failed') return { kind: 'no-answer', reason: outcome.message };
  const { status } = outcome;
  const body = membersIn(outcome.body);
  if (status === 503 || status === 429) return { kind: 'busy', message: 'the scheme is not reached now' };
  if (body === undefined) return { kind: 'no-answer', reason: `HTTP ${status} without a body that can be read` };
  return status === 200 ? ofState(body, asked) : ofError(status, body, when, asked);
}

function ofState(state: Members, asked: string | undefined): Seen {
  const transferId = textOf(state, 'transferId') ?? asked;
  if (transferId === undefined || (asked !== undefined && transferId !== asked))
    return { kind: 'no-answer', reason: 'the answer is of another payment' };
  switch (state['currentState']) {
    case 'WAITING_FOR_PARTY_ACCEPTANCE':
      return { kind: 'under-way', transferId };
    case 'WAITING_FOR_QUOTE_ACCEPTANCE': {
      const offer = offerOf(state);
      return offer === undefined ? { kind: 'no-answer', reason: 'the price cannot be read' } : { kind: 'offered', transferId, offer };
    }
    case 'COMPLETED':
      return ofHub(textOf(membersOf(membersOf(state, 'fulfil'), 'body'), 'transferState'), transferId);
    case 'ABORTED':
      return { kind: 'not-committed', transferId, message: textOf(state, 'abortedReason') ?? 'it was refused' };
    default:
      return { kind: 'no-answer', reason: 'the state of the payment is not known here' };
  }
}

/** The hub's own word. RESERVED is no end. */
function ofHub(word: string | undefined, transferId: string): Seen {
  if (word === 'COMMITTED') return { kind: 'committed', transferId };
  if (word === 'ABORTED') return { kind: 'not-committed', transferId, message: 'the hub has aborted it' };
  return { kind: 'open', transferId };
}

function ofError(status: number, body: Members, when: 'before' | 'after', asked: string | undefined): Seen {
  const state = membersOf(body, 'transferState');
  const transferId = asked ?? textOf(state, 'transferId');
  const code = codeOf(body, state);
  const why = { message: (textOf(body, 'message') ?? `HTTP ${status}`).slice(0, 128), ...(code !== undefined && { code }) };
  // a prepare that has left is shown
  const nothingLeft = when === 'before' && state?.['prepare'] === undefined;
  if (nothingLeft && (state?.['currentState'] === 'ERROR_OCCURRED' || (status >= 400 && status < 500 && status !== 408)))
    return { kind: 'not-committed', ...(transferId !== undefined && { transferId }), ...why };
  if (transferId !== undefined && code !== undefined && /^33\d\d$/.test(code)) return { kind: 'not-committed', transferId, ...why };
  return { kind: 'no-answer', reason: `HTTP ${status}${code === undefined ? '' : ` with ${code}`}` };
}

function codeOf(body: Members, state: Members | undefined): string | undefined {
  const information = membersOf(membersOf(membersOf(state, 'lastError'), 'mojaloopError'), 'errorInformation');
  const code = textOf(information, 'errorCode') ?? textOf(body, 'statusCode');
  return code !== undefined && /^[1-5]\d{3}$/.test(code) ? code : undefined;
}

const AMOUNT = /^\d{1,18}(\.\d{1,4})?$/;

/** Undefined: it is no price that could be accepted. */
function offerOf(state: Members): Offer | undefined {
  const price = membersOf(membersOf(state, 'quoteResponse'), 'body');
  const amountOf = (name: string): string | undefined => {
    const amount = textOf(membersOf(price, name), 'amount');
    return amount !== undefined && AMOUNT.test(amount) ? amount : undefined;
  };
  const transferAmount = amountOf('transferAmount');
  const currency = textOf(membersOf(price, 'transferAmount'), 'currency');
  const expiration = Date.parse(textOf(price, 'expiration') ?? '');
  const payee = membersOf(state, 'to');
  if (transferAmount === undefined || currency === undefined || Number.isNaN(expiration) || payee === undefined) return undefined;
  const optional = Object.fromEntries(
    (['payeeReceiveAmount', 'payeeFspFee', 'payeeFspCommission'] as const).flatMap((name) => {
      const amount = amountOf(name);
      return amount === undefined ? [] : [[name, amount]];
    }),
  );
  return {
    quoteId: textOf(state, 'quoteId') ?? '',
    currency,
    transferAmount,
    ...optional,
    expiration,
    payee: payee as unknown as TransferParty,
  };
}

function membersOf(of: Members | undefined, name: string): Members | undefined {
  const value = of?.[name];
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : undefined;
}

function textOf(of: Members | undefined, name: string): string | undefined {
  const value = of?.[name];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

async function within<T>(timers: Pick<Timers, 'after'>, ms: number, answer: Promise<T>): Promise<T | undefined> {
  let timer: ReturnType<Timers['after']> | undefined;
  const over = new Promise<undefined>((resolve) => {
    timer = timers.after(ms, () => resolve(undefined));
  });
  return Promise.race([answer, over]).finally(() => timer?.cancel());
}
