import { formatAmount, parseAmount, type Units } from '@payment-manager/fspiop';
import { bankAccount, type Ledger } from './ledger.ts';
import type { Payment } from './payment.ts';

/** Takes the amount out of the customer's account. @throws InsufficientFunds */
export function placeHold(ledger: Ledger, payment: Payment): void {
  const held = parseAmount(payment.held);
  ledger.post({
    key: `payment/${payment.paymentId}/hold`,
    memo: 'hold for a payment',
    lines: [
      { account: payment.account, units: -held },
      { account: bankAccount('outgoing', payment.currency), units: held },
    ],
  });
}

/** A RECEIVE payment may cost more than was held when it began: holds the rest. @throws InsufficientFunds */
export function raiseHold(ledger: Ledger, payment: Payment, needed: Units): Payment {
  const more = needed - parseAmount(payment.held);
  if (more <= 0n) return payment;
  ledger.post({
    key: `payment/${payment.paymentId}/hold-more`,
    memo: 'hold for the fees of a payment',
    lines: [
      { account: payment.account, units: -more },
      { account: bankAccount('outgoing', payment.currency), units: more },
    ],
  });
  return { ...payment, held: formatAmount(needed) };
}

/**
 * The scheme moved the money. SEND: the customer pays the amount, and what the payee's DFSP left of it is the bank's
 * (docs/protocol.md, 8). RECEIVE: the customer pays the transfer amount. What was held too much goes back; what was held too little is
 * taken even below zero, for the bank owes it already.
 */
export function captureHold(ledger: Ledger, payment: Payment): void {
  const held = parseAmount(payment.held);
  const transferred = payment.transferAmount === undefined ? held : parseAmount(payment.transferAmount);
  const paid = payment.amountType === 'SEND' && transferred <= held ? held : transferred;
  ledger.post({
    key: `payment/${payment.paymentId}/end`,
    memo: 'payment completed',
    mayOverdraw: true,
    lines: [
      { account: bankAccount('outgoing', payment.currency), units: -held },
      { account: bankAccount('scheme', payment.currency), units: transferred },
      { account: bankAccount('fees', payment.currency), units: paid - transferred },
      { account: payment.account, units: held - paid },
    ],
  });
}

/** The money did not move and cannot move any more: the customer has it back. */
export function releaseHold(ledger: Ledger, payment: Payment): void {
  const held = parseAmount(payment.held);
  ledger.post({
    key: `payment/${payment.paymentId}/end`,
    memo: 'payment failed: hold released',
    lines: [
      { account: bankAccount('outgoing', payment.currency), units: -held },
      { account: payment.account, units: held },
    ],
  });
}
