import type { ReadRow } from '@payment-manager/read-model';
import type { Random } from '@payment-manager/runtime';
import { type Person, type SeedCurrency, someAmount, somebody, someCurrency, somePeer } from '@payment-manager/seed';

export interface ManyRows {
  /** Rows that a feeder made of whole payments: each new one is like one of these. */
  readonly like: readonly ReadRow[];
  /** The first new id. */
  readonly first: number;
  readonly count: number;
  /** When the first is begun, milliseconds since the epoch. */
  readonly since: number;
  readonly days: number;
  readonly random: Random;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** How busy each hour of the day is. */
const BUSY = [2, 1, 1, 1, 1, 2, 4, 6, 8, 9, 10, 10, 11, 10, 9, 9, 9, 10, 11, 10, 8, 6, 4, 3];
const BUSY_ALL = BUSY.reduce((sum, busy) => sum + busy, 0);
const PEOPLE_PER_PAYMENT = 0.1;

/**
 * Rows of as many payments as are wanted, in the order of their ids: each has the outcome, and what is known of it, of one that a feeder made, with ids, peer,
 * currency, amount, persons and time of its own. Every day has as many, and its hours are as busy as people are.
 */
export function* manyRows({ like, first, count, since, days, random }: ManyRows): Generator<ReadRow> {
  const people = Math.max(20, Math.floor(count * PEOPLE_PER_PAYMENT));
  const settled = like.filter(({ open, facets }) => !open || facets.attention !== '');
  for (let n = 0; n < count; n++) {
    const one = settled[Math.floor(random.fraction() * settled.length)] as ReadRow;
    yield another(one, first + n, instantOf(n / count, since, days), random, people);
  }
}

/** When a share of all payments is begun. */
function instantOf(share: number, since: number, days: number): number {
  const day = Math.floor(share * days);
  let left = (share * days - day) * BUSY_ALL;
  let hour = 0;
  while (left >= (BUSY[hour] as number)) left -= BUSY[hour++] as number;
  return Math.floor(since + day * DAY_MS + (hour + left / (BUSY[hour] as number)) * HOUR_MS);
}

function another(one: ReadRow, id: number, startedAt: number, random: Random, people: number): ReadRow {
  const { facets, transferId, transactionId, quoteId, homeTransactionId, amount, fee, payer, payee } = one;
  const currency = facets.currency === '' ? '' : someCurrency(random);
  const sum = someAmount(random, (currency || 'USD') as SeedCurrency);
  const newTransferId = random.uuid();
  return {
    ...one,
    id,
    startedAt,
    updatedAt: startedAt + (one.updatedAt - one.startedAt),
    facets: { ...facets, currency, peer: facets.peer === '' ? '' : somePeer(random) },
    attention: one.attention.map((matter) => ({ ...matter, since: startedAt + (matter.since - one.startedAt) })),
    ...(transferId !== undefined && { transferId: newTransferId }),
    ...(transactionId !== undefined && { transactionId: transactionId === transferId ? newTransferId : random.uuid() }),
    ...(quoteId !== undefined && { quoteId: random.uuid() }),
    ...(homeTransactionId !== undefined && { homeTransactionId: claimedIdLike(homeTransactionId, startedAt, newTransferId, random) }),
    ...(amount !== undefined && { amount: sum }),
    ...(fee !== undefined && { fee: String(Math.floor(Number(sum) / 100)) }),
    ...(payer !== undefined && { payer: partyLike(payer, somebody(random, people)) }),
    ...(payee !== undefined && { payee: partyLike(payee, somebody(random, people)) }),
  };
}

function claimedIdLike(like: string, at: number, transferId: string, random: Random): string {
  if (like.startsWith('PAY-')) return `PAY-${new Date(at).toISOString().slice(0, 10)}-${transferId.slice(0, 8)}`;
  return like.startsWith('T') ? `T${Buffer.from(random.bytes(6)).toString('hex')}` : random.uuid();
}

type Party = NonNullable<ReadRow['payer']>;

function partyLike({ name }: Party, { idType, idValue, firstName, lastName }: Person): Party {
  return { type: idType, id: idValue, ...(name !== undefined && { name: `${firstName} ${lastName}` }) };
}
