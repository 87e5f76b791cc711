import assert from 'node:assert/strict';
import type { Payment } from '@payment-manager/sandbox';
import type { Side } from './running-scheme.ts';
import { until } from './waiting.ts';

export const THANDI = { idType: 'MSISDN', idValue: '27713803912' } as const;
/** Can be found, but not paid. */
export const SIPHO = { idType: 'MSISDN', idValue: '27713803913' } as const;
/** Known to the hub, unknown to its DFSP. */
export const LOST = { idType: 'MSISDN', idValue: '27713803914' } as const;

export interface Order {
  readonly to?: { readonly idType: string; readonly idValue: string };
  readonly amount?: string;
  /** False: the test answers the offers itself. */
  readonly autoAccept?: boolean;
  readonly paymentId?: string;
}

type PayerCore = Pick<Side, 'core' | 'coreUrl'>;

/** Has the payer's core begin a payment of 25 USD to Thandi, or what the order says. Answers the core's payment id. */
export async function beginPayment(payer: PayerCore, order: Order = {}): Promise<string> {
  const { to = THANDI, amount = '25', autoAccept = true, paymentId = crypto.randomUUID() } = order;
  const response = await fetch(`${payer.coreUrl}/payments?wait=no`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': paymentId },
    body: JSON.stringify({ to, amount, currency: 'USD', autoAccept }),
  });
  await assertTaken(response);
  return paymentId;
}

/** Answers what is on offer. */
export async function answerOffer(payer: PayerCore, paymentId: string, accept: boolean): Promise<void> {
  const response = await fetch(`${payer.coreUrl}/payments/${paymentId}?wait=no`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ accept }),
  });
  await assertTaken(response);
}

async function assertTaken(response: Response): Promise<void> {
  const text = await response.text();
  assert.ok(response.status < 300, `the core refused: ${text}`);
}

/** Waits until the payer's core knows that its payment is in this state. */
export function reached(payer: PayerCore, paymentId: string, state: Payment['state'], timeoutMs?: number): Promise<Payment> {
  return until(
    `payment in state ${state}`,
    () => {
      const payment = payer.core.payer.find(paymentId);
      return payment?.state === state ? payment : undefined;
    },
    timeoutMs,
  );
}

/** Waits until the payer's core knows how the payment ended. */
export function ended(payer: PayerCore, paymentId: string, timeoutMs?: number): Promise<Payment> {
  return until(
    'the end of a payment',
    () => {
      const payment = payer.core.payer.find(paymentId);
      return payment !== undefined && ['COMPLETED', 'ABORTED', 'ERROR_OCCURRED'].includes(payment.state) ? payment : undefined;
    },
    timeoutMs,
  );
}

/** Begins a payment and waits for its end. */
export async function pay(payer: PayerCore, order: Order = {}): Promise<Payment> {
  return ended(payer, await beginPayment(payer, order));
}
