import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Action, Flow, Input } from '@payment-manager/engine';
import type { JournalEvent } from '@payment-manager/journal';
import { prepareFor, quoteRequest } from '../test/payee-scenes.ts';
import { FULFILMENT, paymentRequest, quoteFor } from '../test/payer-scenes.ts';
import { testSettings } from '../test/settings.ts';
import { makeWorld } from '../test/world.ts';
import type { PayeeEvent } from './payee/events.ts';
import { payeeFlow } from './payee/flow.ts';
import type { PayeeInput } from './payee/inputs.ts';
import type { PayeeAction } from './payee/owed.ts';
import type { PayeeState } from './payee/state.ts';
import type { PayerEvent } from './payer/events.ts';
import { payerFlow } from './payer/flow.ts';
import type { PayerInput } from './payer/inputs.ts';
import type { PayerAction } from './payer/owed.ts';
import type { PayerState } from './payer/state.ts';

/** Applying an event copies the state, member by member: so a copy of it that is made while a flow decides shows. */
function copiesSeen<S>(state: S): { readonly state: S; readonly copies: () => number } {
  let copies = 0;
  const ownKeys = (target: object): ArrayLike<string | symbol> => {
    copies++;
    return Reflect.ownKeys(target);
  };
  return { state: (state === undefined ? state : new Proxy(state as object, { ownKeys })) as S, copies: () => copies };
}

/** Decides the inputs one after the other, each on what came of those before; answers the stages, and how often a decision applied something. */
function walk<S extends { stage: string }, I extends Input, E extends JournalEvent, A extends Action>(
  flow: Flow<S, I, E, A>,
  inputs: readonly ((state: S) => I)[],
) {
  let state: S | undefined;
  let applied = 0;
  const chained: string[] = [];
  for (const input of inputs) {
    const seen = copiesSeen(state);
    const { events } = flow.decide(seen.state, input(state as S), 1_000);
    applied += seen.copies();
    assert.ok(events.length > 0, `${input(state as S).type} meant nothing`);
    if (events.length > 1) chained.push(events.map(({ type }) => type).join(' '));
    for (const event of events) state = flow.apply(state, event);
  }
  return { stage: state?.stage, applied, chained };
}

const FROM = { source: 'them', sourceKnown: true, headers: {} };
const PARTY = { partyIdInfo: { partyIdType: 'MSISDN', partyIdentifier: '222', fspId: 'them' } } as const;

test('payer: an event that follows another one in the same decision is applied once, by the engine', () => {
  const settings = testSettings({ autoAcceptParty: true, autoAcceptQuote: true, maxAutoAcceptFee: { USD: { absolute: '0' } } });
  const { stage, applied, chained } = walk<PayerState, PayerInput, PayerEvent, PayerAction>(payerFlow(settings), [
    () => ({ type: 'start', transferId: 't', quoteId: 'q', request: paymentRequest(), hash: 'h' }),
    () => ({ type: 'party', from: FROM, body: { party: PARTY } }),
    ({ quoteRequest: asked }) => ({ type: 'quote', from: FROM, body: quoteFor(asked ?? assert.fail()) }),
    () => ({ type: 'transfer', from: FROM, body: { transferState: 'COMMITTED', fulfilment: FULFILMENT } }),
  ]);
  assert.equal(stage, 'completed');
  assert.deepEqual(chained, ['party-found quote-requested', 'quote-received quote-accepted']);
  assert.equal(applied, 0);
});

test('payee: an event that follows another one in the same decision is applied once, by the engine', async () => {
  const world = await makeWorld();
  const request = quoteRequest();
  const response = quoteFor(request, {}, 60_000);
  const prepare = { ...prepareFor(world, { request, response }), expiration: new Date(31_000).toISOString() };
  const asked = { source: 'them', version: '1.1' };
  const { stage, applied, chained } = walk<PayeeState, PayeeInput, PayeeEvent, PayeeAction>(payeeFlow(world.settings), [
    () => ({ type: 'quote', quote: request, hash: 'h', asked, firstOfTransaction: true }),
    () => ({ type: 'core-quoted', key: 'core:quote', result: { kind: 'ok', response, coreQuote: {}, sealedFulfilment: 's' } }),
    () => ({ type: 'prepare', prepare, hash: 'h', asked }),
    () => ({ type: 'core-transferred', key: 'core:transfer:1', outcome: { kind: 'ok', value: {} } }),
    () => ({ type: 'final-word', source: 'switch', said: 'patch', state: 'COMMITTED' }),
    () => ({ type: 'core-told', key: 'core:notify:COMMITTED:1', outcome: { kind: 'ok', value: {} } }),
  ]);
  assert.equal(stage, 'committed');
  assert.deepEqual(chained, [
    'prepare-received core-transfer-started',
    'core-transfer-ok fulfil-decided',
    'outcome-known notification-started',
  ]);
  assert.equal(applied, 0);
});
