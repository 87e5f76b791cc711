import type { Delivery } from '@payment-manager/engine';
import type { Journal } from '@payment-manager/journal';
import type { World } from '@payment-manager/runtime';
import type { AllowedCoreAct, CoreAct } from '../core-client/core-door.ts';
import { applyPayee } from '../payee/apply.ts';
import { allowedPayeeActions } from '../payee/decide-person.ts';
import type { PayeeEvent } from '../payee/events.ts';
import type { PayeeEngine } from '../payee/flow.ts';
import { transferClaim } from '../payee/flow.ts';
import { payeeHistory } from '../payee/history.ts';
import type { PayeeState } from '../payee/state.ts';
import { applyPayer } from '../payer/apply.ts';
import { allowedPayerActions } from '../payer/decide-person.ts';
import type { PayerEvent } from '../payer/events.ts';
import { payerHistory } from '../payer/history.ts';
import type { PayerEngine } from '../payer/payments.ts';
import { isFinal, type PayerState } from '../payer/state.ts';
import type { UnknownTransfer, UnknownTransfers } from '../restored/unknown-transfers.ts';
import type { ConnectorSettings } from '../transfer/connector-settings.ts';
import { actedLine, type HistoryLine } from '../transfer/history-line.ts';
import type { AllowedAction, PersonAction, PersonInput, PersonState } from '../transfer/person.ts';
import { type SaidFacts, saidFact } from '../transfer/said-fact.ts';
import { findById, type IdKind } from './find-payments.ts';
import { type KnownFacts, knownOfPayee, knownOfPayer, saidOfPayee, saidOfPayer } from './known-facts.ts';
import { type PaymentFacts, payeeFacts, payerFacts } from './payment-facts.ts';

/** Which role of ours: a DFSP that pays itself has both under one transferId. */
export type Role = PaymentFacts['flow'];

/** Everything that a person needs to settle a payment. */
export interface PaymentDetail {
  /** With the exceptions of its record at the core, where it has one. */
  readonly payment: PaymentFacts;
  readonly known: KnownFacts;
  /** The same as codes with values. */
  readonly said: SaidFacts;
  /** Oldest first, at most 1,000 lines. */
  readonly history: readonly HistoryLine[];
  readonly allowed: readonly (AllowedAction | AllowedCoreAct)[];
}

/** Who acts, and why: both are kept in the payment's record for good. */
export interface Resolution {
  readonly id: string;
  /** Needed only where we are payer and payee of one transfer. */
  readonly flow?: Role;
  readonly act: PersonAction | CoreAct;
  /** 1 to 500 characters. */
  readonly reason: string;
  /** 1 to 100 characters. */
  readonly by: string;
  /** A name of this very wish, which may be brought more than once: it is done once. Absent: it is brought once. */
  readonly nonce?: string;
}

/** `done`: taken and, where there was an answer to wait for, as it is after the answer or the time for it. */
export type ResolveAnswer =
  | { readonly kind: 'done'; readonly detail: PaymentDetail }
  | { readonly kind: 'missing' }
  | { readonly kind: 'not-allowed'; readonly allowed: PaymentDetail['allowed'] };

/** A page of payments by the time of their last event. */
export interface PaymentsPage {
  readonly payments: readonly PaymentFacts[];
  /** Where the next page begins; absent on the last one. */
  readonly next?: { readonly updatedAt: number; readonly recordId: string };
}

/** A payment that was found by one of its ids. */
export interface FoundPayment {
  readonly transferId: string;
  readonly flow: Role;
  readonly as: IdKind;
  readonly attempt?: number;
}

export interface ExceptionsDoor {
  /** What is known about a payment; without `flow` the role that has an exception comes first. Undefined: no such payment. */
  exception(id: string, flow?: Role): Promise<PaymentDetail | undefined>;
  /** The payments that have this id as any of their ids (`findById`): their transferIds, and which id it was. A quote without a transfer is none. */
  find(id: string, from?: string): Promise<readonly FoundPayment[]>;
  /** A person acts on a payment. @throws RangeError when reason or name are empty or too long. */
  resolve(resolution: Resolution): Promise<ResolveAnswer>;
  /** The payments whose last event lies in the stretch, for reconciliation; `limit` at most 1,000 records per page. */
  payments(query: {
    readonly fromMs: number;
    readonly toMs: number;
    readonly limit: number;
    readonly after?: PaymentsPage['next'];
  }): Promise<PaymentsPage>;
}

export interface ExceptionsDoorDeps extends Pick<World, 'clock' | 'random'> {
  readonly settings: ConnectorSettings;
  readonly journal: Journal;
  readonly payer: PayerEngine;
  readonly payee: PayeeEngine;
  readonly unknown: UnknownTransfers;
}

const HISTORY_MAX = 1_000;
const REASON_MAX = 500;
const NAME_MAX = 100;

/** One payment in one role, with its engine behind it. */
interface Found {
  readonly facts: PaymentFacts;
  /** Absent: it is no record of a payment of ours. */
  readonly recordId?: string;
  detail(): Promise<PaymentDetail>;
  act(input: PersonInput): Promise<ResolveAnswer>;
}

/** The door to what needs a person. */
export function exceptionsDoor(deps: ExceptionsDoorDeps): ExceptionsDoor {
  return {
    exception: async (id, flow) => (await find(deps, id, flow))?.detail(),
    async find(id, from) {
      const found = await findById(deps, id, from);
      const payments = await Promise.all(
        found.map(async ({ recordId, flow, as, attempt }) => {
          const transferId = flow === 'payer' ? recordId : (await deps.payee.state(recordId))?.prepare?.transferId;
          return transferId === undefined ? [] : [{ transferId, flow, as, ...(attempt !== undefined && { attempt }) }];
        }),
      );
      return payments.flat();
    },
    async resolve({ id, flow, act, reason, by, nonce = deps.random.uuid() }) {
      if (reason.trim() === '' || reason.length > REASON_MAX) throw new RangeError(`a reason has 1 to ${REASON_MAX} characters`);
      if (by.trim() === '' || by.length > NAME_MAX) throw new RangeError(`a name has 1 to ${NAME_MAX} characters`);
      const found = await find(deps, id, flow);
      if (found === undefined) return { kind: 'missing' };
      // without records at the core there is nothing of them to be done
      if (act.action === 'core-executed' || act.action === 'core-not-executed' || act.action === 'core-done')
        return { kind: 'not-allowed', allowed: (await found.detail()).allowed };
      if (found.recordId !== undefined && (await wasActed(deps, found.recordId, nonce)))
        return { kind: 'done', detail: await found.detail() };
      return found.act({ type: 'person', act, reason: reason.trim(), by: by.trim(), nonce });
    },
    async payments({ fromMs, toMs, limit, after }) {
      const records = await deps.journal.between({ fromMs, toMs, limit, ...(after !== undefined && { after }) });
      const payments = records.map(({ kind, events }) => factsOf(kind, events as unknown as readonly (PayerEvent & PayeeEvent)[]));
      const last = records.length === limit ? records.at(-1) : undefined;
      return {
        payments: payments.filter((facts) => facts !== undefined),
        ...(last !== undefined && { next: { updatedAt: last.updatedAt, recordId: last.recordId } }),
      };
    },
  };
}

function factsOf(kind: string, events: readonly (PayerEvent & PayeeEvent)[]): PaymentFacts | undefined {
  if (kind === 'payer') return payerFacts(folded<PayerState, PayerEvent>(events, applyPayer));
  if (kind === 'payee') return payeeFacts(folded<PayeeState, PayeeEvent>(events, applyPayee));
  return undefined;
}

function folded<S, E>(events: readonly E[], apply: (state: S | undefined, event: E) => S): S {
  let state: S | undefined;
  for (const event of events) state = apply(state, event);
  if (state === undefined) throw new Error('a record without events');
  return state;
}

async function find(deps: ExceptionsDoorDeps, id: string, flow: Role | undefined): Promise<Found | undefined> {
  const payer = flow === 'payee' ? undefined : await asPayer(deps, id);
  const payee = flow === 'payer' ? undefined : await asPayee(deps, id);
  if (payer === undefined || payee === undefined) return payer ?? payee ?? asUnknown(deps, id);
  return payee.facts.exceptions.length > 0 && payer.facts.exceptions.length === 0 ? payee : payer;
}

async function asPayer(deps: ExceptionsDoorDeps, id: string): Promise<Found | undefined> {
  const { settings, payer, clock } = deps;
  const state = await payer.state(id);
  if (state === undefined) return undefined;
  const allowed = (now: PayerState) => allowedPayerActions(settings, now, clock.now());
  const detail = async (now = state): Promise<PaymentDetail> => {
    const facts = payerFacts(now);
    return {
      payment: facts,
      known: knownOfPayer(facts, now),
      said: saidOfPayer(facts, now),
      history: payerHistory(await eventsOf<PayerEvent>(deps, id)),
      allowed: allowed(now),
    };
  };
  return {
    facts: payerFacts(state),
    recordId: id,
    detail,
    async act(input) {
      const taken = await payer.input(id, input);
      const after = acted(taken, input.nonce);
      if (after === undefined) return { kind: 'not-allowed', allowed: allowed((await payer.state(id)) ?? state) };
      if (input.act.action !== 'ask-hub') return { kind: 'done', detail: await detail(after) };
      const known = after.contradictions.length;
      const answered = (now: PayerState) => ((isFinal(now) && !now.endedByPerson) || now.contradictions.length > known ? now : undefined);
      const settled = await payer.watch(id, answered, settings.timeouts.callbackMs);
      return { kind: 'done', detail: await detail(settled ?? (await payer.state(id)) ?? after) };
    },
  };
}

async function asPayee(deps: ExceptionsDoorDeps, id: string): Promise<Found | undefined> {
  const { settings, payee, clock } = deps;
  const recordId = await payee.find(transferClaim(id));
  const state = recordId === undefined ? undefined : await payee.state(recordId);
  const facts = state && payeeFacts(state);
  if (recordId === undefined || state === undefined || facts === undefined) return undefined;
  const allowed = (now: PayeeState) => allowedPayeeActions(settings, now, clock.now());
  const detail = async (now = state): Promise<PaymentDetail> => {
    const payment = payeeFacts(now) ?? facts;
    return {
      payment,
      known: knownOfPayee(payment, now),
      said: saidOfPayee(payment, now),
      history: payeeHistory(await eventsOf<PayeeEvent>(deps, recordId)),
      allowed: allowed(now),
    };
  };
  return {
    facts,
    recordId,
    detail,
    async act(input) {
      const taken = await payee.input(recordId, input);
      const after = acted(taken, input.nonce);
      if (after === undefined) return { kind: 'not-allowed', allowed: allowed((await payee.state(recordId)) ?? state) };
      const answered = payeeAnswer(input.act, after);
      const settled = answered && (await payee.watch(recordId, answered, settings.timeouts.callbackMs));
      return { kind: 'done', detail: await detail(settled ?? (await payee.state(recordId)) ?? after) };
    },
  };
}

/** A transfer of which only the hub has told us: a person looks at the core's books, and settles it. */
async function asUnknown({ unknown }: ExceptionsDoorDeps, id: string): Promise<Found | undefined> {
  const known = await unknown.find(id);
  if (known === undefined) return undefined;
  const allowed = ({ settled }: UnknownTransfer): readonly AllowedAction[] =>
    settled === undefined ? [{ action: 'settle', as: ['COMMITTED', 'ABORTED'] }] : [];
  const detail = async (): Promise<PaymentDetail> => {
    const now = (await unknown.find(id)) ?? known;
    const { act, at, by, reason } = now.settled ?? {};
    return {
      payment: {
        id,
        flow: 'payee',
        startedAt: now.at,
        hub: now.says,
        core: 'NOT_CALLED',
        ...(act?.action === 'settle' && { settled: { as: act.as, at: at ?? 0, by: by ?? '', reason: reason ?? '' } }),
        exceptions: now.settled === undefined ? ['TRANSFER_UNKNOWN'] : [],
      },
      known: {
        hub: [`the transfer is ${now.says}`],
        us: ['no record knows it: the journal may have forgotten it'],
        core: ['nobody knows: look at its books'],
      },
      said: { hub: [saidFact(`hub-${now.says}`)], us: [saidFact('no-record')], core: [saidFact('core-look')] },
      history: [
        { at: now.at, who: 'hub', what: `says ${now.says} of a transfer that is in no record` },
        ...(now.settled === undefined ? [] : [{ at: now.settled.at, who: 'person' as const, what: actedLine(now.settled) }]),
      ],
      allowed: allowed(now),
    };
  };
  return {
    facts: (await detail()).payment,
    detail,
    async act({ act, reason, by, nonce }) {
      if (act.action !== 'settle' || !(await unknown.settle(id, { act, reason, by, nonce })))
        return { kind: 'not-allowed', allowed: allowed(known) };
      return { kind: 'done', detail: await detail() };
    },
  };
}

/** What is waited for after a person's action; undefined: nothing. */
function payeeAnswer(act: PersonAction, after: PayeeState): ((now: PayeeState) => PayeeState | undefined) | undefined {
  const when = (look: (now: PayeeState) => boolean) => (now: PayeeState) => (look(now) ? now : undefined);
  switch (act.action) {
    case 'ask-hub':
      return when((now) => now.outcome !== undefined || now.contradictions.length > after.contradictions.length);
    case 'ask-core':
      return when((now) => now.coreSaid !== after.coreSaid || now.core.asks > after.core.asks || now.stage !== after.stage);
    case 'resend-outcome':
      return when((now) => now.notification?.status !== 'started');
    case 'settle':
      return undefined;
  }
}

/** The state after the action, if it was taken. */
function acted<S extends PersonState>(delivery: Delivery<S>, nonce: string): S | undefined {
  return delivery.kind === 'taken' && delivery.state.acted?.nonce === nonce ? delivery.state : undefined;
}

/** Whether this very wish is in the record already. */
async function wasActed(deps: ExceptionsDoorDeps, recordId: string, nonce: string): Promise<boolean> {
  return (await eventsOf<PayerEvent | PayeeEvent>(deps, recordId)).some((event) => event.type === 'person-acted' && event.nonce === nonce);
}

async function eventsOf<E>(deps: ExceptionsDoorDeps, recordId: string): Promise<readonly E[]> {
  const record = await deps.journal.load(recordId);
  return ((record?.events ?? []) as unknown as readonly E[]).slice(-HISTORY_MAX);
}
