import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, beforeEach, describe, test } from 'node:test';
import { recordedLog, virtualTime } from '@payment-manager/runtime';
import { framed, Unframing } from '../codec/iso8583/frame.ts';
import { type Iso8583Message, packMessage, unpackMessage } from '../codec/iso8583/message.ts';
import { readConnectorFolder } from '../fixture/connector-folder.ts';
import type { Iso8583Backend } from '../language/backend.ts';
import { type CompiledConnector, compileConnector } from '../language/compile-connector.ts';
import type { CallAnswer } from '../run/answer.ts';
import { draw } from '../run/drawn.ts';
import type { Drawn, Iso8583Request } from '../run/render-iso8583.ts';
import { openBackEnds } from './back-ends.ts';
import type { OpenWire, WireEvents } from './iso8583/wire.ts';
import { WireFailed } from './iso8583/wire.ts';
import { SettingMissing } from './setting.ts';

const CFG = {
  hostAddress: '127.0.0.1:5000',
  zone: 'Africa/Nairobi',
  currency: 'KES',
  acquirer: '404001',
  terminal: 'PM000001',
  suspenseAccount: '9',
};
const INQUIRY: Iso8583Request = { kind: 'iso8583', to: 'host', mti: '0100', fields: { DE3: '310000', DE41: 'PM000001' } };

let compiled: CompiledConnector;
before(async () => {
  const { operations: _operations, ...files } = await readConnectorFolder(join(import.meta.dirname, '../../../../connectors/iso8583-host'));
  compiled = compileConnector({ ...files, operations: new Map() }).connector;
});

/** Something that a host does with a message; undefined: nothing. */
type Does = (message: Iso8583Message, nth: number) => Partial<Iso8583Message> | 'closes' | Uint8Array | undefined;

/** A host in virtual time: it answers after 10 ms as it is told. */
function setUp(does: Does = () => ({ fields: { DE39: '00' } }), { cfg = {}, network }: { cfg?: object; network?: Does } = {}) {
  const time = virtualTime();
  const log = recordedLog();
  const backend = compiled.backends.get('host') as Iso8583Backend;
  const got: Iso8583Message[] = [];
  const lines: WireEvents[] = [];
  const host = { isThere: true };
  const openWire: OpenWire = async (_address, _ms, _timers, events) => {
    if (!host.isThere) throw new WireFailed('ECONNREFUSED');
    lines.push(events);
    const unframing = new Unframing(backend.frame);
    return {
      write: (bytes) => {
        for (const one of unframing.take(bytes)) {
          const message = unpackMessage(backend.packager, one);
          const isNetwork = message.mti === '0800';
          if (!isNetwork) got.push(message);
          const done = isNetwork ? (network ?? (() => ({ fields: { DE39: '00' } })))(message, lines.length) : does(message, got.length);
          if (done === undefined) continue;
          time.after(10, () => {
            if (done === 'closes') events.closed('ECONNRESET');
            else events.data(done instanceof Uint8Array ? done : answerTo(message, done));
          });
        }
      },
      close: () => {},
    };
  };
  const answerTo = ({ mti, fields }: Iso8583Message, done: Partial<Iso8583Message>): Buffer =>
    framed(
      backend.frame,
      packMessage(backend.packager, { mti: done.mti ?? `${mti.slice(0, 2)}${Number(mti[2]) + 1}0`, fields: { ...fields, ...done.fields } }),
    );
  const running = { connector: compiled, version: 'v1', cfg: { ...CFG, ...cfg } };
  const never = (): never => {
    throw new Error('there is no HTTP here');
  };
  const backEnds = openBackEnds({ running, client: never, clock: time, timers: time, log, openWire });
  const call = async (request: Iso8583Request = INQUIRY, ms = 5_000): Promise<CallAnswer> => {
    let answer: CallAnswer | undefined;
    void backEnds.call(request, time.now() + ms, 'money').then((value) => {
      answer = value;
    });
    for (let passed = 0; answer === undefined && passed < 60_000; passed += 10) await time.advance(10);
    assert.ok(answer);
    return answer;
  };
  return { time, log, got, lines, host, backend, backEnds, call, answerTo };
}

const money = (transferId: string, time: { now(): number }): Iso8583Request => ({
  kind: 'iso8583',
  to: 'host',
  mti: '0220',
  fields: { DE3: '210000', DE4: '000000009950', DE41: 'PM000001' },
  drawn: draw(transferId, 'payee-credit', time.now()) as unknown as Drawn,
});

describe('a host that speaks ISO 8583', () => {
  let set: ReturnType<typeof setUp>;
  beforeEach(() => {
    set = setUp();
  });

  test('one connection is signed on and used for all; messages have what is drawn for them', async () => {
    const answer = await set.call();
    assert.equal(answer.kind === 'iso8583' && answer.fields['DE39'], '00');
    const request = money('T1', set.time);
    await set.call(request);
    await set.call(request);
    assert.equal(set.lines.length, 1);
    const [inquiry, first, second] = set.got;
    assert.notEqual(inquiry?.fields['DE11'], first?.fields['DE11']);
    assert.deepEqual(first, second, 'the same effect is the same message');
    assert.equal(first?.fields['DE11'], request.drawn?.stan);
    assert.equal(first?.fields['DE37'], request.drawn?.rrn);
    assert.match(first?.fields['DE12'] ?? '', /^\d{6}$/);
    assert.notEqual(first?.fields['DE12'], first?.fields['DE7']?.slice(4), 'the time is that of the zone');
  });

  test('messages go side by side, and each gets its own answer however they come', async () => {
    let held: (() => void)[] = [];
    set = setUp(() => undefined);
    const { time, backEnds, lines, got, answerTo } = set;
    const answers = Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        backEnds.call({ ...INQUIRY, fields: { ...INQUIRY.fields, DE103: String(index) } }, time.now() + 5_000, 'read'),
      ),
    );
    await time.advance(100);
    assert.equal(got.length, 20);
    held = got.map((message) => () => lines[0]?.data(answerTo(message, { fields: { DE39: '00', DE62: `of ${message.fields['DE103']}` } })));
    for (const answer of held.reverse()) answer();
    const all = await answers;
    assert.deepEqual(
      all.map((answer) => answer.kind === 'iso8583' && answer.fields['DE62']),
      Array.from({ length: 20 }, (_, index) => `of ${index}`),
    );
  });

  test('an answer that does not come, comes late or belongs to nobody: unknown, and it settles nothing', async () => {
    let late: Iso8583Message | undefined;
    set = setUp((message, nth) => {
      if (nth === 1) late = message;
      return nth === 1 ? undefined : { fields: { DE39: '05' } };
    });
    const lost = await set.call(INQUIRY, 1_000);
    assert.deepEqual(lost, { kind: 'failed', sent: true, reason: 'the host has not answered in time' });
    assert.ok(late);
    set.lines[0]?.data(set.answerTo(late, { fields: { DE39: '00' } }));
    const next = await set.call();
    assert.equal(next.kind === 'iso8583' && next.fields['DE39'], '05', 'the late answer is not taken for this one');
    assert.match(JSON.stringify(set.log.lines), /an answer that nobody waits for is dropped/);
  });

  for (const [what, done] of [
    ['of another type', { mti: '0210', fields: { DE39: '00' } }],
    ['with another STAN', { fields: { DE11: '999998', DE39: '00' } }],
    ['with another RRN', { fields: { DE37: '000000000000', DE39: '00' } }],
    ['of another terminal', { fields: { DE41: 'PM000002', DE39: '00' } }],
    ['that ends early', Buffer.from('000430313130', 'hex')],
    ['of nothing', Buffer.from('0000', 'hex')],
  ] as const)
    test(`an answer ${what} is none`, async () => {
      set = setUp((_message, nth) => (nth === 1 ? done : { fields: { DE39: '00' } }));
      assert.deepEqual(await set.call(INQUIRY, 500), { kind: 'failed', sent: true, reason: 'the host has not answered in time' });
      assert.equal((await set.call()).kind, 'iso8583', 'the connection goes on');
      assert.equal(set.lines.length, 1);
    });

  test('a length that cannot be, or a lost connection, makes everything unknown that waits; then it is opened anew', async () => {
    for (const done of ['closes', Buffer.from('ffff', 'hex')] as const) {
      set = setUp((_message, nth) => (nth === 1 ? done : { fields: { DE39: '00' } }));
      const answer = await set.call();
      assert.equal(answer.kind === 'failed' && answer.sent, true);
      await set.time.advance(1_000);
      assert.equal(set.lines.length, 2, 'before it is needed');
      assert.equal((await set.call()).kind, 'iso8583');
    }
  });

  test('a host that is not there, or takes no sign-on: nothing was sent; it is tried again ever more rarely', async () => {
    set.host.isThere = false;
    for (let times = 0; times < 3; times++) {
      const answer = await set.call();
      assert.equal(answer.kind === 'failed' && answer.sent, false);
    }
    await set.time.advance(20_000);
    const tries = JSON.stringify(set.log.lines).split('core: no connection').length - 1;
    assert.ok(tries >= 4 && tries <= 9, `${tries} tries in twenty seconds`);
    set.host.isThere = true;
    await set.time.advance(31_000);
    assert.equal((await set.call()).kind, 'iso8583');
    set = setUp(undefined, { network: () => ({ fields: { DE39: '91' } }) });
    const refused = await set.call();
    assert.deepEqual(refused, {
      kind: 'failed',
      sent: false,
      reason: 'the host cannot be reached: the host has not taken the sign-on (0810 with the response code 91)',
    });
    assert.equal(set.got.length, 0);
  });

  test('a host that says nothing any more is asked whether it is there, and left', async () => {
    let isDead = false;
    set = setUp(undefined, { network: () => (isDead ? undefined : { fields: { DE39: '00' } }) });
    await set.call();
    await set.time.advance(200_000);
    assert.equal(set.lines.length, 1);
    isDead = true;
    await set.time.advance(200_000);
    assert.match(JSON.stringify(set.log.lines), /the host does not say that it is there/);
    assert.equal(set.lines.length > 1, true);
  });

  test('a look at it: it is asked, and must be there', async () => {
    let isDead = false;
    set = setUp(undefined, { network: () => (isDead ? undefined : { fields: { DE39: '00' } }) });
    const look = async () => {
      const probed = set.backEnds.probe('host', set.time.now() + 1_000);
      await set.time.advance(2_000);
      return probed;
    };
    assert.deepEqual(await look(), { ok: true });
    isDead = true;
    assert.deepEqual(await look(), { ok: false, reason: 'the host does not say that it is there (the host has not answered in time)' });
    assert.equal(set.got.length, 0, 'no message but about the connection');
  });

  test('two calls in a row without a byte from the host: the connection is dead', async () => {
    set = setUp((_message, nth) => (nth <= 2 ? undefined : { fields: { DE39: '00' } }));
    await set.call(INQUIRY, 300);
    await set.call(INQUIRY, 300);
    await set.time.advance(100);
    assert.equal(set.lines.length, 2);
  });

  test('the host asks whether we are there, and is told', async () => {
    set = setUp(({ mti }) => (mti === '0100' ? { fields: { DE39: '00' } } : undefined));
    await set.call();
    const { lines, backend, got } = set;
    const asks = (mti: string, stan: string): void =>
      lines[0]?.data(framed(backend.frame, packMessage(backend.packager, { mti, fields: { DE11: stan, DE70: '301' } })));
    asks('0800', '000009');
    asks('0200', '000010');
    await set.time.advance(100);
    assert.deepEqual(
      got.slice(1).map(({ mti, fields }) => ({ mti, ...fields })),
      [{ mti: '0810', DE11: '000009', DE39: '00', DE70: '301' }],
    );
  });

  test('the same numbers twice at once: the second is not sent', async () => {
    set = setUp(() => undefined);
    const request = money('T1', set.time);
    const first = set.backEnds.call(request, set.time.now() + 1_000, 'money');
    await set.time.advance(50);
    const second = await set.call(request, 500);
    assert.deepEqual(second, { kind: 'failed', sent: false, reason: 'another message with these numbers is under way', own: true });
    await set.time.advance(1_000);
    assert.equal((await first).kind, 'failed');
    assert.equal(set.got.length, 1);
  });

  test('where it may be reached: this machine, or with TLS; a zone that there is', () => {
    for (const hostAddress of [
      'host.example.org:5000',
      '10.0.0.7:5000',
      '127.0.0.1',
      '127.0.0.1:0',
      'tcp://127.0.0.1:1',
      'a@127.0.0.1:5',
      '',
    ]) {
      assert.throws(() => setUp(undefined, { cfg: { hostAddress } }), SettingMissing, hostAddress);
    }
    setUp(undefined, { cfg: { hostAddress: 'host.example.org:5000', hostCa: 'public' } });
    setUp(undefined, { cfg: { hostAddress: '[::1]:5000' } });
    assert.throws(() => setUp(undefined, { cfg: { zone: 'Mars/Olympus' } }), SettingMissing);
  });

  test('no field is logged', async () => {
    set = setUp(() => ({ fields: { DE39: '05', DE62: 'canary' } }));
    await set.call({ ...INQUIRY, fields: { ...INQUIRY.fields, DE103: '0712canary' } });
    assert.doesNotMatch(JSON.stringify(set.log.lines), /canary/);
    assert.match(JSON.stringify(set.log.lines), /response code 05/);
  });
});
