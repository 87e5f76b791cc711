import { style, type Terminal } from '@payment-manager/payment-manager';
import { systemClock, systemTimers } from '@payment-manager/runtime';
import type { CoreClient, ShownPayment } from './core-client.ts';

const POLL_MS = 20;
/** After that the command gives up waiting; the payment goes on. */
const PATIENCE_MS = 120_000;
const WAITING = new Set(['WAITING_FOR_QUOTE_ACCEPTANCE', 'COMPLETED', 'ABORTED', 'ERROR_OCCURRED']);

/**
 * Prints each further step of the payment as it happens, until the price is on offer or the payment has ended (or the
 * patience has). The payee's name is accepted on the way: it is shown with the price, before anything is sent.
 */
export async function followPayment(core: CoreClient, since: ShownPayment, terminal: Terminal): Promise<ShownPayment> {
  const deadline = systemClock.monotonic() + PATIENCE_MS;
  const state = { printed: WAITING.has(since.state) ? since.steps.length : 0, partyAccepted: false };
  for (;;) {
    const payment = await core.find(since.paymentId);
    for (const step of payment.steps.slice(state.printed)) terminal.out(stepLine(step, payment.steps[0]?.at ?? step.at));
    state.printed = payment.steps.length;
    if (payment.state === 'WAITING_FOR_PARTY_ACCEPTANCE' && !state.partyAccepted) {
      state.partyAccepted = true;
      await core.accept(payment.paymentId, true);
      continue;
    }
    if (WAITING.has(payment.state) || systemClock.monotonic() > deadline) return payment;
    await new Promise<void>((resolve) => void systemTimers.after(POLL_MS, resolve));
  }
}

function stepLine(step: { readonly at: number; readonly what: string }, firstAt: number): string {
  const time = new Date(step.at).toISOString().slice(11, 23);
  return `${style.dim(time)}  ${style.dim(`+${String(step.at - firstAt).padStart(5)} ms`)}  ${step.what}`;
}
