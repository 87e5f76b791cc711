import type { ManagementStore, StoredEntry } from '../store/management-store.ts';
import { hashOf } from '../store/sqlite-script.ts';

export interface AuditProof {
  readonly entries: number;
  /** Hash of the newest entry: keep it elsewhere, for what is cut off at the end is proven by nothing here. */
  readonly head: string;
  /** The first entry that is not as it was written; undefined: all are. */
  readonly broken?: { readonly seq: number; readonly why: string };
}

const PAGE = 1_000;

/** Follows the chain from its first entry. Rejects with DatabaseUnavailable. */
export async function verifyAudit(store: Pick<ManagementStore, 'chain'>): Promise<AuditProof> {
  let [seq, head] = [0, ''];
  for (;;) {
    const page = await store.chain(seq, PAGE);
    for (const entry of page) {
      const why = wrongWith(entry, seq, head);
      if (why !== undefined) return { entries: seq, head, broken: { seq: seq + 1, why } };
      [seq, head] = [entry.seq, entry.hash];
    }
    if (page.length < PAGE) return { entries: seq, head };
  }
}

function wrongWith(entry: StoredEntry, before: number, hash: string): string | undefined {
  if (entry.seq !== before + 1) return 'an entry is missing';
  if (entry.hash !== hashOf(hash, entry.seq, entry.text)) return 'its text, or the entry before it, was changed';
  const said = JSON.parse(entry.text) as Record<string, unknown>;
  const columns = ['at', 'actor', 'action', 'target'] as const;
  return columns.some((name) => said[name] !== entry[name]) ? 'it is not found by what it says' : undefined;
}
