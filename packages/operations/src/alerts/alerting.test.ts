import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createMetrics, recordedLog, seededRandom, virtualTime } from '@payment-manager/runtime';
import { toldWordsIn } from '@payment-manager/runtime/words';
import type { AlertNotice } from './alert-notice.ts';
import type { StandingCondition } from './alert-rules.ts';
import type { AlertStore, TellsOthers } from './alert-store.ts';
import { startAlerting } from './alerting.ts';
import type { Attempted } from './due-deliveries.ts';
import type { Incidents } from './incident.ts';

const WORDS = await toldWordsIn('en');
const MINUTE = 60_000;
const stuck = (id: string, since: number): StandingCondition => ({
  ...{ id, level: 'exception', code: 'CORE_OUTCOME_UNKNOWN', since },
  reason: 'of Amara Diallo at https://core.internal/secret',
});

/** Kept in memory, as a database would for several replicas, and a file for one process after the other. */
function stores() {
  const kept = { incidents: [] as Incidents, version: 0 };
  const seen = new Map<string, TellsOthers>();
  const one = (holder: string): AlertStore => ({
    read: async () => ({ ...kept }),
    async write(incidents, version) {
      if (version !== kept.version) return false;
      Object.assign(kept, { incidents: JSON.parse(JSON.stringify(incidents)), version: version + 1 });
      return true;
    },
    close: async () => void seen.delete(holder),
  });
  return {
    kept,
    alone: () => one('alone'),
    of: (holder: string): AlertStore => ({
      ...one(holder),
      shared: {
        tell: async (told) => void seen.set(holder, told),
        others: async () => [...seen].filter(([other]) => other !== holder).map(([, told]) => told),
      },
    }),
  };
}

function stage(store: AlertStore, { time = virtualTime(), leads = (): boolean => true } = {}) {
  const world = {
    standing: [] as StandingCondition[],
    takes: (_notice: AlertNotice): Attempted => ({ kind: 'sent' }),
    told: [] as AlertNotice[],
  };
  const [log, metrics] = [recordedLog(), createMetrics()];
  const alerting = startAlerting({
    ...{ clock: time, timers: time, random: seededRandom(1), log, metrics, store, leads, words: () => WORDS },
    identity: () => ({ fspId: 'greenbank', environment: 'production', portalUrl: 'https://portal.example.org' }),
    settings: () => ({ channels: ['webhook'], off: [], quietHours: undefined, beginsAfterMs: MINUTE, endsAfterMs: 10 * MINUTE }),
    channel: () => ({
      async send(notice) {
        const attempted = world.takes(notice);
        if (attempted.kind === 'sent') world.told.push(notice);
        return attempted;
      },
      close: () => {},
    }),
    look: async () => ({ conditions: world.standing, whole: true }),
  });
  return { time, log, metrics, alerting, world };
}

describe('alerting', () => {
  test('tells that an incident began and that it has ended, with the page about it, and nothing of persons, hosts or reasons', async () => {
    const { time, alerting, world } = stage(stores().alone());
    world.standing = [stuck('7c23e80c', time.now())];
    await time.advance(10_000);
    world.standing = [];
    await time.advance(2 * MINUTE);
    assert.deepEqual(
      world.told.map(({ event, title, count }) => [event, title, count]),
      [
        ['began', 'Payments need a person: 1 payment', 1],
        ['ended', 'Payments need a person: 1 payment', 1],
      ],
    );
    assert.match(world.told[0]?.link ?? '', /^https:\/\/portal\.example\.org\/alerts\?incident=[\w-]+$/);
    assert.doesNotMatch(JSON.stringify(world.told), /Amara|core\.internal|7c23e80c/);
    await alerting.stop();
    assert.equal(time.pending, 0);
  });

  test('what is not taken is sent again, ever more rarely, also after a restart; once it is taken, no more', async () => {
    const time = virtualTime();
    const { kept, alone } = stores();
    const first = stage(alone(), { time });
    let tried = 0;
    first.world.standing = [stuck('p1', time.now())];
    first.world.takes = () => {
      tried += 1;
      return { kind: 'failed', problem: 'no answer (TIMEOUT)' };
    };
    await time.advance(60 * MINUTE);
    assert.ok(tried >= 6 && tried <= 9, `${tried} attempts in an hour`);
    const [alarm] = first.alerting.alarms();
    assert.deepEqual([alarm?.code, alarm?.reason], ['ALERTS_NOT_DELIVERED', 'The webhook takes no alerts: no answer (TIMEOUT).']);
    await first.alerting.stop();
    assert.equal(kept.incidents[0]?.deliveries[0]?.state, 'owed');

    const second = stage(alone(), { time });
    second.world.standing = first.world.standing;
    await time.advance(20 * MINUTE);
    assert.deepEqual(
      second.world.told.map(({ event }) => event),
      ['began'],
    );
    assert.deepEqual(second.alerting.alarms(), []);
    await second.alerting.stop();
    const third = stage(alone(), { time });
    third.world.standing = first.world.standing;
    await time.advance(20 * MINUTE);
    assert.deepEqual(third.world.told, []);
    await third.alerting.stop();
  });

  test('an incident that was open when the process ended is not told to have ended by the start alone', async () => {
    const time = virtualTime();
    const { alone } = stores();
    const first = stage(alone(), { time });
    first.world.standing = [stuck('p1', time.now())];
    await time.advance(10_000);
    await first.alerting.stop();
    time.jumpWallClock(3 * 3_600_000);
    const second = stage(alone(), { time });
    await time.advance(20_000);
    assert.deepEqual(second.world.told, []);
    second.world.standing = first.world.standing;
    await time.advance(30 * MINUTE);
    assert.deepEqual(second.world.told, []);
    await second.alerting.stop();
  });

  test('of two replicas one tells, also of what only the other sees; when it is gone, the other goes on', async () => {
    const time = virtualTime();
    const replicas = stores();
    let leader = 'one';
    const one = stage(replicas.of('one'), { time, leads: () => leader === 'one' });
    const two = stage(replicas.of('two'), { time, leads: () => leader === 'two' });
    one.world.standing = [stuck('p1', time.now())];
    two.world.standing = [{ ...stuck('p1', time.now()) }, { ...stuck('hub', time.now()), level: 'alarm', code: 'HUB_NOT_ANSWERING' }];
    await time.advance(3 * MINUTE);
    assert.deepEqual(
      one.world.told.map(({ code, count }) => [code, count]),
      [
        ['CORE_OUTCOME_UNKNOWN', 1],
        ['HUB_NOT_ANSWERING', 1],
      ],
    );
    leader = 'two';
    await one.alerting.stop();
    two.world.standing = [];
    await time.advance(20 * MINUTE);
    assert.deepEqual(
      two.world.told.map(({ event, code }) => `${event} ${code}`),
      ['ended CORE_OUTCOME_UNKNOWN', 'ended HUB_NOT_ANSWERING'],
    );
    await two.alerting.stop();
  });

  test('what somebody muted where the portal is counts for the replica that tells, too', async () => {
    const time = virtualTime();
    const replicas = stores();
    const [one, two] = [stage(replicas.of('one'), { time }), stage(replicas.of('two'), { time, leads: () => false })];
    two.alerting.useMutes(async () => ['CORE_OUTCOME_UNKNOWN p1']);
    await time.advance(10_000);
    one.world.standing = [stuck('p1', time.now())];
    await time.advance(5 * MINUTE);
    assert.deepEqual(one.world.told, []);
    two.alerting.useMutes(async () => []);
    await time.advance(MINUTE);
    assert.equal(one.world.told.length, 1);
    await Promise.all([one.alerting.stop(), two.alerting.stop()]);
  });

  test('who acknowledges at another replica loses nothing and makes nothing be sent twice', async () => {
    const time = virtualTime();
    const replicas = stores();
    const one = stage(replicas.of('one'), { time });
    const two = stage(replicas.of('two'), { time, leads: () => false });
    one.world.standing = [stuck('p1', time.now())];
    let acknowledging: Promise<unknown> | undefined;
    // in the moment at which the delivery is on its way
    one.world.takes = ({ incident }) => {
      acknowledging = two.alerting.acknowledge(incident, { by: 'user:amara', reason: 'I look' });
      return { kind: 'sent' };
    };
    await time.advance(5 * MINUTE);
    await acknowledging;
    assert.equal(one.world.told.length, 1);
    const [incident] = await one.alerting.incidents();
    assert.deepEqual([incident?.acknowledged?.by, incident?.deliveries[0]?.state], ['user:amara', 'sent']);
    assert.equal(await two.alerting.acknowledge('nothing', { by: 'x', reason: 'y' }), undefined);
    await Promise.all([one.alerting.stop(), two.alerting.stop()]);
  });

  test('a disk that takes nothing keeps nobody from being told, and nothing is sent twice', async () => {
    const { time, alerting, world, log } = stage({ ...stores().alone(), write: () => Promise.reject(new Error('ENOSPC')) });
    world.standing = [stuck('p1', time.now())];
    await time.advance(5 * MINUTE);
    assert.equal(world.told.length, 1);
    assert.equal(log.lines.filter(({ fields }) => fields?.['code'] === 'ALERTS_NOT_STORED').length, 1);
    await alerting.stop();
  });

  test('what a server refuses for good is not sent again, and is told to the log', async () => {
    const { time, alerting, world, log, metrics } = stage(stores().alone());
    world.standing = [stuck('p1', time.now())];
    world.takes = () => ({ kind: 'refused', problem: 'it answers with status 400' });
    await time.advance(30 * MINUTE);
    assert.match(await metrics.text(), /pm_alert_deliveries_total\{channel="webhook",result="refused"\} 1/);
    assert.equal(log.lines.filter(({ fields }) => fields?.['code'] === 'ALERT_REFUSED').length, 1);
    await alerting.stop();
  });

  test('a test is sent at once, and answers what came of it', async () => {
    const { alerting, world } = stage(stores().alone());
    assert.deepEqual(await alerting.test(), [{ channel: 'webhook', kind: 'sent' }]);
    assert.deepEqual(
      world.told.map(({ event, rule }) => [event, rule]),
      [['test', 'test']],
    );
    await alerting.stop();
  });
});
