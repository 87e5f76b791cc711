import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeWorld, settled, within } from '../../test/world.ts';

const TRANSFER = '7c23e80c-d078-4077-8263-2c047876fcf6';

test('payer: how a transfer ended that is not in our journal only the hub can say', async () => {
  const completedTimestamp = '2026-01-01T00:00:00.000Z';
  const words = [
    ['', { transferState: 'COMMITTED', fulfilment: 'A'.repeat(43), completedTimestamp }],
    ['', { transferState: 'ABORTED', completedTimestamp }],
    ['/error', { errorInformation: { errorCode: '5105', errorDescription: 'refused' } }],
  ] as const;
  for (const [path, body] of words) {
    const world = await makeWorld();
    const tell = (source: string) => world.receive('PUT', `/transfers/${TRANSFER}${path}`, body, { source });
    const asking = world.connector.payer.inquire(TRANSFER);
    await world.time.advance(0);
    assert.equal(world.messages('GET', `/transfers/${TRANSFER}`).length, 1);
    await tell('them');
    await tell('switch');
    const answer = await settled(world, asking);
    assert.equal(answer.kind, path === '' ? 'answered' : 'error');
    assert.equal(answer.kind === 'answered' && answer.headers['fspiop-source'], path === '' && 'switch');

    const again = world.connector.payer.inquire(TRANSFER);
    await world.time.advance(0);
    await tell('them');
    assert.equal((await within(world, 11_000, again)).kind, 'timeout');
  }
});

test('payer: a question about a transfer that is not in our journal is answered, as not known, also where it could not be sent for a defect', async () => {
  const world = await makeWorld();
  world.hub = () => {
    throw new Error('the HTTP client has a defect');
  };
  const answer = await settled(world, world.connector.payer.inquire(TRANSFER));
  assert.equal(answer?.kind, 'failed');
  assert.match(JSON.stringify(world.log.lines), /a question could not be sent/);
});
