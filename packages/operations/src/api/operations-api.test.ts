import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { describe, test } from 'node:test';
import { memoryJournal } from '@payment-manager/journal';
import type { ExceptionsDoor, RestoredDesk } from '@payment-manager/mojaloop-connector';
import { createMetrics, type HttpResponse, virtualTime } from '@payment-manager/runtime';
import { watchJournal } from './journal-watch.ts';
import { type OperationsDeps, operationsApi, refuseOperations } from './operations-api.ts';
import { type ReadinessDeps, readiness } from './readiness.ts';

const entry = {
  id: 'T1',
  flow: 'payee',
  level: 'exception',
  code: 'CORE_OUTCOME_UNKNOWN',
  reason: 'nobody knows',
  since: 1_767_225_600_000,
} as const;

const desk: ExceptionsDoor = {
  exception: async () => undefined,
  find: async () => [],
  resolve: async () => ({ kind: 'missing' }),
  payments: async () => ({ payments: [] }),
};

const neverRestored: RestoredDesk = {
  last: () => undefined,
  take: async () => 'not-restored',
  readIn: async () => 'not-restored',
  nothingMissing: async () => 'not-restored',
  lift: async () => 'not-restored',
};

function deps(overrides: Partial<OperationsDeps> = {}): OperationsDeps {
  return {
    metrics: createMetrics(),
    identity: { fspId: 'greenbank', environment: 'sandbox' },
    readiness: async () => ({ ready: true, parts: { journal: { ok: true, detail: 'answers' } } }),
    exceptions: async ({ id }) => (id === undefined || id === entry.id ? [entry] : []),
    alarms: async () => [],
    desk,
    mayAct: true,
    connection: () => 'none',
    prune: async () => [],
    restored: neverRestored,
    ...overrides,
  };
}

async function get(target: string, from = deps(), method = 'GET'): Promise<HttpResponse & { text: string }> {
  const response = await operationsApi(from)({ method, target, headers: {}, body: new Uint8Array(), clientAuthenticated: false });
  return { ...response, text: String(response.body) };
}

describe('operations API', () => {
  test('it is live, and ready or not with the parts', async () => {
    const live = await get('/health/live');
    assert.deepEqual([live.status, JSON.parse(live.text)], [200, { status: 'live', fspId: 'greenbank', environment: 'sandbox' }]);
    assert.equal((await get('/health/ready')).status, 200);
    const notReady = await get(
      '/health/ready',
      deps({ readiness: async () => ({ ready: false, parts: { engine: { ok: false, detail: 'loading' } } }) }),
    );
    assert.equal(notReady.status, 503);
    assert.match(notReady.text, /loading/);
  });

  test('metrics are Prometheus text', async () => {
    const { status, text, headers } = await get('/metrics');
    assert.equal(status, 200);
    assert.match(text, /^# HELP process_cpu_seconds_total/m);
    assert.match(headers?.['content-type'] ?? '', /^text\/plain/);
  });

  test('exceptions say which payment, why and since when', async () => {
    const { exceptions } = JSON.parse((await get('/exceptions?id=T1')).text) as { exceptions: object[] };
    assert.deepEqual(exceptions, [
      {
        payment: 'T1',
        flow: 'payee',
        level: 'exception',
        code: 'CORE_OUTCOME_UNKNOWN',
        reason: 'nobody knows',
        since: '2026-01-01T00:00:00.000Z',
      },
    ]);
  });

  test('an id about which there is nothing is not echoed', async () => {
    for (const path of ['/exceptions?id=T-unknown', '/alarms?id=T-unknown', '/T-unknown']) {
      assert.doesNotMatch((await get(path)).text, /T-unknown/);
    }
  });

  test('limits, unknown paths and methods are refused', async () => {
    for (const query of ['limit=0', 'limit=1001', 'limit=x', 'id=', `id=${'x'.repeat(65)}`]) {
      assert.equal((await get(`/exceptions?${query}`)).status, 400, query);
    }
    const none = await get('/nothing');
    assert.equal(none.status, 404);
    for (const path of ['/alarms', '/exceptions/{id}', '/payments', '/connection', '/journal/restored'])
      assert.ok(JSON.stringify(none).includes(path), path);
    for (const path of ['/constructor', '/payments/T-1', '/exceptions/a/b', '/x/../alarms', '//'])
      assert.equal((await get(path)).status, 404, path);
    assert.equal((await get('/metrics', deps(), 'POST')).status, 405);
    const posted = await get('/exceptions/T-1', deps(), 'DELETE');
    assert.deepEqual([posted.status, posted.headers?.['allow']], [405, 'GET, HEAD, POST']);
    assert.equal((await get('/connection', deps(), 'HEAD')).status, 404);
    assert.equal(refuseOperations('overloaded').status, 503);
  });
});

describe('readiness', () => {
  const time = virtualTime();
  const failing = { ...memoryJournal(), append: () => Promise.reject(new Error('disk')) };
  const sound = (overrides: Partial<ReadinessDeps> = {}): ReadinessDeps => ({
    clock: time,
    dataFolder: tmpdir(),
    minimumFreeBytes: 0,
    journal: watchJournal(memoryJournal(), time, createMetrics()),
    engineReady: () => true,
    certificates: () => [],
    missing: () => [],
    silent: () => [],
    closing: () => false,
    ...overrides,
  });
  const certificate = (fromDays: number, toDays: number) => () => [
    { side: 'inbound', validFrom: time.now() + fromDays * 86_400_000, validTo: time.now() + toDays * 86_400_000 },
  ];

  test('all well is ready; each part alone makes it not ready', async () => {
    assert.equal((await readiness(sound())).ready, true);
    assert.equal((await readiness(sound({ engineReady: () => false }))).parts['engine']?.ok, false);
    assert.equal((await readiness(sound({ closing: () => true }))).ready, false);
    assert.equal((await readiness(sound({ dataFolder: '/nonexistent' }))).parts['journal']?.ok, false);
    assert.equal((await readiness(sound({ minimumFreeBytes: Number.MAX_SAFE_INTEGER }))).parts['journal']?.ok, false);
    assert.equal((await readiness(sound({ certificates: certificate(-10, -1) }))).parts['credentials']?.ok, false);
    assert.equal((await readiness(sound({ certificates: certificate(1, 10) }))).parts['credentials']?.ok, false);
  });

  test('before the vault has what the scheme gives, it is not ready and says what is missing', async () => {
    const { ready, parts } = await readiness(sound({ missing: () => ['client certificate', 'JWS key'] }));
    assert.equal(ready, false);
    assert.match(parts['connection']?.detail ?? '', /no client certificate, no JWS key/);
  });

  test('a hub that does not answer is told, but is no reason not to be ready', async () => {
    const { ready, parts } = await readiness(sound({ silent: () => [{ id: 'hub', since: 0 }] }));
    assert.equal(ready, true);
    assert.match(parts['hub']?.detail ?? '', /^does not answer since 1970-01-01T00:00:00.000Z/);
  });

  test('a certificate that ends soon is told, but is no reason not to be ready', async () => {
    const { ready, parts } = await readiness(sound({ certificates: certificate(-21, 10) }));
    assert.equal(ready, true);
    assert.equal(parts['credentials']?.detail, 'inbound: 10 days left, renew it');
    // a third of its lifetime, as for the alarms: many a scheme's certificates never have more than a month
    assert.equal((await readiness(sound({ certificates: certificate(-1, 29) }))).parts['credentials']?.detail, 'inbound: 29 days left');
  });

  test('questions that wait for the database are measured, where the journal asks one', async () => {
    const [metrics, without] = [createMetrics(), createMetrics()];
    watchJournal({ ...memoryJournal(), readsWaiting: () => 7 }, time, metrics);
    watchJournal(memoryJournal(), time, without);
    assert.match(await metrics.text(), /^pm_journal_reads_waiting 7$/m);
    assert.doesNotMatch(await without.text(), /pm_journal_reads_waiting/);
  });

  test('a commit that failed counts for ten seconds', async () => {
    const journal = watchJournal(failing, time, createMetrics());
    const append = { recordId: 'r', kind: 'payer', expectedVersion: 0, events: [], open: true, attention: [], label: 'l' };
    await assert.rejects(journal.append(append));
    assert.equal((await readiness(sound({ journal }))).ready, false);
    await time.advance(10_001);
    assert.equal((await readiness(sound({ journal }))).ready, true);
  });
});
