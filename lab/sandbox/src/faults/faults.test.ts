import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type HttpClient, type HttpRequest, type OutgoingRequest, recordedLog, seededRandom, virtualTime } from '@payment-manager/runtime';
import fc from 'fast-check';
import { corruptBody, corruptSignature } from './damage.ts';
import { FaultInvalid, parseFault } from './fault.ts';
import { faultyHandler } from './faulty-handler.ts';
import { faultySender } from './faulty-sender.ts';
import { messageFaults } from './message-faults.ts';

const message = { operation: 'POST /transfers', direction: 'in', fspId: 'greenbank' } as const;

test('faults: nth and count say exactly which messages are struck', () => {
  const book = messageFaults(seededRandom(1));
  book.add(parseFault({ operation: 'POST /transfers', nth: 2, count: 2, action: { kind: 'drop' } }));
  const struck = Array.from({ length: 5 }, () => book.strike(message) !== undefined);
  assert.deepEqual(struck, [false, true, true, false, false]);
  assert.deepEqual([book.list()[0]?.matched, book.list()[0]?.struck], [5, 2]);
});

test('faults: only the named operation, direction and FSP are struck', () => {
  const book = messageFaults(seededRandom(1));
  book.add(parseFault({ operation: 'POST /transfers', fspId: 'greenbank', action: { kind: 'drop' } }));
  assert.equal(book.strike({ ...message, fspId: 'bluewallet' }), undefined);
  assert.equal(book.strike({ ...message, direction: 'out' }), undefined);
  assert.equal(book.strike({ ...message, operation: 'PUT /transfers' }), undefined);
  assert.deepEqual(book.strike(message), { kind: 'drop' });
  assert.equal(book.remove('fault-1'), true);
  assert.equal(book.strike(message), undefined);
});

test('faults: a probability of 0.5 strikes about half', () => {
  const book = messageFaults(seededRandom(3));
  book.add(parseFault({ operation: '*', probability: 0.5, action: { kind: 'drop' } }));
  const struck = Array.from({ length: 1_000 }, () => book.strike(message)).filter(Boolean).length;
  assert.ok(struck > 400 && struck < 600, `${struck} of 1000`);
});

test('faults: what does not describe a fault is refused with the name of the member', () => {
  assert.throws(() => parseFault({ action: { kind: 'explode' } }), /action.kind/);
  assert.throws(() => parseFault({ nth: 0, action: { kind: 'drop' } }), /nth/);
  assert.throws(() => parseFault({ action: { kind: 'delay' } }), /action.ms/);
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      try {
        parseFault(value);
      } catch (error) {
        assert.ok(error instanceof FaultInvalid);
      }
    }),
    { numRuns: 200 },
  );
});

test('faults: a corrupted body is still JSON and says something else', () => {
  for (const body of [
    '{"amount":{"amount":"9","currency":"USD"}}',
    '{"fulfilment":"A_b","transferState":"COMMITTED"}',
    '{"party":{"name":"Bo"}}',
  ]) {
    const damaged = corruptBody(body);
    assert.notEqual(damaged, body);
    assert.equal(damaged.length, body.length);
    JSON.parse(damaged);
  }
  assert.equal(corruptBody(''), '');
  const headers = corruptSignature({ 'FSPIOP-Signature': '{"signature":"Abc","protectedHeader":"e30"}', date: 'x' });
  assert.equal(headers['FSPIOP-Signature'], '{"signature":"Bbc","protectedHeader":"e30"}');
});

function handling(fault: object) {
  const time = virtualTime();
  const book = messageFaults(seededRandom(1));
  book.add(parseFault({ operation: '*', count: 1, action: fault }));
  const seen: string[] = [];
  const handler = faultyHandler(
    async (request) => {
      seen.push(Buffer.from(request.body).toString());
      return { status: 202 };
    },
    {
      book,
      timers: time,
      log: recordedLog(),
      facts: () => message,
      accepted: () => ({ status: 299 }),
      refused: ({ status }) => ({ status }),
    },
  );
  const send = (body: string) =>
    handler({
      method: 'POST',
      target: '/transfers',
      headers: {},
      body: Buffer.from(body),
      clientAuthenticated: true,
    } satisfies HttpRequest);
  return { time, seen, send };
}

test('faults of an API: each kind does what it says', async () => {
  const drop = handling({ kind: 'drop' });
  assert.deepEqual([(await drop.send('a')).status, drop.seen], [299, []]);
  const duplicate = handling({ kind: 'duplicate', times: 3 });
  assert.deepEqual([(await duplicate.send('a')).status, duplicate.seen], [202, ['a', 'a', 'a']]);
  const reject = handling({ kind: 'reject', status: 503 });
  assert.deepEqual([(await reject.send('a')).status, reject.seen], [503, []]);
  const reset = handling({ kind: 'reset' });
  assert.deepEqual([(await reset.send('a')).reset, reset.seen], [true, []]);
  const corrupt = handling({ kind: 'corrupt' });
  await corrupt.send('{"amount":"1"}');
  assert.deepEqual(corrupt.seen, ['{"amount":"2"}']);
});

test('faults of an API: delay answers later, late works later, reorder lets the next one pass', async () => {
  const delay = handling({ kind: 'delay', ms: 500 });
  const answer = delay.send('a');
  await delay.time.advance(499);
  assert.deepEqual(delay.seen, []);
  await delay.time.advance(1);
  assert.equal((await answer).status, 202);
  const late = handling({ kind: 'late', ms: 500 });
  assert.deepEqual([(await late.send('a')).status, late.seen], [299, []]);
  await late.time.advance(500);
  assert.deepEqual(late.seen, ['a']);
  const reorder = handling({ kind: 'reorder' });
  await reorder.send('a');
  await reorder.send('b');
  await reorder.time.advance(1);
  assert.deepEqual(reorder.seen, ['b', 'a']);
});

test('faults of an API: a request that is never answered ends with a broken connection', async () => {
  const never = handling({ kind: 'timeout' });
  const answer = never.send('a');
  await never.time.advance(120_000);
  assert.deepEqual([(await answer).reset, never.seen], [true, []]);
});

test('faults of sending: lost, lost after arrival, doubled, damaged', async () => {
  const outcomes = async (fault: object): Promise<{ kind: string; arrived: OutgoingRequest[] }> => {
    const time = virtualTime();
    const book = messageFaults(seededRandom(1));
    book.add(parseFault({ operation: '*', direction: 'out', action: fault }));
    const arrived: OutgoingRequest[] = [];
    const client: HttpClient = {
      request: async (request) => {
        arrived.push(request);
        return { kind: 'answer', status: 200, headers: {}, body: new Uint8Array() };
      },
      setCredentials() {},
      close: async () => {},
    };
    const send = faultySender(client, { book, timers: time, log: recordedLog() });
    const outcome = await send(
      { method: 'PUT', url: 'http://x/', headers: { 'FSPIOP-Signature': '{"signature":"A"}' }, body: '{"amount":"1"}', timeoutMs: 1 },
      { ...message, direction: 'out' },
    );
    return { kind: outcome.kind, arrived };
  };
  assert.deepEqual(await outcomes({ kind: 'drop' }), { kind: 'answer', arrived: [] });
  const lost = await outcomes({ kind: 'timeout' });
  assert.deepEqual([lost.kind, lost.arrived.length], ['failed', 1]);
  const broken = await outcomes({ kind: 'reset' });
  assert.deepEqual([broken.kind, broken.arrived.length], ['failed', 0]);
  assert.equal((await outcomes({ kind: 'duplicate' })).arrived.length, 2);
  const refused = await outcomes({ kind: 'reject', status: 503 });
  assert.deepEqual([refused.kind, refused.arrived.length], ['answer', 0]);
  assert.match((await outcomes({ kind: 'bad-signature' })).arrived[0]?.headers['FSPIOP-Signature'] ?? '', /"signature":"B"/);
  assert.equal((await outcomes({ kind: 'corrupt' })).arrived[0]?.body, '{"amount":"2"}');
});

test('faults of sending: delay sends later, late too but says it was done, reorder lets the next one pass', async () => {
  const time = virtualTime();
  const book = messageFaults(seededRandom(1));
  const arrived: string[] = [];
  const client: HttpClient = {
    request: async (request) => {
      arrived.push(String(request.body));
      return { kind: 'answer', status: 200, headers: {}, body: new Uint8Array() };
    },
    setCredentials() {},
    close: async () => {},
  };
  const sender = faultySender(client, { book, timers: time, log: recordedLog() });
  const send = (body: string) =>
    sender({ method: 'PUT', url: 'http://x/', headers: {}, body, timeoutMs: 1 }, { ...message, direction: 'out' });
  const next = (action: object): void => void book.add(parseFault({ operation: '*', direction: 'out', count: 1, action }));
  next({ kind: 'delay', ms: 100 });
  const delayed = send('delayed');
  await time.advance(99);
  assert.deepEqual(arrived, []);
  await time.advance(1);
  await delayed;
  next({ kind: 'late', ms: 100 });
  assert.equal((await send('late')).kind, 'answer');
  assert.deepEqual(arrived, ['delayed']);
  await time.advance(100);
  next({ kind: 'reorder' });
  const overtaken = send('first');
  await send('second');
  await overtaken;
  assert.deepEqual(arrived, ['delayed', 'late', 'second', 'first']);
});
