/**
 * Whose fault a failure is, in the words of FSPIOP's classes of codes. `time`: it was not finished in time, and nobody said whose fault that is.
 * `customer`: nobody is known under the number that was typed. `unknown`: no code says it.
 */
export type Side = 'us' | 'peer' | 'hub' | 'customer' | 'time' | 'unknown';

export const SIDES = ['us', 'peer', 'hub', 'customer', 'time', 'unknown'] as const satisfies readonly Side[];

/**
 * By the class of the code: 4 is of the payer's institution, 5 of the payee's, 1 of the network and 33 of time. A server's own error (2) is ours where
 * we were asked, else the hub's or of a system behind it. What nobody accepts (30 to 32) was wrong at whoever began the payment.
 */
export function sideOf(direction: 'out' | 'in', error: string): Side {
  const [weBegan, weAreAsked] = direction === 'out' ? (['us', 'peer'] as const) : (['peer', 'us'] as const);
  if (error === '3204') return 'customer';
  if (error.startsWith('33')) return 'time';
  switch (error[0]) {
    case '1':
      return 'hub';
    case '2':
      return direction === 'in' ? 'us' : 'hub';
    case '3':
    case '4':
      return weBegan;
    case '5':
      return weAreAsked;
    default:
      return 'unknown';
  }
}

/**
 * The share of payments that were completed among those that ended with or without money, from 0 to 1; declined ones were the customer's wish and count
 * for neither. Undefined: none has ended.
 */
export function successRate({ completed = 0, failed = 0 }: { readonly completed?: number; readonly failed?: number }): number | undefined {
  const ended = completed + failed;
  return ended === 0 ? undefined : completed / ended;
}
