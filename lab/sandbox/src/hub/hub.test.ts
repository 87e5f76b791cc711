import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { formatDateTime, standardDescription } from '@payment-manager/fspiop';
import { parseFault } from '../faults/fault.ts';
import { prepareBody } from '../scripted-dfsp.ts';
import { DEFAULT_HUB_SETTINGS } from './hub.ts';
import { memoryHubStore } from './hub-store.ts';
import { assertSound, committed, errorOf, fulfil, makeKeys, prepared, reserved, T, world } from './hub-world.ts';

before(makeKeys);

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

test('hub: what could not be stored is neither acknowledged nor sent, and nothing is decided after it', async () => {
  const store = memoryHubStore();
  let fails = false;
  const w = await world({ ...store, save: (change) => (fails ? Promise.reject(new Error('disk full')) : store.save(change)) });
  fails = true;
  await assert.rejects(prepared(w), /disk full/);
  fails = false;
  assert.deepEqual(await w.payer.send('POST /transfers', '/transfers', { destination: 'bluewallet', body: prepareBody(T, w.time) }), {
    status: 503,
    errorCode: '2003',
  });
  assert.equal(w.payee.got.length, 0);
  const again = await world(store, w.time);
  await prepared(again);
  assert.equal(again.payee.of('POST /transfers').length, 1);
});

test('hub: over its limit it sheds new work at once, but takes what belongs to open transfers', async () => {
  const settings = { ...DEFAULT_HUB_SETTINGS, openTransfersMax: 1 };
  const w = await world(memoryHubStore(), undefined, settings);
  await prepared(w);
  assert.deepEqual(await w.payer.send('GET /parties', '/parties/MSISDN/27713803912'), { status: 503, errorCode: '2005' });
  assert.equal((await fulfil(w, committed)).status, 200);
  assert.equal((await w.payer.send('GET /parties', '/parties/MSISDN/27713803912')).status, 202);
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

test('hub: a fulfil can be acknowledged, lost, and followed by an error', async () => {
  for (const execute of [false, true]) {
    const w = await world();
    await prepared(w);
    w.hub.faults.add(
      parseFault({ operation: 'PUT /transfers', count: 1, action: { kind: 'accept-then-error', errorCode: '2001', execute } }),
    );
    assert.equal((await fulfil(w, committed)).status, 200);
    await w.time.advance(1_000);
    assert.equal(errorOf(w.payee), '2001');
    assert.equal((await w.hub.findTransfer(T))?.state, execute ? 'COMMITTED' : 'RESERVED');
  }
});
