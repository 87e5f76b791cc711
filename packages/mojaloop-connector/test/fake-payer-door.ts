import { createMetrics, type HttpHandler, type HttpResponse, recordedLog, virtualTime } from '@payment-manager/runtime';
import { TRANSFER_ID } from '../src/dfsp-api/examples.ts';
import { outboundApi } from '../src/dfsp-api/outbound-api.ts';
import type { PayerDoor, PayerView } from '../src/transfer/payer-door.ts';
import type { SendDoor } from '../src/transfer/send-door.ts';

type Doings = { [name in keyof PayerDoor]: (...args: Parameters<PayerDoor[name]>) => Awaited<ReturnType<PayerDoor[name]>> };

/** What was asked of the door, in order. */
export interface Asked {
  readonly name: keyof PayerDoor;
  readonly args: readonly unknown[];
}

/** An outbound API over a door that does what a test says, and records what it was asked.. */
export interface FakedApi {
  readonly asked: Asked[];
  readonly log: ReturnType<typeof recordedLog>;
  readonly handler: HttpHandler;
  call(method: string, target: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Answered>;
}

/** A JSON object as a client walks through it. */
export interface Json {
  readonly [name: string]: Json | undefined;
}

/** An answer as a client sees it. */
export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  readonly json: Json;
}

type SendDoings = { [name in keyof SendDoor]: (...args: Parameters<SendDoor[name]>) => Awaited<ReturnType<SendDoor[name]>> };

/** Payments of our own customers that do what a test says; what it does not say throws. */
export function sendDoor(doings: Partial<SendDoings>): SendDoor {
  const does =
    <N extends keyof SendDoor>(name: N) =>
    async (...args: Parameters<SendDoor[N]>) => {
      const doing = doings[name] as ((...given: Parameters<SendDoor[N]>) => unknown) | undefined;
      if (doing === undefined) throw new Error('secret of Thandi');
      return doing(...args);
    };
  return { send: does('send'), decide: does('decide'), ask: does('ask') } as SendDoor;
}

/** Makes one; what `doings` does not say throws, as a defect of the connector would. */
export function fakedApi(
  doings: Partial<Doings> = {},
  { deduplicates = true, ...options }: { errorCodeExtensionKey?: string; sends?: SendDoor; deduplicates?: boolean } = {},
): FakedApi {
  const asked: Asked[] = [];
  const log = recordedLog();
  const does = <N extends keyof PayerDoor>(name: N) =>
    (async (...args: Parameters<PayerDoor[N]>) => {
      asked.push({ name, args });
      const doing = doings[name] as Doings[N] | undefined;
      if (doing === undefined) throw new Error('secret of Thandi');
      return doing(...args);
    }) as unknown as PayerDoor[N];
  const door: PayerDoor = {
    start: does('start'),
    resume: does('resume'),
    inquire: does('inquire'),
    watch: does('watch'),
    startSimple: does('startSimple'),
    findParty: does('findParty'),
    quote: does('quote'),
  };
  const handler = outboundApi({
    door,
    settings: { fspId: 'greenbank', extraCurrencies: ['SLE'], deduplicateHomeTransactionId: deduplicates },
    clock: virtualTime(),
    log,
    metrics: createMetrics(),
    ...options,
  });
  return {
    asked,
    log,
    handler,
    async call(method, target, body, headers = {}) {
      const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
      const all = { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers };
      return answered(await handler({ method, target, headers: all, body: Buffer.from(text), clientAuthenticated: false }));
    },
  };
}

function answered({ status, headers = {}, body = '' }: HttpResponse): Answered {
  const text = Buffer.from(body).toString('utf8');
  return { status, headers, text, json: headers['content-type']?.startsWith('application/json') ? JSON.parse(text) : {} };
}

/** A payment's view, completed by what a test cares about. */
export function payment(view: Partial<PayerView> & Pick<PayerView, 'stage'>): PayerView {
  const outcome = { completed: 'committed', failed: 'not-committed', aborted: 'not-committed', open: 'unknown' } as const;
  return {
    transferId: TRANSFER_ID,
    simple: false,
    initiatedTimestamp: '2026-01-01T00:00:00.000Z',
    outcome: view.stage in outcome ? outcome[view.stage as keyof typeof outcome] : 'none-yet',
    ...view,
  };
}

/** It came to rest or ended. */
export const at = (view: PayerView) => ({ kind: 'payment', payment: view, timedOut: false }) as const;
