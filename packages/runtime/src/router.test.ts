import assert from 'node:assert/strict';
import { test } from 'node:test';
import { router } from './router.ts';

const find = router([
  { method: 'GET', path: '/transfers/{transferId}' },
  { method: 'PUT', path: '/transfers/{transferId}' },
  { method: 'POST', path: '/transfers' },
  { method: 'GET', path: '/parties/{type}/{id}' },
  { method: 'GET', path: '/parties/{type}/{id}/{subId}' },
  { method: 'GET', path: '/parties/all/{id}' },
]);
const found = (method: string, target: string): unknown => {
  const match = find(method, target);
  return match.kind === 'route' ? [match.route.path, match.params] : match.kind === 'no-method' ? match.allowed : match.kind;
};

test('router: exact segments, segments with a name, and what is there as it stands goes first', () => {
  assert.deepEqual(found('POST', '/transfers'), ['/transfers', {}]);
  assert.deepEqual(found('GET', '/transfers/a?b=/c'), ['/transfers/{transferId}', { transferId: 'a' }]);
  assert.deepEqual(found('GET', '/parties/MSISDN/1'), ['/parties/{type}/{id}', { type: 'MSISDN', id: '1' }]);
  assert.deepEqual(found('GET', '/parties/MSISDN/1/2'), ['/parties/{type}/{id}/{subId}', { type: 'MSISDN', id: '1', subId: '2' }]);
  assert.deepEqual(found('GET', '/parties/all/1'), ['/parties/all/{id}', { id: '1' }]);
});

test('router: a value is decoded, and dots, stars and braces in a path are only characters', () => {
  assert.deepEqual(found('GET', '/parties/ALIAS/a%2Fb%3F'), ['/parties/{type}/{id}', { type: 'ALIAS', id: 'a/b?' }]);
  assert.deepEqual(found('GET', '/transfers/..'), ['/transfers/{transferId}', { transferId: '..' }]);
  assert.deepEqual(found('GET', '/transfers/{transferId}'), ['/transfers/{transferId}', { transferId: '{transferId}' }]);
  assert.equal(found('GET', '/transfers/%zz'), 'malformed');
  for (const target of ['*', '', '/', '/transfer', '/transfers/a/b', '/transfers//', '//transfers', '/__proto__', '/parties'])
    assert.equal(found('GET', target), 'no-path', target);
});

test('router: a method that is not served is told which are; HEAD is a method like any other', () => {
  assert.deepEqual(found('DELETE', '/transfers/a'), ['GET', 'PUT']);
  assert.deepEqual(found('HEAD', '/transfers/a'), ['GET', 'PUT']);
  assert.deepEqual(found('GET', '/transfers'), ['POST']);
});

test('router: one method and path twice, or two names for one segment, are defects that show at the start', () => {
  const get = (path: string) => ({ method: 'GET', path });
  assert.throws(() => router([get('/a/{b}'), get('/a/{b}')]), /twice/);
  assert.throws(() => router([get('/a/{b}'), get('/a/{c}/d')]), /another operation/);
});
