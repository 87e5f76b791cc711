import type { SendEvent, SendFlow, SendState } from '@payment-manager/core-connector/send-flow';
import type { RecordNode } from './record.ts';

/** The world around one payment of a customer of ours. */
export interface SendNode {
  readonly record: RecordNode<SendState, SendEvent>;
  /** The payment in the scheme. `offered` and nobody accepts it any more is an end there, too. */
  readonly scheme: 'none' | 'offered' | 'open' | 'committed' | 'not-committed';
  /** An acceptance of ours has left, and may still arrive while the price is good. */
  readonly accepting: boolean;
  /** The customer's money at the core. `asked`: the call has left, and it may be held at any time. `lost`: the core has let go of it by itself. */
  readonly hold: 'none' | 'asked' | 'held' | 'refused' | 'captured' | 'suspense' | 'released' | 'lost';
  /** What was there when the price was accepted. */
  readonly atAcceptance?: SendNode['hold'];
  /** The other side has accepted the price by itself, as it must not. */
  readonly itself: boolean;
}

/** What all nodes of a model have in common. */
export interface SendSurroundings {
  readonly flow: SendFlow;
  /** The clock of whoever accepts, less ours. */
  readonly aheadMs: number;
}

export const SKEW_MS = 2_000;
export const MINIMUM_MS = 500;

/** From then on nothing may be accepted. */
export function limitOf({ record }: SendNode): number {
  return (record.state.offer?.expiration ?? Number.POSITIVE_INFINITY) - SKEW_MS - MINIMUM_MS;
}

/** Has the price expired by the clock of whoever accepts it? */
export function hasExpired({ aheadMs }: SendSurroundings, { record }: SendNode): boolean {
  return record.now + aheadMs >= (record.state.offer?.expiration ?? Number.POSITIVE_INFINITY);
}
