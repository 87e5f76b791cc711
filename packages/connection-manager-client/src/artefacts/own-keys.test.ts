import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KeyRecord } from '@payment-manager/vault';
import { openWorld, pass, standingOf } from '../../test/world.ts';
import { clientOrder } from './client-certificate.ts';
import { dueAt, inPlay, overAt } from './own-keys.ts';

const key = (id: string, state: KeyRecord['state'], since = 0): KeyRecord => ({
  environment: 'test',
  purpose: 'tls-client',
  id,
  algorithm: 'EC-P256',
  publicKey: '',
  state,
  since,
  history: [],
  inHsm: false,
});

test('own keys: of several on their way the one that the server knows goes on, else the newest that is wanted', () => {
  const keys = [key('a', 'active'), key('b', 'pre-active'), key('c', 'pre-active'), key('d', 'pre-active'), key('e', 'retiring')];
  const play = (known: string, wanted = 'bcd') =>
    inPlay(
      keys,
      ({ id }) => known.includes(id),
      ({ id }) => wanted.includes(id),
    );
  const ids = ({ pending, surplus }: ReturnType<typeof play>) => [pending?.id, surplus.map(({ id }) => id).join('')];
  assert.deepEqual(ids(play('')), ['d', 'bc']);
  assert.deepEqual(ids(play('b')), ['b', 'cd']);
  assert.deepEqual(ids(play('bc')), ['c', 'bd']);
  assert.deepEqual(ids(play('b', 'cd')), ['d', 'bc']);
  assert.deepEqual(ids(play('b', '')), [undefined, 'bcd']);
  assert.deepEqual([play('').active?.id, play('').retiring.map(({ id }) => id)], ['a', ['e']]);
});

test('own keys: an overlap ends at its instant, and the next end is known', () => {
  const keys = [key('a', 'retiring', 100), key('b', 'retiring', 300)];
  assert.deepEqual(overAt(keys, 50, 149), { over: [], next: 150 });
  assert.deepEqual(overAt(keys, 50, 150), { over: [keys[0]], next: 350 });
  assert.deepEqual(overAt(keys, 50, 400), { over: keys, next: Number.POSITIVE_INFINITY });
  assert.deepEqual([dueAt(), dueAt(Number.POSITIVE_INFINITY), dueAt(7, 5)], [{}, {}, { dueAt: 5 }]);
});

test('own keys: a second request that another replica made at the same time is given up, and the first goes on', async () => {
  const world = await openWorld();
  world.server.signing = false;
  const running = await world.start();
  await pass(world, running, 10_000);
  const { keys } = running.environment;
  const [first] = await keys.list('tls-client');
  const second = await keys.generate('tls-client', { by: 'another replica', why: 'first' }, 'EC-P256');
  await keys.request('tls-client', second.id, clientOrder(world.wanted));
  world.server.signing = true;
  await pass(world, running, 60_000);
  assert.equal(standingOf(running, 'DFSP_CLIENT_CERT').state, 'Ready');
  assert.deepEqual(
    (await keys.list('tls-client')).map(({ id, state }) => [id, state]),
    [
      [first?.id, 'active'],
      [second.id, 'destroyed'],
    ],
  );
  assert.equal(world.server.state.inbound.length, 1);
  await running.client.stop();
});
