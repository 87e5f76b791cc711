/** Payments that came to rest long ago, as they stand in a journal. */
import assert from 'node:assert/strict';
import type { Append, Journal } from '@payment-manager/journal';
import type { flows } from '@payment-manager/mojaloop-connector';

/** When the first of them happened. */
export const longAgo = Date.UTC(2025, 0, 1);

/** The appends of a payment that was begun and given up, one second after the other. */
export function oldPayment(n: number, at = longAgo + n * 1_000): readonly Append[] {
  const transferId = `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
  const begun: flows.PayerEvent = {
    type: 'payment-started',
    at,
    transferId,
    quoteId: `00000000-0000-4000-9000-${String(n).padStart(12, '0')}`,
    request: {
      homeTransactionId: `home-${n}`,
      from: { idType: 'MSISDN', idValue: '27713803911', displayName: 'Zoë Payer' },
      to: { idType: 'MSISDN', idValue: '27713803912' },
      amountType: 'SEND',
      currency: 'USD',
      amount: '25',
      transactionType: 'TRANSFER',
    },
    hash: `hash-${n}`,
    idempotencyKey: `key-${n}`,
  };
  const ended: flows.PayerEvent = { type: 'aborted', at, reason: 'the DFSP gave it up' };
  const about = { recordId: transferId, kind: 'payer', label: transferId, attention: [] };
  const claims = [{ kind: 'idempotency-key', scope: 'outbound', value: `key-${n}` }];
  return [
    { ...about, expectedVersion: 0, events: [begun], claims, open: true },
    { ...about, expectedVersion: 1, events: [ended], open: false },
  ];
}

/** Puts payments with the numbers `from` to `to` into a journal. */
export async function addOldPayments(journal: Journal, from: number, to: number): Promise<void> {
  const numbers = Array.from({ length: to - from + 1 }, (_, index) => from + index);
  for (let begin = 0; begin < numbers.length; begin += 500) {
    const payments = numbers.slice(begin, begin + 500).map((n) => oldPayment(n));
    for (const step of [0, 1]) {
      const results = await Promise.all(payments.map((appends) => journal.append(appends[step] as Append)));
      assert.ok(results.every(({ kind }) => kind === 'appended'));
    }
  }
}
