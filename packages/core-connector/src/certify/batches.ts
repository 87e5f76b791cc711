import { Decimal } from '../expression/decimal.ts';

/** What a batch of payments came to. */
interface Batch {
  readonly sums: Readonly<Record<SumName, Decimal>>;
  readonly faults: readonly string[];
}

const SUMS = ['ledger', 'records', 'outcomes'] as const;
type SumName = (typeof SUMS)[number];
const FAULTS_SHOWN = 20;

export interface BatchesOptions<N extends string> {
  readonly payments: number;
  /** Of the first batch; each pays with that of its first payment. */
  readonly seed: number;
  /** So many on one journal and core. */
  readonly together: number;
  /** What is counted. */
  readonly counted: readonly N[];
  readonly progress: (done: number) => void;
}

/** Pays batch by batch and adds up what they came to. `wrong`: what else is a fault of all of them. */
export async function inBatches<N extends string>(
  { payments, seed, together, counted, progress }: BatchesOptions<N>,
  pay: (count: number, seed: number) => Promise<Batch & Readonly<Record<N, number>>>,
  wrong: (all: Readonly<Record<N, number>>) => readonly string[] = () => [],
) {
  const sums = { ledger: Decimal.of(0n), records: Decimal.of(0n), outcomes: Decimal.of(0n) };
  const all = Object.fromEntries(counted.map((name) => [name, 0])) as Record<N, number>;
  const faults: string[] = [];
  for (let done = 0; done < payments; ) {
    const count = Math.min(together, payments - done);
    const batch = await pay(count, seed + done);
    for (const name of SUMS) sums[name] = sums[name].add(batch.sums[name]);
    for (const name of counted) all[name] += batch[name];
    faults.push(...batch.faults.map((fault) => `seed ${seed + done}: ${fault}`));
    done += count;
    progress(done);
  }
  const { ledger, records, outcomes } = sums;
  if (ledger.compare(records) !== 0 || ledger.compare(outcomes) !== 0)
    faults.push(`the core has booked ${ledger}, the records say ${records}, and the outcomes ${outcomes}`);
  faults.push(...wrong(all));
  return {
    payments,
    ...all,
    sums: { ledger: ledger.toString(), records: records.toString(), outcomes: outcomes.toString() },
    faults: faults.length > FAULTS_SHOWN ? [...faults.slice(0, FAULTS_SHOWN), `and ${faults.length - FAULTS_SHOWN} more`] : faults,
  };
}
