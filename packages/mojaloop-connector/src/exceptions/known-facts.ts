import { formatDateTime } from '@payment-manager/fspiop';
import { CORE_WORDS } from '../payee/history.ts';
import type { PayeeState } from '../payee/state.ts';
import { type PayerState, prepareExpiration } from '../payer/state.ts';
import type { PersonState } from '../transfer/person.ts';
import { type SaidFact, type SaidFacts, saidFact } from '../transfer/said-fact.ts';
import type { CoreRecord, HubWord, PaymentFacts } from './payment-facts.ts';

/** What is known now, from whom. Sentences for people; no personal data. */
export interface KnownFacts {
  readonly hub: readonly string[];
  readonly us: readonly string[];
  readonly core: readonly string[];
}

const HUB_WORDS: Readonly<Record<HubWord, string>> = {
  COMMITTED: 'the transfer is COMMITTED',
  ABORTED: 'the transfer is ABORTED',
  ACKNOWLEDGED: 'it took our COMMITTED in time, and has not said that the transfer is COMMITTED',
  UNKNOWN: 'it has not said how the transfer ended',
  NOT_SENT: 'it was never sent a prepare',
  REFUSED: 'it was told our refusal; without our fulfilment it cannot commit',
};

const CORE_RECORDS: Readonly<Record<CoreRecord, string>> = {
  ASKED_US: 'it asked us to pay, and holds the money until it learns the outcome',
  NOT_CALLED: 'it was not called',
  UNKNOWN: 'it may have executed the transfer: it was called and nobody knows what it did',
  RESERVED: 'it reserved, and has not taken the outcome',
  CREDITED: 'it credited the payee',
  REFUSED: 'it refused, or is proven not to have executed',
  TOLD_COMMITTED: 'it took the outcome COMMITTED',
  TOLD_ABORTED: 'it took the outcome ABORTED',
};

/** What is known about a payment that we make. */
export function knownOfPayer(facts: PaymentFacts, state: PayerState): KnownFacts {
  return {
    hub: [
      HUB_WORDS[facts.hub],
      ...questions(state),
      ...errorSaid(state.stage === 'failed' ? state.errorInformation?.errorCode : undefined),
      ...contradictions(state),
    ],
    us: [
      `the payment is ${state.stage}`,
      ...(state.prepare === undefined ? [] : [`the prepare expires ${formatDateTime(prepareExpiration(state))}`]),
      ...(state.prepareSent === undefined ? [] : [`the prepare: ${state.prepareSent}`]),
      ...troubles(state),
    ],
    core: [CORE_RECORDS[facts.core]],
  };
}

/** What is known about a transfer that we receive. */
export function knownOfPayee(facts: PaymentFacts, state: PayeeState): KnownFacts {
  const { notification, coreSaid, fulfil, callback } = state;
  return {
    hub: [
      HUB_WORDS[facts.hub],
      ...questions(state),
      ...confirmations(state),
      ...errorSaid(state.outcome?.errorInformation?.errorCode),
      ...(state.doubt?.codes ?? []).map((code) => `error ${code} after our fulfilment, which decides nothing`),
      ...contradictions(state),
    ],
    us: [
      `the transfer is ${state.stage}`,
      ...(state.prepare === undefined ? [] : [`it expires ${state.prepare.expiration}`]),
      ...(fulfil === undefined ? [] : [`the hub ${callback?.acknowledged ? 'took' : 'was sent'} our ${fulfil.transferState}`]),
      ...(state.refusal === undefined ? [] : [`refused with ${state.refusal.errorCode}`]),
      ...troubles(state),
    ],
    core: [
      CORE_RECORDS[facts.core],
      ...(state.core.homeTransactionId === undefined ? [] : [`its id is ${state.core.homeTransactionId}`]),
      ...(notification === undefined ? [] : [`telling it ${notification.state}: ${notification.status}, attempt ${notification.attempt}`]),
      ...(coreSaid === undefined ? [] : [`asked ${formatDateTime(coreSaid.at)}, it said: ${CORE_WORDS[coreSaid.found]}`]),
    ],
  };
}

function questions(state: PayerState | PayeeState): readonly string[] {
  if (state.askedAt === undefined) return [];
  return [`it took ${state.rung} of our enquiries, the last ${formatDateTime(state.askedAt)}`];
}

function confirmations({ confirmation }: PayeeState): readonly string[] {
  if (confirmation === undefined || confirmation.asked === 0) return [];
  return [`it took ${confirmation.asked} questions about our COMMITTED, the last ${formatDateTime(confirmation.askedAt)}`];
}

function errorSaid(code: string | undefined): readonly string[] {
  return code === undefined ? [] : [`error ${code}`];
}

function contradictions(state: PayerState | PayeeState): readonly string[] {
  return state.contradictions.map(({ at, source, says, reason }) => `${formatDateTime(at)}: ${source} says ${says}, but ${reason}`);
}

function troubles(state: PersonState & Pick<PayerState, 'exception'>): readonly string[] {
  const { exception, settled } = state;
  return [
    ...(exception === undefined ? [] : [`exception ${exception.code} since ${formatDateTime(exception.since)}: ${exception.reason}`]),
    ...(settled === undefined ? [] : [`resolved as ${settled.as} by ${settled.by}, ${formatDateTime(settled.at)}: ${settled.reason}`]),
  ];
}

/** The same as codes with values, for who tells it in another language. */
export function saidOfPayer(facts: PaymentFacts, state: PayerState): SaidFacts {
  return {
    hub: [
      saidFact(`hub-${facts.hub}`),
      ...asked(state),
      ...errors(state.stage === 'failed' ? state.errorInformation?.errorCode : undefined),
      ...contradicted(state),
    ],
    us: [
      saidFact('payment-stage', { stage: state.stage }),
      ...(state.prepare === undefined ? [] : [saidFact('expires', { at: prepareExpiration(state) })]),
      ...(state.prepareSent === undefined ? [] : [saidFact('prepare', { outcome: state.prepareSent })]),
      ...needs(state),
    ],
    core: [saidFact(`core-${facts.core}`)],
  };
}

/** The same of a transfer that we receive. */
export function saidOfPayee(facts: PaymentFacts, state: PayeeState): SaidFacts {
  const { notification, coreSaid, fulfil, callback, confirmation } = state;
  const wereConfirmed = confirmation !== undefined && confirmation.asked > 0;
  return {
    hub: [
      saidFact(`hub-${facts.hub}`),
      ...asked(state),
      ...(wereConfirmed ? [saidFact('confirmations', { count: confirmation.asked, at: confirmation.askedAt })] : []),
      ...errors(state.outcome?.errorInformation?.errorCode),
      ...(state.doubt?.codes ?? []).map((error) => saidFact('doubted', { error })),
      ...contradicted(state),
    ],
    us: [
      saidFact('transfer-stage', { stage: state.stage }),
      ...(state.prepare === undefined ? [] : [saidFact('expires', { at: Date.parse(state.prepare.expiration) })]),
      ...(fulfil === undefined
        ? []
        : [saidFact('callback', { state: fulfil.transferState, taken: callback?.acknowledged ? 'yes' : 'no' })]),
      ...errors(state.refusal?.errorCode, 'refused'),
      ...needs(state),
    ],
    core: [
      saidFact(`core-${facts.core}`),
      ...(state.core.homeTransactionId === undefined ? [] : [saidFact('core-id', { id: state.core.homeTransactionId })]),
      ...(notification === undefined
        ? []
        : [saidFact('notified', { state: notification.state, status: notification.status, attempt: notification.attempt })]),
      ...(coreSaid === undefined ? [] : [saidFact('core-said', { at: coreSaid.at, found: coreSaid.found })]),
    ],
  };
}

function asked({ askedAt, rung }: PayerState | PayeeState): readonly SaidFact[] {
  return askedAt === undefined ? [] : [saidFact('enquiries', { count: rung, at: askedAt })];
}

function errors(error: string | undefined, code: 'error' | 'refused' = 'error'): readonly SaidFact[] {
  return error === undefined ? [] : [saidFact(code, { error })];
}

function contradicted({ contradictions: all }: PayerState | PayeeState): readonly SaidFact[] {
  return all.map(({ at, source, says }) => saidFact('contradicted', { at, source, says }));
}

function needs({ exception, settled }: PersonState & Pick<PayerState, 'exception'>): readonly SaidFact[] {
  return [
    ...(exception === undefined ? [] : [saidFact('exception', { code: exception.code, at: exception.since })]),
    ...(settled === undefined ? [] : [saidFact('resolved', { as: settled.as, by: settled.by, at: settled.at, reason: settled.reason })]),
  ];
}
