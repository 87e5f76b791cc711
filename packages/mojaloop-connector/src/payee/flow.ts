import type { Engine, Flow, Projection } from '@payment-manager/engine';
import type { Attention, Claim } from '@payment-manager/journal';
import { openContradictions } from '../transfer/contradiction.ts';
import { applyPayee } from './apply.ts';
import { decidePayee } from './decide.ts';
import type { PayeeEvent } from './events.ts';
import type { PayeeInput } from './inputs.ts';
import { atRest, NOTIFY_ALARM_AFTER, owedByPayee, type PayeeAction } from './owed.ts';
import type { PayeeSettings } from './settings.ts';
import type { PayeeState } from './state.ts';

export type PayeeFlow = Flow<PayeeState, PayeeInput, PayeeEvent, PayeeAction>;
export type PayeeEngine = Engine<PayeeState, PayeeInput, PayeeEvent, PayeeAction>;

/** The payments that our DFSP receives: a quote, the prepare that spends it, the core's call, fulfil and outcome. One record per quote. */
export function payeeFlow(settings: PayeeSettings): PayeeFlow {
  const owed = (state: PayeeState) => owedByPayee(settings, state);
  return {
    kind: 'payee',
    apply: applyPayee,
    decide: (state, input, now) => decidePayee(settings, state, input, now),
    claims: payeeClaims,
    owed,
    project: (state) => project(state, owed(state)),
  };
}

function project(state: PayeeState, owed: readonly PayeeAction[]): Projection<PayeeAction> {
  return {
    owed,
    // somebody is still owed something, or something is still awaited
    open: owed.length > 0,
    awaited: payeeAwaited(state),
    topics: [],
    attention: payeeAttention(state),
    stage: state.stage,
    label: state.prepare?.transferId ?? state.quote?.transactionId ?? '',
    trace: (state.prepareAsked ?? state.quoteAsked)?.trace?.traceparent,
  };
}

/** Until the answer is on its way, or taken: what comes after (the hub's notification, the core that is told) keeps nobody waiting. */
function payeeAwaited({ stage, callback }: PayeeState): boolean {
  switch (stage) {
    case 'quoting':
    case 'calling-core':
      return true;
    case 'fulfilling':
    case 'refused':
      return callback === undefined;
    default:
      return false;
  }
}

/** What an event claims (docs/money-rules.md, 2). */
export function payeeClaims(event: PayeeEvent): readonly Claim[] {
  switch (event.type) {
    case 'quote-requested': {
      const quote = quoteClaim(event.asked.source, event.quote.quoteId);
      return event.firstOfTransaction ? [quote, transactionClaim(event.asked.source, event.quote.transactionId)] : [quote];
    }
    case 'quote-answered':
      return [conditionClaim(event.response.condition)];
    case 'prepare-received':
      return [transferClaim(event.prepare.transferId)];
    case 'reported':
      return [transferClaim(event.summary.prepare?.transferId ?? '')];
    default:
      return [];
  }
}

export const quoteClaim = (source: string, quoteId: string): Claim => ({ kind: 'payee-quote', scope: source, value: quoteId });
export const transactionClaim = (source: string, transactionId: string): Claim => ({
  kind: 'payee-transaction',
  scope: source,
  value: transactionId,
});
export const conditionClaim = (condition: string): Claim => ({ kind: 'condition', scope: '', value: condition });
/** Over all sources: another source with the same transferId gets 3106 (docs/money-rules.md, 2). */
export const transferClaim = (transferId: string): Claim => ({ kind: 'payee-transfer', scope: '', value: transferId });

/** What a person must see of it. */
export function payeeAttention(state: PayeeState): readonly Attention[] {
  const attention: Attention[] = [];
  if (state.exception !== undefined) attention.push({ level: 'exception', ...state.exception });
  for (const contradiction of openContradictions(state)) {
    attention.push({
      level: 'exception',
      code: 'CONTRADICTION',
      reason: `${contradiction.source} says ${contradiction.says}, but ${contradiction.reason}`,
      since: contradiction.at,
    });
  }
  const { notification, doubt } = state;
  if (doubt !== undefined && state.settled === undefined) {
    attention.push({
      level: 'alarm',
      code: 'ERROR_AFTER_FULFIL',
      reason: `the hub says error ${doubt.codes.join(', ')} after our fulfilment; this decides nothing, it is asked`,
      since: doubt.at,
    });
  }
  if (notification?.status === 'failed' && notification.attempt >= NOTIFY_ALARM_AFTER && !atRest(state)) {
    attention.push({
      level: 'alarm',
      code: 'CORE_NOT_TOLD',
      reason: `the core has not taken the outcome ${notification.state} ${notification.attempt} times`,
      since: notification.at,
    });
  }
  return attention;
}
