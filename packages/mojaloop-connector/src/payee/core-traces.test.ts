import assert from 'node:assert/strict';
import { test } from 'node:test';
import { patch, prepareFor, quoteRequest } from '../../test/payee-scenes.ts';
import { makeWorld } from '../../test/world.ts';

const TRACE_ID = 'ab'.repeat(16);
const trace = `00-${TRACE_ID}-${'cd'.repeat(8)}-01`;
const NEXT = new RegExp(`^00-${TRACE_ID}-(?!cdcd)[0-9a-f]{16}-01$`);

test('payee: each call of the core bears the trace of the hub’s message, with a span of ours; after a crash, too', async () => {
  const world = await makeWorld();
  await world.receive('GET', '/parties/MSISDN/222', undefined, { trace });
  const request = quoteRequest();
  await world.receive('POST', '/quotes', request, { trace });
  await world.time.advance(0);
  const response = world.messages('PUT', `/quotes/${request.quoteId}`).at(-1)?.body;
  const body = prepareFor(world, { request, response: response as Parameters<typeof prepareFor>[1]['response'] });
  await world.receive('POST', '/transfers', body, { trace });
  await world.time.advance(0);
  await world.crash();
  await patch(world, body.transferId, 'COMMITTED');
  await world.time.advance(0);
  assert.equal(world.coreTraces.length, 4);
  for (const one of world.coreTraces) assert.match(one ?? 'none', NEXT);
});

test('payee: what came without a trace goes to the core without one', async () => {
  const world = await makeWorld();
  await world.receive('POST', '/quotes', quoteRequest());
  await world.time.advance(0);
  assert.deepEqual(world.coreTraces, [undefined]);
});
