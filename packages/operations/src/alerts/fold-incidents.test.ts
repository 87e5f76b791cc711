import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { StandingCondition } from './alert-rules.ts';
import { afterAttempt, dueDeliveries } from './due-deliveries.ts';
import { type AlertSettings, afterLook, isSame } from './fold-incidents.ts';
import { ENDED_KEPT, type Incidents, STANDING_MOST } from './incident.ts';

const MINUTE = 60_000;
const START = Date.UTC(2026, 10, 24, 9);
const LOOK_MS = 10_000;

const SETTINGS: AlertSettings = {
  channels: ['webhook', 'email'],
  off: [],
  quietHours: undefined,
  beginsAfterMs: MINUTE,
  endsAfterMs: 10 * MINUTE,
};

const hub = (since: number): StandingCondition => ({ id: 'hub', level: 'alarm', code: 'HUB_NOT_ANSWERING', reason: 'No answer.', since });
const stuck = (id: string, since = START): StandingCondition => ({
  id,
  level: 'exception',
  code: 'CORE_OUTCOME_UNKNOWN',
  reason: 'why',
  since,
});
const slow = (since: number): StandingCondition => ({ id: 'latency', level: 'alarm', code: 'PAYMENTS_SLOW', reason: 'slow', since });

/** Looks each ten seconds for so long; everything that is due is taken at once. Answers what was told, with the minute, and the incidents. */
function run(
  forMs: number,
  standing: (at: number) => readonly StandingCondition[],
  more: {
    readonly settings?: Partial<AlertSettings>;
    readonly muted?: (at: number) => boolean;
    readonly from?: number;
    readonly takes?: boolean;
  } = {},
) {
  const { from = START, takes = true } = more;
  const settings = { ...SETTINGS, ...more.settings };
  const told: string[] = [];
  let incidents: Incidents = [];
  let made = 0;
  for (let at = from; at <= from + forMs; at += LOOK_MS) {
    incidents = afterLook(
      incidents,
      { at, conditions: standing(at), whole: true, isMuted: () => more.muted?.(at) === true, newId: () => String(++made) },
      settings,
    );
    for (let due = dueDeliveries(incidents, at); takes && due.length > 0; due = dueDeliveries(incidents, at))
      for (const one of due) {
        if (one.delivery.channel === 'webhook')
          told.push(`${one.delivery.event} ${one.incident.code} ${Math.round((at - from) / MINUTE)} ${one.incident.count}`);
        incidents = afterAttempt(incidents, one, { kind: 'sent' }, at);
      }
  }
  return { told, incidents };
}

describe('incidents', () => {
  test('a hub that flaps for a day is one incident: one message that it began, one that it has ended', () => {
    const day = 24 * 60 * MINUTE;
    const flaps = (at: number) => (at < START + day && Math.floor((at - START) / (3 * MINUTE)) % 2 === 0 ? [hub(at)] : []);
    const { told, incidents } = run(day + 90 * MINUTE, flaps);
    assert.deepEqual(told, ['began HUB_NOT_ANSWERING 1 1', 'ended HUB_NOT_ANSWERING 1497 1']);
    assert.deepEqual([incidents.length, incidents[0]?.gaps], [1, 239]);
    // it lasted until it was last seen, not until nobody expected it any more
    assert.equal(incidents[0]?.endedAt, START + day - 3 * MINUTE - LOOK_MS);
  });

  test('one that is never gone for a minute, and never there for one, is told all the same', () => {
    const blinks = (at: number) => (Math.floor((at - START) / 40_000) % 2 === 0 ? [hub(at)] : []);
    assert.deepEqual(run(30 * MINUTE, blinks).told, ['began HUB_NOT_ANSWERING 2 1']);
  });

  test('half a minute of silence is nobody’s business, and forgotten', () => {
    const { told, incidents } = run(20 * MINUTE, (at) => (at < START + 30_000 ? [hub(START)] : []));
    assert.deepEqual([told, incidents], [[], []]);
  });

  test('two hours apart are two incidents; the second ends later, since it came back', () => {
    const stands = (at: number) => {
      const minute = (at - START) / MINUTE;
      return minute < 5 || (minute >= 120 && minute < 125) ? [hub(at - (minute % 120) * MINUTE)] : [];
    };
    assert.deepEqual(run(180 * MINUTE, stands).told, [
      'began HUB_NOT_ANSWERING 1 1',
      'ended HUB_NOT_ANSWERING 15 1',
      'began HUB_NOT_ANSWERING 121 1',
      'ended HUB_NOT_ANSWERING 135 1',
    ]);
  });

  test('payments that need a person are one incident for each cause, told at once, and again when there are more, once an hour', () => {
    const more = (at: number) => {
      const minute = (at - START) / MINUTE;
      if (minute >= 150) return [];
      return Array.from({ length: 1 + Math.floor(minute / 20) }, (_, n) => stuck(`p${n}`, START + n * 20 * MINUTE));
    };
    assert.deepEqual(run(160 * MINUTE, more).told, [
      'began CORE_OUTCOME_UNKNOWN 0 1',
      'again CORE_OUTCOME_UNKNOWN 60 4',
      'again CORE_OUTCOME_UNKNOWN 120 7',
      'ended CORE_OUTCOME_UNKNOWN 151 8',
    ]);
  });

  test('one more payment for one that was resolved is told, too', () => {
    const swapped = (at: number) => [at < START + 30 * MINUTE ? stuck('p1') : stuck('p2', START + 30 * MINUTE)];
    assert.deepEqual(run(70 * MINUTE, swapped).told, ['began CORE_OUTCOME_UNKNOWN 0 1', 'again CORE_OUTCOME_UNKNOWN 60 1']);
  });

  test('a certificate is told at each threshold, and its end is critical', () => {
    const ends = (at: number): StandingCondition[] => {
      const hours = (at - START) / (60 * MINUTE);
      const code = hours < 4 ? 'CERTIFICATE_EXPIRING' : 'CERTIFICATE_EXPIRED';
      return [
        { id: 'certificate-hub', level: 'alarm', code, reason: 'ends', since: START + (hours < 2 ? 0 : hours < 4 ? 2 : 4) * 60 * MINUTE },
      ];
    };
    const { told, incidents } = run(5 * 60 * MINUTE, ends);
    assert.deepEqual(told, ['began CERTIFICATE_EXPIRING 0 1', 'again CERTIFICATE_EXPIRING 120 1', 'again CERTIFICATE_EXPIRED 240 1']);
    assert.equal(incidents[0]?.severity, 'critical');
  });

  test('in quiet hours what is critical is told, the rest waits for their end', () => {
    const quietHours = { from: '22:00', to: '06:00', zone: 'Africa/Nairobi' };
    // 20:00 in Nairobi is 17:00 UTC
    const from = Date.UTC(2026, 10, 24, 17);
    const both = (at: number) => (at > from + 150 * MINUTE ? [hub(from), slow(from)] : []);
    const { told } = run(11 * 60 * MINUTE, both, { from, settings: { quietHours } });
    assert.deepEqual(told, ['began HUB_NOT_ANSWERING 150 1', 'began PAYMENTS_SLOW 600 1']);
  });

  test('what began and ended in quiet hours is told to nobody, and is kept', () => {
    const quietHours = { from: '08:00', to: '18:00', zone: 'UTC' };
    const { told, incidents } = run(12 * 60 * MINUTE, (at) => (at < START + 20 * MINUTE ? [slow(START)] : []), {
      settings: { quietHours },
    });
    assert.deepEqual(told, []);
    assert.deepEqual(
      incidents.map(({ state, deliveries }) => [state, ...deliveries.map((one) => one.state)]),
      [['ended', 'held', 'held']],
    );
  });

  test('an alarm that somebody let rest begins no incident, ends none, and is told when the rest is over', () => {
    const muted = (at: number) => at < START + 60 * MINUTE;
    assert.deepEqual(run(70 * MINUTE, () => [hub(START)], { muted }).told, ['began HUB_NOT_ANSWERING 60 1']);
    const later = (at: number) => at > START + 5 * MINUTE && at < START + 60 * MINUTE;
    assert.deepEqual(run(70 * MINUTE, () => [hub(START)], { muted: later }).told, ['began HUB_NOT_ANSWERING 1 1']);
  });

  test('words that change while something stands are shown, and are no reason to write to the disk', () => {
    const { incidents } = run(MINUTE * 2, () => [hub(START)]);
    const look = { at: START + 2 * MINUTE, whole: true, isMuted: () => false, newId: () => 'x' };
    const next = afterLook(incidents, { ...look, conditions: [{ ...hub(START), reason: 'No answer, 41 calls.' }] }, SETTINGS);
    assert.deepEqual([next[0]?.reason, isSame(next, incidents)], ['No answer, 41 calls.', true]);
  });

  test('a rule that is off makes no incident', () => {
    assert.deepEqual(run(MINUTE * 5, () => [hub(START), stuck('p1')], { settings: { off: ['hub'] } }).told, [
      'began CORE_OUTCOME_UNKNOWN 0 1',
    ]);
  });

  test('a look that may have missed something ends nothing', () => {
    const { incidents } = run(MINUTE * 2, () => [stuck('p1')]);
    const look = { at: START + 60 * MINUTE, conditions: [], isMuted: () => false, newId: () => 'x' };
    assert.equal(afterLook(incidents, { ...look, whole: false }, SETTINGS)[0]?.state, 'open');
    assert.equal(afterLook(incidents, { ...look, whole: true }, SETTINGS)[0]?.state, 'ended');
  });

  test('a wall clock that goes back ends nothing and begins nothing', () => {
    const { incidents } = run(MINUTE * 2, () => [hub(START)]);
    const back = { at: START - 60 * MINUTE, whole: true, isMuted: () => false, newId: () => 'x' };
    assert.ok(isSame(afterLook(incidents, { ...back, conditions: [hub(START)] }, SETTINGS), incidents));
    assert.ok(isSame(afterLook(incidents, { ...back, conditions: [] }, SETTINGS), incidents));
  });

  test('however many causes there are, and however many have ended, what is kept has a limit', () => {
    const many = Array.from(
      { length: STANDING_MOST + 50 },
      (_, n): StandingCondition => ({ ...stuck('x'), level: 'alarm', code: 'CERTIFICATE_EXPIRED', id: `x${n}` }),
    );
    assert.equal(run(0, () => many).incidents.length, STANDING_MOST);
    let incidents: Incidents = [];
    let made = 0;
    for (let n = 0; n < 2 * ENDED_KEPT; n++)
      for (const conditions of [[stuck('p1', START + n * MINUTE)], []]) {
        const at = START + n * 2 * MINUTE + (conditions.length === 0 ? MINUTE : 0);
        incidents = afterLook(
          incidents,
          { at, conditions, whole: true, isMuted: () => false, newId: () => String(++made) },
          { ...SETTINGS, channels: [] },
        );
      }
    assert.deepEqual([incidents.length, incidents[0]?.id], [ENDED_KEPT, '301']);
  });
});
