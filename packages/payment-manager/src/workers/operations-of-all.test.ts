import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answer } from '@payment-manager/operations/api';
import { createMetrics, type HttpResponse } from '@payment-manager/runtime';
import { labelledMetrics } from './labelled-metrics.ts';
import { operationsOfAll } from './operations-of-all.ts';
import type { Worker } from './supervision.ts';

/** Workers that answer each path as the test says; undefined: a worker that is just being started. */
function workers(...answers: (Readonly<Record<string, HttpResponse>> | undefined)[]): { workers: readonly Worker[]; asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    workers: answers.map((paths, index) => ({
      number: index + 1,
      process: paths && {
        pid: index,
        ready: new Promise<never>(() => {}),
        ended: new Promise<never>(() => {}),
        signal: () => {},
        async ask({ method, target }) {
          asked.push(`${index + 1} ${method} ${target}`);
          return paths[target];
        },
      },
    })),
  };
}

async function ask(given: ReturnType<typeof workers>, target: string, method = 'GET', closing = false) {
  const handler = operationsOfAll({
    ...given,
    identity: { fspId: 'greenbank', environment: 'production' },
    metrics: createMetrics(),
    closing: () => closing,
  });
  const { status, body } = await handler({ method, target, headers: {}, body: new Uint8Array(), clientAuthenticated: false });
  return { status, text: String(body) };
}

const ready = { '/health/ready': answer(200, { status: 'ready', parts: {} }) };
const notReady = { '/health/ready': answer(503, { status: 'not ready', parts: { journal: { ok: false, detail: 'away' } } }) };

test('operations of all workers: ready while one is, and each is told; not while the whole leaves', async () => {
  const one = await ask(workers(notReady, ready, undefined), '/health/ready');
  assert.equal(one.status, 200);
  const told = (JSON.parse(one.text) as { workers: { worker: number; status: string }[] }).workers;
  assert.deepEqual(
    told.map(({ worker, status }) => [worker, status]),
    [
      [1, 'not ready'],
      [2, 'ready'],
      [3, 'not ready'],
    ],
  );
  assert.equal((await ask(workers(notReady, undefined), '/health/ready')).status, 503);
  assert.equal((await ask(workers(ready, ready), '/health/ready', 'GET', true)).status, 503);
  assert.equal((await ask(workers(undefined), '/health/live')).status, 200);
});

test('operations of all workers: what is asked about payments is answered by one of them, what a person does reaches one alone', async () => {
  const given = workers(undefined, { '/payments': answer(200, { payments: [] }) }, { '/payments': answer(200, {}) });
  assert.equal((await ask(given, '/payments')).status, 200);
  assert.deepEqual(given.asked, ['2 GET /payments']);
  const silent = workers({}, { '/exceptions/1': answer(200, {}) });
  assert.equal((await ask(silent, '/exceptions/1')).status, 200);
  const acted = workers({}, { '/exceptions/1': answer(200, {}) });
  assert.equal((await ask(acted, '/exceptions/1', 'POST')).status, 503);
  assert.deepEqual(acted.asked, ['1 POST /exceptions/1']);
  assert.match((await ask(workers(undefined), '/payments')).text, /NO_WORKER/);
});

test('operations of all workers: alarms of each, those that all know once', async () => {
  const [shared, mine] = [{ code: 'CONTRADICTION' }, { code: 'CALLBACK_FROM_STRANGER' }];
  const given = workers({ '/alarms': answer(200, { alarms: [shared] }) }, { '/alarms': answer(200, { alarms: [shared, mine] }) });
  assert.deepEqual(JSON.parse((await ask(given, '/alarms')).text), { alarms: [shared, mine] });
});

test('operations of all workers: the one that acts tells of the connection to the scheme, else one that looks', async () => {
  const [looks, leads] = [answer(200, { leads: false }), answer(200, { leads: true })];
  const among = async (...answers: HttpResponse[]) =>
    (await ask(workers(undefined, ...answers.map((one) => ({ '/connection': one }))), '/connection')).text;
  assert.match(await among(looks, leads), /"leads": true/);
  assert.match(await among(answer(503, { code: 'STARTING' }), looks), /"leads": false/);
  assert.match(await among(answer(404, { code: 'NO_VAULT' })), /NO_VAULT/);
  const all = workers({ '/connection/look': looks }, { '/connection/look': leads });
  assert.match((await ask(all, '/connection/look', 'POST')).text, /"leads": true/);
  assert.equal(all.asked.length, 2);
});

test('operations of all workers: each loads its core connector anew, and a refusal of one is told', async () => {
  const loaded = { '/connector/reload': answer(200, { result: 'loaded' }) };
  const all = workers(loaded, { '/connector/reload': answer(409, { code: 'CONNECTOR_INVALID' }) });
  assert.equal((await ask(all, '/connector/reload', 'POST')).status, 409);
  assert.equal(all.asked.length, 2);
  assert.equal((await ask(workers(loaded, loaded), '/connector/reload', 'POST')).status, 200);
});

test('metrics of all: one head per metric, each sample with its worker', () => {
  const of = (n: number): string =>
    `# HELP pm_x_total X\n# TYPE pm_x_total counter\npm_x_total ${n}\npm_x_total{code="a{b"} ${n}\n\n# HELP pm_y Y\n# TYPE pm_y gauge\npm_y 1\n`;
  const [one, two] = [
    { worker: '1', text: of(1) },
    { worker: '2', text: of(2) },
  ];
  assert.equal(
    labelledMetrics([one, two]),
    [
      '# HELP pm_x_total X',
      '# TYPE pm_x_total counter',
      'pm_x_total{worker="1"} 1',
      'pm_x_total{worker="1",code="a{b"} 1',
      'pm_x_total{worker="2"} 2',
      'pm_x_total{worker="2",code="a{b"} 2',
      '',
      '# HELP pm_y Y',
      '# TYPE pm_y gauge',
      'pm_y{worker="1"} 1',
      'pm_y{worker="2"} 1',
      '',
    ].join('\n'),
  );
});
