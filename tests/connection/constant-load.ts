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

/** What is under way at the most: a machine that does not keep up with the load gets no more of it, and shows no fault by that. */
const AT_ONCE_MAX = 20;

/** One payment of 1 USD every `everyMs`, while no more than 20 are under way. */
export function startLoad(payer: { readonly core: Core; readonly coreUrl: string }, everyMs: number): ConstantLoad {
  const payments: Promise<Payment>[] = [];
  let running = true;
  let underWay = 0;
  const begin = (): void => {
    underWay++;
    const payment = beginPayment(payer, { amount: '1' })
      .then((id) => ended(payer, id, 20_000))
      .finally(() => underWay--);
    // Looked at in the end; until then a failure is no unhandled one.
    payment.catch(() => {});
    payments.push(payment);
  };
  const next = (): void => {
    if (!running) return;
    if (underWay < AT_ONCE_MAX) begin();
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
