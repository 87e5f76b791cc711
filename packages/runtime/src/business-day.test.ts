import assert from 'node:assert/strict';
import { test } from 'node:test';
import { businessDays, dateOfDay, dayNumber } from './business-day.ts';

const dayAt = (zone: string, cutOff: string, at: string): string => dateOfDay(businessDays({ zone, cutOff }).dayOf(Date.parse(at)));
const startOf = (zone: string, cutOff: string, date: string): string =>
  new Date(businessDays({ zone, cutOff }).startOf(dayNumber(date))).toISOString();

test('in UTC without a cut-off it is the calendar day', () => {
  assert.equal(dayAt('UTC', '00:00', '2026-11-24T23:59:59.999Z'), '2026-11-24');
  assert.equal(startOf('UTC', '00:00', '2026-11-24'), '2026-11-24T00:00:00.000Z');
});

test('a cut-off in the evening: what comes later is the next day’s', () => {
  assert.equal(dayAt('Africa/Dar_es_Salaam', '22:00', '2026-11-24T18:59:59.999Z'), '2026-11-24');
  assert.equal(dayAt('Africa/Dar_es_Salaam', '22:00', '2026-11-24T19:00:00.000Z'), '2026-11-25');
  assert.equal(startOf('Africa/Dar_es_Salaam', '22:00', '2026-11-25'), '2026-11-24T19:00:00.000Z');
});

test('a cut-off after midnight: until then it is the day before', () => {
  assert.equal(dayAt('UTC', '02:30', '2026-11-24T02:29:59.999Z'), '2026-11-23');
  assert.equal(dayAt('UTC', '02:30', '2026-11-24T02:30:00.000Z'), '2026-11-24');
});

test('a zone with a quarter of an hour, and days on which the clock changes', () => {
  assert.equal(startOf('Asia/Kathmandu', '00:00', '2026-11-24'), '2026-11-23T18:15:00.000Z');
  assert.equal(startOf('Europe/Berlin', '00:00', '2026-03-29'), '2026-03-28T23:00:00.000Z');
  assert.equal(startOf('Europe/Berlin', '00:00', '2026-03-30'), '2026-03-29T22:00:00.000Z');
  assert.equal(startOf('Europe/Berlin', '00:00', '2026-10-26'), '2026-10-25T23:00:00.000Z');
});

test('each day begins where the day before ends, through a year', () => {
  const days = businessDays({ zone: 'America/New_York', cutOff: '17:00' });
  for (let day = dayNumber('2026-01-01'); day < dayNumber('2027-01-01'); day++) {
    const start = days.startOf(day);
    assert.deepEqual([days.dayOf(start - 1), days.dayOf(start)], [day - 1, day]);
  }
});

test('what is no zone, no time or no date is refused', () => {
  assert.throws(() => businessDays({ zone: 'Mars/Olympus', cutOff: '00:00' }), RangeError);
  assert.throws(() => businessDays({ zone: 'UTC', cutOff: '24:00' }), RangeError);
  assert.throws(() => dayNumber('2026-02-30'), RangeError);
});
