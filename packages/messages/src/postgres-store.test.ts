import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { openPostgresQueries } from '@payment-manager/database';
import { startTestPostgres, type TestPostgres } from '@payment-manager/database/test-postgres';
import { createMetrics, recordedLog, systemRandom, virtualTime } from '@payment-manager/runtime';
import { batchOf } from './encode.ts';
import { frames } from './frame.ts';
import { type KeptMessage, MESSAGES_MIGRATIONS, type Message, type Messages, openMessages, postgresStore, type Wanted } from './index.ts';

const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2026, 10, 30, 23, 59);
let postgres: TestPostgres;
before(async () => {
  postgres = await startTestPostgres();
});
after(() => postgres.stop());

const opened: Messages[] = [];
after(async () => {
  for (const one of opened) await one.close();
});

function replica(nowMs = START_MS, { url = postgres.url, schema = 'pm_messages', mayAppend = (): boolean => true } = {}) {
  const time = virtualTime(nowMs);
  const log = recordedLog();
  const store = postgresStore({ address: async () => ({ url, schema }), random: systemRandom, log, clock: time, mayAppend });
  const world = { clock: time, timers: time, random: systemRandom, log, metrics: createMetrics() };
  const messages = openMessages({ ...world, store, rootKey: Buffer.alloc(32, 7), keepDays: 30 });
  opened.push(messages);
  const erased = async (party: string, meanwhile = async () => {}) => {
    const before = time.pending;
    const erasing = messages.erase(party);
    while (time.pending === before) await new Promise((resolve) => setImmediate(resolve));
    await meanwhile();
    await time.advance(4_000);
    return erasing;
  };
  return { messages, store, erased, time };
}

const said = (at: number, ids: readonly string[]): Message => ({
  at,
  direction: 'in',
  side: 'hub',
  method: 'PUT',
  target: '/quotes/q1',
  headers: {},
  body: 'bytes',
  tookMs: 1,
  ids,
});
const wanted = (id: string) => ({
  ids: [id],
  parties: [],
  partiesFromMs: 0,
  partiesUntilMs: 0,
  fromMs: START_MS - DAY_MS,
  toMs: START_MS + 3 * DAY_MS,
});

async function all({ find }: Messages, of: Wanted): Promise<readonly KeptMessage[]> {
  return (await find(of)).messages;
}

describe('messages in PostgreSQL', () => {
  test('what one replica writes all find, also when both begin a day in the same instant', async () => {
    const [one, other] = [replica(), replica()];
    one.messages.record(said(START_MS, ['t1']));
    other.messages.record(said(START_MS + 1, ['t1']));
    await Promise.all([one.messages.find(wanted('none')), other.messages.find(wanted('none'))]);
    const found = await all(replica().messages, wanted('t1'));
    assert.deepEqual(
      found.map(({ at, body }) => [at, body.toString()]),
      [
        [START_MS, 'bytes'],
        [START_MS + 1, 'bytes'],
      ],
    );
    assert.deepEqual([...one.messages.alarms(), ...other.messages.alarms()], []);
  });

  test('more frames than a page are all looked through', async () => {
    const { messages } = replica(START_MS + DAY_MS);
    for (let n = 0; n < 120; n++) {
      messages.record(said(START_MS + DAY_MS, ['many']));
      await messages.find({ ...wanted('none'), toMs: 0 });
    }
    assert.equal((await all(messages, wanted('many'))).length, 120);
  });

  test('a person is erased, and a day goes as a partition', async () => {
    const { messages, store, erased } = replica(START_MS + 2 * DAY_MS);
    for (const ids of [
      ['q2', 'MSISDN/1'],
      ['q3', 'MSISDN/2'],
    ]) {
      messages.record(said(START_MS + 2 * DAY_MS, ids));
      await messages.find(wanted('none'));
    }
    assert.deepEqual(await erased('MSISDN/1'), { messages: 1 });
    assert.deepEqual([(await all(messages, wanted('q2'))).length, (await all(messages, wanted('q3'))).length], [0, 1]);
    assert.equal(await store.removeBefore('2026-12-01'), 1);
    assert.equal((await all(messages, wanted('t1'))).length, 0);
    assert.equal((await all(messages, wanted('many'))).length, 120);
  });

  test('two erasures at once, on two replicas: of a frame with messages of both persons neither is put back', async () => {
    const schema = 'pm_messages_two';
    const [one, other] = [replica(START_MS, { schema }), replica(START_MS, { schema })];
    for (const id of ['a', 'b', 'c']) one.messages.record(said(START_MS, [id]));
    await one.messages.find(wanted('none'));
    const sealer = frames(Buffer.alloc(32, 7), systemRandom);
    const both = Promise.withResolvers<void>();
    let reading = 0;
    const without = (id: string) => async (bytes: Buffer) => {
      if (++reading === 2) both.resolve();
      await both.promise;
      const left = (await sealer.open(bytes)).filter(({ ids }) => !ids.includes(id));
      return { frame: await sealer.seal(batchOf(left)), removed: 1 };
    };
    assert.deepEqual(await Promise.all([one.store.rewrite(without('a')), other.store.rewrite(without('b'))]), [1, 1]);
    const left = await Promise.all(['a', 'b', 'c'].map(async (id) => (await all(one.messages, wanted(id))).length));
    assert.deepEqual(left, [0, 0, 1]);
    assert.ok(reading > 2, 'one of them had to look again');
  });

  test('what another replica has in memory while a person is erased is removed when it has written it', async () => {
    const schema = 'pm_messages_memory';
    const [one, other] = [replica(START_MS, { schema }), replica(START_MS, { schema })];
    one.messages.record(said(START_MS, ['q1', 'MSISDN/1']));
    other.messages.record(said(START_MS, ['q1']));
    const erasing = one.erased('MSISDN/1', async () => void (await other.messages.find(wanted('none'))));
    assert.deepEqual(await erasing, { messages: 2 }, 'also what names the payment alone');
    other.messages.record(said(START_MS, ['q2', 'MSISDN/1']));
    const again = one.erased('MSISDN/1', async () => void (await other.messages.find(wanted('none'))));
    assert.deepEqual(await again, { messages: 1 });
    assert.deepEqual(await all(one.messages, wanted('q2')), []);
  });

  test('after the server’s disk was full nothing is written for a minute, nor while the journal cannot be written', async () => {
    const schema = 'pm_messages_full';
    let mayAppend = true;
    const { messages, time } = replica(START_MS, { schema, mayAppend: () => mayAppend });
    const kept = async () => {
      messages.record(said(START_MS, ['t1']));
      return (await all(messages, wanted('t1'))).length;
    };
    const reason = () => messages.alarms()[0]?.reason ?? '';
    assert.equal(await kept(), 1);
    const room = { room: 'messages', migrations: MESSAGES_MIGRATIONS };
    const sql = await openPostgresQueries({ url: postgres.url, schema, room, log: recordedLog() });
    try {
      await sql.query({
        text: "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no space left' USING ERRCODE = '53100'; END $$",
      });
      await sql.query({ text: 'CREATE TRIGGER full_disk BEFORE INSERT ON message_frames FOR EACH ROW EXECUTE FUNCTION full_disk()' });
      assert.equal(await kept(), 1);
      assert.match(reason(), /DATABASE_FULL/);
      await sql.query({ text: 'DROP TRIGGER full_disk ON message_frames' });
      assert.equal(await kept(), 1);
      await time.advance(60_000);
      assert.equal(await kept(), 2);
      assert.equal(await kept(), 3);
      assert.equal(reason(), '');
      mayAppend = false;
      assert.equal(await kept(), 3);
      assert.match(reason(), /the journal cannot be written/);
    } finally {
      await sql.close();
    }
  });

  test('a server that is away loses messages, says so, and nothing else', async () => {
    const { messages } = replica(START_MS, { url: 'postgres://nobody@127.0.0.1:9/none' });
    messages.record(said(START_MS, ['t1']));
    await assert.rejects(messages.find(wanted('t1')));
    assert.equal(messages.alarms()[0]?.code, 'MESSAGES_LOST');
  });
});
