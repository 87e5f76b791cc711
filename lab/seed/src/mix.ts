import type { Random } from '@payment-manager/runtime';

export type PayerEnd =
  | 'completed'
  | 'not-found'
  | 'quote-failed'
  | 'declined'
  | 'aborted'
  | 'expired'
  | 'never-left'
  | 'open'
  | 'exception';
export type PayeeEnd = 'committed' | 'quoted' | 'quote-refused' | 'refused' | 'aborted' | 'acknowledged' | 'working' | 'exception';

/** In ten thousand. */
const PAYER_MIX: readonly (readonly [PayerEnd, number])[] = [
  ['completed', 9_247],
  ['not-found', 260],
  ['quote-failed', 120],
  ['declined', 150],
  ['aborted', 160],
  ['expired', 50],
  ['never-left', 11],
  ['exception', 2],
];
const PAYEE_MIX: readonly (readonly [PayeeEnd, number])[] = [
  ['committed', 9_348],
  ['quoted', 250],
  ['quote-refused', 150],
  ['refused', 170],
  ['aborted', 80],
  ['exception', 2],
];
const CURRENCIES = ['USD', 'TZS', 'XOF', 'KES', 'EUR'] as const;

export type SeedCurrency = (typeof CURRENCIES)[number];

/** How a payment that we make ends; of those begun just now some have not. */
export function payerEnd(random: Random, isRecent: boolean): PayerEnd {
  return isRecent && random.fraction() < 0.1 ? 'open' : chosen(PAYER_MIX, random);
}

/** The same for one that we receive. */
export function payeeEnd(random: Random, isRecent: boolean): PayeeEnd {
  if (isRecent && random.fraction() < 0.3) return random.fraction() < 0.3 ? 'working' : 'acknowledged';
  return chosen(PAYEE_MIX, random);
}

/** Some are paid in far more often than others. */
export function someCurrency(random: Random): SeedCurrency {
  return CURRENCIES[Math.floor(random.fraction() ** 2 * CURRENCIES.length)] ?? 'USD';
}

/** Most amounts are small, and many are round; those of XOF have no decimals. */
export function someAmount(random: Random, currency: SeedCurrency): string {
  const large = Math.floor(random.fraction() ** 3 * 100_000) + 1;
  if (currency === 'XOF' || random.fraction() < 0.5) return String(large);
  const cents = Math.floor(random.fraction() * 99) + 1;
  return `${large}.${String(cents).padStart(2, '0').replace(/0$/, '')}`;
}

function chosen<E>(mix: readonly (readonly [E, number])[], random: Random): E {
  let left = random.fraction() * 10_000;
  for (const [end, share] of mix) {
    left -= share;
    if (left < 0) return end;
  }
  return (mix[0] as readonly [E, number])[0];
}
