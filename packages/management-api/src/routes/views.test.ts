import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPortal } from '../../test/portal.ts';

test('one’s own views are kept for oneself, in every browser, within limits', async () => {
  const { ask, as } = await openPortal();
  const [ann, again, bob] = [await as('ann', 'viewer'), await as('ann', 'viewer'), await as('bob', 'administrator')];
  const views = [{ name: 'failed today', page: 'payments', search: 'state=failed&period=today' }];
  assert.deepEqual((await ask('GET /me/views', { cookies: ann })).body, { views: [] });
  assert.equal((await ask('PUT /me/views', { cookies: ann, body: { views } })).status, 200);
  assert.deepEqual((await ask('GET /me/views', { cookies: again })).body, { views });
  assert.deepEqual((await ask('GET /me/views', { cookies: bob })).body, { views: [] });
  assert.equal((await ask('PUT /me/views', { cookies: again, body: { views: [] } })).status, 200);
  assert.deepEqual((await ask('GET /me/views', { cookies: ann })).body, { views: [] });
  const [view] = views;
  for (const evil of [
    Array.from({ length: 51 }, () => view),
    [{ ...view, page: '//evil.example' }],
    [{ ...view, search: '"><script>' }],
    [{ ...view, search: 'x'.repeat(1_001) }],
    [{ ...view, other: 'x' }],
  ])
    assert.equal((await ask('PUT /me/views', { cookies: ann, body: { views: evil } })).status, 400);
  assert.equal((await ask('GET /me/views')).status, 401);
});
