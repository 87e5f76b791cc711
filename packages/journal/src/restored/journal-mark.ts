import type { Journal } from '../journal.ts';
import { type JournalMark, markChange, markClaim, markId, markOf, type RestoredMark } from './mark.ts';

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
