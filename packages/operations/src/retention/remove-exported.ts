import { readExport } from './export-file.ts';
import { PRUNED_AT_ONCE, type Pruned, type Pruner, type PruneWish } from './prune-records.ts';

/** What became of the records of an export, by result. */
export type Removed = Readonly<Record<Pruned, number>>;

/**
 * Prunes the records of an export, some at a time, so that payments go on in between. Interrupted, it is run again.
 * `onProgress` is told how many it has looked at.
 */
export async function removeExported(file: string, prune: Pruner, onProgress: (records: number) => void): Promise<Removed> {
  const removed: Record<Pruned, number> = { pruned: 0, 'pruned-before': 0, changed: 0, 'not-at-rest': 0, 'too-young': 0, missing: 0 };
  let [wishes, looked]: [PruneWish[], number] = [[], 0];
  const send = async (): Promise<void> => {
    for (const result of await prune(wishes)) removed[result] += 1;
    looked += wishes.length;
    wishes = [];
    onProgress(looked);
  };
  for await (const { recordId, version } of readExport(file)) {
    wishes.push({ recordId, version });
    if (wishes.length === PRUNED_AT_ONCE) await send();
  }
  if (wishes.length > 0) await send();
  return removed;
}
