import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatDateTime, httpDate, isDateTime, parseDateTime, parseHttpDate } from './datetime.ts';
import { FspiopError } from './errors.ts';

const refusedWith = (code: string) => (error: unknown) => error instanceof FspiopError && error.errorCode === code;
const refused = refusedWith('3100');
const instant = fc.integer({ min: Date.UTC(1000, 0, 1), max: Date.UTC(9999, 11, 31) });

test('datetime: an instant survives being written and read', () => {
  fc.assert(
    fc.property(instant, (epochMs) => {
      assert.ok(isDateTime(formatDateTime(epochMs)));
      assert.equal(parseDateTime(formatDateTime(epochMs)), epochMs);
    }),
  );
});

test('datetime: an offset is an hour that was added, whatever its size', () => {
  assert.equal(parseDateTime('2016-05-24T08:38:08.699-04:00'), Date.UTC(2016, 4, 24, 12, 38, 8, 699));
  assert.equal(parseDateTime('2024-02-29T00:00:00.000+19:59'), Date.UTC(2024, 1, 28, 4, 1, 0, 0));
});

test('datetime: days that do not exist and years that cannot be written are refused', () => {
  for (const text of ['2026-02-30T00:00:00.000Z', '2026-05-24T08:38:08Z', 'yesterday', '', '2026-05-24T08:38:08.699Z\n']) {
    assert.throws(() => parseDateTime(text), refused, text);
  }
  for (const epochMs of [Number.NaN, Number.POSITIVE_INFINITY, -1e15, Date.UTC(10_000, 0, 1)])
    assert.throws(() => formatDateTime(epochMs), refused);
});

test('datetime: the Date header is written and read to the second', () => {
  assert.equal(httpDate(Date.UTC(2026, 6, 1, 9, 30, 0, 999)), 'Wed, 01 Jul 2026 09:30:00 GMT');
  assert.equal(httpDate(Date.UTC(2026, 6, 1, 9, 30, 1)), 'Wed, 01 Jul 2026 09:30:01 GMT');
  fc.assert(fc.property(instant, (epochMs) => assert.equal(parseHttpDate(httpDate(epochMs)), Math.floor(epochMs / 1000) * 1000)));
});

test('datetime: other forms of the Date header and impossible days are refused', () => {
  for (const text of [
    'Wednesday, 01-Jul-26 09:30:00 GMT',
    'Wed Jul  1 09:30:00 2026',
    'Mon, 30 Feb 2026 00:00:00 GMT',
    'Sun, 00 Jan 2026 00:00:00 GMT',
    '',
  ]) {
    assert.throws(() => parseHttpDate(text), refusedWith('3101'), text);
  }
});
