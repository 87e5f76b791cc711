import type { Action, Interrupted } from '@payment-manager/engine';
import type { PaymentRequest } from '@payment-manager/mojaloop-connector/payer';
import type { Seen, Why } from './payments.ts';
import type { SendState } from './state.ts';

/** What `send.check` came to. */
export type Checked =
  | { readonly kind: 'ok'; readonly fee: string; readonly facts: string; readonly version: string; readonly minimumMs: number }
  | ({ readonly kind: 'refused' } & Why);

/** What the core says of the hold. `begun`: something of it may be there. */
export type HoldEnd = { readonly kind: 'ok' } | ({ readonly kind: 'refused'; readonly begun: boolean } & Why);

/** What became of a capture or release. `excluded`: its contrary was done before. */
export type MoneyEnd = 'done' | 'excluded';

export type SendInput =
  | {
      readonly type: 'begin';
      readonly request: PaymentRequest;
      readonly hash: string;
      readonly key: string;
      readonly idempotencyKey?: string;
      readonly byHomeId: boolean;
      readonly maxFee?: string;
      readonly trace?: { readonly traceparent?: string; readonly tracestate?: string };
    }
  | { readonly type: 'checked'; readonly key: string; readonly checked: Checked }
  /** `key`: of the action that saw it; absent: somebody has asked. */
  | { readonly type: 'seen'; readonly key?: string; readonly seen: Seen }
  /** The customer's word. */
  | { readonly type: 'decide'; readonly accept: boolean }
  | { readonly type: 'held'; readonly key: string; readonly end: HoldEnd }
  | { readonly type: 'moved'; readonly key: string; readonly end: MoneyEnd }
  | { readonly type: 'due'; readonly key: string }
  /** A person has done by hand what is left. */
  | { readonly type: 'done-by-hand'; readonly by: string; readonly reason: string }
  | Interrupted;

interface OfState extends Action {
  readonly repeatable: true;
  readonly state: SendState;
}
export type SendAction =
  | (OfState & { readonly type: 'check' | 'start' | 'hold' | 'accept' | 'outcome' | 'capture' | 'release' | 'reject' })
  | (Action & { readonly type: 'timer' });
