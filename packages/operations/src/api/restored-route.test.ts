import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { JournalUnavailable, type RestoredMark } from '@payment-manager/journal';
import type { RestoredDesk } from '@payment-manager/mojaloop-connector';
import { restoredRoutes, sentRow } from './restored-route.ts';
import { serveRoutes } from './serve-routes.ts';

const mark: RestoredMark = {
  number: 1,
  sign: 'anchor',
  reason: 'older than its anchor',
  at: Date.UTC(2026, 10, 24),
  lastEventAt: 0,
  accounted: false,
  lifted: undefined,
  version: 1,
};

function setUp(overrides: Partial<RestoredDesk> = {}) {
  const done: unknown[] = [];
  const noted =
    <R>(what: string, result: R) =>
    async (...given: unknown[]): Promise<R> => {
      done.push([what, ...given]);
      return result;
    };
  const desk: RestoredDesk = {
    last: () => mark,
    take: noted('take', { made: 1 }),
    readIn: noted('readIn', { ...mark, accounted: true }),
    nothingMissing: noted('nothingMissing', 'changed' as const),
    lift: noted('lift', 'not-accounted' as const),
    ...overrides,
  };
  const serve = serveRoutes(restoredRoutes(desk), true);
  const ask = async (body?: object) => {
    const response = await serve({
      method: body === undefined ? 'GET' : 'POST',
      target: '/journal/restored',
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(body === undefined ? '' : JSON.stringify(body)),
      clientAuthenticated: false,
    });
    return { status: response.status, json: JSON.parse(String(response.body)) };
  };
  return { ask, done };
}

const person = { by: ' Ada ', reason: ' ticket 4711 ' };

describe('operations API: a journal that was put back to an older copy', () => {
  test('the last restore is shown, and nothing where there was none', async () => {
    const { status, json } = await setUp().ask();
    assert.deepEqual([status, json.at, json.lastEventAt, json.accounted], [200, '2026-11-24T00:00:00.000Z', undefined, false]);
    assert.deepEqual((await setUp({ last: () => undefined }).ask()).json, {});
  });

  test('rows of a report are read as they were sent, with an id of the core and without', async () => {
    const { ask, done } = setUp();
    const row = { transferId: 'T-1', direction: 'in', amount: 250_000n, currency: 'USD', state: 'COMMITTED' } as const;
    const withHome = { ...row, homeTransactionId: 'H-1' };
    const { status, json } = await ask({ act: 'take', from: 'core', rows: [row, withHome].map(sentRow) });
    assert.deepEqual([status, json], [200, { made: 1 }]);
    assert.deepEqual(done, [['take', [row, withHome], 'core']]);
  });

  test('what a person says is handed on without blanks around it; a desk that does not allow it says why', async () => {
    const { ask, done } = setUp();
    const report = { from: 'hub', transfers: 2, made: 1, digest: 'ab'.repeat(32) };
    assert.equal((await ask({ act: 'read-in', ...report, by: ' Ada ' })).json.accounted, true);
    const nothing = await ask({ act: 'nothing-missing', ...person });
    assert.deepEqual([nothing.status, nothing.json.code], [409, 'CHANGED']);
    const lift = await ask({ act: 'lift', ...person });
    assert.deepEqual([lift.status, lift.json.code], [409, 'NOT_ACCOUNTED']);
    const said = { by: 'Ada', reason: 'ticket 4711' };
    assert.deepEqual(done, [
      ['readIn', { ...report, by: 'Ada' }],
      ['nothingMissing', said],
      ['lift', said],
    ]);
  });

  test('a journal that is away is 503: the same request may be repeated', async () => {
    const { ask } = setUp({ lift: () => Promise.reject(new JournalUnavailable('away')) });
    const { status, json } = await ask({ act: 'lift', ...person });
    assert.deepEqual([status, json.code], [503, 'JOURNAL_UNAVAILABLE']);
    assert.match(json.message, /repeat the same request/);
  });
});
