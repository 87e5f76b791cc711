import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fulfilled, patch, prepare, prepareFor, quoted } from '../test/payee-scenes.ts';
import { committed, opened, paymentOf } from '../test/payer-scenes.ts';
import { exceptionCodes } from '../test/person-scenes.ts';
import { makeWorld, notificationsOf, settled, taken, transfersOf, type World } from '../test/world.ts';

const defect = (): never => {
  throw new Error('a defect');
};
const alarmCodes = async (world: World) =>
  (await world.connector.alarms({ limit: 20 })).filter((alarm) => 'momentary' in alarm).map(({ code }) => code);

test('engine: a message whose sending throws is sent again, ever more rarely, and may have arrived before', async () => {
  const world = await makeWorld();
  world.hub = (message, nth) => (message.path === '/transfers' && nth <= 4 ? defect() : taken);
  const begun = world.time.now();
  const { transferId, answer } = await opened(world);
  await world.time.advance(60_000);
  const prepares = world.messages('POST', '/transfers');
  assert.deepEqual(
    prepares.map(({ at }) => (at - begun) / 1_000),
    [0, 1, 3, 7, 15],
  );
  assert.equal(new Set(prepares.map(({ text }) => text)).size, 1);
  assert.deepEqual(await alarmCodes(world), Array(4).fill('ACTION_FAILED'));
  await committed(world, transferId);
  await answer;
  assert.equal(paymentOf(await settled(world, world.connector.payer.inquire(transferId) as never)).stage, 'completed');
});

test('engine: a prepare that threw until its time was over may have arrived: it is a question, not a failure', async () => {
  const world = await makeWorld();
  world.hub = (message) => (message.path === '/transfers' ? defect() : taken);
  const { transferId } = await opened(world);
  await world.time.advance(40_000);
  assert.ok(world.messages('GET', `/transfers/${transferId}`).length > 0);
  await committed(world, transferId);
  assert.equal(paymentOf(await settled(world, world.connector.payer.inquire(transferId) as never)).stage, 'completed');
});

test('engine: a question to the hub that throws comes again, and uses up no enquiry', async () => {
  const world = await makeWorld();
  let broken = true;
  world.hub = (message) => (broken && message.method === 'GET' ? defect() : taken);
  const { transferId } = await opened(world);
  await world.time.advance(600_000);
  assert.deepEqual(await exceptionCodes(world), []);
  broken = false;
  const before = world.messages('GET', `/transfers/${transferId}`).length;
  await world.time.advance(300_000);
  assert.ok(world.messages('GET', `/transfers/${transferId}`).length > before);
});

test('engine: a transfer whose call of the core throws is unknown: the core is not called again, and a person is told', async () => {
  const world = await makeWorld();
  world.core.transfer = defect;
  const quote = await quoted(world);
  await prepare(world, prepareFor(world, quote));
  await world.time.advance(600_000);
  assert.equal(transfersOf(world.calls).length, 1);
  assert.deepEqual(await exceptionCodes(world), ['CORE_OUTCOME_UNKNOWN']);
  assert.deepEqual(await alarmCodes(world), ['ACTION_FAILED']);
});

test('engine: a transfer whose call throws goes on as the core is declared: called again, or asked', async () => {
  const repeated = await makeWorld({ core: { transferRepeatable: true } });
  repeated.core.transfer = (_request, nth) => (nth === 1 ? defect() : { kind: 'ok', value: {} });
  const quote = await quoted(repeated);
  await prepare(repeated, prepareFor(repeated, quote));
  await repeated.time.advance(5_000);
  assert.equal(transfersOf(repeated.calls).length, 2);
  assert.equal(repeated.messages('PUT', `/transfers/${quote.request.transactionId}`)[0]?.body.transferState, 'RESERVED');

  const asked = await makeWorld({ core: { transferAskable: true } });
  asked.core.transfer = defect;
  asked.core.ask = () => ({ kind: 'ok', value: { transferState: 'RESERVED' } });
  const other = await quoted(asked);
  await prepare(asked, prepareFor(asked, other));
  await asked.time.advance(20_000);
  assert.equal(transfersOf(asked.calls).length, 1);
  assert.equal(asked.messages('PUT', `/transfers/${other.request.transactionId}`)[0]?.body.transferState, 'RESERVED');
});

test('engine: a notification that throws is told again where that is declared, else it is for a person', async () => {
  for (const notificationRepeatable of [true, false]) {
    const world = await makeWorld({ core: { notificationRepeatable } });
    world.core.notify = (_notification, nth) => (nth === 1 ? defect() : { kind: 'ok', value: {} });
    const { id } = await fulfilled(world);
    await patch(world, id, 'COMMITTED');
    await world.time.advance(60_000);
    assert.equal(notificationsOf(world.calls).length, notificationRepeatable ? 2 : 1);
    assert.deepEqual(await exceptionCodes(world), notificationRepeatable ? [] : ['CORE_NOT_TOLD']);
  }
});
