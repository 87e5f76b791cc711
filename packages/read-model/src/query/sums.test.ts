import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { businessDays } from '@payment-manager/runtime';
import { openSqliteStore } from '../store/sqlite-store.ts';
import { FORM } from '../store/tables.ts';
import { slotsOf, sumsOf } from './sums.ts';

const folder = mkdtempSync(join(tmpdir(), 'pm-sums-'));
after(() => rmSync(folder, { recursive: true }));

const HOUR_MS = 3_600_000;
const at = (day: number, hour = 0, ms = 0): number => Date.UTC(2026, 10, day, hour) + ms;

test('a period is made of weeks, days, hours and rows that touch and do not overlap, whatever its zone, cut-off and ends', () => {
  const periods = [
    [at(1), at(28)],
    [at(1, 3, 77), at(28, 22, 5)],
    [at(5, 3), at(6, 2)],
    [at(5, 3, 1), at(5, 3, 9)],
    [at(5, 3, 1), at(5, 4, 9)],
    [at(5), at(12)],
    [at(-70, 23, 59), at(20, 1, 1)],
  ] as const;
  for (const settings of [
    { zone: 'UTC', cutOff: '00:00' },
    { zone: 'Asia/Yangon', cutOff: '21:30' },
    // the clock is put back within some of these
    { zone: 'America/New_York', cutOff: '17:00' },
  ])
    for (const [from, to] of periods) {
      const days = businessDays(settings);
      const { weeks, days: whole, hours, rows } = slotsOf(days, { from, to });
      const spans = [
        ...[weeks].map((range) => range.map((week) => days.startOf(week * 7))),
        ...whole.map((range) => range.map((day) => days.startOf(day))),
        ...hours.map((range) => range.map((hour) => hour * HOUR_MS)),
        ...rows.map((range) => [...range]),
      ] as [number, number][];
      const inOrder = spans.filter(([begin, end]) => begin < end).sort(([a], [b]) => a - b);
      const label = JSON.stringify({ settings, from, to, inOrder });
      assert.deepEqual([inOrder[0]?.[0], inOrder.at(-1)?.[1]], [from, to], label);
      for (const [n, [, end]] of inOrder.slice(0, -1).entries()) assert.equal(inOrder[n + 1]?.[0], end, label);
      assert.ok(whole.every(([first, end]) => end - first < 14) && hours.every(([first, end]) => end - first < 48), label);
    }
});

test('a period without an end or a beginning is made of weeks but for its other end', () => {
  const days = businessDays({ zone: 'UTC', cutOff: '00:00' });
  // 2026-11-05 is a Thursday, on which such a week begins
  assert.deepEqual(slotsOf(days, {}).rows, []);
  const { weeks, days: whole, hours } = slotsOf(days, { from: at(4, 22) });
  assert.equal(weeks[0] * 7 * 24 * HOUR_MS, at(5));
  assert.deepEqual(whole[0], [weeks[0] * 7, weeks[0] * 7]);
  assert.deepEqual(hours[0], [at(4, 22) / HOUR_MS, at(5) / HOUR_MS]);
});

test('while a replica of the form before still feeds, which makes no weeks, months are made of days; else of weeks', async () => {
  const days = businessDays({ zone: 'UTC', cutOff: '00:00' });
  const store = openSqliteStore(folder);
  const combos = async () => new Map();
  const total = (slot: number, n: number) => ({ slot, combo: 1, error: '', n, hi: 0, lo: 0, feeHi: 0, feeLo: 0 });
  const nothing = { combos: [], rows: [], termsRemoved: [], termsAdded: [], spans: [], attentionOf: [], hours: [] };
  const thursday = days.dayOf(at(5));
  const counted = async (madeBy: string, weeks: readonly number[]): Promise<readonly number[]> => {
    const place = { madeBy, begunAt: 1, position: '' };
    await store.beginAnew(place);
    const written = { days: [total(thursday, 2), total(thursday + 8, 3)], weeks: weeks.map((n, week) => total(thursday / 7 + week, n)) };
    assert.ok(await store.write({ ...nothing, ...written }, place, place));
    const periods = [{}, { from: at(4, 22) }, { from: at(1), to: at(28) }, { from: at(5), to: at(12) }];
    const sums = [];
    for (const period of periods)
      sums.push((await sumsOf({ ask: store.ask, combos, days }, period)).parts.reduce((sum, { n }) => sum + n, 0));
    return sums;
  };
  assert.deepEqual(await counted('form 2, UTC 00:00', []), [5, 5, 5, 2]);
  assert.deepEqual(await counted(`form ${FORM}, UTC 00:00`, [20, 30]), [50, 50, 50, 20]);
  await store.close();
});
