import type { CoreRecordCode } from '../core-client/core-door.ts';
import type { PayeeState } from '../payee/state.ts';
import type { PayerState } from '../payer/state.ts';
import { openContradictions } from '../transfer/contradiction.ts';
import type { ExceptionCode } from '../transfer/exception-codes.ts';
import type { FinalState } from '../transfer/person.ts';

/**
 * What the hub said: a final word, nothing yet (or never), or nothing because no prepare left. `REFUSED`: we refused the prepare.
 * `ACKNOWLEDGED`: it took our COMMITTED in time, which is a receipt and no outcome.
 */
export type HubWord = FinalState | 'ACKNOWLEDGED' | 'UNKNOWN' | 'NOT_SENT' | 'REFUSED';

/**
 * What our records say of the core. As payer the core is not called: `ASKED_US`. As payee: `NOT_CALLED`, `UNKNOWN` (it may have
 * executed), `RESERVED`, `CREDITED`, `REFUSED`; `TOLD_COMMITTED` and `TOLD_ABORTED` when it took the outcome.
 */
export type CoreRecord = 'ASKED_US' | 'NOT_CALLED' | 'UNKNOWN' | 'RESERVED' | 'CREDITED' | 'REFUSED' | 'TOLD_COMMITTED' | 'TOLD_ABORTED';

/** A payment in a few facts, for reconciliation and lists. No personal data. Instants in milliseconds since the epoch. */
export interface PaymentFacts {
  /** transferId */
  readonly id: string;
  readonly flow: 'payer' | 'payee';
  /** Amount of the transfer; absent when it came to no prepare. Decimal text. */
  readonly amount?: string;
  readonly currency?: string;
  readonly startedAt: number;
  readonly hub: HubWord;
  readonly core: CoreRecord;
  /** What a person said. */
  readonly settled?: { readonly as: FinalState; readonly at: number; readonly by: string; readonly reason: string };
  /** The exception that stands, and contradictions that nobody has settled: codes. */
  readonly exceptions: readonly (ExceptionCode | CoreRecordCode)[];
}

/** A payment that we make. */
export function payerFacts(state: PayerState): PaymentFacts {
  return {
    id: state.transferId,
    flow: 'payer',
    ...money(state.prepare?.amount ?? state.reported),
    startedAt: state.startedAt,
    hub: payerHubWord(state),
    core: 'ASKED_US',
    ...settlement(state),
    exceptions: exceptionCodes(state.exception, openContradictions(state).length),
  };
}

/** A transfer that we receive; undefined for a quote that no prepare has spent. */
export function payeeFacts(state: PayeeState): PaymentFacts | undefined {
  if (state.prepare === undefined) return undefined;
  return {
    id: state.prepare.transferId,
    flow: 'payee',
    ...money(state.prepare.amount),
    startedAt: state.preparedAt,
    hub: payeeHubWord(state),
    core: coreRecord(state),
    ...settlement(state),
    exceptions: exceptionCodes(state.exception, openContradictions(state).length),
  };
}

function money(money: { readonly amount: string; readonly currency: string } | undefined): { amount?: string; currency?: string } {
  return money === undefined ? {} : { amount: money.amount, currency: money.currency };
}

function settlement({ settled }: PayerState | PayeeState): Pick<PaymentFacts, 'settled'> {
  if (settled === undefined) return {};
  const { as, at, by, reason } = settled;
  return { settled: { as, at, by, reason } };
}

function exceptionCodes(exception: { readonly code: ExceptionCode } | undefined, contradictions: number): readonly ExceptionCode[] {
  return [...(exception === undefined ? [] : [exception.code]), ...(contradictions > 0 ? ['CONTRADICTION' as const] : [])];
}

function payerHubWord(state: PayerState): HubWord {
  if (state.prepare === undefined && state.restoredAt === undefined) return 'NOT_SENT';
  if (state.stage === 'open' || state.endedByPerson) return 'UNKNOWN';
  if (state.stage === 'completed') return 'COMMITTED';
  return state.neverLeft ? 'NOT_SENT' : 'ABORTED';
}

function payeeHubWord({ outcome, stage, doubt }: PayeeState): HubWord {
  if (outcome !== undefined) return outcome.state;
  if (stage === 'refused') return 'REFUSED';
  return stage === 'acknowledged' && doubt === undefined ? 'ACKNOWLEDGED' : 'UNKNOWN';
}

function coreRecord(state: PayeeState): CoreRecord {
  const { core, notification } = state;
  if (notification?.status === 'acknowledged') return notification.state === 'COMMITTED' ? 'TOLD_COMMITTED' : 'TOLD_ABORTED';
  if (notification?.held === true) return 'UNKNOWN';
  if (core.did !== undefined) return core.did === 'reserve' ? 'RESERVED' : 'CREDITED';
  // a restored journal may have forgotten the call
  if (core.attempt === 0 && core.forgotten !== true) return 'NOT_CALLED';
  return state.refusal === undefined ? 'UNKNOWN' : 'REFUSED';
}
