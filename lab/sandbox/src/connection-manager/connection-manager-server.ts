import {
  type Clock,
  type Credentials,
  type Random,
  type RefusalReason,
  systemClock,
  systemRandom,
  systemTimers,
  type Timers,
  type World,
} from '@payment-manager/runtime';
import { type Listener, openListener } from '../listener.ts';
import { connectionManagerApi } from './api/api.ts';
import { json } from './api/problem.ts';
import { openBook } from './book.ts';
import { signLater } from './certificates/enrolments.ts';
import { addAuthority, issueHubServer } from './certificates/hub-material.ts';
import { serverFaults } from './faults/server-faults.ts';
import { putHubJws } from './jws-keys.ts';
import { type Operator, openOperator } from './operator.ts';
import { operatorApi } from './operator-api.ts';
import type { ServerCertificateRecord } from './records.ts';
import { hubCredentialsOf, membersOf, type SchemeMember } from './scheme-view.ts';
import { type ConnectionManagerSettings, DEFAULT_SETTINGS, type ServerParts } from './server-parts.ts';
import { openTokens, type TokenClient } from './tokens.ts';

export interface ConnectionManagerOptions extends Pick<World, 'log'> {
  /** Port of the API and of the token endpoint. Default: any free one. */
  readonly port?: number;
  /** Port of the operator's API. Default: any free one. */
  readonly operatorPort?: number;
  /** Where everything is kept (one file, 0600). Absent: it is gone with the process. */
  readonly folder?: string;
  /** FSP id of the hub. Default `switch`. */
  readonly hubId?: string;
  /** Host name of the hub, the CN of its server certificate. Default `localhost`. */
  readonly switchFqdn?: string;
  /** Further names and addresses of the hub's server certificate. Default `127.0.0.1`, `::1`. */
  readonly hubHosts?: readonly string[];
  /** The hub's own JWS key, published as that of a DFSP. */
  readonly hubJwsPublicKey?: string;
  /** RSA bits that requests must have, and that the hub's keys have. Default 2048; the real server's is 4096. */
  readonly keyBits?: number;
  /** A new hub has no CA until an operator makes one. Default true: it is made at the first start, with the hub's server certificate. */
  readonly makeHubCa?: boolean;
  readonly settings?: Partial<ConnectionManagerSettings>;
  /** A client of the identity provider for the hub's own people (`Application/PTA`), for tests of what only they may do. */
  readonly operatorClient?: { readonly clientId: string; readonly clientSecret: string };
  readonly clock?: Clock;
  readonly timers?: Timers;
  readonly random?: Random;
}

/** A Connection Manager as a DFSP's client meets it, with its identity provider. HTTP on 127.0.0.1. */
export interface ConnectionManagerServer {
  /** Base of the API, `http://127.0.0.1:PORT/api`; any other prefix serves as well. */
  readonly url: string;
  readonly tokenUrl: string;
  /** Base of the operator's API (HTTP, local, no sign-in). */
  readonly operatorUrl: string;
  readonly operator: Operator;
  /** Away and back on the same port. */
  readonly listener: Listener;
  /** What the hub must know of each DFSP. */
  members(): readonly SchemeMember[];
  /** What the hub's listener presents and trusts; undefined before the hub has a CA and a server certificate. */
  hubCredentials(): Credentials | undefined;
  /** Told after each change of anything; returns what ends it. */
  onChange(listener: () => void): () => void;
  stop(): Promise<void>;
}

/** The real server refuses larger bodies. */
const MAX_BODY_BYTES = 102_400;
const KEEP_ALIVE_MS = 5_000;
const STOP_GRACE_MS = 500;

/** Starts a Connection Manager. The same `folder` goes on where it was. */
export async function startConnectionManagerServer(options: ConnectionManagerOptions): Promise<ConnectionManagerServer> {
  const parts = await openParts(options);
  const operator = openOperator(parts);
  const listener = await openListener(
    {
      port: options.port ?? 0,
      maxBodyBytes: MAX_BODY_BYTES,
      keepAliveTimeoutMs: KEEP_ALIVE_MS,
      handler: connectionManagerApi(parts),
      refuse: refuseRequest,
    },
    options.log,
  );
  const operatorListener = await openListener(
    { port: options.operatorPort ?? 0, maxBodyBytes: MAX_BODY_BYTES, handler: operatorApi(operator), refuse: refuseRequest },
    options.log,
  ).catch(async (error: unknown) => {
    await listener.close(0);
    throw error;
  });
  return {
    url: `${listener.url}/api`,
    tokenUrl: `${listener.url}/realms/dfsps/protocol/openid-connect/token`,
    operatorUrl: operatorListener.url,
    operator,
    listener,
    members: () => membersOf(parts),
    hubCredentials: () => hubCredentialsOf(parts),
    onChange: (told) => parts.book.onChange(told),
    async stop() {
      await Promise.all([listener.close(STOP_GRACE_MS), operatorListener.close(STOP_GRACE_MS)]);
      parts.book.close();
    },
  };
}

async function openParts(options: ConnectionManagerOptions): Promise<ServerParts> {
  const { clock = systemClock, timers = systemTimers, random = systemRandom } = options;
  const book = openBook(options.folder);
  const settings = { ...DEFAULT_SETTINGS, ...options.settings };
  const hubId = options.hubId ?? 'switch';
  const find = (clientId: string): TokenClient | undefined => {
    const { operatorClient } = options;
    if (clientId === operatorClient?.clientId) return { clientSecret: operatorClient.clientSecret, groups: ['/Application/PTA'] };
    const dfsp = book.dfsp(clientId);
    return dfsp?.client && { clientSecret: dfsp.client.clientSecret, groups: [`/${dfsp.securityGroup ?? `Application/DFSP:${clientId}`}`] };
  };
  const parts: ServerParts = {
    book,
    faults: serverFaults(),
    tokens: openTokens({ find, seconds: () => parts.settings.tokenSeconds, clock, random }),
    tools: { clock, random, keyBits: options.keyBits ?? 2048 },
    clock,
    timers,
    random,
    hubId,
    switchFqdn: options.switchFqdn ?? 'localhost',
    hubHosts: options.hubHosts ?? ['127.0.0.1', '::1'],
    settings,
  };
  await prepare(parts, options);
  return parts;
}

/** CA, server certificate and JWS key of a new hub; signings that were under way when the last process ended. */
async function prepare(parts: ServerParts, options: ConnectionManagerOptions): Promise<void> {
  const { records } = parts.book;
  if (options.makeHubCa !== false) {
    if (records.authorities.length === 0) await addAuthority(parts, { CN: `${parts.hubId} CA`, O: parts.hubId });
    if (!records.hubServer || isEnding(records.hubServer.record, parts.clock)) await issueHubServer(parts);
  }
  const { hubJwsPublicKey } = options;
  if (hubJwsPublicKey !== undefined && hubJwsPublicKey !== parts.book.dfsp(parts.hubId)?.jws?.publicKey)
    putHubJws(parts, hubJwsPublicKey, Math.floor(parts.clock.now() / 1_000));
  for (const dfsp of records.dfsps) for (const enrolment of dfsp.inbound) signLater(parts, dfsp, enrolment);
}

/** A server certificate that ends sooner than this is issued anew at the next start. */
const RENEWAL_MS = 14 * 86_400_000;

function isEnding({ serverCertificateInfo }: ServerCertificateRecord, clock: Pick<Clock, 'now'>): boolean {
  return Date.parse(serverCertificateInfo.notAfter) - clock.now() < RENEWAL_MS;
}

function refuseRequest(reason: RefusalReason): ReturnType<typeof json> {
  if (reason === 'body-too-large') return json(413, { message: 'request entity too large' });
  if (reason === 'overloaded' || reason === 'closing') return json(503, { message: 'Service Unavailable' });
  return json(reason === 'handler-failed' ? 500 : 400, { message: reason });
}
