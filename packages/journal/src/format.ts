import type { Timers } from '@payment-manager/runtime';
import { type Append, type Journal, JournalUnavailable } from './journal.ts';

/**
 * The formats of what is written in a journal, beside the tables: which kinds of events there are and what they hold. A process reads all formats up to
 * `JOURNAL_FORMAT`. The journal has the number of the highest that may be in it: a process that does not read it is refused at its opening
 * (`DATABASE_NEWER`), and a kind of event of a later format is written only when `Journal.writes` says so, which is once every process that shares the
 * journal reads it. The number never falls.
 *
 * | format | what came with it |
 * |---|---|
 * | 1 | everything until then |
 * | 2 | what a core connector keeps: records at the core (`core`), payments of our own customers (`send`), its versions, enquiries that have found something, and that there is one |
 */
export const JOURNAL_FORMAT = 2;

/** Kinds of records that came with a later format than 1. A process that does not know such a kind would take its records over and let them lie. */
const FORMAT_OF_KIND: ReadonlyMap<string, number> = new Map([
  ['core', 2],
  ['core-connector-used', 2],
  ['core-enquiry', 2],
  ['core-version', 2],
  ['send', 2],
]);

/** With which format records of this kind came. */
export function formatOfKind(kind: string): number {
  return FORMAT_OF_KIND.get(kind) ?? 1;
}

/** @throws JournalUnavailable for a record of a kind that not every process reads that shares the journal. */
export function checkFormat({ kind }: Append, writes: number): void {
  const format = formatOfKind(kind);
  if (format > writes)
    throw new JournalUnavailable(
      `A record of the kind ${kind} (format ${format}) is not written before every process that shares the journal reads it.`,
    );
}

const LOOK_EVERY_MS = 1_000;

/**
 * Waits until events of a format may be written: leases that ran out are ended meanwhile, so that a process of a version before that is gone does not
 * stand in the way. False: one still has the journal open after `waitMs`. For the start of a process, before it has records.
 */
export async function formatReached(
  journal: Pick<Journal, 'writes' | 'replica'>,
  format: number,
  timers: Timers,
  waitMs: number,
): Promise<boolean> {
  const reached = (): boolean => (journal.writes?.() ?? format) >= format;
  for (let waited = 0; !reached() && waited < waitMs; waited += LOOK_EVERY_MS) {
    await journal.replica?.takeOver(0);
    if (!reached()) await new Promise<void>((resolve) => void timers.after(LOOK_EVERY_MS, resolve));
  }
  return reached();
}
