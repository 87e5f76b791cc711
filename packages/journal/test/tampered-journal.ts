import { type Anchor, anchorOf } from '../src/chain/anchor.ts';
import type { JournalView } from '../src/chain/journal-view.ts';
import type { Verdict } from '../src/chain/verdict.ts';
import { type VerifyOptions, verifyJournal } from '../src/chain/verify-journal.ts';
import type { Append, Journal } from '../src/journal.ts';

/** A journal that a test may do anything to. */
export interface TamperedJournal {
  readonly journal: Journal;
  /** Runs SQL behind the journal's back. */
  sql(text: string): Promise<void>;
  view(): JournalView | Promise<JournalView>;
  /** Keeps what is stored now; `restore` brings it back. */
  keep(): Promise<void>;
  restore(): Promise<void>;
  /** The condition that names an event of a record, or all of them, in the table `events`. */
  event(recordId: string, seq?: number): string;
  /** A claim's key (hex) as SQL. */
  key(hex: string): string;
  /** SQL that adds a record with one event. */
  addRecord(recordId: string, head: string): string;
  /** SQL that adds an event to a record. */
  addEvent(recordId: string, seq: number, event: { readonly at: number; readonly type: string; readonly body: string }): string;
  close(): Promise<void>;
}

export const at = 1_767_225_600_000;
/** An append with the least that it must have. */
export const append = (recordId: string, before: number, types: readonly string[], more: Partial<Append> = {}): Append => ({
  recordId,
  kind: 'payer',
  expectedVersion: before,
  events: types.map((type, n) => ({ type, at: at + before + n, note: `Zoë pays ${type}` })),
  open: true,
  attention: [],
  label: `T-${recordId}`,
  ...more,
});
export const claim = (value: string) => ({ kind: 'transferId', scope: 'bank-a', value });
export const held = { level: 'exception' as const, code: 'HELD', reason: 'the core said "no"\u001f\\', since: 5 };

/** A few payments in some batches. */
export async function pay(journal: Journal): Promise<void> {
  const together = [
    append('r1', 0, ['quoted', 'accepted'], { claims: [claim('a'), claim('b')] }),
    append('r2', 0, ['quoted'], { kind: 'payee' }),
  ];
  await Promise.all(together.map((one) => journal.append(one)));
  await journal.append(append('r1', 2, ['sent'], { claims: [claim('a'), claim('c')], attention: [held, { ...held, level: 'alarm' }] }));
  await journal.append(append('r3', 0, ['quoted', 'refused'], { open: false }));
  await journal.append(append('r1', 3, ['done'], { attention: [held] }));
  await journal.append(append('r1', 4, [], { open: false, attention: [held], label: 'T-1' }));
  await journal.append(append('r4', 0, ['quoted'], { claims: [claim('d')] }));
}

/** Verifies, and gives the view back. */
export async function verdictOf(tampered: Pick<TamperedJournal, 'view'>, options: VerifyOptions = {}): Promise<Verdict> {
  const view = await tampered.view();
  try {
    return await verifyJournal(view, options);
  } finally {
    await view.close();
  }
}

/** Anchors as they come from a file. */
export function anchorsOf(anchors: readonly Anchor[]): NonNullable<VerifyOptions['anchors']> {
  return {
    count: anchors.length,
    last: anchors.at(-1),
    async *all() {
      yield* anchors;
    },
  };
}

/** The chain's ends now, as an anchor. */
export async function anchorNow(journal: Journal, when: string): Promise<Anchor> {
  return anchorOf((await journal.chainHeads?.()) ?? { position: 0, heads: [] }, when);
}
