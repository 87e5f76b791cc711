import type { ShownExceptionDetail } from '@payment-manager/management-api/types';
import type { ActTexts } from '../text/acts/en.ts';

export type Allowed = ShownExceptionDetail['allowed'][number];
export type Flow = 'payer' | 'payee';
export type End = 'COMMITTED' | 'ABORTED';
type Effect = keyof ActTexts['effects'];

/** What an action does for money; `as`: what was chosen of it, or what the core would be told. */
export function effectOf(action: Allowed['action'], flow: Flow, as?: string): Effect {
  switch (action) {
    case 'settle':
      if (flow === 'payee') return 'settle-payee';
      return as === 'COMMITTED' ? 'settle-payer-committed' : as === 'ABORTED' ? 'settle-payer-aborted' : 'settle-payer';
    case 'resend-outcome':
      return as === 'ABORTED' ? 'resend-aborted' : 'resend-committed';
    default:
      return action;
  }
}

/** Questions wait for nobody; the others may need a second person. */
export const isDecision = (action: Allowed['action']): boolean => action !== 'ask-hub' && action !== 'ask-core';

/** In which order actions stand, whatever is allowed: none changes its place. */
const ORDER: readonly Allowed['action'][] = [
  'ask-hub',
  'ask-core',
  'resend-outcome',
  'core-executed',
  'core-not-executed',
  'core-done',
  'settle',
];

/** Actions as they are shown: those of before stay where they were, not allowed any more. */
export function shownActions(
  before: readonly Allowed[],
  now: readonly Allowed[],
): readonly { readonly one: Allowed; readonly allowed: boolean }[] {
  return ORDER.flatMap((action) => {
    const current = now.find((one) => one.action === action);
    const one = current ?? before.find((former) => former.action === action);
    return one === undefined ? [] : [{ one, allowed: current !== undefined }];
  });
}
