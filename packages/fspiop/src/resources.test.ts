import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FspiopError } from './errors.ts';
import { matchRoute, partyPath } from './resources.ts';

const ID = '7c23e80c-d078-4077-8263-2c047876fcf6';
const refused = (httpStatus: number, code: string) => (error: unknown) =>
  error instanceof FspiopError && error.httpStatus === httpStatus && error.errorCode === code;

test('resources: every message of the four resources has its route', () => {
  const routes: [string, string, string][] = [
    ['GET', '/parties/MSISDN/123', 'GET /parties'],
    ['PUT', '/parties/MSISDN/123/SAVINGS', 'PUT /parties'],
    ['PUT', '/parties/MSISDN/123/error', 'PUT /parties/error'],
    ['PUT', '/parties/MSISDN/123/SAVINGS/error', 'PUT /parties/error'],
    ['GET', '/participants/IBAN/X1?currency=KES', 'GET /participants'],
    ['PUT', '/participants/IBAN/X1', 'PUT /participants'],
    ['PUT', '/participants/IBAN/X1/error', 'PUT /participants/error'],
    ['POST', '/quotes', 'POST /quotes'],
    ['GET', `/quotes/${ID}?foo=bar&x=1`, 'GET /quotes'],
    ['PUT', `/quotes/${ID}`, 'PUT /quotes'],
    ['PUT', `/quotes/${ID}/error`, 'PUT /quotes/error'],
    ['POST', '/transfers#x', 'POST /transfers'],
    ['GET', `/transfers/${ID}`, 'GET /transfers'],
    ['PUT', `/transfers/${ID}`, 'PUT /transfers'],
    ['PATCH', `/transfers/${ID}`, 'PATCH /transfers'],
    ['PUT', `/transfers/${ID}/error`, 'PUT /transfers/error'],
    ['PATCH', `/transfers/${ID}/error`, 'PATCH /transfers/error'],
  ];
  for (const [method, target, operation] of routes) assert.equal(matchRoute(method, target).operation, operation, `${method} ${target}`);
  assert.equal(matchRoute('GET', '/participants/IBAN/X1?currency=KES').currency, 'KES');
  assert.equal(matchRoute('PUT', '/quotes/01HZ3J7ZB6T0M7XW3K5Q8N4V2C').id, '01HZ3J7ZB6T0M7XW3K5Q8N4V2C');
});

test('resources: an unknown path, or a resource without its id, is 404 and 3002', () => {
  for (const [method, target] of [
    ['GET', '/foo'],
    ['POST', '/'],
    ['GET', ''],
    ['GET', 'quotes'],
    ['PUT', '/transfers/'],
    ['PUT', '/quotes/'],
    ['GET', '/parties'],
    ['GET', '/parties/MSISDN'],
    ['GET', '/parties/MSISDN/'],
    ['GET', '/parties/MSISDN/1/2/3'],
    ['GET', '//quotes'],
    ['GET', `/quotes/${ID}/x`],
    ['GET', `/quotes/${ID}/`],
    ['GET', '/constructor'],
  ] as const) {
    assert.throws(() => matchRoute(method, target), refused(404, '3002'), `${method} ${target}`);
  }
});

test('resources: a known path with another method is 405 and 3000', () => {
  for (const [method, target] of [
    ['PUT', '/transfers'],
    ['GET', '/quotes'],
    ['PATCH', `/quotes/${ID}`],
    ['POST', `/transfers/${ID}`],
    ['GET', `/transfers/${ID}/error`],
    ['DELETE', '/parties/MSISDN/1'],
    ['constructor', '/quotes'],
  ] as const) {
    assert.throws(() => matchRoute(method, target), refused(405, '3000'), `${method} ${target}`);
  }
});

test('resources: a ping is taken; its answer is nothing that comes to us', () => {
  assert.deepEqual(matchRoute('POST', '/ping'), { operation: 'POST /ping', resource: 'ping' });
  assert.throws(() => matchRoute('PUT', `/ping/${ID}`), refused(404, '3002'));
});

test('resources: what a DFSP never offers is 501 and 2002', () => {
  for (const [method, target] of [
    ['POST', '/participants'],
    ['POST', '/participants/MSISDN/1?currency=KES'],
    ['DELETE', '/participants/MSISDN/1'],
    ['POST', '/bulkQuotes'],
    ['GET', '/services/FXP'],
    ['POST', '/fxTransfers'],
  ] as const) {
    assert.throws(() => matchRoute(method, target), refused(501, '2002'), `${method} ${target}`);
  }
});

test('resources: a malformed id or party is 400 and 3100', () => {
  for (const target of [
    '/quotes/x',
    `/quotes/${ID.toUpperCase()}`,
    '/parties/FOO/1',
    '/parties/msisdn/1',
    '/parties/MSISDN/%zz',
    '/parties/MSISDN/%ff',
    '/parties/MSISDN/..',
    '/parties/MSISDN/%2e%2E',
    '/parties/MSISDN/.',
    `/parties/MSISDN/${'1'.repeat(129)}`,
    '/participants/IBAN/X1?currency=kes',
  ]) {
    assert.throws(() => matchRoute('GET', target), refused(400, '3100'), target);
  }
  assert.ok(matchRoute('GET', `/parties/MSISDN/${'1'.repeat(128)}`));
  assert.ok(matchRoute('GET', `/parties/ALIAS/${encodeURIComponent('😀'.repeat(128))}`));
});

test('resources: an encoded slash is data, and stays one segment on the way out', () => {
  const { party } = matchRoute('GET', '/parties/MSISDN/..%2f..%2fx');
  assert.deepEqual(party, { type: 'MSISDN', id: '../../x' });
  assert.equal(partyPath('parties', party!), '/parties/MSISDN/..%2F..%2Fx');
  assert.equal(new URL(partyPath('parties', party!), 'http://hub').pathname, '/parties/MSISDN/..%2F..%2Fx');
});

test('resources: a sub-id "error" is not an error path', () => {
  const party = { type: 'ALIAS', id: 'x', subId: 'error' };
  assert.deepEqual(matchRoute('GET', '/parties/ALIAS/x/error').party, party);
  assert.deepEqual(matchRoute('PUT', partyPath('parties', party)).party, party);
  assert.equal(matchRoute('PUT', `${partyPath('parties', party)}/error`).operation, 'PUT /parties/error');
  assert.deepEqual(matchRoute('PUT', `${partyPath('parties', party)}/error`).party, party);
});

test('resources: every party comes back from its path, as success and as error', () => {
  const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 128 }).filter((value) => value !== '.' && value !== '..');
  fc.assert(
    fc.property(text, fc.option(text, { nil: undefined }), (id, subId) => {
      const party = subId === undefined ? { type: 'ALIAS', id } : { type: 'ALIAS', id, subId };
      const path = partyPath('parties', party);
      assert.deepEqual(matchRoute('GET', path).party, party);
      assert.deepEqual(matchRoute('PUT', path).party, party);
      assert.deepEqual(matchRoute('PUT', `${path}/error`).party, party);
      assert.equal(matchRoute('PUT', `${path}/error`).operation, 'PUT /parties/error');
      assert.equal(new URL(path, 'http://hub').pathname, path);
    }),
  );
});

test('resources: a party that no path can hold is refused', () => {
  for (const id of ['', '.', '..', '\ud800', 'x'.repeat(129)]) {
    assert.throws(() => partyPath('parties', { type: 'ALIAS', id }), refused(400, '3100'));
  }
});
