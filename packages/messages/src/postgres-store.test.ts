import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { startTestPostgres, type TestPostgres } from '@payment-manager/database/test-postgres';
import { createMetrics, recordedLog, systemRandom, virtualTime } from '@payment-manager/runtime';
import { type Message, type Messages, openMessages, postgresStore } from './index.ts';

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

function replica(nowMs = START_MS, url = postgres.url) {
  const time = virtualTime(nowMs);
  const log = recordedLog();
  const store = postgresStore({ address: async () => ({ url, schema: 'pm_messages' }), random: systemRandom, log });
  const world = { clock: time, timers: time, random: systemRandom, log, metrics: createMetrics() };
  const messages = openMessages({ ...world, store, rootKey: Buffer.alloc(32, 7), keepDays: 30 });
  opened.push(messages);
  return { messages, store };
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

describe('messages in PostgreSQL', () => {
  test('what one replica writes all find, also when both begin a day in the same instant', async () => {
    const [one, other] = [replica(), replica()];
    one.messages.record(said(START_MS, ['t1']));
    other.messages.record(said(START_MS + 1, ['t1']));
    await Promise.all([one.messages.find(wanted('none')), other.messages.find(wanted('none'))]);
    const found = await replica().messages.find(wanted('t1'));
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
    assert.equal((await messages.find(wanted('many'))).length, 120);
  });

  test('a person is erased, and a day goes as a partition', async () => {
    const { messages, store } = replica(START_MS + 2 * DAY_MS);
    for (const ids of [
      ['q2', 'MSISDN/1'],
      ['q3', 'MSISDN/2'],
    ]) {
      messages.record(said(START_MS + 2 * DAY_MS, ids));
      await messages.find(wanted('none'));
    }
    assert.deepEqual(await messages.erase('MSISDN/1'), { messages: 1 });
    assert.deepEqual([(await messages.find(wanted('q2'))).length, (await messages.find(wanted('q3'))).length], [0, 1]);
    assert.equal(await store.removeBefore('2026-12-01'), 1);
    assert.equal((await messages.find(wanted('t1'))).length, 0);
    assert.equal((await messages.find(wanted('many'))).length, 120);
  });

  test('a server that is away loses messages, says so, and nothing else', async () => {
    const { messages } = replica(START_MS, 'postgres://nobody@127.0.0.1:9/none');
    messages.record(said(START_MS, ['t1']));
    await assert.rejects(messages.find(wanted('t1')));
    assert.equal(messages.alarms()[0]?.code, 'MESSAGES_LOST');
  });
});
