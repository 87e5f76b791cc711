import {
  formatDateTime,
  isFulfilment,
  type PartiesPutResponse,
  type Party,
  type QuotesIdPutResponse,
  type TransfersIdPutResponse,
} from '@payment-manager/fspiop';
import type { HttpHandler, Random, Timers } from '@payment-manager/runtime';
import { bodyOf, isAcknowledged, isErrorPath, type StubMessage, type StubParts, sendSigned } from './stub-messages.ts';

/** How long the stub waits for one callback before the payment counts as failed. */
const CALLBACK_MS = 30_000;
const EXPIRATION_MS = 60_000;

export interface StubPayerParts extends StubParts {
  readonly timers: Timers;
  readonly random: Random;
  readonly payee: { readonly idType: string; readonly idValue: string };
  readonly amount: { readonly amount: string; readonly currency: string };
}

/** What a run of payments came to. */
export interface StubRun {
  readonly payments: number;
  readonly failed: number;
  readonly elapsedMs: number;
  /** Of each completed payment, in the order of their ends. */
  readonly latenciesMs: readonly number[];
  /** Why payments failed, and how many. */
  readonly failures: Readonly<Record<string, number>>;
}

/** A hub and a payer in one: it makes payments to the payee's Payment Manager. */
export interface StubPayer {
  readonly handler: HttpHandler;
  /** Looks up, quotes, transfers and notifies, once; rejects with what went wrong. */
  pay(): Promise<void>;
  /** Makes `payments` payments, `concurrency` at a time. */
  run(payments: number, concurrency: number): Promise<StubRun>;
}

/** Makes a stub payer. */
export function stubPayer(parts: StubPayerParts): StubPayer {
  /** Callbacks awaited, by path; look-ups of one party share a path. */
  const awaited = new Map<string, ((body: Uint8Array | undefined) => void)[]>();
  const callback = (path: string): Promise<Uint8Array> =>
    new Promise((resolve, reject) => {
      const timer = parts.timers.after(CALLBACK_MS, () => settle(undefined));
      const settle = (body: Uint8Array | undefined): void => {
        timer.cancel();
        if (body === undefined) reject(new Error(`no good callback for ${path.split('/')[1]}`));
        else resolve(body);
      };
      const queue = awaited.get(path) ?? [];
      queue.push(settle);
      awaited.set(path, queue);
    });
  const arrive = (target: string, body: Uint8Array): void => {
    const path = isErrorPath(target) ? target.slice(0, -'/error'.length) : target;
    const queue = awaited.get(path);
    const settle = queue?.shift();
    if (queue?.length === 0) awaited.delete(path);
    settle?.(isErrorPath(target) ? undefined : body);
  };
  const ask = async <T>(message: Omit<StubMessage, 'from' | 'to'>, path: string): Promise<T> => {
    const answer = callback(path);
    answer.catch(() => {});
    const outcome = await sendSigned(parts, { ...message, from: parts.payerFsp, to: parts.payeeFsp });
    if (!isAcknowledged(outcome)) throw new Error(`${message.operation} was not accepted`);
    return bodyOf<T>(await answer);
  };
  const pay = (): Promise<void> => payOnce(parts, ask);
  return {
    handler: async (request) => {
      if (request.method === 'PUT') arrive(request.target, request.body);
      return { status: request.method === 'PUT' ? 200 : 202 };
    },
    pay,
    run: (payments, concurrency) => run(parts, pay, payments, concurrency),
  };
}

type Ask = <T>(message: Omit<StubMessage, 'from' | 'to'>, path: string) => Promise<T>;

async function payOnce(parts: StubPayerParts, ask: Ask): Promise<void> {
  const { idType, idValue } = parts.payee;
  const partyPath = `/parties/${idType}/${idValue}`;
  const { party } = await ask<PartiesPutResponse>({ operation: 'GET /parties', path: partyPath }, partyPath);
  const [quoteId, transferId] = [parts.random.uuid(), parts.random.uuid()];
  const quote = await ask<QuotesIdPutResponse>(
    { operation: 'POST /quotes', path: '/quotes', body: quoteBody(parts, quoteId, transferId, party) },
    `/quotes/${quoteId}`,
  );
  const path = `/transfers/${transferId}`;
  const prepare = {
    transferId,
    payerFsp: parts.payerFsp,
    payeeFsp: parts.payeeFsp,
    amount: quote.transferAmount,
    ilpPacket: quote.ilpPacket,
    condition: quote.condition,
    expiration: formatDateTime(parts.clock.now() + EXPIRATION_MS),
  };
  const answer = await ask<TransfersIdPutResponse>({ operation: 'POST /transfers', path: '/transfers', body: prepare }, path);
  if (!isFulfilment(answer.fulfilment, quote.condition)) throw new Error('the fulfilment is wrong');
  if (answer.transferState !== 'RESERVED') return;
  const body = { transferState: 'COMMITTED', completedTimestamp: formatDateTime(parts.clock.now()) };
  const told = await sendSigned(parts, { operation: 'PATCH /transfers', path, from: parts.hubId, to: parts.payeeFsp, body });
  if (!isAcknowledged(told)) throw new Error('PATCH /transfers was not accepted');
}

function quoteBody(parts: StubPayerParts, quoteId: string, transactionId: string, payee: Party): object {
  return {
    quoteId,
    transactionId,
    payee,
    payer: { partyIdInfo: { partyIdType: 'MSISDN', partyIdentifier: '27710000000', fspId: parts.payerFsp }, name: 'Stub Payer' },
    amountType: 'SEND',
    amount: parts.amount,
    transactionType: { scenario: 'TRANSFER', initiator: 'PAYER', initiatorType: 'CONSUMER' },
    expiration: formatDateTime(parts.clock.now() + EXPIRATION_MS),
  };
}

async function run(parts: StubPayerParts, pay: () => Promise<void>, payments: number, concurrency: number): Promise<StubRun> {
  const latenciesMs: number[] = [];
  const failures: Record<string, number> = {};
  let left = payments;
  const startedAt = parts.clock.monotonic();
  const worker = async (): Promise<void> => {
    while (left-- > 0) {
      const from = parts.clock.monotonic();
      try {
        await pay();
        latenciesMs.push(parts.clock.monotonic() - from);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        failures[reason] = (failures[reason] ?? 0) + 1;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, payments) }, worker));
  return { payments, failed: payments - latenciesMs.length, elapsedMs: parts.clock.monotonic() - startedAt, latenciesMs, failures };
}
