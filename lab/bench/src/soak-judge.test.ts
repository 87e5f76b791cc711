import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeSoak, type SoakSample, STATED_BYTES } from './soak-judge.ts';

/** Half an hour of a process, a sample a minute, 100 payments/s, and a rest after each third. */
function halfHour(
  change: (nth: number) => Partial<SoakSample> = () => ({}),
  atRestMb: (nth: number) => number = () => 131,
): readonly SoakSample[] {
  return Array.from({ length: 31 }, (_, nth) => nth).flatMap((nth) => {
    const sample = sampleAfter(nth, change);
    return nth > 0 && nth % 10 === 0 ? [sample, { ...sample, rssMb: atRestMb(nth), atRest: true }] : [sample];
  });
}

function sampleAfter(nth: number, change: (nth: number) => Partial<SoakSample>): SoakSample {
  return {
    role: 'payer',
    atMs: nth * 60_000,
    payments: nth * 6_000,
    rssMb: nth < 5 ? 120 + 10 * nth : 170 + (nth % 3) * 4,
    handles: 60 + (nth % 4),
    files: 90 + (nth % 5),
    journalBytes: 1_000_000 + nth * 6_000 * 5_500,
    messagesBytes: 0,
    ...change(nth),
  };
}

const wrong = (samples: readonly SoakSample[]) =>
  judgeSoak(samples)
    .filter(({ ok }) => !ok)
    .map(({ what }) => what);

test('soak: a few minutes tell no leak from a warm-up, and that is said', () => {
  const short = judgeSoak(
    halfHour(
      (nth) => ({ payments: nth * 100, rssMb: 100 + 10 * nth }),
      (nth) => 100 + nth,
    ),
  );
  assert.deepEqual(
    short.slice(0, 2).map(({ what, ok, unjudged }) => [what, ok, unjudged]),
    [
      ['memory at rest', true, true],
      ['memory under load', true, true],
    ],
  );
});

test('soak: what only warms up and breathes is in order', () => {
  assert.deepEqual(wrong(halfHour()), []);
  assert.deepEqual(
    judgeSoak(halfHour()).map(({ what }) => what),
    ['memory at rest', 'memory under load', 'handles', 'files', 'journal'],
  );
});

test('soak: a leak of 80 bytes a payment is seen at rest, and a heap that V8 lets grow without bound under load', () => {
  const leak = (nth: number): number => (nth * 6_000 * 80) / 1_048_576;
  const leaks = halfHour(
    (nth) => ({ rssMb: 170 + leak(nth) }),
    (nth) => 131 + leak(nth),
  );
  assert.deepEqual(wrong(leaks), ['memory at rest']);
  assert.deepEqual(wrong(halfHour((nth) => ({ rssMb: 170 + (nth > 20 ? 40 : 0) }))), ['memory under load']);
});

test('soak: handles that stay, and a journal with more bytes than are stated are seen', () => {
  assert.deepEqual(wrong(halfHour((nth) => ({ handles: 60 + nth }))), ['handles']);
  const withoutRests = halfHour((nth) => ({ handles: 60 + 2 * nth })).filter(({ atRest }) => !atRest);
  assert.deepEqual(wrong(withoutRests), ['handles']);
  assert.deepEqual(wrong(halfHour((nth) => ({ files: 90 + nth }))), ['files']);
  assert.deepEqual(wrong(halfHour((nth) => ({ journalBytes: nth * 6_000 * (STATED_BYTES.payer + 100) }))), ['journal']);
});

test('soak: pruning gives back at least what the events took', () => {
  const pruned = halfHour((nth) => (nth === 15 ? { pruned: 40_000 } : nth > 15 ? { journalBytes: 300_000_000 } : {}));
  assert.deepEqual(wrong(pruned), []);
  assert.deepEqual(wrong(halfHour((nth) => (nth === 15 ? { pruned: 100_000 } : {}))), ['retention']);
});
