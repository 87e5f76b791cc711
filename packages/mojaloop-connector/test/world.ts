import assert from 'node:assert/strict';
import {
  canonicalJson,
  type ErrorBody,
  type PartiesPutResponse,
  type QuotesIdPutResponse,
  type QuotesPostRequest,
  type TransfersIdPatchResponse,
  type TransfersIdPutResponse,
  type TransfersPostRequest,
} from '@payment-manager/fspiop';
import { type Journal, memoryJournal } from '@payment-manager/journal';
import {
  createMetrics,
  createSealer,
  type HttpOutcome,
  type Metrics,
  noFailpoints,
  type OutgoingRequest,
  type RecordedLog,
  recordedLog,
  seededRandom,
  type VirtualTime,
  virtualTime,
} from '@payment-manager/runtime';
import { type Connector, type ConnectorDeps, createConnector } from '../src/connector.ts';
import type {
  CoreDoor,
  CoreNotification,
  CoreTransfer,
  CoreTransferRequest,
  CoreTransferState,
  MoneyOutcome,
  ReadOutcome,
} from '../src/core-client/core-door.ts';
import type { ConnectorSettings } from '../src/transfer/connector-settings.ts';
import { testSettings } from './settings.ts';

/** A body, with the members of every message: a test looks at those of the message that it asked for. Of a GET it is undefined. */
export type SentBody = QuotesPostRequest &
  QuotesIdPutResponse &
  TransfersPostRequest &
  TransfersIdPutResponse &
  TransfersIdPatchResponse &
  PartiesPutResponse &
  ErrorBody;

/** A message that we sent to the hub. */
export interface SentMessage {
  readonly at: number;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: SentBody;
  readonly text: string;
}

/** A call of the core that changes something. */
export type CoreCall = { readonly at: number } & (
  | { readonly kind: 'transfer'; readonly request: CoreTransferRequest; readonly key: string }
  | { readonly kind: 'notify'; readonly notification: CoreNotification; readonly key: string }
);

/** How the hub answers our messages, by attempt. Default: it takes everything. */
export type HubAnswer = (message: SentMessage, nth: number) => HttpOutcome | Promise<HttpOutcome>;

export const taken: HttpOutcome = { kind: 'answer', status: 202, headers: {}, body: new Uint8Array() };
export const status = (code: number, body: object = {}): HttpOutcome => ({
  kind: 'answer',
  status: code,
  headers: {},
  body: Buffer.from(JSON.stringify(body)),
});
export const lost: HttpOutcome = { kind: 'failed', phase: 'answer', sent: true, code: 'CONNECTION_LOST', message: 'lost', advice: '' };
export const refusedConnection: HttpOutcome = {
  kind: 'failed',
  phase: 'connect',
  sent: false,
  code: 'CONNECT_REFUSED',
  message: 'refused',
  advice: '',
};

/** A connector on a virtual clock, between a hub and a core that tests script. Nothing of it leaves the process. */
export interface World {
  readonly time: VirtualTime;
  readonly journal: Journal;
  readonly settings: ConnectorSettings;
  /** Of all processes, one after the other. */
  readonly log: RecordedLog;
  /** Of the present process. */
  metrics: Metrics;
  connector: Connector;
  readonly sent: SentMessage[];
  readonly calls: CoreCall[];
  /** What each call of the core bore as its `traceparent`, in order. */
  readonly coreTraces: (string | undefined)[];
  hub: HubAnswer;
  core: {
    transfer: (
      request: CoreTransferRequest,
      nth: number,
      deadline: number,
    ) => MoneyOutcome<CoreTransfer> | Promise<MoneyOutcome<CoreTransfer>>;
    notify: (notification: CoreNotification, nth: number, deadline: number) => MoneyOutcome<object> | Promise<MoneyOutcome<object>>;
    ask: (transferId: string) => ReadOutcome<CoreTransferState> | Promise<ReadOutcome<CoreTransferState>>;
    quote: CoreDoor['quote'];
    findParty: CoreDoor['findParty'];
  };
  /** Delivers a message of the hub to us; asserts the synchronous status. */
  receive(
    method: string,
    path: string,
    body: object | undefined,
    options?: { source?: string; version?: string; status?: number; destination?: string; writtenAt?: number; trace?: string },
  ): Promise<void>;
  messages(method: string, path: string): SentMessage[];
  /** The process ends without warning and starts again on the same journal. */
  crash(): Promise<void>;
}

/** What replicas of one DFSP share, and what makes one world differ from another. */
export interface WorldOptions {
  readonly journal?: Journal;
  readonly time?: VirtualTime;
  readonly seed?: number;
  readonly transferIdKey?: Uint8Array;
}

/** A world whose connector has started. */
export async function makeWorld(change: Parameters<typeof testSettings>[0] = {}, among: WorldOptions = {}): Promise<World> {
  const settings = testSettings(change);
  const time = among.time ?? virtualTime();
  const journal = among.journal ?? memoryJournal();
  const sent: SentMessage[] = [];
  const calls: CoreCall[] = [];
  let generation = 0;
  const random = seededRandom(among.seed ?? 7);
  // replicas share the key with which they seal
  const sealer = createSealer(new Uint8Array(32).fill(7), random);
  const transferIdKey = among.transferIdKey ?? Buffer.alloc(32, 3);
  const make = (): Connector => {
    const mine = generation;
    world.metrics = createMetrics();
    return createConnector(depsOf(world, { random, sealer, transferIdKey }, () => mine === generation));
  };
  const world: World = {
    time,
    journal,
    settings,
    log: recordedLog(),
    metrics: createMetrics(),
    sent,
    calls,
    coreTraces: [],
    connector: undefined as unknown as Connector,
    hub: () => taken,
    core: willingCore(),
    receive: (method, path, body, options = {}) => received(world, method, path, body, options),
    messages: (method, path) => sent.filter((message) => message.method === method && message.path === path),
    async crash() {
      generation++;
      world.connector = make();
      await world.connector.start();
      await time.advance(0);
    },
  };
  world.connector = make();
  await world.connector.start();
  return world;
}

/** It does what it is asked. */
function willingCore(): World['core'] {
  return {
    transfer: () => ({ kind: 'ok', value: { homeTransactionId: 'home-1' } }),
    notify: () => ({ kind: 'ok', value: {} }),
    ask: () => ({ kind: 'failed', refusal: { code: '2001', description: 'no' }, reason: 'no' }),
    quote: async ({ quote }) => ({
      kind: 'ok',
      value: { transferAmount: quote.amount, payeeReceiveAmount: quote.amount, raw: { from: 'core' } },
    }),
    findParty: async (party) => ({
      kind: 'ok',
      value: { partyIdInfo: { partyIdType: party.type as 'MSISDN', partyIdentifier: party.id }, name: 'Payee Person' },
    }),
  };
}

async function received(
  world: World,
  method: string,
  path: string,
  body: object | undefined,
  options: NonNullable<Parameters<World['receive']>[3]>,
): Promise<void> {
  const resource = path.split('/')[1];
  const type = `application/vnd.interoperability.${resource}+json;version=${options.version ?? '1.1'}`;
  const headers: Record<string, string> = {
    'content-type': type,
    date: new Date(options.writtenAt ?? world.time.now()).toUTCString(),
    'fspiop-source': options.source ?? 'them',
    'fspiop-destination': options.destination ?? world.settings.fspId,
  };
  if (method === 'GET' || method === 'POST') headers['accept'] = type;
  if (options.trace !== undefined) headers['traceparent'] = options.trace;
  const bytes = body === undefined ? new Uint8Array() : Buffer.from(canonicalJson(body));
  const answer = await settled(world, world.connector.inbound({ method, target: path, headers, body: bytes, clientAuthenticated: true }));
  const expected = options.status ?? (method === 'PUT' || method === 'PATCH' ? 200 : 202);
  assert.equal(answer.status, expected, `${method} ${path}: ${String(answer.body)}`);
}

/** What one process is given: all of it ends with the process. What a dead process began may arrive, but it never learns the answer. */
function depsOf(world: World, lasting: Pick<ConnectorDeps, 'random' | 'sealer' | 'transferIdKey'>, alive: () => boolean): ConnectorDeps {
  const { time, journal, calls } = world;
  const dead = <T>(): Promise<T> => new Promise(() => {});
  const guard = async <T>(work: T | Promise<T>): Promise<T> => {
    const value = await work;
    return alive() ? value : dead<T>();
  };
  const core: CoreDoor = {
    findParty: (party, deadline, trace) => {
      world.coreTraces.push(trace);
      return guard(world.core.findParty(party, deadline));
    },
    quote: (request, deadline, trace) => {
      world.coreTraces.push(trace);
      return guard(world.core.quote(request, deadline));
    },
    transfer: (request, key, deadline, trace) => {
      if (!alive()) return dead();
      world.coreTraces.push(trace);
      calls.push({ at: time.now(), kind: 'transfer', request, key });
      return guard(world.core.transfer(request, transfersOf(calls).length, deadline));
    },
    notify: (notification, key, deadline, trace) => {
      if (!alive()) return dead();
      world.coreTraces.push(trace);
      calls.push({ at: time.now(), kind: 'notify', notification, key });
      return guard(world.core.notify(notification, notificationsOf(calls).length, deadline));
    },
    ask: (transferId) => guard(world.core.ask(transferId)),
  };
  return {
    ...lasting,
    core,
    settings: world.settings,
    journal: { ...journal, append: (append) => (alive() ? guard(journal.append(append)) : dead()) },
    clock: time,
    timers: { after: (ms, run) => time.after(ms, () => alive() && run()), soon: (run) => time.soon(() => alive() && run()) },
    signatures: {
      sign: () => Promise.reject(new Error('signatures are off')),
      verify: () => Promise.reject(new Error('signatures are off')),
    },
    hubClient: {
      request: (request) => (alive() ? guard(hubTakes(world, request)) : dead()),
      setCredentials: () => {},
      close: async () => {},
    },
    signingKey: () => undefined,
    peerKeys: { keysOf: () => [], refresh: async () => false },
    log: world.log,
    metrics: world.metrics,
    failpoints: noFailpoints,
  };
}

async function hubTakes(world: World, request: OutgoingRequest): Promise<HttpOutcome> {
  const text = request.body === undefined ? '' : String(request.body);
  const path = new URL(request.url).pathname;
  const message: SentMessage = {
    at: world.time.now(),
    method: request.method,
    path,
    headers: request.headers,
    body: (text === '' ? undefined : JSON.parse(text)) as SentBody,
    text,
  };
  world.sent.push(message);
  return world.hub(message, world.messages(message.method, path).length);
}

export function transfersOf(calls: readonly CoreCall[]): Extract<CoreCall, { kind: 'transfer' }>[] {
  return calls.filter((call) => call.kind === 'transfer');
}

export function notificationsOf(calls: readonly CoreCall[]): Extract<CoreCall, { kind: 'notify' }>[] {
  return calls.filter((call) => call.kind === 'notify');
}

/** Awaits something that needs no time to pass, letting immediate timers run. */
export async function settled<T>(world: { time: VirtualTime }, promise: Promise<T>): Promise<T> {
  let done = false;
  void promise.finally(() => {
    done = true;
  });
  for (let turn = 0; turn < 50 && !done; turn++) await world.time.advance(0);
  assert.ok(done, 'still waiting, although no time has to pass');
  return promise;
}

/** The answer after so much virtual time at the most; asserts that it came by then. */
export async function within<T>(world: World, ms: number, promise: Promise<T>): Promise<T> {
  let done = false;
  void promise.finally(() => {
    done = true;
  });
  const end = world.time.now() + ms;
  while (!done && world.time.now() < end) await world.time.advance(50);
  assert.ok(done, `no answer within ${ms} ms`);
  return promise;
}
