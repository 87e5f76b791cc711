import type { BackupFacts } from '@payment-manager/journal';

/** What the process that copies is told, once. */
export interface CopyOrder {
  readonly journal: string;
  readonly dataFolder: string;
  /** The new file. */
  readonly to: string;
  readonly facts: BackupFacts;
  readonly journalKey: Uint8Array;
  readonly portalKey: Uint8Array;
}

/** What it answers, once. */
export type CopyAnswer = { readonly bytes: number } | { readonly failed: string };
