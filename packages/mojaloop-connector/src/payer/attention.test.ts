import assert from 'node:assert/strict';
import { test } from 'node:test';
import { committed, opened, paymentOf, quoted, transferFails } from '../../test/payer-scenes.ts';
import { allowed, exceptionCodes, person } from '../../test/person-scenes.ts';
import { makeWorld, settled } from '../../test/world.ts';

test('payer: COMMITTED of a payment whose prepare had not left is an exception, also after a restart; a person settles it at its end', async () => {
  const world = await makeWorld();
  const id = await quoted(world);
  await committed(world, id, { source: 'switch' });
  await committed(world, id, { source: 'switch' });
  assert.deepEqual(await exceptionCodes(world), ['CONTRADICTION']);
  await world.crash();
  assert.deepEqual(await exceptionCodes(world), ['CONTRADICTION']);
  assert.match((await world.connector.exceptions({ limit: 1 }))[0]?.reason ?? '', /switch says COMMITTED, but no prepare of it had left/);
  // it is still offered; nothing is settled that may go on
  assert.deepEqual(await allowed(world, id), ['ask-hub']);
  const ended = await settled(world, world.connector.payer.resume(id, { acceptQuote: false }));
  assert.equal(paymentOf(ended).exception?.code, 'CONTRADICTION');
  assert.deepEqual(await allowed(world, id), ['ask-hub', 'settle COMMITTED ABORTED']);
  assert.equal((await person(world, id, { action: 'settle', as: 'ABORTED' })).kind, 'done');
  assert.deepEqual(await exceptionCodes(world), []);
});

test('payer: COMMITTED of a payment that was refused before a prepare existed can be settled by a person', async () => {
  const world = await makeWorld();
  const id = await quoted(world);
  await world.connector.payer.resume(id, { acceptQuote: false });
  await committed(world, id, { source: 'switch' });
  assert.deepEqual(await exceptionCodes(world), ['CONTRADICTION']);
  assert.equal((await person(world, id, { action: 'settle', as: 'ABORTED' })).kind, 'done');
  assert.deepEqual(await exceptionCodes(world), []);
});

test('payer: a payee that contradicts again and again fills neither the record nor the place of the hub’s word', async () => {
  const world = await makeWorld();
  const { transferId } = await opened(world);
  await committed(world, transferId, { source: 'switch' });
  for (let code = 5000; code < 5060; code++) await transferFails(world, transferId, String(code), 'them');
  assert.ok(((await world.journal.load(transferId))?.events.length ?? 99) < 20);
  await transferFails(world, transferId, '3303');
  const reasons = (await world.connector.exceptions({ limit: 100 })).map(({ reason }) => reason);
  assert.ok(
    reasons.some((reason) => reason.startsWith('switch says error 3303')),
    reasons.join('\n'),
  );
});
