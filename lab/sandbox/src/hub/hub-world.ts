import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import {
  type HttpClient,
  type HttpHandler,
  type RecordedLog,
  recordedLog,
  seededRandom,
  type VirtualTime,
  virtualTime,
} from '@payment-manager/runtime';
import { fulfilmentOf, immediateSignatures, prepareBody, type ScriptedDfsp, scriptedDfsp } from '../scripted-dfsp.ts';
import { DEFAULT_HUB_SETTINGS, type Hub, type HubSettings, openHub } from './hub.ts';
import { type HubStore, memoryHubStore } from './hub-store.ts';

const KEYS = new Map<string, { privateKey: string; publicKey: string }>();
/** Call it in `before`: making keys takes a moment. */
export function makeKeys(): void {
  for (const name of ['switch', 'greenbank', 'bluewallet', 'redfund']) {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    KEYS.set(name, { privateKey: pem, publicKey: createPublicKey(pem).export({ type: 'spki', format: 'pem' }).toString() });
  }
}

export interface World {
  readonly hub: Hub;
  readonly time: VirtualTime;
  readonly payer: ScriptedDfsp;
  readonly payee: ScriptedDfsp;
  readonly third: ScriptedDfsp;
  readonly log: RecordedLog;
  readonly store: HubStore;
  /** Lets everything that is due now happen. */
  settle(): Promise<void>;
  restart(): Promise<World>;
  position(fspId: string): { committed: bigint; reserved: bigint };
}

/** A hub and three DFSPs in one process, joined by function calls that carry the certificate's name as TLS would. */
export async function world(store = memoryHubStore(), time = virtualTime(), settings: HubSettings = DEFAULT_HUB_SETTINGS): Promise<World> {
  const routes = new Map<string, HttpHandler>();
  const log = recordedLog();
  const clientOf = (name: string): HttpClient => ({
    async request(request) {
      const url = new URL(request.url);
      const handler = routes.get(url.host);
      if (handler === undefined) return { kind: 'failed', phase: 'connect', sent: false, code: 'CONNECT_REFUSED', message: '', advice: '' };
      const headers = Object.fromEntries(Object.entries(request.headers).map(([header, value]) => [header.toLowerCase(), value]));
      const body = Buffer.from(request.body ?? '');
      const response = await handler({
        method: request.method,
        target: request.url.slice(url.origin.length),
        headers,
        body,
        clientAuthenticated: true,
        clientName: name,
      });
      if (response.reset === true) return { kind: 'failed', phase: 'answer', sent: true, code: 'CONNECTION_LOST', message: '', advice: '' };
      return { kind: 'answer', status: response.status, headers: {}, body: Buffer.from(response.body ?? '') };
    },
    setCredentials() {},
    close: async () => {},
  });
  const dfsp = (fspId: string): ScriptedDfsp => {
    const made = scriptedDfsp({
      fspId,
      client: clientOf(fspId),
      hubUrl: () => 'http://hub',
      privateKey: KEYS.get(fspId)?.privateKey ?? '',
      keyOf: (name) => KEYS.get(name)?.publicKey,
      clock: time,
    });
    routes.set(fspId, made.handler);
    return made;
  };
  const hub = await openHub({
    identity: { hubId: 'switch', signingKey: createPrivateKey(KEYS.get('switch')?.privateKey ?? '') },
    settings,
    store,
    client: clientOf('switch'),
    clock: time,
    timers: time,
    random: seededRandom(Number(time.now() % 1_000_003)),
    signatures: immediateSignatures,
    log,
  });
  routes.set('hub', hub.handler);
  const [payer, payee, third] = [dfsp('greenbank'), dfsp('bluewallet'), dfsp('redfund')];
  for (const { fspId } of [payer, payee, third]) {
    await hub.putParticipant({
      fspId,
      endpoint: `http://${fspId}`,
      jwsPublicKeys: [KEYS.get(fspId)?.publicKey],
      currencies: ['USD'],
      netDebitCap: '100',
    });
  }
  await hub.putParty({ idType: 'MSISDN', idValue: '27713803912', fspId: 'bluewallet' });
  return {
    hub,
    time,
    payer,
    payee,
    third,
    log,
    store,
    settle: () => time.advance(0).then(() => time.advance(0)),
    async restart() {
      await hub.stop();
      return world(store, time);
    },
    position(fspId) {
      const found = hub.directory.position(fspId, 'USD');
      assert.ok(found !== undefined);
      return { committed: found.committed, reserved: found.reserved };
    },
  };
}

export const T = '8b1c8b5e-3c1a-4c8d-9b1f-0d2f6a7b8c9d';
const good = fulfilmentOf(7).fulfilment;
export const committed = { transferState: 'COMMITTED', fulfilment: good };
export const reserved = { transferState: 'RESERVED', fulfilment: good };

/** The DFSPs found nothing wrong with what the hub sent, and no money appeared or vanished. */
export function assertSound(w: World): void {
  for (const dfsp of [w.payer, w.payee, w.third]) assert.deepEqual(dfsp.complaints, []);
  const positions = w.hub.directory.positions();
  assert.equal(
    positions.reduce((sum, position) => sum + position.committed, 0n),
    0n,
  );
  assert.ok(positions.every((position) => position.reserved >= 0n));
}

/** A prepare for `T` was sent. */
export async function prepared(w: World, change: object = {}): Promise<void> {
  assert.equal(
    (await w.payer.send('POST /transfers', '/transfers', { destination: 'bluewallet', body: prepareBody(T, w.time, change) })).status,
    202,
  );
  await w.settle();
}

/** The payee fulfils `T`. */
export function fulfil(w: World, body: object, options: object = {}) {
  return w.payee.send('PUT /transfers', `/transfers/${T}`, { destination: 'greenbank', body, ...options });
}

/** Code of the error callback number `nth` that a DFSP got. */
export function errorOf(dfsp: ScriptedDfsp, nth = 1): string | undefined {
  return (dfsp.of('PUT /transfers/error')[nth - 1]?.body as { errorInformation: { errorCode: string } } | undefined)?.errorInformation
    .errorCode;
}
