import { createHmac } from 'node:crypto';
import type { Engine } from '@payment-manager/engine';
import { contentHash } from '@payment-manager/fspiop';
import type { World } from '@payment-manager/runtime';
import type { ConnectorSettings } from '../transfer/connector-settings.ts';
import type { Decision, PaymentAnswer, StartPayment, StartSimpleTransfer } from '../transfer/payer-door.ts';
import { isFromBefore, type Restored } from '../transfer/restored.ts';
import type { PayerEvent } from './events.ts';
import { homeTransactionClaim, idempotencyClaim } from './flow.ts';
import type { PayerInput } from './inputs.ts';
import type { PayerAction } from './owed.ts';
import { isFinal, type PayerState, prepareExpiration } from './state.ts';
import { viewOf } from './view.ts';

export type PayerEngine = Engine<PayerState, PayerInput, PayerEvent, PayerAction>;

interface PaymentsDeps extends Pick<World, 'clock' | 'random'> {
  readonly settings: ConnectorSettings;
  readonly engine: PayerEngine;
  /** See `transferIdOf`. */
  readonly transferIdKey: Uint8Array;
  readonly restored: Restored;
  /** New work is refused above this many open records (docs/money-rules.md, 9). */
  readonly admit: () => boolean;
}

const BUSY: PaymentAnswer = { kind: 'busy', retryAfterSeconds: 1, message: 'too many payments are in flight; try again' };

const RESTORED: PaymentAnswer = {
  kind: 'busy',
  retryAfterSeconds: 60,
  message: 'the journal was put back to an older copy and may have forgotten payments; no new one is taken until a person has looked',
};

/** Why no new payment is taken now. */
const refusal = ({ restored }: PaymentsDeps): PaymentAnswer => (restored()?.standing === true ? RESTORED : BUSY);

/** The payments that the DFSP starts, and its repeats: which request is which payment (docs/money-rules.md, 2). */
export interface Payments {
  start(request: StartPayment): Promise<PaymentAnswer>;
  startSimple(request: StartSimpleTransfer): Promise<PaymentAnswer>;
  resume(transferId: string, decision: Decision): Promise<PaymentAnswer | undefined>;
  watch(transferId: string, waitMs: number): Promise<PaymentAnswer | undefined>;
  /** `undefined`: no such payment. */
  inquire(transferId: string): Promise<PaymentAnswer | undefined>;
}

/** The payments of one connector. */
export function createPayments(deps: PaymentsDeps): Payments {
  return {
    start: (request) => start(deps, request),
    startSimple: (request) => startSimple(deps, request),
    resume: (transferId, decision) => resume(deps, transferId, decision),
    inquire: (transferId) => inquire(deps, transferId),
    watch: (transferId, waitMs) => watch(deps, transferId, waitMs),
  };
}

/** A homeTransactionId is tried at most so often; a DFSP that goes on is told the last attempt's answer. */
export const ATTEMPTS_MAX = 1_000;

async function start(deps: PaymentsDeps, start: StartPayment): Promise<PaymentAnswer> {
  const hash = contentHash(start.request);
  const { idempotencyKey } = start;
  let attempt = 1;
  for (;;) {
    const known = await knownPayment(deps, start, attempt);
    if (known !== undefined) {
      const verdict = await judgeRepeat(deps, start, hash, known, attempt);
      if (verdict !== 'new attempt') return verdict;
      attempt++;
      continue;
    }
    if (!deps.admit()) return refusal(deps);
    const transferId = newTransferId(deps, start, attempt);
    const delivery = await deps.engine.create(transferId, {
      type: 'start',
      transferId,
      quoteId: deps.random.uuid(),
      request: start.request,
      hash,
      ...(idempotencyKey !== undefined && { idempotencyKey }),
      ...(deps.settings.deduplicateHomeTransactionId && { attempt }),
      ...(start.offersPrice === true && { offersPrice: true }),
      ...(start.trace !== undefined && { trace: start.trace }),
    });
    if (delivery.kind === 'taken') return rest(deps, transferId);
    // somebody was faster with the same key or id, or it is known from before: look again
    if (delivery.kind === 'missing') throw new Error('a new payment could not be made');
    const found =
      delivery.kind === 'claimed'
        ? { recordId: delivery.recordId, byKey: delivery.claim.kind === 'idempotency-key' }
        : await sameTransfer(deps, delivery.recordId, idempotencyKey);
    const verdict = await judgeRepeat(deps, start, hash, found, attempt);
    if (verdict !== 'new attempt') return verdict;
    attempt++;
  }
}

/** Where repeats are looked for, the id follows from what makes a repeat: the hub knows what we may have forgotten. */
function newTransferId({ settings, random, transferIdKey }: PaymentsDeps, { request }: StartPayment, attempt: number): string {
  return settings.deduplicateHomeTransactionId ? transferIdOf(transferIdKey, request.homeTransactionId, attempt) : random.uuid();
}

/** A payment has the id that the new one would have had: it is that of its homeTransactionId, unless the key names another, and outranks it. */
async function sameTransfer(
  deps: PaymentsDeps,
  recordId: string,
  idempotencyKey: string | undefined,
): Promise<{ recordId: string; byKey: boolean }> {
  const ofKey = idempotencyKey === undefined ? undefined : await deps.engine.find(idempotencyClaim(idempotencyKey));
  return ofKey === undefined ? { recordId, byKey: false } : { recordId: ofKey, byKey: true };
}

/**
 * The payment that this request may be a repeat of. The first attempt is usually just tried: its claims tell whether it is a
 * repeat, without a question to the journal before. Only new work is shed, so when there is too much, the question comes first.
 */
async function knownPayment(
  deps: PaymentsDeps,
  start: StartPayment,
  attempt: number,
): Promise<{ recordId: string; byKey: boolean } | undefined> {
  const overloaded = !deps.admit();
  if (attempt === 1 && !overloaded) return undefined;
  if (overloaded && start.idempotencyKey !== undefined) {
    const recordId = await deps.engine.find(idempotencyClaim(start.idempotencyKey));
    if (recordId !== undefined) return { recordId, byKey: true };
  }
  if (!deps.settings.deduplicateHomeTransactionId) return undefined;
  const recordId = await deps.engine.find(homeTransactionClaim(start.request.homeTransactionId, attempt));
  return recordId === undefined ? undefined : { recordId, byKey: false };
}

/** The same key gets the stored answer and never starts anything; the same homeTransactionId may, after a certain failure. */
async function judgeRepeat(
  deps: PaymentsDeps,
  { request }: StartPayment,
  hash: string,
  { recordId, byKey }: { readonly recordId: string; readonly byKey: boolean },
  attempt: number,
): Promise<PaymentAnswer | 'new attempt'> {
  const state = await deps.engine.state(recordId, true);
  // it was just being made, and was not
  if (state === undefined) return BUSY;
  // of a tombstone the content is not known
  if (state.hash !== hash && state.reported === undefined) {
    return {
      kind: 'conflict',
      message: `${byKey ? 'the Idempotency-Key' : 'the homeTransactionId'} was used with other content before`,
      payment: viewOf(state),
    };
  }
  if (byKey || attempt >= ATTEMPTS_MAX) return rest(deps, recordId);
  const next = (await hasNextAttempt(deps, request.homeTransactionId, state, attempt)) || (await mayTryAgain(deps, recordId, state));
  return next ? 'new attempt' : rest(deps, recordId);
}

/** A later attempt that is there already tells how the payment ended, also where this one would not become another any more. */
async function hasNextAttempt(deps: PaymentsDeps, homeTransactionId: string, state: PayerState, attempt: number): Promise<boolean> {
  if (!deps.settings.deduplicateHomeTransactionId || (state.stage !== 'failed' && state.stage !== 'aborted')) return false;
  return (await deps.engine.find(homeTransactionClaim(homeTransactionId, attempt + 1))) !== undefined;
}

/**
 * A repeat after failure becomes a new attempt only if no prepare of the earlier one ever left, or the hub said aborted, and
 * expiration and margin have passed, and a GET agrees (docs/money-rules.md, 2).
 */
async function mayTryAgain(deps: PaymentsDeps, recordId: string, state: PayerState): Promise<boolean> {
  if ((state.stage !== 'failed' && state.stage !== 'aborted') || state.contradictions.length > 0) return false;
  // what was begun before a restore may have gone on since the copy, and may have been tried again already
  if (isFromBefore(deps.restored, state.startedAt)) return false;
  if (state.neverLeft === true) return true;
  if (deps.clock.now() < prepareExpiration(state) + deps.settings.clockSkewMs + deps.settings.retryMarginMs) return false;
  if (state.confirmation?.confirmed === true) return true;
  await deps.engine.input(recordId, { type: 'confirm', nonce: (state.confirmation?.nonce ?? 0) + 1 });
  const confirmed = await deps.engine.watch(
    recordId,
    (now) => (now.confirmation?.confirmed === true ? true : now.contradictions.length > 0 ? false : undefined),
    deps.settings.timeouts.callbackMs,
  );
  return confirmed === true;
}

async function startSimple(deps: PaymentsDeps, start: StartSimpleTransfer): Promise<PaymentAnswer> {
  const { transferId } = start.body;
  const hash = contentHash({ fspId: start.fspId, body: start.body });
  const known = await deps.engine.state(transferId);
  if (known === undefined && !deps.admit()) return refusal(deps);
  const delivery =
    known === undefined
      ? await deps.engine.create(transferId, {
          type: 'start-simple',
          hash,
          destination: start.fspId,
          prepare: start.body,
          ...(start.idempotencyKey !== undefined && { idempotencyKey: start.idempotencyKey }),
        })
      : ({ kind: 'exists', recordId: transferId } as const);
  if (delivery.kind === 'taken') return rest(deps, transferId);
  const recordId = delivery.kind === 'missing' ? transferId : delivery.recordId;
  const state = await deps.engine.state(recordId);
  if (state === undefined) throw new Error('a transfer vanished');
  if (state.hash !== hash && state.reported === undefined)
    return {
      kind: 'conflict',
      message: 'the transferId or the Idempotency-Key was used with other content before',
      payment: viewOf(state),
    };
  return rest(deps, recordId);
}

async function resume(deps: PaymentsDeps, transferId: string, decision: Decision): Promise<PaymentAnswer | undefined> {
  const input: PayerInput =
    'acceptParty' in decision
      ? { type: 'accept-party', accept: decision.acceptParty }
      : { type: 'accept-quote', accept: decision.acceptQuote };
  const delivery = await deps.engine.input(transferId, input);
  return delivery.kind === 'taken' ? rest(deps, transferId) : undefined;
}

async function inquire(deps: PaymentsDeps, transferId: string): Promise<PaymentAnswer | undefined> {
  const state = await deps.engine.state(transferId, true);
  if (state === undefined) return undefined;
  if (state.stage !== 'open') return { kind: 'payment', payment: viewOf(state), timedOut: false };
  await deps.engine.input(transferId, { type: 'inquire' });
  const ended = await deps.engine.watch(transferId, (now) => (isFinal(now) ? now : undefined), deps.settings.timeouts.callbackMs);
  return { kind: 'payment', payment: viewOf(ended ?? (await deps.engine.state(transferId)) ?? state), timedOut: ended === undefined };
}

async function watch({ engine }: PaymentsDeps, transferId: string, waitMs: number): Promise<PaymentAnswer | undefined> {
  const ended = waitMs > 0 ? await engine.watch(transferId, (now) => (isFinal(now) ? now : undefined), waitMs) : undefined;
  const state = ended ?? (await engine.state(transferId, true));
  return state && { kind: 'payment', payment: viewOf(state), timedOut: !isFinal(state) };
}

/** Waits until there is something to tell: an offer, an end, an exception; or until the time for the hub's callback is over. */
async function rest(deps: PaymentsDeps, recordId: string): Promise<PaymentAnswer> {
  const { callbackMs } = deps.settings.timeouts;
  // look-up and quote end by their own deadlines; an open payment may stay open for longer than anybody waits
  const beforeOpen = await deps.engine.watch(
    recordId,
    (state) => (atRest(state) || state.stage === 'open' ? state : undefined),
    3 * callbackMs,
  );
  if (beforeOpen !== undefined && beforeOpen.stage !== 'open') return { kind: 'payment', payment: viewOf(beforeOpen), timedOut: false };
  const waited = deps.clock.now() - (beforeOpen?.preparedAt ?? deps.clock.now());
  const ended = await deps.engine.watch(recordId, (state) => (atRest(state) ? state : undefined), Math.max(0, callbackMs - waited));
  const state = ended ?? (await deps.engine.state(recordId));
  if (state === undefined) throw new Error('a payment vanished');
  return { kind: 'payment', payment: viewOf(state), timedOut: ended === undefined };
}

function atRest(state: PayerState): boolean {
  return (
    isFinal(state) ||
    state.stage === 'party-offered' ||
    state.stage === 'quote-offered' ||
    (state.stage === 'open' && state.exception !== undefined)
  );
}

/**
 * The transferId of a payment's nth attempt: it follows from the journal's key, the homeTransactionId and the attempt, in the form of a
 * UUID (RFC 9562, name-based; version 5 is one that every release of the API takes). A journal that has forgotten the attempt, because an
 * older copy was put in its place, makes the same id again, and then the hub knows it (docs/money-rules.md, 8). Without the key nobody
 * can tell the id beforehand, nor the homeTransactionId from it.
 */
export function transferIdOf(key: Uint8Array, homeTransactionId: string, attempt: number): string {
  const hash = createHmac('sha256', key)
    .update(JSON.stringify([homeTransactionId, attempt]))
    .digest();
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x50;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  return hash.toString('hex', 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
