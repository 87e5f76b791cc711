import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { ALARM_KINDS } from '@payment-manager/runtime';
import { ALARMS, courseOf, FAILURES, incidentsOf, patienceOf } from './course.ts';
import { failures, isGood, shown } from './failures.ts';
import type { FailuresReport } from './failures-drill.ts';

const PM = join(import.meta.dirname, '../../../../../pm');
const terminal = { out: () => {}, err: () => {}, workingFolder: '/', environment: {}, interactive: false };

const GOOD: FailuresReport = {
  ...{
    from: 0,
    to: 3_600_000,
    exceptions: 0,
    restarts: 0,
    seen: [],
    told: ['began HUB_NOT_ANSWERING'],
    verified: true,
    traffic: ['9 payments'],
  },
  away: FAILURES.map((failure) => ({ failure, from: 0, to: 60_000, how: 'it was away' })),
  money: { begun: 9, completed: 7, failed: 2, undecided: 0, lost: [], invented: [], unfinished: [], imbalances: [] },
  incidents: { hub: 1, core: 1, disk: 1 },
  reconciled: { '2026-11-24': true },
};

describe('./pm drill failures', () => {
  test('hub, core and disk fail one after the other, with a quiet time after each, the longest at the end', () => {
    const course = courseOf(60);
    assert.deepEqual(
      course.map(({ failure, from, to }) => [failure, from / 60_000, to / 60_000]),
      [
        ['hub', 9, 16.2],
        ['core', 24, 31.2],
        ['disk', 39, 46.2],
      ],
    );
    for (const code of Object.values(ALARMS)) assert.equal(ALARM_KINDS[code], 'stands', code);
    assert.deepEqual(patienceOf(60), {}, 'the alerts are as everybody has them');
    assert.deepEqual(patienceOf(3), { PM_ALERTS_BEGINS_AFTER_MS: '5400', PM_ALERTS_ENDS_AFTER_MS: '10800' });
  });

  test('it is passed only where no money is lost or doubled, and each failure made one incident', () => {
    assert.equal(isGood(GOOD), true);
    const bad: readonly Partial<FailuresReport>[] = [
      ...(['lost', 'invented', 'unfinished', 'imbalances'] as const).map((name) => ({ money: { ...GOOD.money, [name]: ['t1'] } })),
      ...[0, 2].map((disk) => ({ incidents: { ...GOOD.incidents, disk } })),
      { reconciled: { '2026-11-24': true, '2026-11-25': false } },
      { verified: false },
    ];
    for (const one of bad) assert.equal(isGood({ ...GOOD, ...one }), false, JSON.stringify(one));
    const seen = ['HUB_NOT_ANSWERING', 'HUB_NOT_ANSWERING', 'PAYMENTS_SLOW'].map((code) => ({ code, since: 1 }));
    assert.deepEqual(incidentsOf(seen), { hub: 2, core: 0, disk: 0 });
    assert.match(shown(GOOD), /the disk was away +00:00:00 to 00:01:00: it was away; incidents of it: 1/);
  });

  test('numbers that are none are told', async () => {
    for (const options of [{ minutes: '2' }, { minutes: 'x' }, { rate: '0' }])
      await assert.rejects(failures([], options, terminal), /must be a whole number/);
  });

  test('three minutes of it: everything is as it should be, and there is a picture of each page', async (t) => {
    if (process.env['PM_TEST_LONG'] === undefined) return t.skip('takes six minutes: PM_TEST_LONG=1, or ./pm drill failures --minutes 3');
    const out = await mkdtemp(join(tmpdir(), 'pm-drill-out-'));
    t.after(() => rm(out, { recursive: true }));
    const child = spawn(PM, ['drill', 'failures', '--minutes', '3', '--rate', '2', '--out', out], { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => (said += String(part)));
    assert.equal(await new Promise((resolve) => child.once('exit', resolve)), 0, said);
    assert.equal((JSON.parse(readFileSync(join(out, 'report.json'), 'utf8')) as FailuresReport).money.lost.length, 0);
    for (const name of ['overview', 'technical', 'health', 'alerts', 'exceptions', 'payments', 'connector'])
      for (const scheme of ['light', 'dark']) assert.ok(existsSync(join(out, `${name}-${scheme}-desktop.png`)), `${name} ${scheme}`);
  });
});
