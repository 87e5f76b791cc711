import type { CoreDesk, OpenSends } from '@payment-manager/mojaloop-connector/core-client';
import { inProcessPayments } from './in-process-payments.ts';
import { deskWithSends } from './send-desk.ts';
import { Sends, type SendsDeps } from './sends.ts';

export interface OpenSendsDeps extends Omit<SendsDeps, 'payments' | 'settings' | 'deduplicateHomeTransactionId' | 'waitMs' | 'admit'> {
  readonly desk: CoreDesk;
  readonly restored: NonNullable<SendsDeps['settings']['restored']>;
}

/** The payments of our own customers over the payer's side of this very process. */
export function openSends(deps: OpenSendsDeps): OpenSends {
  return ({ payer, settings: { clockSkewMs, timeouts, deduplicateHomeTransactionId }, admit }) =>
    sendsOver(deps, {
      payments: inProcessPayments(payer, deps.timers),
      clockSkewMs,
      deduplicateHomeTransactionId,
      waitMs: timeouts.callbackMs,
      admit,
    });
}

/** Over what payments are made, and how. */
export type SendsOver = Pick<SendsDeps, 'payments' | 'deduplicateHomeTransactionId' | 'waitMs' | 'admit'> & {
  readonly clockSkewMs: number;
};

/** The payments of our own customers over whatever makes payments. */
export function sendsOver({ desk, restored, ...deps }: OpenSendsDeps, { clockSkewMs, ...over }: SendsOver): ReturnType<OpenSends> {
  const sends = new Sends({ ...deps, ...over, settings: { clockSkewMs, restored } });
  return { door: sends, records: sends, desk: deskWithSends(desk, sends) };
}
