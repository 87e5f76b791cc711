import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PREPARE, twoPhaseConnector } from '../../test/two-phase-connector.ts';
import { ABORTED, COMMITTED, World } from '../../test/world.ts';
import { compileConnector } from '../language/compile-connector.ts';
import { problemLine } from '../language/problem.ts';

const HOUR = 3_600_000;
const MINUTE = 60_000;
const RENEW = `    expires: 1h
    renew:
      call:
        post: /holds/{id}/renew
        path: { id: "=of.facts.holdId" }
        headers: { Idempotency-Key: "=key & '-renewal-' & $string(renewal)" }
        body: { until: "=until" }
      ok: =status = 200
      for: 3h
`;
const renewing = (renew = RENEW): string => PREPARE.replace('    expires: 7d\n', renew);
const isRenewal = (call: string): boolean => call.endsWith('/renew');

async function held(): Promise<World> {
  const world = new World({ prepare: renewing() });
  await world.ask('transfer.prepare');
  return world;
}

const attention = async (world: World): Promise<readonly string[]> =>
  (await world.journal.attention({ limit: 10 })).map(({ code }) => code);
const renewals = (world: World): number => world.core.calls.filter(isRenewal).length;
const expiresAt = async (world: World): Promise<number | undefined> =>
  (await world.records.state('payee', 'T1'))?.effects['payee-hold']?.expiresAt;

test('a hold whose payment has no outcome is renewed half of its time before it ends, and again, as long as the core may be asked; then a person is told', async () => {
  const world = await held();
  const first = (await expiresAt(world)) ?? 0;
  await world.time.advance(29 * MINUTE);
  assert.equal(renewals(world), 0);
  await world.time.advance(2 * MINUTE);
  assert.equal(renewals(world), 1);
  assert.equal(await expiresAt(world), first + HOUR / 2);
  // 1 h, 1.5 h, 2 h, 2.5 h, 3 h: five half hours, and a sixth would be beyond `for`
  await world.time.advance(2 * HOUR + 20 * MINUTE);
  assert.deepEqual([renewals(world), await expiresAt(world)], [4, first + 2 * HOUR]);
  assert.deepEqual(await attention(world), [], 'as long as it is renewed, nobody has to look');
  await world.time.advance(5 * MINUTE);
  assert.deepEqual(await attention(world), ['CORE_HOLD_EXPIRES']);
  assert.equal(world.core.totals.held, '99.5');
  await world.ask(COMMITTED);
  assert.deepEqual([await attention(world), world.core.totals.booked, renewals(world)], [[], '99.5', 4]);
});

test('once the payment has its outcome nothing is renewed', async () => {
  const world = await held();
  await world.ask(ABORTED);
  await world.time.advance(2 * HOUR);
  assert.equal(renewals(world), 0);
});

test('a renewal without an answer is sent again, the same message; where none is taken a person is told, with why', async () => {
  const world = await held();
  world.core.fault = (call) => (isRenewal(call) ? 'lost-after' : undefined);
  await world.time.advance(56 * MINUTE);
  assert.ok(renewals(world) > 3, `${renewals(world)} tries`);
  for (const [key, said] of world.core.said) assert.equal(said.size, 1, `${key}: a repeat says the same`);
  const [told] = await world.journal.attention({ limit: 10 });
  assert.equal(told?.code, 'CORE_HOLD_EXPIRES');
  assert.match(told?.reason ?? '', /could not be renewed: the connection was lost$/);
  const tries = renewals(world);
  await world.time.advance(2 * HOUR);
  assert.equal(renewals(world), tries, 'what the core may have let go of is not renewed');
});

test('a renewal that comes through after some that did not counts from when it was due', async () => {
  const world = await held();
  const first = (await expiresAt(world)) ?? 0;
  let tries = 0;
  world.core.fault = (call) => (isRenewal(call) && tries++ < 3 ? 'gateway' : undefined);
  await world.time.advance(45 * MINUTE);
  assert.deepEqual([renewals(world), await expiresAt(world), await attention(world)], [4, first + HOUR / 2, []]);
});

test('a process that begins again renews in its time what the one before has left', async () => {
  const world = await held();
  const first = (await expiresAt(world)) ?? 0;
  await world.time.advance(31 * MINUTE);
  await world.kill();
  await world.time.advance(20 * MINUTE);
  assert.deepEqual([renewals(world), await expiresAt(world)], [1, first + HOUR / 2]);
  await world.kill();
  await world.time.advance(15 * MINUTE);
  assert.deepEqual([renewals(world), await expiresAt(world)], [2, first + HOUR]);
});

test('what is not a hold, or reads, or would say another time at each try, is no renewal', () => {
  const told = (prepare: string): string => compileConnector(twoPhaseConnector({ prepare })).problems.map(problemLine).join('\n');
  assert.equal(told(renewing()), '');
  assert.match(told(renewing(RENEW.replace('body: { until: "=until" }', 'body: { until: "=op.now" }'))), /`until` says until when/);
  assert.match(told(renewing(RENEW.replace('post: /holds', 'get: /holds').replace(/ +body: .*\n/, ''))), /renews nothing/);
  assert.match(told(renewing(RENEW.replace('for: 3h', 'for: 1h'))), /would never be renewed/);
  const finalise = twoPhaseConnector().operations.get('operations/transfer.finalise.yaml') ?? '';
  const released = finalise.replace(
    /( {4}kind: release\n[\s\S]*?)$/,
    `$1    renew: { call: { post: /x }, ok: "=status = 200", for: 3h }\n`,
  );
  assert.match(
    compileConnector(twoPhaseConnector({ finalise: released }))
      .problems.map(problemLine)
      .join('\n'),
    /`renew` is for a hold/,
  );
});
