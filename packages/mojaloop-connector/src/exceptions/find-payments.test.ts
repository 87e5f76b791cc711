import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fulfilled } from '../../test/payee-scenes.ts';
import { opened } from '../../test/payer-scenes.ts';
import { makeWorld } from '../../test/world.ts';

test('a payment that we make is found by transferId, quoteId and homeTransactionId, and one that we receive by the payer’s ids', async () => {
  const world = await makeWorld();
  const { transferId } = await opened(world);
  const quoteId = world.messages('POST', '/quotes').at(-1)?.body.quoteId as string;
  const incoming = await fulfilled(world);
  const found = async (id: string, from?: string) =>
    (await world.connector.desk.find(id, from)).map(({ flow, as, transferId: of, attempt }) => [flow, as, of, attempt ?? '-'].join(' '));
  assert.deepEqual(await found(transferId), [`payer transferId ${transferId} -`]);
  assert.deepEqual(await found(quoteId), [`payer quoteId ${transferId} -`]);
  assert.deepEqual(await found('home-tx-1'), [`payer homeTransactionId ${transferId} 1`]);
  assert.deepEqual(await found(incoming.id), [`payee transferId ${incoming.id} -`]);
  const theirs = incoming.quote.request.quoteId;
  assert.deepEqual(await found(theirs), []);
  assert.deepEqual(await found(theirs, 'them'), [`payee quoteId ${incoming.id} -`]);
  assert.deepEqual(await found(theirs, 'others'), []);
  assert.deepEqual(await found('nobody-has-this'), []);
});
