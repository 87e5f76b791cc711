import assert from 'node:assert/strict';
import { test } from 'node:test';
import { prepareFor, quoted, told as toldOf } from '@payment-manager/mojaloop-connector/test-scenes';
import { payments } from '../../test/payments.ts';

const HOUR = 3_600_000;

test('a hold of which the core never tells makes one exception, its record’s; the payment is told PENDING, asks on and raises none', async () => {
  const { core, payee, time, door } = await payments(1);
  const prepare = prepareFor(payee, await quoted(payee, { amountType: 'RECEIVE', amount: { currency: 'USD', amount: '99.5' } }));
  // it executes, and from then on never answers
  core.core.fault = (call) => (call.startsWith('GET /accounts') ? undefined : 'lost-after');
  await payee.receive('POST', '/transfers', prepare);
  await time.advance(HOUR / 60);
  const said = await door().ask(prepare.transferId, time.now() + 10_000);
  assert.deepEqual(said.kind === 'ok' && said.value.transferState, 'PENDING');
  // what the hub does not know either is another exception, so it says that it has aborted
  const expired = { errorInformation: { errorCode: '3303', errorDescription: 'expired' } };
  await payee.receive('PUT', `/transfers/${prepare.transferId}/error`, expired, { source: 'switch' });
  await time.advance(2 * HOUR);
  assert.deepEqual(
    (await payee.connector.exceptions({ limit: 9 })).map(({ code, id }) => [code, id]),
    [['CORE_EFFECT_UNKNOWN', prepare.transferId]],
  );
  assert.equal(core.core.holds.length, 1);
  // it answers again: nobody is needed any more
  core.core.fault = () => undefined;
  await time.advance(HOUR);
  assert.deepEqual(await payee.connector.exceptions({ limit: 9 }), []);
});

test('a commit that the core refuses for good makes one exception, its record’s, and another restart makes no second', async () => {
  const { core, payee, time, door } = await payments(2);
  const prepare = prepareFor(payee, await quoted(payee, { amountType: 'RECEIVE', amount: { currency: 'USD', amount: '99.5' } }));
  await payee.receive('POST', '/transfers', prepare);
  await time.advance(2_000);
  assert.match(toldOf(payee, prepare.transferId)[0] ?? '', /RESERVED/);
  core.core.fault = (call) => (call.startsWith('POST') ? 'refuse' : undefined);
  const committed = { transferState: 'COMMITTED', completedTimestamp: new Date(time.now()).toISOString() };
  await payee.receive('PATCH', `/transfers/${prepare.transferId}`, committed, { source: 'switch' });
  await time.advance(2 * HOUR);
  const exceptions = async () => (await payee.connector.exceptions({ limit: 9 })).map(({ code, id }) => [code, id]);
  assert.deepEqual(await exceptions(), [['CORE_EFFECT_STUCK', prepare.transferId]]);
  const said = await door().ask(prepare.transferId, time.now() + 10_000);
  assert.deepEqual(said.kind === 'ok' && said.value.transferState, 'PENDING');
  const restarted = core.kill();
  await payee.crash();
  await restarted;
  await time.advance(2 * HOUR);
  assert.deepEqual(await exceptions(), [['CORE_EFFECT_STUCK', prepare.transferId]]);
});
