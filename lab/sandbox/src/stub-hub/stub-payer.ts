import {
  type ErrorBody,
  formatDateTime,
  isFulfilment,
  type PartiesPutResponse,
  type Party,
  type QuotesIdPutResponse,
  type TransfersIdPutResponse,
} from '@payment-manager/fspiop';
import type { HttpHandler, HttpOutcome, World } from '@payment-manager/runtime';
import {
  answerQuestion,
  asksAboutTransfer,
  bodyOf,
  isAcknowledged,
  isErrorPath,
  type StubMessage,
  type StubParts,
  sendSigned,
  sendTimed,
} from './stub-messages.ts';

/** How long the stub waits for one callback before the payment counts as failed. */
const CALLBACK_MS = 30_000;
const EXPIRATION_MS = 60_000;

export interface StubPayerParts extends StubParts, Pick<World, 'timers' | 'random'> {
  readonly payee: { readonly idType: string; readonly idValue: string };
  readonly amount: { readonly amount: string; readonly currency: string };
  /** Of quotes and transfers. Default: a minute. */
  readonly lifetimeMs?: number;
}

/** A Payment Manager did not accept a message. */
export class NotAccepted extends Error {
  /** When to come again, as it said with a 503; undefined when it did not. */
  readonly comeAgainMs: number | undefined;
  /** From sending to the answer. */
  readonly afterMs: number;
  constructor(operation: string, outcome: HttpOutcome, afterMs: number) {
    super(`${operation} was not accepted`);
    this.name = 'NotAccepted';
    const retryAfter = outcome.kind === 'answer' && outcome.status === 503 ? Number(outcome.headers['retry-after']) : Number.NaN;
    this.comeAgainMs = Number.isFinite(retryAfter) ? retryAfter * 1_000 : undefined;
    this.afterMs = afterMs;
  }
}

/** A message was accepted, and an error callback came instead of its answer. */
export class Declined extends Error {
  /** FSPIOP error code. */
  readonly code: string;
  constructor(code: string, resource: string) {
    super(`error ${code} for ${resource}`);
    this.name = 'Declined';
    this.code = code;
  }
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
  /** Looks up, quotes, transfers and notifies, once; rejects with what went wrong, with `NotAccepted` where a message was refused at once. */
  pay(): Promise<void>;
  /** The first part of it. */
  lookUp(): Promise<void>;
  /** Makes `payments` payments, `concurrency` at a time. */
  run(payments: number, concurrency: number): Promise<StubRun>;
}

/** Makes a stub payer. */
export function stubPayer(parts: StubPayerParts): StubPayer {
  /** Callbacks awaited, by path; look-ups of one party share a path. */
  const awaited = new Map<string, Set<Settle>>();
  const callback = (path: string): Awaited => {
    const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
    promise.catch(() => {});
    const queue = awaited.get(path) ?? new Set();
    const forget = (): boolean => {
      timer.cancel();
      const waited = queue.delete(settle);
      if (queue.size === 0 && awaited.get(path) === queue) awaited.delete(path);
      return waited;
    };
    const settle = (body: Uint8Array, isError: boolean): void => {
      forget();
      if (isError) reject(new Declined(bodyOf<ErrorBody>(body).errorInformation.errorCode, path.split('/')[1] ?? ''));
      else resolve(body);
    };
    const timer = parts.timers.after(CALLBACK_MS, () => {
      forget();
      reject(new Error(`no callback for ${path.split('/')[1]}`));
    });
    awaited.set(path, queue.add(settle));
    return { answer: promise, forget };
  };
  const arrive = (target: string, body: Uint8Array): void => {
    const path = isErrorPath(target) ? target.slice(0, -'/error'.length) : target;
    const [settle] = awaited.get(path) ?? [];
    settle?.(body, isErrorPath(target));
  };
  const ask = async <T>(message: Omit<StubMessage, 'from' | 'to'>, path: string): Promise<T> => {
    const { answer, forget } = callback(path);
    const { outcome, tookMs } = await sendTimed(parts, { ...message, from: parts.payerFsp, to: parts.payeeFsp });
    if (isAcknowledged(outcome)) return bodyOf<T>(await answer);
    // whoever asked for the same at the same time was meant
    if (!forget()) answer.then((body) => arrive(path, body)).catch(() => {});
    throw new NotAccepted(message.operation, outcome, tookMs);
  };
  const pay = (): Promise<void> => payOnce(parts, ask);
  return {
    handler: async (request) => {
      if (request.method === 'PUT') arrive(request.target, request.body);
      if (asksAboutTransfer(request)) void answerQuestion(parts, request.target, parts.payeeFsp);
      return { status: request.method === 'PUT' ? 200 : 202 };
    },
    pay,
    lookUp: async () => void (await lookUp(parts, ask)),
    run: (payments, concurrency) => run(parts, pay, payments, concurrency),
  };
}

type Settle = (body: Uint8Array, isError: boolean) => void;

/** A callback that is awaited, until it is there or forgotten. */
interface Awaited {
  readonly answer: Promise<Uint8Array>;
  /** False: it is there already. */
  readonly forget: () => boolean;
}

type Ask = <T>(message: Omit<StubMessage, 'from' | 'to'>, path: string) => Promise<T>;

async function lookUp({ payee }: StubPayerParts, ask: Ask): Promise<Party> {
  const partyPath = `/parties/${payee.idType}/${payee.idValue}`;
  return (await ask<PartiesPutResponse>({ operation: 'GET /parties', path: partyPath }, partyPath)).party;
}

async function payOnce(parts: StubPayerParts, ask: Ask): Promise<void> {
  const party = await lookUp(parts, ask);
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
    expiration: formatDateTime(parts.clock.now() + (parts.lifetimeMs ?? EXPIRATION_MS)),
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
    expiration: formatDateTime(parts.clock.now() + (parts.lifetimeMs ?? EXPIRATION_MS)),
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
