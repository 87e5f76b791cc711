import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { JournalEvent } from '@payment-manager/journal';
import {
  committed,
  opened,
  partyAnswers,
  paymentOf,
  paymentRequest,
  quoteAnswers,
  quoted,
  transferFails,
} from '../../test/payer-scenes.ts';
import { byKind, SNAPSHOT, storedEvents } from '../../test/stored-events.ts';
import { makeWorld, settled } from '../../test/world.ts';
import type { PaymentRequest } from '../transfer/payer-door.ts';
import { applyPayer } from './apply.ts';
import type { PayerEvent } from './events.ts';
import { payerHistory } from './history.ts';
import { storedRequest } from './request-codec.ts';
import type { PayerState } from './state.ts';

const snapshot = (name: string) => fileURLToPath(new URL(`../../test/stored-events/${name}.snapshot`, import.meta.url));

const MONEY = { currency: 'USD', amount: '1' };
const SUMMARY: PayerState = {
  transferId: 't',
  quoteId: 'q',
  simple: false,
  request: undefined,
  hash: 'h',
  idempotencyKey: undefined,
  attempt: 1,
  trace: undefined,
  startedAt: 1,
  stage: 'failed',
  stageAt: 2,
  rung: 0,
  contradictions: [],
};

/** Every member that a request may have. */
const FULL: Required<PaymentRequest> = {
  homeTransactionId: 'home-1',
  from: { idType: 'MSISDN', idValue: '111', displayName: 'Payer', extensionList: [{ key: 'k', value: 'v' }] },
  to: {
    type: 'CONSUMER',
    idType: 'MSISDN',
    idValue: '222',
    idSubValue: 'sub',
    displayName: 'Payee Person',
    firstName: 'Payee',
    middleName: 'P',
    lastName: 'Person',
    dateOfBirth: '1990-05-14',
    merchantClassificationCode: '1234',
    fspId: 'them',
    supportedCurrencies: ['USD'],
    kycInformation: '{}',
    extensionList: [{ key: 'k', value: 'v' }],
  },
  amountType: 'SEND',
  currency: 'USD',
  amount: '100',
  transactionType: 'REFUND',
  subScenario: 'SUB',
  initiator: 'PAYER',
  refundInfo: { originalTransactionId: '00000000-0000-4000-8000-000000000001', refundReason: 'why' },
  note: 'a note',
  quoteRequestExtensions: [{ key: 'q', value: '1' }],
  transferRequestExtensions: [{ key: 't', value: '2' }],
  skipPartyLookup: true,
  prepareExpirySeconds: 30,
  quoteExpirySeconds: 20,
  fxPrepareExpirySeconds: 10,
  fxQuoteExpirySeconds: 5,
};

/** Kinds that hold nothing of a message: each as the flow writes it. With those that payments are seen to write they are all there are. */
const OTHERS: { readonly [T in Exclude<PayerEvent['type'], (typeof SEEN)[number]>]: Extract<PayerEvent, { type: T }> } = {
  'simple-transfer-started': {
    type: 'simple-transfer-started',
    at: 1,
    transferId: 't',
    hash: 'h',
    destination: 'them',
    prepare: { transferId: 't', payeeFsp: 'them', payerFsp: 'us', amount: MONEY, ilpPacket: 'p', condition: 'c', expiration: 'e' },
  },
  'hub-asked': { type: 'hub-asked', at: 1, rung: 0 },
  'exception-raised': { type: 'exception-raised', at: 1, code: 'OUTCOME_UNKNOWN', reason: 'why' },
  contradicted: { type: 'contradicted', at: 1, source: 'switch', says: 'ABORTED', reason: 'why' },
  'confirmation-asked': { type: 'confirmation-asked', at: 1, nonce: 1 },
  confirmed: { type: 'confirmed', at: 1 },
  restored: { type: 'restored', at: 1, forgottenExpiration: 2 },
  reported: { type: 'reported', at: 1, summary: SUMMARY },
  pruned: { type: 'pruned', at: 1, version: 8, head: 'hash', summary: SUMMARY },
  'person-acted': { type: 'person-acted', at: 1, act: { action: 'settle', as: 'ABORTED' }, reason: 'why', by: 'who', nonce: 'n' },
};

/** Kinds that `writtenByPayments` has. */
const SEEN = [
  'aborted',
  'failed',
  'fulfilled',
  'inquired',
  'not-committed',
  'party-found',
  'payment-started',
  'prepare-sent',
  'quote-accepted',
  'quote-received',
  'quote-requested',
] as const;

/** One event of each kind that payments come to, written by the connector itself. */
async function writtenByPayments(): Promise<Readonly<Record<string, JournalEvent>>> {
  const world = await makeWorld();
  const starting = world.connector.payer.start({
    request: FULL,
    idempotencyKey: 'key-1',
    trace: { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', tracestate: 'a=b' },
  });
  await world.time.advance(0);
  await quoteAnswers(world, { payeeFspFee: { currency: 'USD', amount: '1' }, extensionList: { extension: [{ key: 'e', value: 'x' }] } });
  const { transferId: full } = paymentOf(await settled(world, starting));
  const accepting = world.connector.payer.resume(full, { acceptQuote: true });
  await world.time.advance(0);
  await committed(world, full);
  await settled(world, accepting);
  const { transferId: refused } = await opened(world, { homeTransactionId: 'home-2' });
  await transferFails(world, refused, '5100');
  const aborted = await quoted(world, { homeTransactionId: 'home-3' });
  await settled(world, world.connector.payer.resume(aborted, { acceptQuote: false }));
  const { transferId: asked } = await opened(world, { homeTransactionId: 'home-4' });
  void world.connector.payer.inquire(asked);
  const failing = world.connector.payer.start({ request: paymentRequest({ homeTransactionId: 'home-5' }) });
  await world.time.advance(0);
  await partyAnswers(world);
  const { transferId: failed } = paymentOf(await settled(world, failing));
  const quoting = world.connector.payer.resume(failed, { acceptParty: true });
  await world.time.advance(0);
  await quoteAnswers(world, { transferAmount: { currency: 'EUR', amount: '1' } });
  await settled(world, quoting);
  const events = await Promise.all([full, refused, aborted, asked, failed].map((id) => storedEvents(world, id)));
  return byKind(events.flat());
}

test('payer: each kind of event is stored as it was before, whatever became of the APIs', async (t) => {
  const seen = await writtenByPayments();
  assert.deepEqual(Object.keys(seen), SEEN);
  const all = { ...seen, ...OTHERS };
  t.assert.fileSnapshot(all, snapshot('payer'), SNAPSHOT);
  for (const event of payerHistory(Object.values(all) as unknown as readonly PayerEvent[])) assert.ok(event.what.length > 0);
});

test('payer: a member that the API has and the journal does not know is not stored', () => {
  const request = { ...FULL, newInTheApi: 'x', to: { ...FULL.to, newInTheApi: 'x' } };
  assert.deepEqual(storedRequest(request), FULL);
  assert.deepEqual(storedRequest(paymentRequest()), paymentRequest());
});

test('payer: a stored prepare has no packet of its own, and gets that of its quote back to the character', async () => {
  const world = await makeWorld();
  const { transferId, answer } = await opened(world);
  await committed(world, transferId);
  await settled(world, answer);
  const events = (await storedEvents(world, transferId)) as unknown as readonly PayerEvent[];
  const accepted = events.find((event) => event.type === 'quote-accepted');
  assert.equal(accepted?.prepare.ilpPacket, undefined);
  const state = events.reduce<ReturnType<typeof applyPayer> | undefined>(applyPayer, undefined);
  assert.deepEqual(state?.prepare, world.messages('POST', '/transfers')[0]?.body);
  assert.ok(state?.prepare?.ilpPacket);
});

test('payer: a prepare that was stored with its packet is read as it is', () => {
  const started: PayerEvent = { type: 'payment-started', at: 1, transferId: 't', quoteId: 'q', request: paymentRequest(), hash: 'h' };
  const prepare = {
    transferId: 't',
    payeeFsp: 'them',
    payerFsp: 'us',
    amount: { currency: 'USD', amount: '1' },
    condition: 'c',
    expiration: 'e',
  };
  const accept = (packet: object): PayerEvent => ({ type: 'quote-accepted', at: 2, by: 'dfsp', prepare: { ...prepare, ...packet } });
  const state = applyPayer(undefined, started);
  assert.equal(applyPayer(state, accept({ ilpPacket: 'of-its-own' })).prepare?.ilpPacket, 'of-its-own');
  assert.equal(applyPayer(state, accept({})).prepare?.ilpPacket, '', 'what misses its quote is read all the same');
});
