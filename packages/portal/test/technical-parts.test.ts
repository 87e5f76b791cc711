import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { HistoryAnswer } from '@payment-manager/management-api/types';
import { chartsOf } from '../src/pages/technical/charts.ts';
import { outagesOf } from '../src/pages/technical/outages.ts';
import EN from '../src/pages/technical/texts/en.ts';

describe('the technical overview', () => {
  test('what did not work is told in the order in which it began, of many the newest; what only has to be looked at is not', () => {
    const spans = [
      { from: 0, to: 10, state: 'ok' },
      { from: 10, to: 20, state: 'down' },
      { from: 20, to: 30, state: 'warn' },
    ] as const;
    const core = [{ from: 5, to: 8, state: 'down' }] as const;
    const told = [
      { name: 'Core', from: 5, to: 8 },
      { name: 'Hub', from: 10, to: 20 },
    ];
    assert.deepEqual(outagesOf([{ name: 'Hub', spans }, { name: 'Core', spans: core }]), told); // biome-ignore format: one line
    const flapping = Array.from({ length: 30 }, (_, at) => ({ from: at * 2, to: at * 2 + 1, state: 'down' as const }));
    assert.deepEqual(
      outagesOf([{ name: 'Hub', spans: flapping }]).map(({ from }) => from),
      [44, 46, 48, 50, 52, 54, 56, 58],
    );
  });

  test('one chart says of each direction how many requests failed in each step, over all services', () => {
    const point = (at: number, n: number, bad: number) => ({ at, n, bad, perSecond: 1, p50: 1, p95: 1, p99: 1 });
    const series = [
      { direction: 'round-trip', service: 'quote', points: [point(0, 5, 0)] },
      { direction: 'to-hub', service: 'quote', points: [point(0, 6, 0), point(60, 2, 1)] },
      { direction: 'to-hub', service: 'look-up', points: [point(60, 1, 1)] },
    ];
    const history = { from: 0, to: 120, stepMs: 60, series, parts: [], replicas: [] } as unknown as HistoryAnswer;
    const [failed] = chartsOf(history, 'p95', EN);
    assert.equal(failed?.title, 'Requests that failed, in percent');
    assert.deepEqual(failed?.lines, [{ name: 'Messages to the hub', points: [[0, 0], [60, 66.7]] }]); // biome-ignore format: one line
    assert.notEqual(chartsOf({ ...history, series: [] }, 'p95', EN)[0]?.name, 'failed');
  });
});
