import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeSoak, type SoakSample, STATED_BYTES } from './soak-judge.ts';

/** Half an hour of a process, a sample a minute, 100 payments/s. */
function halfHour(change: (nth: number) => Partial<SoakSample> = () => ({})): readonly SoakSample[] {
  return Array.from({ length: 31 }, (_, nth) => ({
    role: 'payer',
    atMs: nth * 60_000,
    payments: nth * 6_000,
    rssMb: nth < 5 ? 120 + 10 * nth : 170 + (nth % 3) * 4,
    handles: 60 + (nth % 4),
    files: 90 + (nth % 5),
    journalBytes: 1_000_000 + nth * 6_000 * 5_500,
    messagesBytes: 0,
    ...change(nth),
  }));
}

const wrong = (samples: readonly SoakSample[]) =>
  judgeSoak(samples)
    .filter(({ ok }) => !ok)
    .map(({ what }) => what);

test('soak: a few minutes tell no leak from a warm-up, and that is said', () => {
  const [memory] = judgeSoak(halfHour((nth) => ({ payments: nth * 100, rssMb: 100 + 10 * nth })));
  assert.deepEqual([memory?.ok, memory?.unjudged], [true, true]);
});

test('soak: what only warms up and breathes is in order', () => {
  assert.deepEqual(wrong(halfHour()), []);
  assert.deepEqual(
    judgeSoak(halfHour()).map(({ what }) => what),
    ['memory', 'handles', 'files', 'journal'],
  );
});

test('soak: a leak of 600 bytes a payment, handles that stay, and a journal with more bytes than are stated are seen', () => {
  assert.deepEqual(wrong(halfHour((nth) => ({ rssMb: 170 + (nth * 6_000 * 600) / 1_048_576 }))), ['memory']);
  assert.deepEqual(wrong(halfHour((nth) => ({ handles: 60 + 2 * nth }))), ['handles']);
  assert.deepEqual(wrong(halfHour((nth) => ({ files: 90 + 2 * nth }))), ['files']);
  assert.deepEqual(wrong(halfHour((nth) => ({ journalBytes: nth * 6_000 * (STATED_BYTES.payer + 100) }))), ['journal']);
});

test('soak: pruning gives back at least what the events took', () => {
  const pruned = halfHour((nth) => (nth === 15 ? { pruned: 40_000 } : nth > 15 ? { journalBytes: 300_000_000 } : {}));
  assert.deepEqual(wrong(pruned), []);
  assert.deepEqual(wrong(halfHour((nth) => (nth === 15 ? { pruned: 100_000 } : {}))), ['retention']);
});
