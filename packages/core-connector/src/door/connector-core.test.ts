import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { QuotesPostRequest } from '@payment-manager/fspiop';
import type { CoreDoor } from '@payment-manager/mojaloop-connector/core-client';
import { createMetrics, createSealer, recordedLog, seededRandom } from '@payment-manager/runtime';
import type { Fault } from '../../test/scripted-core.ts';
import { World } from '../../test/world.ts';
import { oneVersion } from '../record/versions.ts';
import type { BackEnds } from '../record/walk.ts';
import { requestName } from '../run/render.ts';
import { capabilitiesOf } from './capabilities.ts';
import { connectorCore } from './connector-core.ts';

const PARTY = `operation: party.get
steps:
  - call: account
    get: /accounts/{number}
    path: { number: "=req.idValue" }
    notFound: =body.status = "GONE"
  - reply: { idType: "=req.idType", idValue: "=req.idValue", displayName: "=account.body.owner" }
`;
const QUOTE = `operation: quote.create
steps:
  - call: account
    get: /accounts/{number}
    path: { number: "=req.to.idValue" }
  - reply:
      transferAmount: =$number(req.amount) + $number("0.50")
      payeeReceiveAmount: =req.amount
      payeeFspFeeAmount: "0.50"
    facts: { accountId: "=account.body.id", rate: '=$number("1.5")' }
`;

const REQUEST: QuotesPostRequest = {
  quoteId: 'b51ec534-ee48-4575-b6a9-ead2955b8069',
  transactionId: 'a8323bc6-c228-4df2-ae82-e5a997baf899',
  payee: { partyIdInfo: { partyIdType: 'MSISDN', partyIdentifier: '254711', fspId: 'us' } },
  payer: { partyIdInfo: { partyIdType: 'MSISDN', partyIdentifier: '254700', fspId: 'them' } },
  amountType: 'RECEIVE',
  amount: { currency: 'USD', amount: '99.5' },
  transactionType: { scenario: 'TRANSFER', initiator: 'PAYER', initiatorType: 'CONSUMER' },
};

class Door {
  readonly world = new World({ more: [PARTY, QUOTE] });
  readonly log = recordedLog();
  readonly door: CoreDoor;

  constructor() {
    const { world, log } = this;
    const { running, core, time } = world;
    this.door = connectorCore({
      versions: oneVersion(running, core),
      sealer: createSealer(new Uint8Array(32), seededRandom(1)),
      clock: time,
      records: world.records,
      fspId: 'us',
      log,
      metrics: createMetrics(),
    });
  }

  async done<T>(promise: Promise<T>): Promise<T> {
    let over = false;
    const result = promise.finally(() => {
      over = true;
    });
    while (!over) await this.world.time.advance(100);
    return result;
  }

  at(ms = 10_000): number {
    return this.world.time.now() + ms;
  }

  async price(): Promise<object> {
    const priced = await this.done(this.door.quote({ quote: REQUEST }, this.at()));
    assert.equal(priced.kind, 'ok', JSON.stringify([priced, this.log.lines]));
    return priced.kind === 'ok' ? priced.value.raw : {};
  }

  async transfer(coreQuote: object, ms = 10_000) {
    const request = {
      transferId: 'T1',
      quote: REQUEST,
      coreQuote,
      amount: { currency: 'USD', amount: '100' },
      transactionType: REQUEST.transactionType,
      transaction: {},
    };
    return this.done(this.door.transfer(request, 'T1', this.at(ms)));
  }

  notify(transferState: 'COMMITTED' | 'ABORTED', context: object = {}) {
    const notification = { transferId: 'T1', transferState, completedTimestamp: '2026-01-01T00:00:00.000Z', context } as const;
    return this.done(this.door.notify(notification, `T1:${transferState}`, this.at()));
  }

  fault(...faults: (Fault | undefined)[]): void {
    let count = 0;
    this.world.core.fault = (call) => (call.startsWith('POST') ? faults[count++] : undefined);
  }
}

test('a payment through the door: party, price, hold, capture, and each is known afterwards', async () => {
  const here = new Door();
  const { door } = here;
  const party = await here.done(door.findParty({ type: 'MSISDN', id: '254711' }, here.at()));
  assert.equal(party.kind === 'ok' && party.value.name, 'Ann');
  const priced = await here.done(door.quote({ quote: REQUEST }, here.at()));
  assert.deepEqual(priced.kind === 'ok' && [priced.value.transferAmount, priced.value.payeeReceiveAmount, priced.value.payeeFspFee], [
    { currency: 'USD', amount: '100' },
    { currency: 'USD', amount: '99.5' },
    { currency: 'USD', amount: '0.5' },
  ]);
  const unknown = await here.done(door.ask('T1', here.at()));
  assert.deepEqual(unknown.kind === 'rejected' && [unknown.refusal.code, unknown.notFound], ['3208', true]);
  // the price comes back as the journal has kept it
  const done = await here.transfer(JSON.parse(JSON.stringify(await here.price())) as object);
  assert.deepEqual(done, { kind: 'ok', value: { homeTransactionId: 'H1/Ann', transferState: 'RESERVED' } });
  assert.deepEqual(await here.done(door.ask('T1', here.at())), {
    kind: 'ok',
    value: { transferState: 'RESERVED', homeTransactionId: 'H1/Ann' },
  });
  assert.equal((await here.notify('COMMITTED')).kind, 'ok');
  assert.equal((await here.notify('COMMITTED')).kind, 'ok');
  assert.deepEqual(here.world.core.totals, { held: '0', booked: '99.5', suspense: '0' });
  const told = await here.notify('ABORTED');
  assert.equal(told.kind === 'rejected' && told.refusal.code, '5105');
});

test('each call says of which payment it is, by ids or party, and which attempt of one that moves money', async () => {
  const here = new Door();
  const { core } = here.world;
  const said: unknown[][] = [];
  const call = core.call.bind(core);
  const saying: BackEnds['call'] = (request, deadline, purpose, about) => {
    said.push([requestName(request).split('?')[0], about?.ids, about?.attempt]);
    return call(request, deadline, purpose);
  };
  core.call = saying;
  here.fault('lost-before');
  await here.done(here.door.findParty({ type: 'MSISDN', id: '254711' }, here.at()));
  await here.transfer(await here.price());
  await here.notify('COMMITTED');
  const parties = ['MSISDN/254700', 'MSISDN/254711'];
  assert.deepEqual(said.slice(0, 3), [
    ['GET /accounts/254711', ['MSISDN/254711'], undefined],
    ['GET /accounts/254711', [REQUEST.quoteId, REQUEST.transactionId, ...parties], undefined],
    ['GET /accounts/254711', ['T1'], undefined],
  ]);
  const money = said.filter(([name]) => String(name).startsWith('POST'));
  assert.deepEqual(
    money.map(([, ids, attempt]) => [ids, attempt]),
    [
      [['T1'], 1],
      [['T1'], 2],
      [['T1'], 1],
    ],
  );
});

test('a refusal keeps its code; an unknown hold is pending, and nobody but its record tells a person', async () => {
  const here = new Door();
  const price = await here.price();
  here.world.core.account = 'CLOSED';
  const refused = await here.transfer(price);
  assert.equal(refused.kind === 'rejected' && refused.refusal.code, '5400');
  here.world.core.account = 'OPEN';
  here.fault('late', 'not-sent', 'not-sent', 'not-sent', 'not-sent');
  const unknown = await here.transfer(price, 2_000);
  assert.equal(unknown.kind, 'unknown');
  const asked = await here.done(here.door.ask('T1', here.at()));
  assert.equal(asked.kind === 'ok' && asked.value.transferState, 'PENDING');
  await here.world.time.advance(120_000);
  const settled = await here.done(here.door.ask('T1', here.at()));
  assert.equal(settled.kind === 'ok' && settled.value.transferState, 'RESERVED');
  assert.equal((await here.transfer(price)).kind, 'ok', 'the same again joins');
});

test('another content under the same transferId is refused with 3106', async () => {
  const here = new Door();
  const price = await here.price();
  await here.transfer(price);
  const other = await here.transfer({ ...price, payeeReceiveAmount: '1' });
  assert.equal(other.kind === 'rejected' && other.refusal.code, '3106');
});

test('a core that is not there: nothing was begun, and the breaker before the door hears of it', async () => {
  const here = new Door();
  const price = await here.price();
  here.world.core.fault = () => 'not-sent';
  const transfer = await here.transfer(price);
  assert.deepEqual([transfer.kind, transfer.kind === 'not-sent' && transfer.silent], ['not-sent', true]);
  const party = await here.done(here.door.findParty({ type: 'MSISDN', id: '254711' }, here.at()));
  assert.deepEqual([party.kind, party.kind === 'failed' && party.silent], ['failed', true]);
  const asked = await here.done(here.door.ask('T1', here.at()));
  assert.equal(asked.kind === 'rejected' && asked.notFound, true);
});

test('an outcome whose terms are not known any more is not told; with its context it is', async () => {
  const here = new Door();
  assert.equal((await here.notify('COMMITTED')).kind, 'not-sent');
  const context = {
    quoteRequest: { body: REQUEST },
    quote: { response: await here.price() },
    prepare: { body: { amount: { amount: '100' } } },
  };
  // without its hold there is nothing to capture, and the hub has committed: a person looks
  const told = await here.notify('COMMITTED', context);
  assert.equal(told.kind, 'unknown');
  assert.deepEqual(
    (await here.world.journal.attention({ limit: 9 })).map(({ code }) => code),
    ['CORE_EFFECT_STUCK'],
  );
});

test('what the core can do follows from the connector', () => {
  const { connector } = new World().running;
  const { atPrepare, transferAskable, quietMs } = capabilitiesOf(connector);
  assert.deepEqual([atPrepare, transferAskable, quietMs], ['reserve', true, 0]);
  const effects = new Map([['early', { kind: 'credit', facts: { kind: 'any' } as const, operation: 'transfer.prepare' }]]);
  assert.equal(capabilitiesOf({ ...connector, effects }).atPrepare, 'credit');
});

test('each call of a payment bears its trace: reads, what moves money, enquiries after it', async () => {
  const here = new Door();
  const { core } = here.world;
  const trace = `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01`;
  const said: [string, string | undefined][] = [];
  const call = core.call.bind(core);
  const saying: BackEnds['call'] = (request, deadline, purpose, about) => {
    said.push([requestName(request).split('?')[0] ?? '', about?.trace]);
    return call(request, deadline, purpose);
  };
  core.call = saying;
  await here.done(here.door.findParty({ type: 'MSISDN', id: '254711' }, here.at(), trace));
  const priced = await here.done(here.door.quote({ quote: REQUEST }, here.at(), trace));
  const request = {
    transferId: 'T1',
    quote: REQUEST,
    coreQuote: priced.kind === 'ok' ? priced.value.raw : {},
    amount: { currency: 'USD', amount: '100' },
    transactionType: REQUEST.transactionType,
    transaction: {},
  };
  await here.done(here.door.transfer(request, 'T1', here.at(), trace));
  await here.notify('COMMITTED');
  assert.ok(said.length >= 4 && said.some(([name]) => name.startsWith('POST')), JSON.stringify(said));
  assert.deepEqual(
    said.filter(([, one]) => one !== trace),
    [],
  );
});
