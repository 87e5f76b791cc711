import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '@payment-manager/runtime';
import { faulty } from '../test/in-memory-server.ts';
import { connected, hourMs, pass, standingOf } from '../test/world.ts';
import { ConnectionFault } from './api/connection-fault.ts';
import { ARTEFACTS } from './condition.ts';

/** What fails for an hour: everything, all but the one call that needs no more than a token, or one call alone. */
const outages: readonly (readonly [string, (call: string) => boolean])[] = [
  ['everything', () => true],
  ['everything but the list of DFSPs', (call) => call !== 'dfsps'],
  ['the list of peers’ keys alone', (call) => call === 'jwsKeys'],
];

for (const [what, fails] of outages)
  test(`connection: ${what} failed for an hour: two minutes after the end every condition is Ready`, async () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const { world, running } = await connected({ client: { pollMs: 60_000, random: seededRandom(seed) } });
      world.server.fail = (call) => (fails(call) ? faulty('SERVER_ERROR') : undefined);
      await pass(world, running, hourMs);
      assert.notEqual(standingOf(running, 'PEER_JWS').state, 'Ready');
      world.server.fail = () => undefined;
      const unready = () => ARTEFACTS.filter((artefact) => standingOf(running, artefact).state !== 'Ready');
      await pass(world, running, 120_000);
      assert.deepEqual(unready(), [], `seed ${seed}`);
      await running.client.stop();
    }
  });

test('connection: one call that gets an answer again ends the pauses of all, and it need not be the way in', async () => {
  for (const seed of [1, 2, 3]) {
    const { world, running } = await connected({ client: { pollMs: 60_000, random: seededRandom(seed) } });
    world.server.fail = () => faulty('SERVER_ERROR');
    await pass(world, running, hourMs);
    world.server.fail = () => undefined;
    await running.client.look('ENDPOINTS');
    await pass(world, running, 1);
    for (const artefact of ARTEFACTS) assert.equal(standingOf(running, artefact).state, 'Ready', artefact);
    await running.client.stop();
  }
});

test('connection: who was told how long to stay away stays away, also when another call gets an answer', async () => {
  const { world, running } = await connected({ client: { pollMs: 60_000 } });
  world.server.fail = (call) =>
    call === 'jwsKeys' ? new ConnectionFault('SERVER_ERROR', 'busy', 'wait', [], 300_000) : faulty('SERVER_ERROR');
  await pass(world, running, 90_000);
  const asked = () => world.server.calls.filter((call) => call === 'jwsKeys').length;
  const before = asked();
  world.server.fail = () => undefined;
  await pass(world, running, 180_000);
  assert.equal(standingOf(running, 'ENDPOINTS').state, 'Ready');
  assert.equal(asked(), before);
  await running.client.stop();
});

test('connection: a server that fails is asked no more often than one that does not', async () => {
  const { world, running } = await connected({ client: { pollMs: 60_000 } });
  const callsIn = async (ms: number): Promise<number> => {
    const before = world.server.calls.length;
    await pass(world, running, ms);
    return world.server.calls.length - before;
  };
  const healthy = await callsIn(hourMs);
  world.server.fail = () => faulty('SERVER_ERROR');
  const failing = await callsIn(hourMs);
  assert.ok(failing <= healthy, `${failing} calls while it fails, ${healthy} before`);
  await running.client.stop();
});
