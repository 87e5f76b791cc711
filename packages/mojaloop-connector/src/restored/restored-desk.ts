import type { Journal, RestoredMark } from '@payment-manager/journal';
import type { World } from '@payment-manager/runtime';
import type { PayeeEngine } from '../payee/flow.ts';
import { ATTEMPTS_MAX, type PayerEngine } from '../payer/payments.ts';
import type { ConnectorSettings } from '../transfer/connector-settings.ts';
import type { StatementRow } from '../transfer/statement.ts';

/** Why a person's wish about a restored journal is not done. */
export type NotAllowed =
  /** It was never restored, or the mark was lifted. */
  | 'not-restored'
  /** No report was read in, and nobody has said that there was nothing. */
  | 'not-accounted'
  /** Somebody else was faster: look again. */
  | 'changed';

/** What a person does about a journal that was put back to an older copy. Names have 1 to 100 characters, reasons 1 to 500. */
export interface RestoredDesk {
  /** The last restore, lifted or not; undefined: there was none. */
  last(): RestoredMark | undefined;
  /**
   * Makes tombstones of the transfers that the journal does not know: a repeat of one is led to it. To be repeated as often as one likes.
   * Rejects with a JournalUnavailable.
   */
  take(rows: readonly StatementRow[], from: 'hub' | 'core'): Promise<{ readonly made: number } | NotAllowed>;
  /** All parts of a report were taken. `digest`: SHA-256 of the report, in hexadecimal. */
  readIn(report: {
    readonly from: 'hub' | 'core';
    readonly transfers: number;
    readonly made: number;
    readonly digest: string;
    readonly by: string;
  }): Promise<RestoredMark | NotAllowed>;
  /** Between copy and restore there was no transfer, says a person. */
  nothingMissing(word: { readonly by: string; readonly reason: string }): Promise<RestoredMark | NotAllowed>;
  /** Payments are taken again. */
  lift(word: { readonly by: string; readonly reason: string }): Promise<RestoredMark | NotAllowed>;
}

export interface RestoredDeskDeps extends Pick<World, 'clock' | 'random'> {
  readonly settings: Pick<ConnectorSettings, 'deduplicateHomeTransactionId'>;
  readonly journal: Journal;
  readonly payer: PayerEngine;
  readonly payee: PayeeEngine;
}

/** The desk of one connector. */
export function restoredDesk({ settings, journal: { mark }, payer, payee, clock, random }: RestoredDeskDeps): RestoredDesk {
  const after = (changed: boolean | undefined): RestoredMark | NotAllowed => (changed ? mark?.last() : undefined) ?? 'changed';
  const standing = async (): Promise<RestoredMark | undefined> => {
    await mark?.refresh();
    return mark?.standing();
  };

  async function taken(row: StatementRow, from: 'hub' | 'core', before: number): Promise<boolean> {
    const input = { type: 'reported', row, reportedBy: from, before } as const;
    if (row.direction === 'out') {
      // asked first: one that is there is gone on with, and told by its own answers
      if ((await payer.state(row.transferId)) !== undefined) return false;
      const { homeTransactionId, ...rest } = row;
      // where others of that homeTransactionId are there, it is the next attempt: a repeat is led along them to the first that did not fail
      const attempts = homeTransactionId === undefined || !settings.deduplicateHomeTransactionId ? 0 : ATTEMPTS_MAX;
      for (let attempt = 1; attempt <= attempts; attempt++) {
        const made = await payer.create(row.transferId, { ...input, attempt });
        if (made.kind !== 'claimed') return made.kind === 'taken';
      }
      return (await payer.create(row.transferId, { ...input, row: rest })).kind === 'taken';
    }
    return (await payee.create(random.uuid(), input)).kind === 'taken';
  }

  return {
    last: () => mark?.last(),
    async take(rows, from) {
      const stands = await standing();
      if (stands === undefined) return 'not-restored';
      const made = await Promise.all(rows.map((row) => taken(row, from, stands.at)));
      return { made: made.filter(Boolean).length };
    },
    async readIn({ from, transfers, made, digest, by }) {
      if ((await standing()) === undefined) return 'not-restored';
      return after(await mark?.change({ type: 'report-read', at: clock.now(), by, from, transfers, made, digest }));
    },
    async nothingMissing({ by, reason }) {
      if ((await standing()) === undefined) return 'not-restored';
      return after(await mark?.change({ type: 'nothing-missing', at: clock.now(), by, reason }));
    },
    async lift({ by, reason }) {
      const stands = await standing();
      if (stands === undefined) return 'not-restored';
      if (!stands.accounted) return 'not-accounted';
      return after(await mark?.change({ type: 'mark-lifted', at: clock.now(), by, reason }));
    },
  };
}
