import type { Append, Journal, JournalEvent } from '@payment-manager/journal';
import { flows } from '@payment-manager/mojaloop-connector';
import { testSettings } from '@payment-manager/mojaloop-connector/test-settings';
import type { World } from '@payment-manager/runtime';
import type { Deal } from './messages.ts';
import { payeeEnd, payerEnd, someAmount, someCurrency } from './mix.ts';
import { payeeEvents } from './payee-payment.ts';
import { payerEvents } from './payer-payment.ts';
import { somebody, somePeer } from './people.ts';

export { type SeedCurrency, someAmount, someCurrency } from './mix.ts';
export { type Person, somebody, somePeer } from './people.ts';

export interface SeedOptions extends Pick<World, 'random'> {
  readonly fspId: string;
  readonly payments: number;
  /** The last payment is begun just before then, milliseconds since the epoch. */
  readonly until: number;
  /** The time over which they are spread. */
  readonly days: number;
  readonly onProgress?: (written: number) => void;
}

const DAY_MS = 86_400_000;
const RECENT_MS = 60_000;
/** Appends under way at once: they share commits. */
const AT_ONCE = 500;
const PAGES_AT_ONCE = 3;
const PEOPLE_PER_PAYMENT = 0.1;

/** Writes payments into a journal, half of them made and half received, oldest first. @returns how many records were written */
export async function seedJournal(journal: Journal, options: SeedOptions): Promise<number> {
  const flow = { payer: flows.payerFlow(testSettings(options)), payee: flows.payeeFlow(testSettings(options)) };
  const { payments, until, days, onProgress } = options;
  const writing: Promise<void>[] = [];
  const everyMs = (days * DAY_MS) / payments;
  for (let begin = 0; begin < payments; begin += AT_ONCE) {
    const appends: Append[] = [];
    for (let n = begin; n < Math.min(payments, begin + AT_ONCE); n++)
      appends.push(somePayment(flow, options, Math.floor(until - (payments - n) * everyMs)));
    // while these are stored, the next ones are made
    writing.push(stored(journal, appends).then(() => onProgress?.(begin + appends.length)));
    if (writing.length > PAGES_AT_ONCE) await writing.shift();
  }
  await Promise.all(writing);
  return payments;
}

async function stored(journal: Journal, appends: readonly Append[]): Promise<void> {
  const results = await Promise.all(appends.map((append) => journal.append(append)));
  const refused = results.find(({ kind }) => kind !== 'appended');
  if (refused !== undefined) throw new Error(`a seeded payment was not stored: ${JSON.stringify(refused)}`);
}

interface Flows {
  readonly payer: flows.PayerFlow;
  readonly payee: flows.PayeeFlow;
}

/** One payment as one append. */
function somePayment({ payer, payee }: Flows, { fspId, payments, random, until }: SeedOptions, at: number): Append {
  const people = Math.max(20, Math.floor(payments * PEOPLE_PER_PAYMENT));
  const isOurs = random.fraction() < 0.5;
  const peer = somePeer(random);
  const currency = someCurrency(random);
  const deal: Deal = {
    payer: somebody(random, people),
    payee: somebody(random, people),
    payerFsp: isOurs ? fspId : peer,
    payeeFsp: isOurs ? peer : fspId,
    currency,
    amount: someAmount(random, currency),
  };
  const isRecent = until - at < RECENT_MS;
  return isOurs
    ? appendOf(payer, payerEvents(deal, payerEnd(random, isRecent), random, at))
    : appendOf(payee, payeeEvents(deal, payeeEnd(random, isRecent), random, at), random.uuid());
}

interface SeededFlow<S, E> {
  readonly kind: string;
  apply(state: S | undefined, event: E): S;
  claims(event: E): NonNullable<Append['claims']>;
  project(state: S): Pick<Append, 'open' | 'attention' | 'label'>;
}

/** The record of a payment that we make bears the transferId. */
function appendOf<S, E>(flow: SeededFlow<S, E>, events: readonly E[], recordId?: string): Append {
  let state: S | undefined;
  for (const event of events) state = flow.apply(state, event);
  if (state === undefined) throw new RangeError('a payment has at least one event');
  const { open, attention, label } = flow.project(state);
  return {
    recordId: recordId ?? label,
    kind: flow.kind,
    expectedVersion: 0,
    events: events as readonly unknown[] as readonly JournalEvent[],
    claims: events.flatMap((event) => flow.claims(event)),
    open,
    attention,
    label,
  };
}
