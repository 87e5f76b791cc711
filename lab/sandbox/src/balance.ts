import { formatAmount, type Units } from '@payment-manager/fspiop';

/** A balance as text; unlike an FSPIOP amount it may be below zero. */
export function formatBalance(units: Units): string {
  return units < 0n ? `-${formatAmount(-units)}` : formatAmount(units);
}
