import { systemTimers } from '@payment-manager/runtime';
import type { Core, Payment } from '@payment-manager/sandbox';
import { beginPayment, ended } from '../scheme/payments.ts';

/** Payments that begin one after the other, whatever becomes of those before. */
export interface ConstantLoad {
  /** Begun so far. */
  readonly begun: number;
  /** Begins no more, and resolves with the ends of all. */
  end(): Promise<readonly Payment[]>;
}

/** One payment of 1 USD every `everyMs`. */
export function startLoad(payer: { readonly core: Core; readonly coreUrl: string }, everyMs: number): ConstantLoad {
  const payments: Promise<Payment>[] = [];
  let running = true;
  const next = (): void => {
    if (!running) return;
    const payment = beginPayment(payer, { amount: '1' }).then((id) => ended(payer, id, 20_000));
    // Looked at in the end; until then a failure is no unhandled one.
    payment.catch(() => {});
    payments.push(payment);
    systemTimers.after(everyMs, next);
  };
  next();
  return {
    get begun() {
      return payments.length;
    },
    async end() {
      running = false;
      return Promise.all(payments);
    },
  };
}
