import assert from 'node:assert/strict';
import { test } from 'node:test';
import { quietUntil } from './quiet-hours.ts';

const shown = (at: number | undefined): string | undefined => (at === undefined ? undefined : new Date(at).toISOString().slice(0, 16));

test('quiet hours over midnight, by the clock of the place', () => {
  const quiet = { from: '22:00', to: '06:30', zone: 'Africa/Nairobi' };
  assert.equal(quietUntil(quiet, Date.UTC(2026, 2, 12, 18, 59)), undefined);
  assert.equal(shown(quietUntil(quiet, Date.UTC(2026, 2, 12, 19, 0))), '2026-03-13T03:30');
  assert.equal(shown(quietUntil(quiet, Date.UTC(2026, 2, 13, 3, 29, 59))), '2026-03-13T03:30');
  assert.equal(quietUntil(quiet, Date.UTC(2026, 2, 13, 3, 30)), undefined);
});

test('a night in which the clock is put on or back ends when the clock says so', () => {
  const quiet = { from: '22:00', to: '06:00', zone: 'Europe/Paris' };
  assert.equal(shown(quietUntil(quiet, Date.UTC(2026, 2, 28, 22))), '2026-03-29T04:00');
  assert.equal(shown(quietUntil(quiet, Date.UTC(2026, 9, 24, 21))), '2026-10-25T05:00');
});

test('within a day; equal ends are no quiet hours, and none configured neither', () => {
  assert.equal(shown(quietUntil({ from: '12:00', to: '13:00', zone: 'UTC' }, Date.UTC(2026, 0, 1, 12, 30))), '2026-01-01T13:00');
  assert.equal(quietUntil({ from: '12:00', to: '12:00', zone: 'UTC' }, Date.UTC(2026, 0, 1, 12)), undefined);
  assert.equal(quietUntil(undefined, 0), undefined);
});
