import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createMetrics, recordedLog, virtualTime } from '@payment-manager/runtime';
import { openSqliteStore } from '../store/sqlite-store.ts';
import { historyOf } from './history-answer.ts';
import type { HistoryStore } from './history-store.ts';
import { type PartState, percentileOf, type SeenByProcess, together } from './minute.ts';
import { openHistory } from './open-history.ts';
import { historyRecorder } from './recorder.ts';
import { grownSince, serviceOf } from './sampled-metrics.ts';

const folder = mkdtempSync(join(tmpdir(), 'pm-history-'));
after(() => rmSync(folder, { recursive: true }));
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const at = Date.UTC(2026, 10, 24, 12);

test('a percentile lies between the bounds of its bucket; what is longer than the last bound is that bound', () => {
  const within = [
    [10, 50],
    [20, 45],
    [100, 5],
  ] as const;
  assert.equal(percentileOf({ within: [...within] }, 0.5), 10);
  assert.equal(percentileOf({ within: [...within] }, 0.95), 20);
  assert.equal(percentileOf({ within: [...within] }, 0.99), 84);
  assert.equal(
    percentileOf(
      {
        within: [
          [10, 1],
          [null, 99],
        ],
      },
      0.5,
    ),
    10,
  );
  assert.equal(percentileOf({ within: [] }, 0.5), undefined);
});

test('two minutes together: counts are added, the worst state and the largest gauge are taken', () => {
  const seen = (n: number, state: PartState, work: number): SeenByProcess => ({
    series: { 'to-hub quote': { n, bad: 1, sumMs: 5, within: [[10, n]] } },
    parts: { hub: state },
    gauges: { work },
    ...(n === 3 && { ended: { payer: { all: n, completed: 1 } } }),
  });
  assert.deepEqual(together(seen(2, 'ok', 9), seen(3, 'down', 4)), {
    series: { 'to-hub quote': { n: 5, bad: 2, sumMs: 10, within: [[10, 5]] } },
    parts: { hub: 'down' },
    gauges: { work: 9 },
    ended: { payer: { all: 3, completed: 1 } },
  });
  assert.deepEqual(together(seen(3, 'ok', 1), seen(3, 'ok', 1)).ended, { payer: { all: 6, completed: 2 } });
});

test('operations of the hub and of the core are services', () => {
  const services = ['GET /parties', 'POST /quotes', 'PUT /transfers', 'PATCH /transfers', 'PUT /ping', 'POST /sendmoney'].map(serviceOf);
  assert.deepEqual(services, ['look-up', 'quote', 'transfer', 'notification', 'other', 'transfer']);
  assert.deepEqual(grownSince({ a: { n: 2, bad: 0, sumMs: 1, within: [] } }, { a: { n: 2, bad: 0, sumMs: 1, within: [] } }), {});
});

/** A process that measures, with a hub that can be away and a store that can fail. */
function recording(replica: string, time: ReturnType<typeof virtualTime>, open: () => Promise<HistoryStore>) {
  const metrics = createMetrics();
  const seconds = metrics.histogram('pm_hub_message_seconds', 'test', [0.01, 0.1, 1], ['operation', 'result']);
  const world = { hub: 'ok' as PartState };
  const recorder = historyRecorder({
    ...{ metrics, clock: time, log: recordedLog(), replica, open },
    parts: async () => ({ hub: world.hub }),
    gauges: async () => ({ work: 3 }),
    ended: async () => ({}),
  });
  const minute = async (requests: number, took = 0.05, result = 'taken'): Promise<void> => {
    for (let n = 0; n < requests; n++) seconds.observe(took, { operation: 'POST /quotes', result });
    await time.advance(MINUTE_MS);
    await recorder.minute();
  };
  return { recorder, minute, world };
}

test('each process leaves its minutes; one that died leaves its history, which a read model made anew does not touch', async () => {
  const time = virtualTime(at);
  const source = { store: 'sqlite', journalFile: join(folder, 'journal.db'), folder: join(folder, 'read-model') } as const;
  const store = await openHistory(source, recordedLog());
  const one = recording('one', time, async () => store);
  await one.minute(60);
  await one.minute(0);
  one.world.hub = 'down';
  await one.minute(6, 0.5, 'again');
  // it dies here; another one begins
  const two = recording('two', time, async () => store);
  await two.minute(30);
  const rows = openSqliteStore(source.folder);
  await rows.beginAnew({ madeBy: 'a', begunAt: 1, position: '' });
  await rows.beginAnew({ madeBy: 'b', begunAt: 2, position: '' });
  await rows.close();
  const { series, parts, replicas, stepMs } = await historyOf(store, { from: at, to: at + HOUR_MS }, time.now());
  assert.equal(stepMs, MINUTE_MS);
  const [quotes] = series;
  assert.deepEqual([quotes?.direction, quotes?.service], ['to-hub', 'quote']);
  assert.deepEqual(
    quotes?.points.map(({ at: begin, n, bad, perSecond }) => [(begin - at) / MINUTE_MS, n, bad, perSecond]),
    [
      [0, 60, 0, 1],
      [2, 6, 6, 0.1],
      [3, 30, 0, 0.5],
    ],
  );
  assert.ok((quotes?.points[0]?.p95 ?? 0) > 10 && (quotes?.points[0]?.p95 ?? 0) <= 100);
  assert.deepEqual(
    parts[0]?.spans.map(({ from, to, state }) => [(from - at) / MINUTE_MS, (to - at) / MINUTE_MS, state]),
    [
      [0, 2, 'ok'],
      [2, 3, 'down'],
      [3, 4, 'ok'],
    ],
  );
  assert.deepEqual(
    replicas.map(({ replica, spans }) => [replica, spans.length]),
    [
      ['one', 2],
      ['two', 1],
    ],
  );
  const days = await historyOf(store, { from: at - 30 * 24 * HOUR_MS, to: at + HOUR_MS }, time.now());
  assert.ok(days.stepMs >= HOUR_MS);
  assert.equal(
    days.series[0]?.points.reduce((sum, { n }) => sum + n, 0),
    96,
    'hours have the same requests',
  );
  await time.advance(15 * 24 * HOUR_MS);
  await two.minute(1);
  assert.deepEqual(await store.read({ grain: 'minute', first: 0, last: at / MINUTE_MS + 10, limit: 10 }), [], 'minutes end after 14 days');
  assert.equal((await store.read({ grain: 'hour', first: 0, last: at / HOUR_MS, limit: 10 })).length, 2, 'hours stay');
  await store.close();
});

test('what cannot be written waits, and is written when the store is back; nothing is thrown', async () => {
  const time = virtualTime(at);
  const blocked = join(folder, 'blocked');
  writeFileSync(blocked, 'a file where a folder should be');
  const source = { store: 'sqlite', journalFile: '', folder: blocked } as const;
  const one = recording('one', time, () => openHistory(source, recordedLog()));
  await one.minute(10);
  await one.minute(20);
  rmSync(blocked);
  await one.minute(30);
  const store = await one.recorder.store();
  const { series } = await historyOf(store, { from: at, to: at + HOUR_MS }, time.now());
  assert.deepEqual(
    series[0]?.points.map(({ n }) => n),
    [10, 20, 30],
  );
  await one.recorder.close();
});

test('slots of ten minutes and six hours say what their minutes and hours say; what was kept before there were any is shown, too, and nothing twice', async () => {
  const time = virtualTime(at);
  const source = { store: 'sqlite', journalFile: '', folder: join(folder, 'longer') } as const;
  const store = await openHistory(source, recordedLog());
  const before: HistoryStore = {
    ...store,
    write: (slots, now) =>
      store.write(
        slots.filter(({ grain }) => grain === 'minute' || grain === 'hour'),
        now,
      ),
  };
  const [old, one, two] = [
    recording('old', time, async () => before),
    recording('one', time, async () => store),
    recording('two', time, async () => store),
  ];
  for (let n = 0; n < 25; n++) await old.minute(1);
  for (let n = 0; n < 13; n++) {
    await one.minute(1);
    await two.minute(1);
  }
  const asked = async (back: number) => historyOf(store, { from: at - back, to: at + 2 * HOUR_MS }, time.now());
  const counted = ({ series }: Awaited<ReturnType<typeof asked>>) => series[0]?.points.reduce((sum, { n }) => sum + n, 0);
  const [short, day, month] = [await asked(0), await asked(22 * HOUR_MS), await asked(60 * 24 * HOUR_MS)];
  assert.deepEqual([short.stepMs, day.stepMs, month.stepMs], [MINUTE_MS, 10 * MINUTE_MS, 12 * HOUR_MS]);
  assert.deepEqual([counted(short), counted(day), counted(month)], [51, 51, 51]);
  assert.deepEqual(
    day.series[0]?.points.map(({ n }) => n),
    [10, 10, 10, 10, 10, 1],
  );
  assert.deepEqual(day.replicas.map(({ replica }) => replica).sort(), ['old', 'one', 'two']);
  await store.close();
});
