import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import type { TlsSnapshot } from '@payment-manager/vault';
import { dayMs, hourMs, openWorld, pass } from '../test/world.ts';

/** Two years of certificates of one day are more than a thousand renewals: all of them when `PM_TEST_LONG` says so, else twenty days. */
const short = process.env['PM_TEST_LONG'] === undefined ? 20 : 730;

for (const { days, pollMs, overlapMs, span } of [
  { days: 1, pollMs: 12 * hourMs, overlapMs: 2 * hourMs, span: short },
  { days: 90, pollMs: 4 * dayMs, overlapMs: dayMs, span: 730 },
  { days: 365, pollMs: 4 * dayMs, overlapMs: dayMs, span: 730 },
]) {
  test(`connection: ${span} days with certificates of ${days} day(s): renewed at two thirds, never a gap, no alarm`, async () => {
    const years = span * dayMs;
    // Our own CA is renewed as well.
    const caDays = Math.max(2 * days, 100);
    const client = { pollMs, overlapMs, propagationMs: 2 * 60_000 };
    const world = await openWorld({ wanted: { serverDays: days, hubClientDays: days, caDays }, hubDays: days, client });
    const running = await world.start();
    const { environment } = running;
    const used = new Map<string, Set<string>>();
    let snapshots: TlsSnapshot[] = [];
    let hubs: X509Certificate | undefined;
    const check = async (): Promise<void> => {
      const now = world.time.now();
      for (const { validTo, validFrom } of snapshots)
        assert.ok(validFrom <= now && now < validTo, 'what was in use until now has not ended');
      assert.ok(!hubs || hubs.validToDate.getTime() > now);
      snapshots = [await environment.credentials('tls-client'), await environment.credentials('tls-server')];
      const [asked] = world.server.state.outbound;
      hubs = new X509Certificate(asked?.certificate ?? '');
      for (const [index, { keyId }] of snapshots.entries()) remember(used, index === 0 ? 'client' : 'server', keyId);
      remember(used, 'hub', hubs.fingerprint256);
      assert.deepEqual(running.client.alarms(), [], new Date(now).toISOString());
      assert.equal(asked?.state, 'CERT_SIGNED');
    };
    await pass(world, running, 60_000);
    await check();
    await pass(world, running, years, check);
    // Two thirds of the lifetime, or up to a twentieth of it earlier; and what we sign once more with each CA of ours.
    const changes = (lifetimeDays: number): [number, number] => [
      years / (lifetimeDays * dayMs * 0.667),
      years / (lifetimeDays * dayMs * 0.61),
    ];
    for (const [what, ids] of used) {
      const [least, most] = changes(days);
      const more = what === 'client' ? 2 : 2 + changes(caDays)[1];
      assert.ok(ids.size >= least && ids.size <= most + more, `${what}: ${ids.size} of ${least} to ${most} + ${more}`);
    }
    const kept = (await environment.keys.list('tls-client')).filter(({ state }) => state === 'retiring' || state === 'pre-active');
    assert.ok(kept.length <= 1, 'what was replaced is destroyed after the overlap');
    await running.client.stop();
  });
}

function remember(used: Map<string, Set<string>>, what: string, id: string): void {
  used.set(what, (used.get(what) ?? new Set()).add(id));
}

test('connection: a hub that signs no more: alarms at a third, a sixth, 7 days, 1 day and the end, and all is well when it signs again', async () => {
  const world = await openWorld({ client: { pollMs: 6 * hourMs } });
  const running = await world.start();
  await pass(world, running, 60_000);
  world.server.signing = false;
  const { validFrom, validTo } = await running.environment.credentials('tls-client');
  const raised = new Map<string, number>();
  await pass(world, running, validTo - world.time.now() + dayMs, () => {
    for (const { id, severity, artefact } of running.client.alarms()) {
      const name = `${artefact} ${severity} ${id.split(':').at(-1)?.length === 1 ? id.split(':').at(-1) : 'end'}`;
      if (!raised.has(name)) raised.set(name, world.time.now());
    }
  });
  const third = (validTo - validFrom) / 3;
  const expected: readonly [string, number][] = [
    ['DFSP_CLIENT_CERT warning 1', validTo - third],
    ['DFSP_CLIENT_CERT warning 2', validTo - third / 2],
    ['DFSP_CLIENT_CERT warning 3', validTo - 7 * dayMs],
    ['DFSP_CLIENT_CERT critical 4', validTo - dayMs],
    ['DFSP_CLIENT_CERT critical end', validTo],
  ];
  const names = [...raised.keys()].filter((name) => name !== 'DFSP_CLIENT_CERT warning end');
  assert.deepEqual(
    names,
    expected.map(([name]) => name),
  );
  for (const [name, at] of expected) {
    const late = (raised.get(name) ?? 0) - at;
    assert.ok(late >= 0 && late <= 7 * hourMs, `${name} ${late} ms late`);
  }
  const lapsed = running.client.conditions().find(({ artefact }) => artefact === 'DFSP_CLIENT_CERT');
  assert.deepEqual([lapsed?.state, lapsed?.reason], ['Failed', 'CERTIFICATE_LAPSED']);
  assert.match(lapsed?.details?.join() ?? '', /not signed it yet/);
  assert.ok(world.log.lines.some(({ level, fields }) => level === 'error' && fields['code'] === 'CERTIFICATE_EXPIRED'));

  world.server.signing = true;
  await pass(world, running, 7 * hourMs);
  assert.deepEqual(running.client.alarms(), []);
  assert.deepEqual(
    running.client.conditions().filter(({ state }) => state !== 'Ready'),
    [],
  );
  await running.client.stop();
});
