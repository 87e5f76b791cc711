import type { ShownPayment } from '@payment-manager/management-api/types';
import type { PaymentWords } from '../text/payment/en.ts';
import type { Tone } from './mark.tsx';

/** A state as people see it: of what is pending, an outcome that nobody knows is set apart. */
export type ShownState = keyof PaymentWords['states'];

/** Stages in which money may have moved and nobody has said so (docs/money-rules.md, 1). */
const UNKNOWN_STAGES: ReadonlySet<string> = new Set(['open', 'core-unknown', 'late', 'commit-first', 'fulfilling']);

/** What is said of a payment in a word. Only what the hub calls COMMITTED is completed. */
export function shownState({ state, stage }: Pick<ShownPayment, 'state' | 'stage'>): ShownState {
  return state === 'pending' && UNKNOWN_STAGES.has(stage) ? 'unknown' : state;
}

export const STATE_TONES: Readonly<Record<ShownState, Tone>> = {
  completed: 'good',
  pending: 'wait',
  unknown: 'open',
  acknowledged: 'open',
  failed: 'bad',
  declined: 'still',
  quoted: 'still',
  unread: 'open',
};
