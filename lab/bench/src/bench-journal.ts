import type { SandboxPostgres } from '@payment-manager/local-scheme';
import type { ConfirmAcknowledged } from './options.ts';

/** Where journals are, and how many processes a Payment Manager is. */
export interface BenchJournal {
  /** Absent: files, and one process each. */
  readonly postgres?: SandboxPostgres;
  readonly workers: number;
  /** The payee's core credits at the prepare, and what the hub acknowledged is confirmed so; absent: it reserves. */
  readonly confirm?: ConfirmAcknowledged;
  /** `messages.keepDays`; absent: as it is by default. */
  readonly keepMessagesDays?: number;
  /** The portal and its read model are switched on. */
  readonly portal?: boolean;
  /** The core is reached by the connector in this folder. */
  readonly connector?: string;
}
