import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import type { Message } from '@payment-manager/messages';
import { createMetrics, type HttpRequest, recordedLog } from '@payment-manager/runtime';
import { CONNECTOR, PREPARE } from '../../test/two-phase-connector.ts';
import { World } from '../../test/world.ts';
import { callbackRecorder } from '../back-end/recorded-callback.ts';
import { isTheCore } from '../door/callback-auth.ts';
import { callbacksApi } from '../door/callbacks.ts';
import type { CallbackAuth } from '../language/callback.ts';
import { compileConnector } from '../language/compile-connector.ts';
import { problemLine } from '../language/problem.ts';
import { oneVersion } from './versions.ts';

const CALLBACKS = `callbacks:
  decided:
    auth: { hmac: { header: X-Signature, secret: "=cfg.secret" } }
    reference: =body.reference
`;
const AWAITS = PREPARE.replace(
  '    facts: { holdId: "=body.id" }',
  '    await: { callback: decided, patience: 10m }\n    facts: { holdId: "=body.id" }',
);
const REFERENCE = 'T1-payee-hold';

/** A core that takes a hold, decides it 40 seconds later, and calls back. */
function setUp() {
  const world = new World({ connector: CONNECTOR + CALLBACKS, prepare: AWAITS });
  const running = { ...world.running, cfg: { ...world.running.cfg, secret: 'canary-secret' } };
  const log = recordedLog();
  const metrics = createMetrics();
  const messages: Message[] = [];
  const keeps = { record: (message: Message) => void messages.push(message) };
  const api = () =>
    callbacksApi({
      ...{ versions: oneVersion(running, world.core), records: world.records, keep: callbackRecorder(keeps, world.time) },
      ...{ log, metrics, clock: world.time },
    });
  const says = async (body: object | string, secret = 'canary-secret', target = '/callbacks/decided') => {
    const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
    const headers = { 'x-signature': createHmac('sha256', secret).update(bytes).digest('hex'), 'content-type': 'application/json' };
    const answer = api()({ method: 'POST', target, headers, body: bytes, clientAuthenticated: false });
    await world.time.advance(0);
    return (await answer).status;
  };
  const enquiries = (): number => world.core.calls.filter((call) => call.startsWith('GET /holds')).length;
  const types = async () => (await world.journal.load('core-payee-T1'))?.events.map(({ type }) => type) ?? [];
  /** Begins the hold; the core takes it and has not decided. */
  const begin = async (ms = 1_000) => {
    world.core.fault = (call) => (call.startsWith('POST /accounts') ? 'pending' : undefined);
    const asked = { side: 'payee', transferId: 'T1', operation: 'transfer.prepare', deadline: world.time.now() + 60_000 } as const;
    const input = Object.assign(Object.create(null), {
      quote: Object.assign(Object.create(null), {
        payeeReceiveAmount: '99.50',
        to: Object.assign(Object.create(null), { idValue: '254711' }),
      }),
    });
    const known = world.records.run({ ...asked, input });
    await world.time.advance(ms);
    return { known };
  };
  return { world, log, metrics, messages, says, enquiries, types, begin };
}

test('a callback is a hint: the core is asked at once, and what it then says of account, kind and amount is the outcome', async () => {
  const { world, says, enquiries, begin, metrics } = setUp();
  const { known } = await begin();
  await world.time.advance(41_000);
  assert.equal(enquiries(), 0, 'with patience it is not asked before');
  assert.equal(await says({ reference: REFERENCE, state: 'DONE' }), 200);
  await world.time.advance(1_000);
  assert.equal(enquiries(), 1);
  const { kind, ended } = (await known) as { kind: string; ended: { kind: string } };
  assert.deepEqual([kind, ended.kind], ['ended', 'reply']);
  assert.match(await metrics.text(), /pm_core_callbacks_total\{callback="decided",result="taken"\} 1/);
  // late and doubled: nothing follows
  assert.equal(await says({ reference: REFERENCE, state: 'FAILED' }), 200);
  await world.time.advance(60_000);
  assert.equal(enquiries(), 1);
});

test('a callback is kept among the messages of its payment, without what proves who the core is; a stranger’s is not', async () => {
  const { messages, says, begin } = setUp();
  await begin();
  assert.equal(
    await says({ reference: REFERENCE, state: 'DONE', told: 'canary-secret' }, 'canary-secret', '/callbacks/decided?by=a-person'),
    200,
  );
  assert.equal(await says({ reference: REFERENCE, state: 'DONE' }, 'another secret'), 401);
  assert.equal(await says({ reference: 'somebody else’s' }), 404);
  assert.deepEqual(
    messages.map(({ direction, method, target, ids, answer, headers, body }) => [
      `${direction} ${method} ${target} ${answer?.status}`,
      ids,
      headers['x-signature'],
      Buffer.from(body ?? '').toString(),
    ]),
    [['in POST /callbacks/decided 200', ['T1'], '[not kept]', '{"reference":"T1-payee-hold","state":"DONE","told":"[not kept]"}']],
  );
});

test('what a callback claims is not believed: one that says done of what the core has not decided only asks, and the first one ends the patience', async () => {
  const { world, says, enquiries, types, begin } = setUp();
  await begin();
  await world.time.advance(1_000);
  assert.equal(await says({ reference: REFERENCE, state: 'DONE' }), 200);
  await world.time.advance(500);
  assert.deepEqual((await types()).slice(-2), ['effect-hinted', 'effect-asked']);
  assert.equal(world.core.totals.booked, '0');
  const before = enquiries();
  await world.time.advance(10_000);
  assert.ok(enquiries() > before, 'from then on it is asked in its own time');
  assert.deepEqual(world.alarms, []);
});

test('a flood of callbacks fills no record and raises nobody: each asks once, and no more than twenty are listened to', async () => {
  const { world, says, types, begin } = setUp();
  await begin();
  for (let nth = 0; nth < 60; nth++) {
    assert.equal(await says({ reference: REFERENCE }), 200);
    await world.time.advance(100);
  }
  assert.equal((await types()).filter((type) => type === 'effect-hinted').length, 20);
  assert.ok(!(await types()).includes('exception-raised'));
});

test('a stranger, an unknown reference, another callback, a body without a reference: refused, nothing is written, nothing is told', async () => {
  const { log, says, types, begin } = setUp();
  await begin();
  const before = (await types()).length;
  assert.equal(await says({ reference: REFERENCE }, 'another secret'), 401);
  assert.equal(await says({ reference: REFERENCE }, 'canary-secret', '/callbacks/other'), 401);
  assert.equal(await says({ reference: 'T9-payee-hold' }), 404);
  for (const body of [{}, { reference: 7 }, { reference: 'x'.repeat(200) }, 'no json', ''])
    assert.equal(await says(body), 400, String(body));
  assert.equal((await types()).length, before);
  assert.ok(!JSON.stringify(log.lines).includes('canary'));
});

test('early: a callback that comes while the call is still under way, and one before a kill, are not lost', async () => {
  const { world, says, enquiries, types, begin } = setUp();
  await begin(7);
  assert.equal(await says({ reference: REFERENCE }), 200);
  assert.equal((await types()).at(-1), 'effect-hinted', 'before the core has answered');
  const asked = enquiries();
  await world.kill();
  await world.time.advance(2_000);
  assert.ok(enquiries() > asked, 'the process that comes after asks');
  assert.ok((await types()).includes('effect-hinted'));
});

test('who calls back: a signature over the bytes, a token, a key, or a certificate; what is not set lets nobody in', () => {
  const root = Object.assign(Object.create(null), { cfg: {} });
  const text = (value: string) => ({ kind: 'text', text: value }) as const;
  const body = Buffer.from('{"a":1}');
  const request = (headers: Record<string, string>, more: Partial<HttpRequest> = {}): HttpRequest => ({
    method: 'POST',
    target: '/',
    headers,
    body,
    clientAuthenticated: false,
    ...more,
  });
  const signature = createHmac('sha256', 's').update(body).digest('base64');
  const cases: readonly (readonly [CallbackAuth, HttpRequest, boolean])[] = [
    [
      { kind: 'hmac', header: 'X-Sig', secret: text('s'), encoding: 'base64', prefix: 'sha256=' },
      request({ 'x-sig': `sha256=${signature}` }),
      true,
    ],
    [
      { kind: 'hmac', header: 'X-Sig', secret: text('s'), encoding: 'base64', prefix: '' },
      request({ 'x-sig': `sha256=${signature}` }),
      false,
    ],
    [
      { kind: 'hmac', header: 'X-Sig', secret: text(''), encoding: 'hex', prefix: '' },
      request({ 'x-sig': createHmac('sha256', '').update(body).digest('hex') }),
      false,
    ],
    [{ kind: 'bearer', token: text('t') }, request({ authorization: 'Bearer t' }), true],
    [{ kind: 'bearer', token: text('t') }, request({}), false],
    [{ kind: 'bearer', token: text('') }, request({ authorization: 'Bearer ' }), false],
    [{ kind: 'apiKey', header: 'X-Key', value: text('k') }, request({ 'x-key': 'k' }), true],
    [{ kind: 'apiKey', header: 'X-Key', value: text('k') }, request({ 'x-key': 'K' }), false],
    [{ kind: 'mtls', name: text('core') }, request({}, { clientAuthenticated: true, clientName: 'core' }), true],
    [{ kind: 'mtls', name: text('core') }, request({}, { clientAuthenticated: true, clientName: 'other' }), false],
    [{ kind: 'mtls', name: text('core') }, request({}, { clientName: 'core' }), false],
  ];
  for (const [auth, given, expected] of cases) assert.equal(isTheCore(auth, root, given), expected, JSON.stringify(auth));
});

test('lint: what is awaited must be there and be asked, a callback has one way of authentication, and one that nobody awaits is told', () => {
  const lines = (connector: string, prepare: string): string =>
    compileConnector({ connector, operations: new Map([['operations/transfer.prepare.yaml', prepare]]) })
      .problems.map(problemLine)
      .join('\n');
  assert.match(lines(CONNECTOR, AWAITS), /payee-hold awaits the callback decided, which is not there/);
  assert.match(lines(CONNECTOR + CALLBACKS, PREPARE), /no effect awaits the callback decided/);
  assert.match(lines(CONNECTOR + CALLBACKS, AWAITS.replace('    pending: =status = 202\n', '')), /`await` needs `pending` and `ask`/);
  const two = CALLBACKS.replace('auth: { hmac', 'auth: { mtls: { name: core }, hmac');
  assert.match(lines(CONNECTOR + two, AWAITS), /one way of authentication/);
});
