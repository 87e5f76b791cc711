import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { JournalUnavailable } from '@payment-manager/journal';
import type { ExceptionsDoor, PaymentDetail, Resolution, ResolveAnswer } from '@payment-manager/mojaloop-connector';
import { paymentRoutes } from './payment-routes.ts';
import { serveRoutes } from './serve-routes.ts';

const at = Date.UTC(2026, 10, 24, 12);
const detail: PaymentDetail = {
  payment: {
    id: 'T-1',
    flow: 'payee',
    amount: '25',
    currency: 'USD',
    startedAt: at,
    hub: 'UNKNOWN',
    core: 'RESERVED',
    settled: { as: 'ABORTED', at, by: 'Ada', reason: 'hub says so' },
    exceptions: ['OUTCOME_UNKNOWN'],
  },
  known: { hub: ['nothing'], us: [], core: [] },
  said: { hub: [{ code: 'hub-UNKNOWN' }], us: [], core: [] },
  history: [{ at, who: 'us', what: 'exception OUTCOME_UNKNOWN' }],
  allowed: [{ action: 'ask-hub' }],
};

function setUp(answer: ResolveAnswer = { kind: 'done', detail }, mayAct = true, failure?: Error) {
  const asked: Resolution[] = [];
  const queries: object[] = [];
  const desk: ExceptionsDoor = {
    exception: async (id, flow) => (id === 'T-1' && flow !== 'payer' ? detail : undefined),
    find: async () => [],
    async resolve(resolution) {
      asked.push(resolution);
      if (failure !== undefined) throw failure;
      return answer;
    },
    async payments(query) {
      queries.push(query);
      return { payments: [detail.payment], next: { updatedAt: 7, recordId: 'r-1' } };
    },
  };
  const serve = serveRoutes(paymentRoutes(desk), mayAct);
  const call = async (method: string, target: string, body?: object | string, headers: Record<string, string> = {}) => {
    const text = typeof body === 'object' ? JSON.stringify(body) : (body ?? '');
    const response = await serve({
      method,
      target,
      headers: { host: '127.0.0.1:4004', ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      body: Buffer.from(text),
      clientAuthenticated: false,
    });
    return { status: response.status, json: JSON.parse(String(response.body)) };
  };
  return { call, asked, queries };
}

const resolve = { action: 'resolve', as: 'ABORTED', reason: 'hub says so', by: 'Ada' };

describe('operations API: single payments', () => {
  test('a payment is shown with its facts, history and what may be done, instants as text', async () => {
    const { call } = setUp();
    const { status, json } = await call('GET', '/exceptions/T-1');
    assert.equal(status, 200);
    assert.equal(json.payment.startedAt, '2026-11-24T12:00:00.000Z');
    assert.equal(json.payment.resolved.at, '2026-11-24T12:00:00.000Z');
    assert.deepEqual(json.history, [{ at: '2026-11-24T12:00:00.000Z', who: 'us', what: 'exception OUTCOME_UNKNOWN' }]);
    assert.deepEqual(json.allowed, [{ action: 'ask-hub' }]);
    assert.equal((await call('GET', '/exceptions/T-1?flow=payer')).status, 404);
    assert.equal((await call('GET', '/exceptions/T-1?flow=x')).status, 400);
    assert.equal((await call('GET', '/exceptions/a%20b')).status, 400);
    assert.equal((await call('DELETE', '/exceptions/T-1')).status, 405);
  });

  test('an action is taken with reason and name; what the desk refuses is refused', async () => {
    const { call, asked } = setUp();
    assert.equal((await call('POST', '/exceptions/T-1', resolve)).status, 200);
    assert.equal(
      (await call('POST', '/exceptions/T-1', { action: 'resend-outcome', seen: 'ABORTED 1', reason: 'r', by: 'b', flow: 'payee' })).status,
      200,
    );
    assert.deepEqual(asked, [
      { id: 'T-1', act: { action: 'settle', as: 'ABORTED' }, reason: 'hub says so', by: 'Ada' },
      { id: 'T-1', flow: 'payee', act: { action: 'resend-outcome', confirmed: false, seen: 'ABORTED 1' }, reason: 'r', by: 'b' },
    ]);
    assert.equal((await setUp({ kind: 'missing' }).call('POST', '/exceptions/T-1', resolve)).status, 404);
    const refused = await setUp({ kind: 'not-allowed', allowed: [{ action: 'ask-hub' }] }).call('POST', '/exceptions/T-1', resolve);
    assert.equal(refused.status, 409);
    assert.deepEqual(refused.json.allowed, [{ action: 'ask-hub' }]);
  });

  test('while the journal is out of reach the answer is 503, not a defect', async () => {
    const { call } = setUp({ kind: 'missing' }, true, new JournalUnavailable('disk'));
    const { status, json } = await call('POST', '/exceptions/T-1', resolve);
    assert.deepEqual([status, json.code], [503, 'JOURNAL_UNAVAILABLE']);
  });

  test('web pages cannot act: neither a form, nor a script with an origin', async () => {
    const { call, asked } = setUp();
    const json = { 'content-type': 'application/json' };
    assert.equal((await call('POST', '/exceptions/T-1', resolve, { 'content-type': 'text/plain' })).status, 415);
    assert.equal((await call('POST', '/exceptions/T-1', resolve, { 'content-type': 'application/x-www-form-urlencoded' })).status, 415);
    assert.equal((await call('POST', '/exceptions/T-1', resolve, { ...json, origin: 'https://evil.example' })).status, 403);
    assert.equal((await call('POST', '/exceptions/T-1', resolve, { ...json, origin: 'null' })).status, 403);
    assert.equal((await call('POST', '/exceptions/T-1', resolve, { ...json, 'sec-fetch-site': 'same-origin' })).status, 403);
    assert.equal((await call('OPTIONS', '/exceptions/T-1', undefined, { origin: 'https://evil.example' })).status, 405);
    assert.deepEqual(asked, []);
    assert.equal((await call('POST', '/exceptions/T-1', resolve, json)).status, 200);
  });

  test('where others than this machine can ask, nobody may act', async () => {
    const { call, asked } = setUp(undefined, false);
    assert.equal((await call('POST', '/exceptions/T-1', resolve)).status, 403);
    assert.equal((await call('GET', '/exceptions/T-1')).status, 200);
    assert.deepEqual(asked, []);
  });

  test('payments of a stretch come with the cursor of the next page', async () => {
    const { call, queries } = setUp();
    const stretch = 'from=2026-11-24T00:00:00Z&to=2026-11-25T00:00:00.000Z';
    const { status, json } = await call('GET', `/payments?${stretch}`);
    assert.equal(status, 200);
    assert.deepEqual([json.payments.length, json.next], [1, '7.r-1']);
    await call('GET', `/payments?${stretch}&limit=5&after=${json.next}`);
    const [fromMs, toMs] = [Date.UTC(2026, 10, 24), Date.UTC(2026, 10, 25)];
    assert.deepEqual(queries, [
      { fromMs, toMs, limit: 1000 },
      { fromMs, toMs, limit: 5, after: { updatedAt: 7, recordId: 'r-1' } },
    ]);
    for (const wrong of ['', 'from=2026-11-24&to=2026-11-25', `${stretch}&limit=0`, `${stretch}&limit=1001`, `${stretch}&after=x`])
      assert.equal((await call('GET', `/payments?${wrong}`)).status, 400, wrong);
  });
});
