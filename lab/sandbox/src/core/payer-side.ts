import { parseAmount } from '@payment-manager/fspiop';
import type { HttpClient, HttpOutcome, World } from '@payment-manager/runtime';
import type { CoreDatabase } from './core-database.ts';
import { InsufficientFunds, type Ledger } from './ledger.ts';
import { captureHold, placeHold, raiseHold, releaseHold } from './payer-books.ts';
import { isFinal, isWaiting, type Payment, withStep } from './payment.ts';
import { type Meaning, meaningOf } from './payment-manager-answer.ts';
import type { CoreSettings } from './settings.ts';

/** What the payer's side of the core works on. */
export interface PayerSideParts extends Pick<World, 'clock' | 'timers' | 'random' | 'log'> {
  readonly settings: CoreSettings;
  /** Base URL of the Payment Manager's outbound API, without a trailing slash. */
  readonly paymentManagerUrl: () => string;
  /** Whether it makes payments of our customers itself, holds included (`/sendmoney`). */
  readonly sendsMoney: () => boolean;
  readonly db: CoreDatabase;
  readonly ledger: Ledger;
  readonly client: HttpClient;
}

/** The core as payer: it drives each payment through the Payment Manager's outbound API until it is final. */
export interface PayerSide {
  /**
   * Holds the money and starts the payment, or finds the one with this id. `hash` is that of the request's content.
   *
   * @throws InsufficientFunds; nothing was started then
   */
  start(payment: Payment, hash: string): { payment: Payment; sameContent: boolean };
  /** The customer's decision about what is on offer; ignored when nothing is. */
  decide(paymentId: string, accept: boolean): Payment | undefined;
  find(paymentId: string): Payment | undefined;
  all(limit: number): readonly Payment[];
  /** Resolves when the payment is final or waits for the customer, at the latest after `waitMs`. */
  rested(paymentId: string): Promise<Payment | undefined>;
  /** So many payments are open that no new one is taken. */
  readonly isFull: boolean;
  /** Goes on with all open payments: at the start of the core. */
  resume(): void;
  /** No further call is begun. */
  stop(): void;
}

/** Payments being driven at once. */
const OPEN_MAX = 10_000;

/** Makes the payer's side of a core. */
export function payerSide(parts: PayerSideParts): PayerSide {
  const driven = new Map<string, Promise<void>>();
  let stopped = false;
  /** One driver per payment, so that two requests never race. */
  const drive = (paymentId: string): Promise<void> => {
    const running = driven.get(paymentId);
    if (running !== undefined) return running;
    const fresh = driveToRest(parts, paymentId, () => stopped)
      .catch((error: unknown) => parts.log.error('a payment could not be driven on', { payment: paymentId, reason: String(error) }))
      .finally(() => driven.delete(paymentId));
    driven.set(paymentId, fresh);
    return fresh;
  };
  return {
    start(payment, hash) {
      const result = parts.db.transaction(() => begin(parts, payment, hash));
      void drive(payment.paymentId);
      return result;
    },
    decide(paymentId, accept) {
      const payment = load(parts.db, paymentId);
      if (payment === undefined || !isWaiting(payment.state)) return payment;
      const decided = parts.db.transaction(() => decisionOf(parts, payment, accept));
      void drive(paymentId);
      return decided;
    },
    find: (paymentId) => load(parts.db, paymentId),
    all: (limit) =>
      parts.db
        .rows('SELECT body FROM payments ORDER BY number DESC LIMIT ?', limit)
        .map((row) => JSON.parse(String(row['body'])) as Payment),
    async rested(paymentId) {
      const late = new Promise<void>((resolve) => void parts.timers.after(parts.settings.waitMs, resolve));
      await Promise.race([driven.get(paymentId) ?? Promise.resolve(), late]);
      return load(parts.db, paymentId);
    },
    get isFull() {
      return driven.size >= OPEN_MAX;
    },
    resume() {
      for (const row of parts.db.rows("SELECT id FROM payments WHERE state = 'PENDING'")) void drive(String(row['id']));
    },
    stop() {
      stopped = true;
    },
  };
}

function begin(parts: PayerSideParts, payment: Payment, hash: string): { payment: Payment; sameContent: boolean } {
  const row = parts.db.row('SELECT hash, body FROM payments WHERE id = ?', payment.paymentId);
  if (row !== undefined) return { payment: JSON.parse(String(row['body'])) as Payment, sameContent: row['hash'] === hash };
  const begun: Payment = parts.sendsMoney()
    ? { ...payment, bySendmoney: true, steps: [{ at: parts.clock.now(), what: 'the Payment Manager is asked to send money' }] }
    : payment;
  if (begun.bySendmoney !== true) placeHold(parts.ledger, payment);
  parts.db.run(
    'INSERT INTO payments (id, state, hash, body) VALUES (?, ?, ?, ?)',
    begun.paymentId,
    begun.state,
    hash,
    JSON.stringify(begun),
  );
  return { payment: begun, sameContent: true };
}

/** Calls the Payment Manager again and again, with pauses, until the payment rests. */
async function driveToRest(parts: PayerSideParts, paymentId: string, isStopped: () => boolean): Promise<void> {
  let pauseMs = parts.settings.pauseMs;
  while (!isStopped()) {
    const payment = load(parts.db, paymentId);
    if (payment === undefined || isFinal(payment.state) || isWaiting(payment.state)) return;
    const { call, outcome } = await callPaymentManager(parts, payment);
    if (isStopped()) return;
    const meaning = meaningOf(call, outcome);
    const next = parts.db.transaction(() => settle(parts, payment, call, meaning));
    parts.log.info('payment', { payment: paymentId, state: next.state, transfer: next.transferId });
    if (meaning.kind === 'state') {
      pauseMs = parts.settings.pauseMs;
      continue;
    }
    await new Promise<void>((resolve) => void parts.timers.after(pauseMs, resolve));
    pauseMs = Math.min(pauseMs * 2, parts.settings.pauseMsMax);
  }
}

/** The call that is due: a decision, a question, or (with the same Idempotency-Key every time) the start. */
async function callPaymentManager(
  parts: PayerSideParts,
  payment: Payment,
): Promise<{ call: 'start' | 'decide' | 'ask'; outcome: HttpOutcome }> {
  const base = `${parts.paymentManagerUrl()}/${payment.bySendmoney === true ? 'sendmoney' : 'transfers'}`;
  const timeoutMs = parts.settings.callTimeoutMs;
  const headers = { 'content-type': 'application/json', accept: 'application/json' };
  if (payment.transferId === undefined) {
    const body = JSON.stringify(transferRequest(payment));
    const outcome = await parts.client.request({
      method: 'POST',
      url: base,
      headers: { ...headers, 'idempotency-key': payment.paymentId },
      body,
      timeoutMs,
    });
    return { call: 'start', outcome };
  }
  const url = `${base}/${encodeURIComponent(payment.transferId)}`;
  if (payment.decision !== undefined) {
    const body = JSON.stringify(payment.decision);
    return { call: 'decide', outcome: await parts.client.request({ method: 'PUT', url, headers, body, timeoutMs }) };
  }
  return { call: 'ask', outcome: await parts.client.request({ method: 'GET', url, headers: { accept: 'application/json' }, timeoutMs }) };
}

function transferRequest(payment: Payment): object {
  return {
    homeTransactionId: payment.paymentId,
    from: { ...payment.from, type: 'CONSUMER' },
    to: payment.to,
    amountType: payment.amountType,
    currency: payment.currency,
    amount: payment.amount,
    transactionType: 'TRANSFER',
    ...(payment.note !== undefined && { note: payment.note }),
  };
}

/** Books what an answer means and stores the payment, in one transaction. */
function settle(parts: PayerSideParts, before: Payment, call: 'start' | 'decide' | 'ask', meaning: Meaning): Payment {
  const learned: Payment = { ...before, ...meaning.learned };
  let next = withStep(learned, parts.clock.now(), meaning.what);
  if (meaning.kind === 'refused') next = { ...next, state: 'ERROR_OCCURRED' };
  if (meaning.kind === 'state' && meaning.state !== undefined) next = { ...next, state: meaning.state };
  if (call === 'decide' && meaning.kind !== 'again') next = withoutDecision(next);
  const holdsItself = next.bySendmoney !== true;
  if (next.state === 'COMPLETED' && holdsItself) captureHold(parts.ledger, next);
  else if (isFinal(next.state) && holdsItself) releaseHold(parts.ledger, next);
  else if (isWaiting(next.state) && next.autoAccept) return decisionOf(parts, next, true);
  save(parts.db, next);
  return next;
}

/** Notes a decision and makes it due. Money is held before a price is accepted (docs/protocol.md, 15). */
function decisionOf(parts: PayerSideParts, payment: Payment, accept: boolean): Payment {
  const now = parts.clock.now();
  if (payment.state === 'WAITING_FOR_PARTY_ACCEPTANCE') {
    return save(
      parts.db,
      withStep({ ...payment, state: 'PENDING', decision: { acceptParty: accept } }, now, accept ? 'payee accepted' : 'payee refused'),
    );
  }
  if (!accept) return save(parts.db, withStep({ ...payment, state: 'PENDING', decision: { acceptQuote: false } }, now, 'price refused'));
  try {
    const raised =
      payment.bySendmoney === true ? payment : raiseHold(parts.ledger, payment, parseAmount(payment.transferAmount ?? payment.held));
    return save(parts.db, withStep({ ...raised, state: 'PENDING', decision: { acceptQuote: true } }, now, 'price accepted'));
  } catch (error) {
    if (!(error instanceof InsufficientFunds)) throw error;
    return save(
      parts.db,
      withStep({ ...payment, state: 'PENDING', decision: { acceptQuote: false } }, now, 'price refused: not enough money'),
    );
  }
}

function withoutDecision(payment: Payment): Payment {
  const { decision: _decided, ...rest } = payment;
  return rest;
}

function load(db: CoreDatabase, paymentId: string): Payment | undefined {
  const row = db.row('SELECT body FROM payments WHERE id = ?', paymentId);
  return row && (JSON.parse(String(row['body'])) as Payment);
}

function save(db: CoreDatabase, payment: Payment): Payment {
  db.run('UPDATE payments SET state = ?, body = ? WHERE id = ?', payment.state, JSON.stringify(payment), payment.paymentId);
  return payment;
}
