import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AlarmLedger, type AlarmNotice, afterLook, EMPTY_LEDGER, mostOwed, OWED_MOST, type ShownAlarm } from './alarm-ledger.ts';

const shown = (payment: string, more: Partial<ShownAlarm> = {}): ShownAlarm => ({
  payment,
  level: 'alarm',
  code: 'SOME_CODE',
  reason: `about ${payment}`,
  since: '2026-11-24T09:00:00.000Z',
  ...more,
});

/** Looks one after the other, and what is owed then. */
function told(...looks: readonly (readonly ShownAlarm[] | 'cut off')[]): readonly string[] {
  let ledger: AlarmLedger = EMPTY_LEDGER;
  for (const look of looks) {
    const whole = look !== 'cut off';
    ledger = afterLook(ledger, whole ? look : [], { at: 'now', whole });
  }
  return ledger.owed.map(({ event, id, since }) => `${event} ${id} ${since.slice(11, 16)}`);
}

test('alarms: each is owed once when it begins and once when it has ended, under one id', () => {
  const payment = shown('t1', { flow: 'payee', level: 'exception' });
  assert.deepEqual(
    told([payment, shown('hub-token')], [{ ...payment, reason: 'in other words' }, shown('hub-token')], [payment], [payment]),
    ['began payee:t1:SOME_CODE 09:00', 'began hub-token:SOME_CODE 09:00', 'ended hub-token:SOME_CODE 09:00'],
  );
});

test('alarms: one look that does not show it, and a look that shows not all, end nothing', () => {
  const one = [shown('a')];
  assert.deepEqual(told(one, [], one, 'cut off', 'cut off', 'cut off'), ['began a:SOME_CODE 09:00']);
});

test('alarms: with another since it begins anew', () => {
  const later = shown('a', { since: '2026-11-24T10:00:00.000Z' });
  assert.deepEqual(told([shown('a')], [later]), ['began a:SOME_CODE 09:00', 'began a:SOME_CODE 10:00']);
});

test('alarms: what several processes show is one alarm since the first of them', () => {
  const later = shown('a', { since: '2026-11-24T10:00:00.000Z' });
  assert.deepEqual(told([later, shown('a')], [shown('a'), later]), ['began a:SOME_CODE 09:00']);
});

test('alarms: what happened once is owed each time that it happens, and never ends', () => {
  const first = shown('', { momentary: true });
  const again = { ...first, since: '2026-11-24T10:00:00.000Z' };
  assert.deepEqual(told([first], [first, again], [], []), ['began SOME_CODE 09:00', 'began SOME_CODE 10:00']);
});

test('alarms: what happened once gives way before exceptions that stand, the oldest first', () => {
  const notice = (id: string, momentary: boolean): AlarmNotice => ({
    ...shown(id),
    id,
    event: 'began',
    at: 'now',
    ...(momentary && { momentary }),
  });
  const exceptions = Array.from({ length: 10 }, (_, n) => notice(`exception ${n}`, false));
  const strange = Array.from({ length: 3 * OWED_MOST }, (_, n) => notice(`stranger ${n}`, true));
  const kept = mostOwed([...exceptions, ...strange]);
  assert.deepEqual([kept.length, kept[0]?.id, kept[10]?.id, kept.at(-1)?.id], [OWED_MOST, 'exception 0', 'stranger 2010', 'stranger 2999']);
  const many = Array.from({ length: OWED_MOST + 5 }, (_, n) => notice(`exception ${n}`, false));
  assert.deepEqual([mostOwed(many).length, mostOwed(many)[0]?.id], [OWED_MOST, 'exception 5']);
  assert.equal(mostOwed(exceptions), exceptions);
});
