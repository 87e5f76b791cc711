import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fulfilled, hubSays, patch, told } from '../../test/payee-scenes.ts';
import { makeWorld, notificationsOf, status, taken, type World } from '../../test/world.ts';

/** A COMMITTED of a crediting core that the hub has acknowledged. */
async function acknowledged(world: World): Promise<string> {
  const { id } = await fulfilled(world);
  assert.deepEqual(told(world, id), ['COMMITTED']);
  return id;
}

const credit = { core: { atPrepare: 'credit' } } as const;
const asked = (world: World, id: string): number => world.messages('GET', `/transfers/${id}`).length;
const hubWord = async (world: World, id: string) => (await world.connector.desk.exception(id))?.payment.hub;
const exceptionCodes = async (world: World) => (await world.connector.exceptions({ limit: 10 })).map(({ code }) => code);
const alarmCodes = async (world: World) => (await world.connector.alarms({ limit: 10 })).map(({ code }) => code);

async function hubAnswers(world: World, id: string, transferState: 'COMMITTED' | 'ABORTED' | 'RESERVED'): Promise<void> {
  await world.receive('PUT', `/transfers/${id}`, { transferState }, { source: 'switch' });
  await world.time.advance(0);
}

async function patchError(world: World, id: string, errorCode: string, source = 'switch'): Promise<void> {
  await world.receive('PATCH', `/transfers/${id}/error`, { errorInformation: { errorCode, errorDescription: 'test' } }, { source });
  await world.time.advance(0);
}

test('acknowledged: the hub’s 200 to a COMMITTED is a receipt: the outcome is ACKNOWLEDGED, the hub is asked, and its answer is COMMITTED', async () => {
  const world = await makeWorld(credit);
  const id = await acknowledged(world);
  await world.time.advance(1_000);
  assert.equal(await hubWord(world, id), 'ACKNOWLEDGED');
  // the transfer expires after 30 s, and the skew is 2 s
  await world.time.advance(30_900);
  assert.equal(asked(world, id), 0);
  await world.time.advance(6_000);
  assert.equal(asked(world, id), 1);
  await hubAnswers(world, id, 'COMMITTED');
  assert.equal(await hubWord(world, id), 'COMMITTED');
  await world.time.advance(3_600_000);
  assert.equal(asked(world, id), 1);
  assert.deepEqual([notificationsOf(world.calls).length, ...(await exceptionCodes(world)), ...(await alarmCodes(world))], [0]);
});

for (const code of ['3100', '2001', '3106', '3208'] as const) {
  test(`acknowledged: error ${code} of the hub after its 200 is kept, and the hub is asked at once; aborted and credited is an exception`, async () => {
    const world = await makeWorld(credit);
    const id = await acknowledged(world);
    await world.time.advance(1_000);
    await hubSays(world, id, code);
    assert.equal(asked(world, id), 1);
    assert.equal(await hubWord(world, id), 'UNKNOWN');
    assert.deepEqual(await alarmCodes(world), ['ERROR_AFTER_FULFIL']);
    // what it said is on disk: a process that dies right then goes on asking
    await world.crash();
    await world.time.advance(3_000);
    assert.equal(asked(world, id), 2);
    assert.deepEqual(await alarmCodes(world), ['ERROR_AFTER_FULFIL']);
    await hubSays(world, id, '3303');
    assert.equal(await hubWord(world, id), 'ABORTED');
    assert.deepEqual(await exceptionCodes(world), ['CORE_CREDITED_HUB_ABORTED']);
  });
}

test('acknowledged: PATCH …/error after the 200 is kept and asked about, too; of somebody else it is nothing', async () => {
  const world = await makeWorld(credit);
  const id = await acknowledged(world);
  await patchError(world, id, '3100', 'stranger');
  assert.equal(asked(world, id), 0);
  await patchError(world, id, '3100');
  assert.equal(asked(world, id), 1);
  await world.crash();
  await hubAnswers(world, id, 'ABORTED');
  assert.deepEqual(await exceptionCodes(world), ['CORE_CREDITED_HUB_ABORTED']);
});

test('acknowledged: an error that comes before the 200 starts the questions at once as well', async () => {
  const world = await makeWorld(credit);
  const slow = Promise.withResolvers<typeof taken>();
  world.hub = (message) => (message.method === 'PUT' && message.path.startsWith('/transfers/') ? slow.promise : taken);
  const id = await acknowledged(world);
  await hubSays(world, id, '3100');
  assert.equal(asked(world, id), 1);
  slow.resolve(taken);
  await world.time.advance(500);
  assert.equal(await hubWord(world, id), 'UNKNOWN');
});

test('acknowledged: an error 33xx decides, as ever; COMMITTED in answer to a doubt ends it without anybody', async () => {
  const world = await makeWorld(credit);
  const aborted = await acknowledged(world);
  await hubSays(world, aborted, '3303');
  assert.deepEqual(await exceptionCodes(world), ['CORE_CREDITED_HUB_ABORTED']);
  const doubted = await acknowledged(world);
  await hubSays(world, doubted, '3100');
  await hubAnswers(world, doubted, 'COMMITTED');
  await world.time.advance(600_000);
  assert.equal(await hubWord(world, doubted), 'COMMITTED');
  assert.equal((await alarmCodes(world)).includes('ERROR_AFTER_FULFIL'), false);
});

test('acknowledged: the same error a thousand times is written down once', async () => {
  const world = await makeWorld(credit);
  const id = await acknowledged(world);
  for (let nth = 0; nth < 50; nth++) await hubSays(world, id, ['3100', '2001'][nth % 2] ?? '');
  const events = (await world.connector.desk.exception(id))?.history.filter(({ what }) => what.includes('error')) ?? [];
  assert.equal(events.length, 2);
});

test('acknowledged: a doubt that the hub does not answer is an exception at the end of the ladder', async () => {
  const world = await makeWorld(credit);
  const id = await acknowledged(world);
  await hubSays(world, id, '3100');
  await world.time.advance(120_000);
  assert.deepEqual(await exceptionCodes(world), ['OUTCOME_UNKNOWN']);
  await patch(world, id, 'COMMITTED');
  assert.deepEqual(await exceptionCodes(world), []);
});

test('acknowledged: of a transfer that expires in a year the hub is asked a minute after its 200', async () => {
  const world = await makeWorld(credit);
  const { id } = await fulfilled(world, { expiration: new Date(world.time.now() + 31_536_000_000).toISOString() });
  await world.time.advance(59_900);
  assert.equal(asked(world, id), 0);
  await world.time.advance(6_000);
  assert.equal(asked(world, id), 1);
});

test('acknowledged: questions that the hub takes and does not answer end with the ladder: it stays ACKNOWLEDGED, and nobody is called', async () => {
  const world = await makeWorld(credit);
  const id = await acknowledged(world);
  await world.time.advance(3_600_000);
  assert.equal(asked(world, id), world.settings.ladder.rungs);
  assert.equal(await hubWord(world, id), 'ACKNOWLEDGED');
  assert.deepEqual([...(await exceptionCodes(world)), ...(await alarmCodes(world))], []);
  assert.equal((await world.journal.openRecords(10)).length, 0);
  // its late word counts all the same
  await hubAnswers(world, id, 'ABORTED');
  assert.deepEqual(await exceptionCodes(world), ['CORE_CREDITED_HUB_ABORTED']);
});

test('acknowledged: after a restart the hub is asked at the same time', async () => {
  const world = await makeWorld(credit);
  const id = await acknowledged(world);
  await world.time.advance(10_000);
  await world.crash();
  await world.time.advance(21_900);
  assert.equal(asked(world, id), 0);
  await world.time.advance(6_000);
  assert.equal(asked(world, id), 1);
});

test('acknowledged: a hub that is away is asked when it is back; the pause uses up no question', async () => {
  const world = await makeWorld(credit);
  const id = await acknowledged(world);
  world.hub = (message) => (message.method === 'GET' ? status(503) : taken);
  await world.time.advance(1_200_000);
  world.hub = () => taken;
  const before = asked(world, id);
  await world.time.advance(3_600_000);
  assert.equal(asked(world, id) - before, world.settings.ladder.rungs);
});

test('acknowledged: core.confirmAcknowledged never asks; near-expiration asks only where the 200 came late', async () => {
  const never = await makeWorld({ core: { atPrepare: 'credit', confirmAcknowledged: 'never' } });
  const one = await acknowledged(never);
  await never.time.advance(3_600_000);
  assert.deepEqual([asked(never, one), await hubWord(never, one)], [0, 'ACKNOWLEDGED']);
  const near = await makeWorld({ core: { atPrepare: 'credit', confirmAcknowledged: 'near-expiration' } });
  const early = await acknowledged(near);
  // within skew plus 5 s of the expiration
  const { id: late } = await fulfilled(near, { expiration: new Date(near.time.now() + 6_900).toISOString() });
  await near.time.advance(3_600_000);
  assert.deepEqual([asked(near, early), asked(near, late)], [0, near.settings.ladder.rungs]);
  // what the hub says against it counts in any case
  await hubSays(near, early, '3100');
  assert.equal(asked(near, early), 1);
});

test('acknowledged: reconciliation asks about what is left', async () => {
  const world = await makeWorld({ core: { atPrepare: 'credit', confirmAcknowledged: 'never' } });
  const id = await acknowledged(world);
  await world.time.advance(10_000);
  const answer = world.connector.desk.resolve({ id, act: { action: 'ask-hub' }, reason: 'reconciliation', by: 'test' });
  await world.time.advance(0);
  assert.equal(asked(world, id), 1);
  await hubAnswers(world, id, 'COMMITTED');
  assert.equal((await answer).kind, 'done');
  assert.equal(await hubWord(world, id), 'COMMITTED');
});

test('acknowledged: a 200 after expiration − skew counts for nothing: the hub is asked at once, and its silence is an exception', async () => {
  const world = await makeWorld(credit);
  const late = Promise.withResolvers<typeof taken>();
  world.hub = (message) => (message.method === 'PUT' && message.path.startsWith('/transfers/') ? late.promise : taken);
  const { id } = await fulfilled(world, { expiration: new Date(world.time.now() + 8_000).toISOString() });
  await world.time.advance(6_100);
  late.resolve(taken);
  await world.time.advance(100);
  assert.equal(asked(world, id), 1);
  assert.equal(await hubWord(world, id), 'UNKNOWN');
  await world.time.advance(120_000);
  assert.deepEqual(await exceptionCodes(world), ['OUTCOME_UNKNOWN']);
});

test('acknowledged: a RESERVED that the hub has an error about is asked for at once, too, and the core is told nothing of it', async () => {
  const world = await makeWorld();
  const { id } = await fulfilled(world);
  await hubSays(world, id, '3100');
  assert.equal(asked(world, id), 1);
  await world.crash();
  assert.deepEqual(await alarmCodes(world), ['ERROR_AFTER_FULFIL']);
  await patch(world, id, 'ABORTED');
  assert.deepEqual(
    notificationsOf(world.calls).map(({ notification }) => notification.transferState),
    ['ABORTED'],
  );
  assert.deepEqual(await alarmCodes(world), []);
});
