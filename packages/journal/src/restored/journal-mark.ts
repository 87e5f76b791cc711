import type { Journal } from '../journal.ts';
import { type MarkEvent, markChange, markClaim, markId, markOf, type RestoredMark } from './mark.ts';

/** The marks of a journal: what is known of its restores, and what a person does about the last one. */
export interface JournalMark {
  /** The last restore, lifted or not, as this process knows it; undefined: there was none. */
  last(): RestoredMark | undefined;
  /** The same, while nobody has lifted it. */
  standing(): RestoredMark | undefined;
  /** Looks again; another process may have lifted it. */
  refresh(): Promise<void>;
  /** Adds to the last mark. False: another change came first, or it does not stand; look again. */
  change(event: Exclude<MarkEvent, { type: 'restored' }>): Promise<boolean>;
}

type Store = Pick<Journal, 'append' | 'load' | 'findByClaim'>;

/** Reads the marks of a journal. */
export async function journalMark(journal: Store): Promise<JournalMark> {
  let last: RestoredMark | undefined;

  async function refresh(): Promise<void> {
    for (let number = Math.max(1, last?.number ?? 1); ; number++) {
      if ((await journal.findByClaim(markClaim(number))) === undefined) return;
      const record = await journal.load(markId(number));
      if (record === undefined) return;
      last = markOf(number, record);
    }
  }

  await refresh();
  return {
    last: () => last,
    standing: () => (last?.lifted === undefined ? last : undefined),
    refresh,
    async change(event) {
      if (last === undefined || last.lifted !== undefined) return false;
      const { kind } = await journal.append(markChange(last, event));
      await refresh();
      return kind === 'appended';
    },
  };
}
