import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { before, test } from 'node:test';
import { formatDateTime, standardDescription } from '@payment-manager/fspiop';
import {
  type HttpClient,
  type HttpHandler,
  type RecordedLog,
  recordedLog,
  seededRandom,
  type VirtualTime,
  virtualTime,
} from '@payment-manager/runtime';
import { parseFault } from '../faults/fault.ts';
import { fulfilmentOf, immediateSignatures, prepareBody, type ScriptedDfsp, scriptedDfsp } from '../scripted-dfsp.ts';
import { DEFAULT_HUB_SETTINGS, type Hub, openHub } from './hub.ts';
import { type HubStore, memoryHubStore } from './hub-store.ts';

const keys = new Map<string, { privateKey: string; publicKey: string }>();
before(() => {
  for (const name of ['switch', 'greenbank', 'bluewallet', 'redfund']) {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    keys.set(name, { privateKey: pem, publicKey: createPublicKey(pem).export({ type: 'spki', format: 'pem' }).toString() });
  }
});

interface World {
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
async function world(store = memoryHubStore(), time = virtualTime()): Promise<World> {
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
      privateKey: keys.get(fspId)?.privateKey ?? '',
      keyOf: (name) => keys.get(name)?.publicKey,
      clock: time,
    });
    routes.set(fspId, made.handler);
    return made;
  };
  const hub = await openHub({
    identity: { hubId: 'switch', signingKey: createPrivateKey(keys.get('switch')?.privateKey ?? '') },
    settings: DEFAULT_HUB_SETTINGS,
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
      jwsPublicKeys: [keys.get(fspId)?.publicKey],
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

const T = '8b1c8b5e-3c1a-4c8d-9b1f-0d2f6a7b8c9d';
const good = fulfilmentOf(7).fulfilment;
const committed = { transferState: 'COMMITTED', fulfilment: good };
const reserved = { transferState: 'RESERVED', fulfilment: good };

/** The DFSPs found nothing wrong with what the hub sent, and no money appeared or vanished. */
function assertSound(w: World): void {
  for (const dfsp of [w.payer, w.payee, w.third]) assert.deepEqual(dfsp.complaints, []);
  const positions = w.hub.directory.positions();
  assert.equal(
    positions.reduce((sum, position) => sum + position.committed, 0n),
    0n,
  );
  assert.ok(positions.every((position) => position.reserved >= 0n));
}

async function prepared(w: World, change: object = {}): Promise<void> {
  assert.equal(
    (await w.payer.send('POST /transfers', '/transfers', { destination: 'bluewallet', body: prepareBody(T, w.time, change) })).status,
    202,
  );
  await w.settle();
}

function fulfil(w: World, body: object, options: object = {}) {
  return w.payee.send('PUT /transfers', `/transfers/${T}`, { destination: 'greenbank', body, ...options });
}

function errorOf(dfsp: ScriptedDfsp, nth = 1): string | undefined {
  return (dfsp.of('PUT /transfers/error')[nth - 1]?.body as { errorInformation: { errorCode: string } } | undefined)?.errorInformation
    .errorCode;
}

test('hub: a prepare is held and forwarded untouched, a COMMITTED moves the money and reaches the payer as the payee signed it', async () => {
  const w = await world();
  await prepared(w);
  assert.deepEqual(w.position('greenbank'), { committed: 0n, reserved: 250_000n });
  const prepare = w.payee.of('POST /transfers')[0];
  assert.deepEqual([prepare?.source, prepare?.signed], ['greenbank', true]);
  assert.equal((await fulfil(w, committed)).status, 200);
  await w.settle();
  const outcome = w.payer.of('PUT /transfers')[0];
  assert.deepEqual([outcome?.source, outcome?.signed, outcome?.body], ['bluewallet', true, committed]);
  assert.deepEqual(w.position('greenbank'), { committed: 250_000n, reserved: 0n });
  assert.deepEqual(w.position('bluewallet'), { committed: -250_000n, reserved: 0n });
  assert.equal(w.payee.of('PATCH /transfers').length, 0);
  assertSound(w);
});

test('hub: a RESERVED is committed by the hub, which tells both sides in its own name', async () => {
  const w = await world();
  await prepared(w);
  await fulfil(w, reserved);
  await w.settle();
  const outcome = w.payer.of('PUT /transfers')[0];
  assert.deepEqual([outcome?.source, outcome?.signed], ['switch', true]);
  assert.deepEqual(outcome?.body, { ...committed, completedTimestamp: formatDateTime(w.time.now()) });
  const patch = w.payee.of('PATCH /transfers')[0];
  assert.deepEqual(
    [patch?.source, patch?.signed, patch?.body],
    ['switch', true, { transferState: 'COMMITTED', completedTimestamp: formatDateTime(w.time.now()) }],
  );
  assertSound(w);
});

test('hub: RESERVED with transfers 1.0 stays reserved and is aborted at its expiration', async () => {
  const w = await world();
  await prepared(w);
  await fulfil(w, reserved, { version: '1.0' });
  await w.time.advance(29_999);
  assert.equal(w.payer.of('PUT /transfers').length + w.payer.of('PUT /transfers/error').length, 0);
  await w.time.advance(1);
  assert.deepEqual([errorOf(w.payer), errorOf(w.payee), w.payee.of('PATCH /transfers').length], ['3303', '3303', 0]);
  assert.deepEqual(w.position('greenbank'), { committed: 0n, reserved: 0n });
  assertSound(w);
});

test('hub: a transfer that nobody fulfils ends at its expiration with 3303 to both, and a later fulfil changes nothing', async () => {
  const w = await world();
  await prepared(w);
  await w.time.advance(30_000);
  assert.deepEqual([errorOf(w.payer), errorOf(w.payee)], ['3303', '3303']);
  await fulfil(w, reserved);
  await w.settle();
  assert.equal((w.payee.of('PATCH /transfers')[0]?.body as { transferState: string } | undefined)?.transferState, 'ABORTED');
  await fulfil(w, committed);
  await w.settle();
  assert.equal(errorOf(w.payee, 2), '3303');
  assert.deepEqual(w.position('bluewallet'), { committed: 0n, reserved: 0n });
  assertSound(w);
});

test('hub: a wrong fulfilment aborts: 3100 to both, PATCH ABORTED besides to a payee that reserved', async () => {
  for (const [body, patches] of [
    [{ transferState: 'COMMITTED', fulfilment: fulfilmentOf(8).fulfilment }, 0],
    [{ transferState: 'RESERVED', fulfilment: fulfilmentOf(8).fulfilment }, 1],
    [{ transferState: 'COMMITTED' }, 0],
  ] as const) {
    const w = await world();
    await prepared(w);
    assert.equal((await fulfil(w, body)).status, 200);
    await w.settle();
    assert.deepEqual([errorOf(w.payer), errorOf(w.payee), w.payee.of('PATCH /transfers').length], ['3100', '3100', patches]);
    assert.deepEqual(w.position('greenbank'), { committed: 0n, reserved: 0n });
    await fulfil(w, committed);
    await w.settle();
    assert.equal(w.payer.of('PUT /transfers').length, 0);
    assertSound(w);
  }
});

test('hub: only the payee can fulfil or refuse a transfer', async () => {
  const w = await world();
  await prepared(w);
  await w.third.send('PUT /transfers', `/transfers/${T}`, { destination: 'greenbank', body: committed });
  await w.third.send('PUT /transfers/error', `/transfers/${T}/error`, {
    destination: 'greenbank',
    body: { errorInformation: { errorCode: '5000', errorDescription: 'no' } },
  });
  await w.settle();
  assert.equal(w.third.of('PUT /transfers/error').length, 2);
  assert.equal(w.payer.got.length, 0);
  assert.equal((await w.hub.findTransfer(T))?.state, 'RESERVED');
});

test('hub: a fulfil that comes at the expiration is too late, even before the hub noticed', async () => {
  const w = await world();
  await prepared(w);
  w.time.jumpWallClock(30_000);
  await fulfil(w, committed);
  await w.settle();
  assert.deepEqual([errorOf(w.payer), errorOf(w.payee), w.payer.of('PUT /transfers').length], ['3303', '3303', 0]);
  assertSound(w);
});

test('hub: a wall clock that was set back does not end a transfer early', async () => {
  const w = await world();
  await prepared(w);
  w.time.jumpWallClock(-5_000);
  await w.time.advance(34_999);
  assert.equal((await w.hub.findTransfer(T))?.state, 'RESERVED');
  await w.time.advance(1);
  assert.equal((await w.hub.findTransfer(T))?.state, 'ABORTED');
});

test('hub: the fulfilment of a transfer that is only reserved is shown to nobody', async () => {
  const w = await world();
  await prepared(w);
  await fulfil(w, reserved, { version: '1.0' });
  await w.payer.send('GET /transfers', `/transfers/${T}`);
  await w.settle();
  assert.deepEqual(w.payer.of('PUT /transfers')[0]?.body, { transferState: 'RESERVED' });
});

test('hub: a fulfil to a wrong destination aborts the transfer', async () => {
  const w = await world();
  await prepared(w);
  await fulfil(w, reserved, { destination: 'redfund' });
  await w.settle();
  assert.deepEqual([errorOf(w.payer), w.payee.of('PATCH /transfers').length, w.third.got.length], ['3100', 1, 0]);
  assertSound(w);
});

test("hub: the payee's error ends the transfer, and reaches the payer as the payee signed it", async () => {
  const w = await world();
  await prepared(w);
  await w.payee.send('PUT /transfers/error', `/transfers/${T}/error`, {
    destination: 'greenbank',
    body: { errorInformation: { errorCode: '5104', errorDescription: 'no' } },
  });
  await w.settle();
  assert.deepEqual([errorOf(w.payer), w.payer.of('PUT /transfers/error')[0]?.source], ['5104', 'bluewallet']);
  assert.deepEqual(w.position('greenbank'), { committed: 0n, reserved: 0n });
  assertSound(w);
});

test('hub: ABORTED as a fulfil is only heard, never obeyed', async () => {
  const w = await world();
  await prepared(w);
  assert.equal((await fulfil(w, { transferState: 'ABORTED' })).status, 200);
  await w.settle();
  assert.equal((await w.hub.findTransfer(T))?.state, 'RESERVED');
  assert.equal(w.payer.got.length, 0);
});

test('hub: a repeated prepare gets the stored outcome, a modified one 3106, and neither is forwarded', async () => {
  const w = await world();
  const body = prepareBody(T, w.time);
  const send = (change: object = {}, from = w.payer) =>
    from.send('POST /transfers', '/transfers', { destination: 'bluewallet', body: { ...body, ...change } });
  await Promise.all(Array.from({ length: 50 }, () => send()));
  await w.settle();
  assert.equal(w.payee.of('POST /transfers').length, 1);
  assert.deepEqual(w.position('greenbank'), { committed: 0n, reserved: 250_000n });
  await send({ amount: { amount: '26', currency: 'USD' } });
  await send({ payerFsp: 'redfund' }, w.third);
  await w.settle();
  assert.deepEqual([errorOf(w.payer), errorOf(w.third)], ['3106', '3106']);
  await fulfil(w, committed);
  await send();
  await w.settle();
  assert.deepEqual(
    w.payer.of('PUT /transfers').map((message) => message.body),
    [committed, committed],
  );
  assert.equal(w.payee.of('POST /transfers').length, 1);
  assertSound(w);
});

test('hub: a repeated fulfil gets the same notification again, another one 3106', async () => {
  const w = await world();
  await prepared(w);
  await fulfil(w, reserved);
  await fulfil(w, reserved);
  await fulfil(w, { ...reserved, extensionList: { extension: [{ key: 'a', value: 'b' }] } });
  await w.settle();
  assert.equal(w.payee.of('PATCH /transfers').length, 2);
  assert.equal(errorOf(w.payee), '3106');
  assert.deepEqual(w.position('bluewallet'), { committed: -250_000n, reserved: 0n });
  assertSound(w);
});

test('hub: what a hub refuses after it accepted comes as an error callback, with nothing held', async () => {
  const cases: readonly [object, string][] = [
    [{ amount: { amount: '100.01', currency: 'USD' } }, '4001'],
    [{ amount: { amount: '1', currency: 'EUR' } }, '5106'],
    [{ amount: { amount: '1.001', currency: 'USD' } }, '3100'],
    [{ amount: { amount: '0', currency: 'USD' } }, '3100'],
    [{ payeeFsp: 'nobody' }, '3203'],
    [{ payeeFsp: 'redfund' }, '3100'],
    [{ payerFsp: 'bluewallet', payeeFsp: 'greenbank' }, '3100'],
    [{ expiration: formatDateTime(virtualTime().now()) }, '3303'],
  ];
  for (const [change, code] of cases) {
    const w = await world();
    await prepared(w, change);
    assert.equal(errorOf(w.payer), code, JSON.stringify(change));
    assert.equal(w.payee.got.length, 0);
    assert.deepEqual(w.position('greenbank'), { committed: 0n, reserved: 0n });
    assertSound(w);
  }
});

test('hub: the net debit cap counts what is open and what is committed', async () => {
  const w = await world();
  const pay = async (n: number, amount: string): Promise<void> => {
    await w.payer.send('POST /transfers', '/transfers', {
      destination: 'bluewallet',
      body: prepareBody(`${T.slice(0, -1)}${n}`, w.time, { amount: { amount, currency: 'USD' } }),
    });
    await w.settle();
  };
  await pay(1, '60');
  await pay(2, '40');
  await pay(3, '0.01');
  assert.equal(w.payee.of('POST /transfers').length, 2);
  assert.equal(errorOf(w.payer), '4001');
});

test('hub: GET /transfers tells payer and payee the state, nobody else', async () => {
  const w = await world();
  const ask = async (dfsp: ScriptedDfsp): Promise<void> => {
    assert.equal((await dfsp.send('GET /transfers', `/transfers/${T}`)).status, 202);
    await w.settle();
  };
  await ask(w.payer);
  assert.equal(errorOf(w.payer), '3208');
  await prepared(w);
  await ask(w.payer);
  assert.deepEqual(w.payer.of('PUT /transfers')[0]?.body, { transferState: 'RESERVED' });
  await ask(w.third);
  assert.equal(errorOf(w.third), '3208');
  await fulfil(w, committed);
  await w.settle();
  await ask(w.payer);
  const answer = w.payer.of('PUT /transfers')[2];
  assert.deepEqual([answer?.source, answer?.signed], ['switch', true]);
  assert.deepEqual(answer?.body, { ...committed, completedTimestamp: formatDateTime(w.time.now()) });
  assertSound(w);
});

test('hub: GET /transfers after an abort gives the original error', async () => {
  const w = await world();
  await prepared(w);
  await w.time.advance(30_000);
  await w.payer.send('GET /transfers', `/transfers/${T}`);
  await w.settle();
  assert.equal(errorOf(w.payer, 2), '3303');
});

test('hub: bad signatures, foreign sources, unknown participants and bad bodies are refused at once', async () => {
  const w = await world();
  const send = (options: object) =>
    w.payer.send('POST /transfers', '/transfers', { destination: 'bluewallet', body: prepareBody(T, w.time), ...options });
  assert.deepEqual(await send({ signature: 'none' }), { status: 400, errorCode: '3105' });
  assert.deepEqual(await send({ signature: 'tampered' }), { status: 400, errorCode: '3105' });
  assert.deepEqual(await send({ source: 'bluewallet' }), { status: 400, errorCode: '3100' });
  assert.deepEqual(await send({ headers: { 'Content-Type': 'application/json' } }), { status: 400, errorCode: '3101' });
  assert.deepEqual(await send({ headers: { Accept: 'application/vnd.interoperability.transfers+json;version=7' } }), {
    status: 406,
    errorCode: '3001',
  });
  assert.equal(
    (
      await w.payer.send('PATCH /transfers', `/transfers/${T}`, {
        destination: 'bluewallet',
        body: { transferState: 'COMMITTED', completedTimestamp: formatDateTime(w.time.now()) },
      })
    ).status,
    405,
  );
  await prepared(w);
  const future = formatDateTime(w.time.now() + 60_000);
  assert.deepEqual(await fulfil(w, { ...committed, completedTimestamp: future }), { status: 400, errorCode: '3100' });
  const request = { method: 'GET', target: '/transfers/x', headers: {}, body: new Uint8Array() };
  assert.equal((await w.hub.handler({ ...request, clientAuthenticated: false })).status, 401);
  assert.equal(w.payer.got.length, 0);
});

test('hub: parties are found by the oracle, quotes pass unread, errors come back', async () => {
  const w = await world();
  await w.payer.send('GET /parties', '/parties/MSISDN/27713803912', { signature: 'always' });
  await w.settle();
  const lookup = w.payee.of('GET /parties')[0];
  assert.deepEqual([lookup?.source, lookup?.destination, lookup?.path], ['greenbank', 'bluewallet', '/parties/MSISDN/27713803912']);
  const party = {
    party: { partyIdInfo: { partyIdType: 'MSISDN', partyIdentifier: '27713803912', fspId: 'bluewallet' }, name: 'Thandi Nkosi' },
  };
  await w.payee.send('PUT /parties', '/parties/MSISDN/27713803912', { destination: 'greenbank', body: party, signature: 'none' });
  await w.payer.send('GET /parties', '/parties/MSISDN/1');
  await w.payer.send('GET /participants', '/participants/MSISDN/27713803912');
  await w.settle();
  assert.deepEqual(w.payer.of('PUT /parties')[0]?.body, party);
  const unknown = w.payer.of('PUT /parties/error')[0];
  assert.deepEqual([unknown?.source, unknown?.path], ['switch', '/parties/MSISDN/1/error']);
  assert.deepEqual(w.payer.of('PUT /participants')[0]?.body, { fspId: 'bluewallet' });
  const quote = {
    quoteId: T,
    transactionId: T,
    payee: party.party,
    payer: { partyIdInfo: { partyIdType: 'MSISDN', partyIdentifier: '1' } },
    amountType: 'SEND',
    amount: { amount: '1', currency: 'USD' },
    transactionType: { scenario: 'TRANSFER', initiator: 'PAYER', initiatorType: 'CONSUMER' },
  };
  await w.payer.send('POST /quotes', '/quotes', { destination: 'bluewallet', body: quote });
  await w.payer.send('POST /quotes', '/quotes', { destination: 'nobody', body: quote });
  await w.settle();
  assert.deepEqual([w.payee.of('POST /quotes')[0]?.body, w.payee.of('POST /quotes')[0]?.signed], [quote, true]);
  assert.equal(w.payer.of('PUT /quotes/error')[0]?.path, `/quotes/${T}/error`);
  assertSound(w);
});

test('hub: a DFSP that cannot be reached costs the sender an error callback, never silence', async () => {
  const w = await world();
  await w.hub.putParticipant({ fspId: 'bluewallet', endpoint: 'http://gone' });
  await w.payer.send('GET /parties', '/parties/MSISDN/27713803912');
  await w.time.advance(5_000);
  assert.deepEqual((w.payer.of('PUT /parties/error')[0]?.body as { errorInformation: object } | undefined)?.errorInformation, {
    errorCode: '1001',
    errorDescription: standardDescription('1001'),
  });
});

test('hub: callbacks are sent again until they are acknowledged, wherever the DFSP is by then', async () => {
  const w = await world();
  await prepared(w);
  let failures = 2;
  w.payer.on('PUT /transfers', () => (failures-- > 0 ? { status: 503 } : undefined));
  await fulfil(w, committed);
  await w.time.advance(10_000);
  assert.equal(w.payer.of('PUT /transfers').length, 3);
  await w.time.advance(100_000);
  assert.equal(w.payer.of('PUT /transfers').length, 3);
});

test('hub: a restart keeps positions, open transfers, their deadlines and what is owed', async () => {
  const first = await world();
  await prepared(first);
  first.payee.on('PATCH /transfers', () => ({ status: 503 }));
  await fulfil(first, reserved);
  await first.settle();
  const other = `${T.slice(0, -1)}1`;
  await first.payer.send('POST /transfers', '/transfers', { destination: 'bluewallet', body: prepareBody(other, first.time) });
  await first.settle();
  const w = await first.restart();
  await w.settle();
  assert.equal(w.payee.of('PATCH /transfers').length, 1);
  assert.deepEqual(w.position('greenbank'), { committed: 250_000n, reserved: 250_000n });
  await w.time.advance(30_000);
  assert.equal(errorOf(w.payer), '3303');
  assert.deepEqual(w.position('greenbank'), { committed: 250_000n, reserved: 0n });
  assertSound(w);
});

test('hub: faults strike messages on their way in and out', async () => {
  const w = await world();
  const fault = (rule: object): void => void w.hub.faults.add(parseFault({ count: 1, ...rule }));
  fault({ operation: 'POST /transfers', direction: 'out', action: { kind: 'duplicate' } });
  fault({ operation: 'PUT /transfers', direction: 'in', fspId: 'bluewallet', action: { kind: 'drop' } });
  fault({ operation: 'PATCH /transfers', direction: 'out', action: { kind: 'timeout' } });
  await prepared(w);
  assert.equal(w.payee.of('POST /transfers').length, 2);
  assert.equal((await fulfil(w, reserved)).status, 200);
  await w.settle();
  assert.equal((await w.hub.findTransfer(T))?.state, 'RESERVED');
  await fulfil(w, reserved);
  await w.time.advance(1_000);
  assert.equal(w.payee.of('PATCH /transfers').length, 2);
  assertSound(w);
  w.hub.faults.add(parseFault({ operation: 'PUT /transfers', direction: 'out', action: { kind: 'bad-signature' } }));
  await w.payer.send('GET /transfers', `/transfers/${T}`);
  await w.settle();
  assert.equal(w.payer.complaints.length, 1);
});
