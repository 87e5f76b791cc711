import type { CoreDesk, OpenSends } from '@payment-manager/mojaloop-connector/core-client';
import { inProcessPayments } from './in-process-payments.ts';
import { deskWithSends } from './send-desk.ts';
import { Sends, type SendsDeps } from './sends.ts';

export interface OpenSendsDeps extends Omit<SendsDeps, 'payments' | 'settings' | 'deduplicateHomeTransactionId' | 'waitMs' | 'admit'> {
  readonly desk: CoreDesk;
  readonly restored: NonNullable<SendsDeps['settings']['restored']>;
}

/** The payments of our own customers over the payer's side of this very process. */
export function openSends({ desk, restored, ...deps }: OpenSendsDeps): OpenSends {
  return ({ payer, settings: { clockSkewMs, timeouts, deduplicateHomeTransactionId }, admit }) => {
    const sends = new Sends({
      ...deps,
      payments: inProcessPayments(payer, deps.timers),
      settings: { clockSkewMs, restored },
      deduplicateHomeTransactionId,
      waitMs: timeouts.callbackMs,
      admit,
    });
    return { door: sends, records: sends, desk: deskWithSends(desk, sends) };
  };
}
