import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import { before, describe, test } from 'node:test';
import { attachSignature, buildMessage, conditionOf, encodeIlpV1, type Outgoing, signingInput } from '@payment-manager/fspiop';
import type { Found, KeptMessage, Wanted } from '@payment-manager/messages';
import type { PaymentTrace } from '@payment-manager/mojaloop-connector';
import { recordedLog, threadPoolSignatures } from '@payment-manager/runtime';
import type { ShownMessage } from '../messages/index.ts';
import { messagesRoutes } from './messages-routes.ts';
import { serveRoutes } from './serve-routes.ts';

const AT = Date.UTC(2026, 10, 30, 12);
const FULFILMENT = Buffer.alloc(32, 9).toString('base64url');
const CONDITION = conditionOf(FULFILMENT);
const pair = () => generateKeyPairSync('rsa', { modulusLength: 2048 });
let keys: Record<'green' | 'blue' | 'other', ReturnType<typeof pair>>;
before(() => {
  keys = { green: pair(), blue: pair(), other: pair() };
});

function kept(outgoing: Outgoing, more: Partial<KeptMessage> = {}): KeptMessage {
  return {
    at: AT,
    direction: 'out',
    side: 'hub',
    method: outgoing.method,
    target: `https://hub.example${outgoing.path}`,
    headers: outgoing.headers,
    body: Buffer.from(outgoing.body ?? ''),
    tookMs: 1,
    answer: { status: 202, headers: {}, body: Buffer.alloc(0) },
    ids: [],
    ...more,
  };
}

function signed(outgoing: Outgoing, by: keyof typeof keys): Outgoing {
  const { protectedHeader, input } = signingInput(outgoing, 'RS256');
  attachSignature(outgoing, protectedHeader, sign('sha256', input, keys[by].privateKey));
  return outgoing;
}

const amount = { amount: '25', currency: 'USD' };
const ilpPacket = encodeIlpV1({ amount, account: 'g.blue', transaction: { note: 'for Thandi' }, decimals: {} });

function prepare(by: keyof typeof keys, condition = CONDITION, of = amount): KeptMessage {
  const body = {
    transferId: 't-1',
    payerFsp: 'green',
    payeeFsp: 'blue',
    amount: of,
    condition,
    ilpPacket,
    expiration: '2026-11-30T12:01:00.000Z',
  };
  return kept(
    signed(
      buildMessage({
        operation: 'POST /transfers',
        path: '/transfers',
        source: 'green',
        destination: 'blue',
        version: '1.1',
        date: AT,
        body,
      }),
      by,
    ),
  );
}

function quoted(): KeptMessage {
  const body = { transferAmount: amount, condition: CONDITION, ilpPacket, expiration: '2026-11-30T12:01:00.000Z' };
  const made = buildMessage({
    operation: 'PUT /quotes',
    path: '/quotes/q-1',
    source: 'blue',
    destination: 'green',
    version: '1.1',
    date: AT,
    body,
  });
  return kept(signed(made, 'blue'), { direction: 'in', target: '/quotes/q-1' });
}

function fulfilled(fulfilment = FULFILMENT): KeptMessage {
  const body = { fulfilment, transferState: 'COMMITTED', completedTimestamp: '2026-11-30T12:00:30.000Z' };
  const made = buildMessage({
    operation: 'PUT /transfers',
    path: '/transfers/t-1',
    source: 'blue',
    destination: 'green',
    version: '1.1',
    date: AT,
    body,
  });
  return kept(made, { direction: 'in', target: '/transfers/t-1' });
}

const lookup: KeptMessage = kept(
  buildMessage({ operation: 'GET /parties', path: '/parties/MSISDN/27713803912', source: 'green', version: '1.1', date: AT }),
  {
    target: 'https://hub.example/parties/MSISDN/27713803912',
    answer: {
      status: 400,
      headers: { 'x-of': '27713803912' },
      body: Buffer.from('{"errorInformation":{"errorCode":"3204","errorDescription":"Thandi"}}'),
    },
  },
);

interface Answer {
  readonly code?: string;
  readonly messages?: readonly ShownMessage[];
  readonly erased?: number;
  readonly remarks?: readonly string[];
}

function setUp(messages: readonly KeptMessage[] | undefined, hub: 'COMMITTED' | 'UNKNOWN' = 'COMMITTED', more: Partial<Found> = {}) {
  const log = recordedLog();
  const asked: Wanted[] = [];
  const erased: string[] = [];
  const wanted: Wanted = { ids: ['t-1'], parties: [], fromMs: 0, toMs: 1, partiesFromMs: 0, partiesUntilMs: 0 };
  const payment = { id: 't-1', flow: 'payer', startedAt: AT, hub, core: 'ASKED_US', exceptions: [] } as const;
  const routes = messagesRoutes({
    messages: messages && {
      async find(one) {
        asked.push(one);
        return { messages, leftOut: 0, unwritten: false, ...more };
      },
      async erase(party) {
        erased.push(party);
        return { messages: 3, ...(more.unreadable && { unreadable: more.unreadable }) };
      },
    },
    traces: async (id) => (id === 't-1' ? [{ payment, wanted } satisfies PaymentTrace] : []),
    keys: {
      fspId: 'green',
      signatures: threadPoolSignatures,
      own: () => keys.green.publicKey,
      keysOf: (fspId) => (fspId === 'blue' ? [keys.other.publicKey, keys.blue.publicKey] : []),
    },
    log,
  });
  const serve = serveRoutes(routes, true);
  const call = async (target: string, body: object) => {
    const headers = { 'content-type': 'application/json' };
    const response = await serve({ method: 'POST', target, headers, body: Buffer.from(JSON.stringify(body)), clientAuthenticated: false });
    return {
      status: response.status,
      json: JSON.parse(String(response.body)) as Answer,
    };
  };
  const checks = async () =>
    ((await call('/payments/t-1/messages', { by: 'Ada' })).json.messages ?? []).map((one) =>
      one.checks.map(({ what, result }) => `${what} ${result}`),
    );
  return { call, checks, asked, erased, log };
}

describe('operations API: messages', () => {
  test('signatures, packets, the condition and the fulfilment are verified', async () => {
    assert.deepEqual(await setUp([quoted(), prepare('green'), fulfilled()]).checks(), [
      ['signature passed', 'packet passed'],
      ['signature passed', 'packet passed', 'condition passed'],
      ['signature skipped', 'fulfilment passed'],
    ]);
  });

  test('what is wrong is found', async () => {
    const other = Buffer.alloc(32, 1).toString('base64url');
    const altered = { ...prepare('green'), body: Buffer.from('{"amount":1}') };
    assert.deepEqual(
      await setUp([quoted(), prepare('other', conditionOf(other), { amount: '26', currency: 'USD' }), fulfilled(other), altered]).checks(),
      [
        ['signature passed', 'packet passed'],
        ['signature failed', 'packet failed', 'condition failed'],
        ['signature skipped', 'fulfilment failed'],
        ['signature failed'],
      ],
    );
  });

  test('it is said which key verified, and that none is held', async () => {
    const stranger = quoted();
    const unknown = { ...stranger, headers: { ...stranger.headers, 'FSPIOP-Source': 'grey' } };
    const { json } = await setUp([quoted(), unknown]).call('/payments/t-1/messages', { by: 'Ada' });
    assert.match(json.messages?.[0]?.checks[0]?.says ?? '', /^it verifies with the present key of blue \([0-9a-f]{16}\)$/);
    assert.equal(json.messages?.[1]?.checks[0]?.result, 'failed');
  });

  test('of a call of a back end the path is hidden too, for nobody knows what of it is a person’s', async () => {
    const message: KeptMessage = {
      ...lookup,
      side: 'core',
      backEnd: 'loans',
      target: 'https://core.example/transfers/Thandi?of=27713803912',
      headers: { 'idempotency-key': 't-1', 'x-name': 'Thandi' },
      body: Buffer.from('{"amount":25,"owner":"Thandi"}'),
    };
    const { call } = setUp([message]);
    const [shown] = (await call('/payments/t-1/messages', { by: 'Ada' })).json.messages ?? [];
    assert.doesNotMatch(JSON.stringify(shown), /Thandi|27713803912/);
    assert.deepEqual(
      [shown?.backEnd, shown?.target, shown?.body],
      ['loans', 'https://core.example/[hidden]', '{"amount":25,"owner":"[hidden]"}'],
    );
    const [exact] = (await call('/payments/t-1/messages', { by: 'Ada', personal: true })).json.messages ?? [];
    assert.deepEqual([exact?.target, exact?.body], [message.target, message.body.toString()]);
  });

  test('of a database, a host and a callback it is seen what was called, and no value', async () => {
    const common = { side: 'core', backEnd: 'ledger', headers: {} } as const;
    const body = Buffer.from('{"DE102":"Thandi","rows":[{"of":"Thandi"}]}');
    const exchange: KeptMessage = {
      ...{ ...lookup, ...common, method: 'ISO8583', target: '0200 010000', body },
      answer: { status: 0, says: '0210 with the response code 00', headers: {}, body },
    };
    const callback: KeptMessage = { ...lookup, ...common, direction: 'in', method: 'POST', target: '/callbacks/decided', body };
    const { call } = setUp([exchange, callback]);
    const shown = (await call('/payments/t-1/messages', { by: 'Ada' })).json.messages ?? [];
    assert.doesNotMatch(JSON.stringify(shown), /Thandi/);
    assert.deepEqual(
      shown.map(({ target, answer }) => [target, answer?.says]),
      [
        ['0200 010000', '0210 with the response code 00'],
        ['/callbacks/decided', undefined],
      ],
    );
  });

  test('nothing of a person is shown, in paths, headers, bodies, packets or answers; with personal everything, and both are told to the log', async () => {
    const { call, log } = setUp([lookup, prepare('green')]);
    const hidden = JSON.stringify((await call('/payments/t-1/messages', { by: 'Ada' })).json);
    for (const text of ['27713803912', 'Thandi', ilpPacket]) assert.ok(!hidden.includes(text), text);
    for (const text of ['t-1', '3204', CONDITION, '"FSPIOP-Source":"green"']) assert.ok(hidden.includes(text.replaceAll('"', '"')), text);
    const all = (await call('/payments/t-1/messages', { by: 'Ada', personal: true })).json.messages ?? [];
    assert.equal(all[0]?.target, lookup.target);
    assert.equal(all[1]?.body, prepare('green').body.toString());
    const told = log.lines.filter(({ message }) => message === 'messages of a payment are shown');
    assert.deepEqual(
      told.map(({ fields }) => [fields?.['by'], fields?.['personal']]),
      [
        ['Ada', false],
        ['Ada', true],
      ],
    );
  });

  test('a fulfilment is withheld until the hub says COMMITTED, also from who may see persons', async () => {
    for (const personal of [false, true]) {
      const before = JSON.stringify((await setUp([fulfilled()], 'UNKNOWN').call('/payments/t-1/messages', { by: 'Ada', personal })).json);
      assert.ok(!before.includes(FULFILMENT));
      const after = JSON.stringify((await setUp([fulfilled()]).call('/payments/t-1/messages', { by: 'Ada', personal })).json);
      assert.ok(after.includes(FULFILMENT));
    }
    const escaped = { ...fulfilled(), body: Buffer.from(`{"\\u0066ulfilment":"${FULFILMENT}"}`) };
    const shown = JSON.stringify((await setUp([escaped], 'UNKNOWN').call('/payments/t-1/messages', { by: 'Ada', personal: true })).json);
    assert.ok(!shown.includes(FULFILMENT));
  });

  test('an id without a payment is looked for in all that is kept', async () => {
    const { call, asked } = setUp([]);
    assert.deepEqual(await call('/payments/q-9/messages', { by: 'Ada' }), {
      status: 404,
      json: { code: 'UNKNOWN_PAYMENT', message: 'No payment has this transferId, and no message names it.' },
    });
    assert.deepEqual(asked[0]?.ids, ['q-9', 'said:q-9'], 'also where it was only said');
    assert.equal((await setUp([quoted()]).call('/payments/q-1/messages', { by: 'Ada' })).json.messages?.length, 1);
  });

  test('it is said what is missing: what could not be read, what is left out, what was not written', async () => {
    const unreadable = { frames: 2, why: 'Stored messages cannot be read: a frame was altered.' };
    const all = setUp([quoted(), quoted()], 'COMMITTED', { leftOut: 7, unwritten: true, unreadable });
    assert.deepEqual((await all.call('/payments/t-1/messages', { by: 'Ada' })).json.remarks, [
      'These are the first and the last 1; 7 between them are left out.',
      '2 stored batches of messages could not be read. Stored messages cannot be read: a frame was altered. Messages of this payment may be in them.',
      'The store has not taken yet what was said last: it may be missing here. Look again.',
    ]);
    const erased = await all.call('/messages/erase', { party: 'MSISDN/1', by: 'Ada', reason: 'r' });
    assert.match(erased.json.remarks?.[0] ?? '', /^2 stored batches .* Messages of this person may be left in them/);
    // that no message names it cannot be said
    const none = await setUp([], 'COMMITTED', { unreadable }).call('/payments/q-9/messages', { by: 'Ada' });
    assert.deepEqual([none.status, none.json.code], [503, 'MESSAGES_UNREADABLE']);
    assert.deepEqual((await setUp([quoted()]).call('/payments/t-1/messages', { by: 'Ada' })).json.remarks, []);
  });

  test('what is too much for one answer is left out with its size, and how it was answered stays', async () => {
    const large = { ...lookup, body: Buffer.alloc(250_000, 'x'), answer: { status: 202, headers: {}, body: Buffer.alloc(100_000, 'y') } };
    const { call } = setUp([
      ...Array(12).fill(large),
      { ...lookup, answer: { status: 200, headers: {}, body: Buffer.alloc(0), bodyLeftOut: 300_000 } },
    ]);
    const shown = (await call('/payments/t-1/messages', { by: 'Ada', personal: true })).json.messages ?? [];
    const last = shown.at(-2);
    assert.deepEqual([last?.body, last?.bodyBytes], ['[left out]', 250_000]);
    assert.deepEqual(last?.answer, { status: 202, headers: {}, body: '[left out]', bodyBytes: 100_000 });
    assert.deepEqual(shown.at(-1)?.answer, { status: 200, headers: {}, body: '[left out]', bodyBytes: 300_000 });
    assert.equal(shown[0]?.body.length, 250_000);
  });

  test('who does not say a name sees nothing; where none are kept it is said', async () => {
    assert.equal((await setUp([quoted()]).call('/payments/t-1/messages', {})).status, 400);
    assert.equal((await setUp(undefined).call('/payments/t-1/messages', { by: 'Ada' })).json.code, 'MESSAGES_NOT_KEPT');
  });

  test('erasing takes a party, a name and a reason, and the log does not name the party', async () => {
    const { call, erased, log } = setUp([]);
    assert.deepEqual((await call('/messages/erase', { party: 'MSISDN/27713803912', by: 'Ada', reason: 'ticket 12' })).json, {
      erased: 3,
      remarks: [],
    });
    assert.deepEqual(erased, ['MSISDN/27713803912']);
    assert.equal((await call('/messages/erase', { party: '27713803912', by: 'Ada', reason: 'r' })).status, 400);
    assert.ok(!JSON.stringify(log.lines).includes('27713803912'));
  });
});
