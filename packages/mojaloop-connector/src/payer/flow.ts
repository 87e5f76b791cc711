import type { Flow } from '@payment-manager/engine';
import type { Attention, Claim } from '@payment-manager/journal';
import { openContradictions } from '../transfer/contradiction.ts';
import { applyPayer } from './apply.ts';
import { decidePayer } from './decide.ts';
import type { PayerEvent } from './events.ts';
import type { PayerInput } from './inputs.ts';
import { owedByPayer, type PayerAction, payerTopics } from './owed.ts';
import type { PayerSettings } from './settings.ts';
import { isFinal, type PayerState } from './state.ts';

export type PayerFlow = Flow<PayerState, PayerInput, PayerEvent, PayerAction>;

/** The payments that our DFSP makes: look-up, quote, prepare, outcome. One record per payment; its id is the transferId. */
export function payerFlow(settings: PayerSettings): PayerFlow {
  const owed = (state: PayerState) => owedByPayer(settings, state);
  return {
    kind: 'payer',
    apply: applyPayer,
    decide: (state, input, now) => decidePayer(settings, state, input, now),
    claims: payerClaims,
    owed,
    project: (state) => ({
      owed: owed(state),
      // the money may still move, or the payment may still go on
      open: !isFinal(state),
      topics: payerTopics(state),
      attention: payerAttention(state),
      stage: state.stage,
      label: state.transferId,
      trace: state.trace?.traceparent,
    }),
  };
}

/** Idempotency-Key, homeTransactionId with attempt number, and the quoteId under which the callback comes (docs/money-rules.md, 2). */
export function payerClaims(event: PayerEvent): readonly Claim[] {
  if (event.type === 'reported') {
    const { attempt = 1, reported: { homeTransactionId } = {} } = event.summary;
    return homeTransactionId === undefined ? [] : [homeTransactionClaim(homeTransactionId, attempt)];
  }
  if (event.type !== 'payment-started' && event.type !== 'simple-transfer-started') return [];
  const claims: Claim[] = [];
  if (event.idempotencyKey !== undefined) claims.push(idempotencyClaim(event.idempotencyKey));
  if (event.type === 'payment-started') {
    claims.push(quoteClaim(event.quoteId));
    if (event.attempt !== undefined) claims.push(homeTransactionClaim(event.request.homeTransactionId, event.attempt));
  }
  return claims;
}

export const idempotencyClaim = (key: string): Claim => ({ kind: 'idempotency-key', scope: 'outbound', value: key });
export const homeTransactionClaim = (homeTransactionId: string, attempt: number): Claim => ({
  kind: 'home-transaction',
  scope: homeTransactionId,
  value: String(attempt),
});
export const quoteClaim = (quoteId: string): Claim => ({ kind: 'payer-quote', scope: '', value: quoteId });

/** What a person must see of it. */
export function payerAttention(state: PayerState): readonly Attention[] {
  const attention: Attention[] = [];
  if (state.exception !== undefined) attention.push({ level: 'exception', ...state.exception });
  for (const contradiction of openContradictions(state)) {
    const reason = `${contradiction.source} says ${contradiction.says}, but ${contradiction.reason}`;
    attention.push({ level: 'exception', code: 'CONTRADICTION', reason, since: contradiction.at });
  }
  return attention;
}
