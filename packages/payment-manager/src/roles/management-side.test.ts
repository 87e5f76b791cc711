import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ShownBackEnd } from '@payment-manager/core-connector/running';
import type { OrderAnswer } from '@payment-manager/database';
import type { ExceptionsDoor, Resolution } from '@payment-manager/mojaloop-connector';
import type { ReloadedConfiguration } from '@payment-manager/operations/api';
import { recordedLog, virtualTime } from '@payment-manager/runtime';
import { paymentsElsewhere, type Refuse } from './management-side.ts';
import type { OrdersAcross, ToldPayments } from './orders-across.ts';
import { servePayments } from './payments-side.ts';

/** The rows, in memory: whoever serves a name does what is ordered of it. */
function ordersInMemory() {
  const serving: { readonly names: readonly string[]; readonly does: Parameters<OrdersAcross['serve']>[1] }[] = [];
  const said = new Map<string, ToldPayments>();
  let next = 0;
  return (name: string): OrdersAcross => ({
    name,
    async ask(to, kind, body): Promise<OrderAnswer> {
      const found = serving.find(({ names }) => names.includes(to));
      if (found === undefined) return { kind: 'not-taken' };
      return found.does(kind, JSON.parse(JSON.stringify(body)), `order-${++next}`).then(
        (told) => ({ kind: 'answered', body: JSON.parse(JSON.stringify(told)) as unknown }),
        (error: Error) => ({ kind: 'failed', message: error.message }),
      );
    },
    serve: (names, does) => void serving.push({ names, does }),
    tell: async (body) => void said.set(name, body as ToldPayments),
    told: async () => [...said].map(([one, body]) => ({ name: one, role: 'payments', body })),
    stop: async () => {},
  });
}

const read = (changes: string): ReloadedConfiguration => ({
  kind: 'read',
  changes: [{ path: changes, from: '1', to: '2', takes: 'reload' }],
});
const refuse: Refuse = ({ code, message }) => new Error(`${code}: ${message}`);
const alarm = { id: 'hub', level: 'alarm', code: 'HUB_NOT_ANSWERING', reason: 'silent', since: 5 } as const;

const BACK_END: ShownBackEnd = {
  ...{ name: 'core', kind: 'http', answers: 'no', breaker: 'open', calls: 2, outcomes: { unknown: 3 } },
  ...{ recent: [], limits: { inFlight: 5, connectMs: 1, totalMs: 2 } },
};

function setUp() {
  const time = virtualTime();
  const log = recordedLog();
  const open = ordersInMemory();
  const done: string[] = [];
  const payments = async (name: string, reloaded: ReloadedConfiguration, since = 5): Promise<void> => {
    const resolve = async ({ id, nonce }: Resolution) => {
      done.push(`${name} resolves ${id} as ${nonce}`);
      return { kind: 'missing' as const };
    };
    servePayments(
      open(name),
      {
        config: {} as never,
        connector: {
          desk: { resolve } as unknown as ExceptionsDoor,
          restored: {} as never,
          outbound: async () => ({ status: 200, body: '{"a":1}' }),
        },
        environment: undefined,
        coreConnector: {
          async reload() {
            done.push(`${name} loads its connector`);
            return { kind: 'loaded', version: 'v2', former: 'v1', smoke: 1 };
          },
        },
        configuration: {
          look: async () => reloaded,
          async apply() {
            done.push(`${name} reads its configuration`);
            return reloaded;
          },
        },
        connectorNow: () => (name === 'older' ? undefined : { version: 'v1', backEnds: [BACK_END] }),
        ready: async () => true,
        alarms: () => [{ ...alarm, since }],
      },
      { timers: time },
    );
    await time.advance(0);
  };
  const elsewhere = paymentsElsewhere(open('management'), { clock: time, timers: time, log, callbackMs: 1_000, refresh: async () => {} });
  return { time, log, done, payments, elsewhere };
}

test('what changes a payment is ordered of one that takes payments, under a name of its own; what nobody takes is refused as not done', async () => {
  const { done, payments, elsewhere } = setUp();
  const local = { exception: async () => undefined } as unknown as ExceptionsDoor;
  const wish = { id: 'T-1', act: { action: 'ask-hub' }, reason: 'r', by: 'ada' } as const;
  await assert.rejects(elsewhere.desk(local, refuse).resolve(wish), /^Error: PAYMENTS_NOT_ANSWERING: .* Nothing was done/);
  await payments('one', read('log.level'));
  assert.deepEqual(await elsewhere.desk(local, refuse).resolve(wish), { kind: 'missing' });
  assert.deepEqual(done, ['one resolves T-1 as order-1']);
});

test('each process that takes payments tells which connector it runs and how its back ends are; one of an older version that it runs', async () => {
  const { time, payments, elsewhere } = setUp();
  await time.advance(3_000);
  assert.deepEqual(elsewhere.connectors(), []);
  await payments('one', read('log.level'));
  await payments('older', read('log.level'));
  await time.advance(3_000);
  assert.deepEqual(elsewhere.connectors(), [
    { process: 'one', ready: true, version: 'v1', backEnds: [BACK_END] },
    { process: 'older', ready: true },
  ]);
});

test('connector and configuration are read anew by each process that runs; the first that refuses says why', async () => {
  const { time, done, payments, elsewhere } = setUp();
  await payments('one', read('log.level'));
  await payments('two', { kind: 'refused', problems: 'hub.baseUrl is no URL' });
  await time.advance(3_000);
  assert.equal((await elsewhere.reloadConnector(refuse)).kind, 'loaded');
  const own = { look: async () => read('x'), apply: async () => read('log.level') };
  assert.deepEqual(await elsewhere.configuration(own).apply(), { kind: 'refused', problems: 'hub.baseUrl is no URL' });
  assert.deepEqual(done, [
    'one loads its connector',
    'two loads its connector',
    'one reads its configuration',
    'two reads its configuration',
  ]);
  const invalid = {
    look: async () => read('x'),
    apply: async (): Promise<ReloadedConfiguration> => ({ kind: 'refused', problems: 'here' }),
  };
  assert.deepEqual(await elsewhere.configuration(invalid).apply(), { kind: 'refused', problems: 'here' });
  assert.equal(done.length, 4, 'what this process cannot use is not given to others');
});

test('their alarms are shown once each, since the first; that none runs is an alarm until one says something', async () => {
  const { time, log, payments, elsewhere } = setUp();
  assert.equal(elsewhere.part().ok, false);
  await time.advance(40_000);
  assert.deepEqual(
    elsewhere.missing().map(({ code }) => code),
    ['PAYMENTS_NOT_RUNNING'],
  );
  assert.equal(log.lines.filter(({ fields }) => fields?.['code'] === 'PAYMENTS_NOT_RUNNING').length, 1);
  await payments('one', read('x'), 7);
  await payments('two', read('x'), 3);
  await time.advance(6_000);
  assert.deepEqual(elsewhere.missing(), []);
  assert.deepEqual(elsewhere.part(), { ok: true, detail: '2 of 2 take payments' });
  assert.deepEqual(
    elsewhere.alarms().map(({ code, since }) => [code, since]),
    [['HUB_NOT_ANSWERING', 3]],
  );
});

test('a readiness test goes through one that takes payments, and no further than look-ups and payments', async () => {
  const { payments, elsewhere } = setUp();
  const asked = elsewhere.servers().call('GET', '/parties/MSISDN/1');
  assert.match(JSON.stringify(await asked), /No process with the role/);
  await payments('one', read('x'));
  assert.deepEqual(await elsewhere.servers().call('GET', '/parties/MSISDN/1'), { status: 200, json: { a: 1 } });
  assert.match(JSON.stringify(await elsewhere.servers().call('GET', '/quotes')), /Only look-ups and payments/);
});
