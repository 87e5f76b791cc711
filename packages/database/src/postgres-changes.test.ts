import assert from 'node:assert/strict';
import { test } from 'node:test';
import { virtualTime } from '@payment-manager/runtime';
import { followChanges } from './postgres-changes.ts';
import type { PostgresClient, PostgresNotice, PostgresQuery, PostgresRows } from './postgres-driver.ts';

type Batch = readonly [writer: string, latest: string, changed: string];

/** A follower with a server that answers the readings with what it is given, and what the follower has told. */
async function follower(): Promise<{
  told: (readonly string[] | undefined)[];
  readings: unknown[][];
  answer(batches: readonly Batch[]): void;
  notice(payload: string): Promise<void>;
}> {
  const told: (readonly string[] | undefined)[] = [];
  const readings: unknown[][] = [];
  let answer: readonly Batch[] = [];
  let hear: (notice: PostgresNotice) => void = () => {};
  const client: PostgresClient = {
    connect: async () => undefined,
    async query<R>(query: string | PostgresQuery): Promise<PostgresRows<R>> {
      if (typeof query === 'string') return { rows: [] };
      readings.push(query.values ?? []);
      const rows = answer.map(([writer, latest, changed]) => ({ writer, latest, changed }));
      answer = [];
      return { rows: rows as R[] };
    },
    on(event: string, listener: (notice: never) => void) {
      if (event === 'notification') hear = listener as typeof hear;
    },
    end: async () => {},
    destroy() {},
  };
  const turns = () => new Promise<void>((resolve) => void setImmediate(resolve));
  answer = [['7', '40', 'before']];
  await followChanges({
    client: () => client,
    schema: 'test',
    epoch: '5',
    pollMs: 1_000,
    timers: virtualTime(),
    onChanged: (changed) => told.push(changed),
    onMail: () => assert.fail('there was no mail'),
  });
  await turns();
  readings.length = 0;
  return {
    told,
    readings,
    answer(batches) {
      answer = batches;
    },
    async notice(payload) {
      hear({ payload });
      await turns();
    },
  };
}

test('a notice of the next batch tells what changed, and nothing is asked for', async () => {
  const { told, readings, notice } = await follower();
  await notice('7:41\u001fr1\u001fr2');
  await notice('7:42\u001fr1');
  await notice('9:1\u001fr3');
  assert.deepEqual(told, [['r1', 'r2'], ['r1'], ['r3']]);
  assert.deepEqual(readings, []);
});

test('where a notice was missed, or has no room for the names, the batches are read', async () => {
  const { told, readings, notice, answer } = await follower();
  answer([['7', '43', 'r1\u001fr2']]);
  await notice('7:43\u001fr2');
  assert.deepEqual(readings, [['5', '{7}', '{40}']]);
  answer([['7', '44', 'r3']]);
  await notice('7:44');
  assert.deepEqual(readings.at(-1), ['5', '{7}', '{43}']);
  assert.deepEqual(told, [['r1', 'r2'], ['r3']]);
  await notice('7:45\u001fr4');
  assert.equal(readings.length, 2);
  assert.deepEqual(told.at(-1), ['r4']);
});

test('what was seen already, and what this replica wrote itself, is no news', async () => {
  const { told, readings, notice } = await follower();
  await notice('7:40\u001fbefore');
  await notice('5:3\u001fr1');
  assert.deepEqual([told, readings], [[], []]);
});

test('a notice that comes while the batches are read leads to another reading', async () => {
  const { told, readings, notice, answer } = await follower();
  answer([['7', '42', 'r1']]);
  const first = notice('7:42\u001fr1');
  answer([['7', '43', 'r2']]);
  await Promise.all([first, notice('7:43\u001fr2')]);
  assert.equal(readings.length, 2);
  assert.deepEqual(told, [['r1'], ['r2']]);
});
