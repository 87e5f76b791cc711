import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { assertConnected } from '../test/assert-connected.ts';
import { hourMs, openWorld, pass, type Started, type World } from '../test/world.ts';
import { keepEndpoints } from './kept-endpoints.ts';

test('connection: from nothing to connected, without anybody doing anything but sign at the hub', async () => {
  const world = await openWorld();
  const running = await world.start();
  await pass(world, running, 60_000);
  await assertConnected(world, running);
  assert.equal(new X509Certificate((await running.environment.credentials('tls-client')).certificate).subject, 'C=KE\nO=Bank A\nCN=bank-a');
  await running.client.stop();
});

test('connection: nothing is posted, signed or made twice when nothing has changed, also after a restart', async () => {
  const world = await openWorld();
  const running = await world.start();
  await pass(world, running, 60_000);
  const changes = (): string[] => world.server.calls.filter((name) => /^(?:publish|request|upload)/.test(name));
  const before = [...changes()];
  assert.deepEqual(before.toSorted(), [...new Set(before)].toSorted());
  await pass(world, running, 48 * hourMs);
  await running.client.stop();
  const again = await world.start();
  await pass(world, again, 48 * hourMs);
  await assertConnected(world, again);
  assert.deepEqual(changes(), before);
  await again.client.stop();
});

/** Runs until the process is dead or a minute is over, then a new process, which must get everything in order. */
async function killedAt(instant: number, prepare: (world: World, running: Started) => Promise<void>, renewed: boolean): Promise<boolean> {
  const world = await openWorld();
  if (renewed) {
    const first = await world.start();
    await pass(world, first, 60_000);
    await first.client.stop();
  }
  const running = await world.start({}, instant);
  // What is asked of a dead process is never answered.
  await Promise.race([prepare(world, running), running.process.death]);
  await pass(world, running, 10 * 60_000);
  const { dead } = running.process;
  if (!dead) await running.client.stop();
  const survivor = await world.start();
  await pass(world, survivor, 10 * 60_000);
  await assertConnected(world, survivor);
  const enrolled = await survivor.environment.keys.list('tls-client');
  assert.ok(world.server.state.inbound.length <= enrolled.length, 'no more enrolments than keys');
  await survivor.client.stop();
  return dead;
}

test('connection: killed at every step of the onboarding, the next process ends connected, with no orphan in use and no key lost', async () => {
  let instant = 1;
  while (await killedAt(instant, async () => undefined, false)) instant += 1;
  assert.ok(instant > 20, `${instant} steps`);
});

test('connection: killed at every step of the renewal of everything, the next process ends connected', async () => {
  const renewAll = async ({ server }: World, { client }: Started): Promise<void> => {
    for (const artefact of ['DFSP_CA', 'DFSP_CLIENT_CERT', 'DFSP_SERVER_CERT', 'DFSP_JWS', 'HUB_CLIENT_CERT'] as const)
      await client.renew(artefact, 'a person');
    assert.ok(server.calls.length > 0);
  };
  let instant = 1;
  while (await killedAt(instant, renewAll, true)) instant += 1;
  assert.ok(instant > 20, `${instant} steps`);
});

test('endpoints that a person has put in the place of the configured ones are published, also after a restart, until they are reset', async () => {
  const world = await openWorld();
  const first = await world.start();
  await pass(world, first, 60_000);
  const other = { ingressUrl: 'https://other.bank-a.example', egress: [{ address: '192.0.2.8', ports: ['443', '8443'] }] };
  await keepEndpoints(first.environment, other, world.time.now(), { by: 'user:ada', why: 'we move' });
  await first.client.look('ENDPOINTS');
  assert.deepEqual([world.server.state.ingress, world.server.state.egress], [other.ingressUrl, other.egress]);
  await first.client.stop();
  const again = await world.start();
  await pass(world, again, 60_000);
  assert.equal(world.server.state.ingress, other.ingressUrl);
  await keepEndpoints(again.environment, undefined, world.time.now(), { by: 'user:ada', why: 'back' });
  await again.client.look('ENDPOINTS');
  await assertConnected(world, again);
  await again.client.stop();
});
