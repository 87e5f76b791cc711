import type { Journal } from '@payment-manager/journal';
import type { BackEnds } from '../record/walk.ts';
import type { Payments } from '../send/payments.ts';

/**
 * Journal and back ends of a process that may be killed before and after each append and each call. `dies` is asked at each of these points; once
 * it has said yes, nothing that the process began is heard of any more.
 */
export function mortal(
  dies: () => boolean,
  journal: Journal,
  backEnds: BackEnds,
): { readonly journal: Journal; readonly backEnds: BackEnds } {
  const whileAlive = async <T>(work: () => Promise<T>): Promise<T> => {
    if (dies()) return never();
    const result = await work();
    return dies() ? never() : result;
  };
  return {
    journal: { ...journal, append: (append) => whileAlive(() => journal.append(append)) },
    backEnds: { call: (...call) => whileAlive(() => backEnds.call(...call)) },
  };
}

/** The scheme, of which a process that is killed before or after a call hears nothing. */
export function mortalPayments(dies: () => boolean, payments: Payments): Payments {
  const alive = async <T>(work: () => Promise<T>): Promise<T> => {
    if (dies()) return never();
    const result = await work();
    return dies() ? never() : result;
  };
  return {
    get tellsPersons() {
      return payments.tellsPersons;
    },
    start: (payment, waitMs) => alive(() => payments.start(payment, waitMs)),
    accept: (id, offer, notAfter) => alive(() => payments.accept(id, offer, notAfter)),
    reject: (id) => alive(() => payments.reject(id)),
    ask: (id) => alive(() => payments.ask(id)),
    watch: (id, waitMs) => alive(() => payments.watch(id, waitMs)),
  };
}

function never<T>(): Promise<T> {
  return new Promise<T>(() => {});
}
