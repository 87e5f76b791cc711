import type { BackupFacts } from '@payment-manager/journal';

/** Names of the facts in a backup of a journal, and of the portal's beside it. */
export const FACT_NAMES = { fspId: 'fspId', key: 'journal.key', madeAt: 'madeAt' } as const;

/** Whose copy it is, which key belongs to it, and of which instant it is (milliseconds since the epoch). */
export function factsOf(owner: { readonly fspId: string; readonly keyFingerprint: string }, madeAt: number): BackupFacts {
  return {
    [FACT_NAMES.fspId]: owner.fspId,
    [FACT_NAMES.key]: owner.keyFingerprint,
    [FACT_NAMES.madeAt]: new Date(madeAt).toISOString(),
  };
}
