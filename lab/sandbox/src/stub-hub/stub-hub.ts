import { createPrivateKey, type KeyObject } from 'node:crypto';
import { join } from 'node:path';
import {
  createHttpClient,
  type HttpHandler,
  type HttpResponse,
  systemClock,
  systemRandom,
  systemTimers,
  threadPoolSignatures,
  type World,
} from '@payment-manager/runtime';
import { openAuthority } from '../ca/authority.ts';
import { openSigningKey } from '../ca/signing-key.ts';
import { refuseFspiop } from '../hub/switch-api.ts';
import { type Listener, openListener } from '../listener.ts';
import { readObject, readText } from '../request-body.ts';
import type { StubParts } from './stub-messages.ts';
import { stubPayee } from './stub-payee.ts';
import { type StubPayer, stubPayer } from './stub-payer.ts';
import { stubRelay } from './stub-relay.ts';

/** `relay`: between two Payment Managers. `payee`: for a payer alone. `payer`: for a payee alone, driven by `POST /run`. */
export type StubMode = 'relay' | 'payee' | 'payer';

export interface StubHubOptions extends Pick<World, 'log'> {
  readonly mode: StubMode;
  /** Folder of a sandbox scheme: its CA and JWS keys are used, and made where they are missing. */
  readonly folder: string;
  readonly hubId: string;
  readonly payerFsp: string;
  readonly payeeFsp: string;
  readonly tls: boolean;
  /** 0: any. */
  readonly port: number;
  /** Whom the stub payer pays, and how much. */
  readonly payee?: { readonly idType: string; readonly idValue: string };
  readonly amount?: { readonly amount: string; readonly currency: string };
  /** Of what the stub payer quotes and prepares. Default: a minute. */
  readonly lifetimeMs?: number;
}

export interface StubHub {
  readonly url: string;
  /** `POST /endpoints {fspId, endpoint}`; `POST /run {payments, concurrency}` in mode `payer`; `GET /usage` CPU of this process. */
  readonly adminUrl: string;
  setEndpoint(fspId: string, endpoint: string): void;
  readonly payer: StubPayer;
  stop(): Promise<void>;
}

/** Starts a stub hub on 127.0.0.1. For a fair measurement it runs in a process of its own: `stub-hub.main.ts`. */
export async function startStubHub(options: StubHubOptions): Promise<StubHub> {
  const { hubId, payerFsp, payeeFsp } = options;
  const authority = await openAuthority({ folder: join(options.folder, 'ca'), clock: systemClock, random: systemRandom });
  const credentials = await authority.issue({ name: hubId });
  const keys: Record<string, KeyObject> = {};
  for (const name of [hubId, payerFsp, payeeFsp]) {
    const { privateKey } = await openSigningKey(join(options.folder, 'jws'), name);
    keys[name] = createPrivateKey(privateKey.reveal());
  }
  const client = createHttpClient({ maxConnectionsPerOrigin: 256, ...(options.tls && { credentials }) });
  const endpoints = new Map<string, string>();
  const parts: StubParts = {
    hubId,
    payerFsp,
    payeeFsp,
    keys,
    endpointOf: (fspId) => endpoints.get(fspId) ?? 'http://127.0.0.1:1',
    client,
    clock: systemClock,
    signatures: threadPoolSignatures,
  };
  const payer = stubPayer({
    ...parts,
    timers: systemTimers,
    random: systemRandom,
    payee: options.payee ?? { idType: 'MSISDN', idValue: '27713803912' },
    amount: options.amount ?? { amount: '1', currency: 'USD' },
    ...(options.lifetimeMs !== undefined && { lifetimeMs: options.lifetimeMs }),
  });
  const handlers: Readonly<Record<StubMode, () => HttpHandler>> = {
    relay: () => stubRelay(parts),
    payee: () => stubPayee(parts),
    payer: () => payer.handler,
  };
  const limits = { maxBodyBytes: 5_242_880, refuse: refuseFspiop };
  const tls = options.tls ? { tls: { credentials, requireClientCertificate: true } } : {};
  const listener: Listener = await openListener({ ...limits, ...tls, port: options.port, handler: handlers[options.mode]() }, options.log);
  const setEndpoint = (fspId: string, endpoint: string): void => void endpoints.set(fspId, endpoint.replace(/\/+$/, ''));
  const admin = await openListener({ ...limits, port: 0, requestTimeoutMs: 600_000, handler: adminApi(setEndpoint, payer) }, options.log);
  return {
    url: listener.url,
    adminUrl: admin.url,
    setEndpoint,
    payer,
    async stop() {
      await Promise.all([listener.close(500), admin.close(500)]);
      await client.close();
    },
  };
}

function adminApi(setEndpoint: (fspId: string, endpoint: string) => void, payer: StubPayer): HttpHandler {
  return async (request) => {
    switch (`${request.method} ${request.target}`) {
      case 'POST /endpoints': {
        const json = readObject(request.body);
        setEndpoint(readText(json, 'fspId', 32), readText(json, 'endpoint', 2048));
        return answer(200, {});
      }
      case 'POST /run': {
        const json = readObject(request.body);
        return answer(200, await payer.run(Number(json['payments']), Number(json['concurrency'])));
      }
      case 'GET /usage':
        return answer(200, { cpuMs: cpuMs(), rssBytes: process.memoryUsage.rss() });
      default:
        return answer(404, { message: 'unknown path' });
    }
  };
}

/** User and system time of all threads since the start. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

function answer(status: number, body: object): HttpResponse {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
