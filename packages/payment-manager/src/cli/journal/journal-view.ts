import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '@payment-manager/configuration';
import { postgresAddress } from '@payment-manager/configuration/addresses';
import { type JournalView, viewPostgresJournal, viewSqliteJournal } from '@payment-manager/journal';
import { CommandFailed, EXIT_CODES } from '../exit-codes.ts';

/** A journal that a command only reads. */
export interface ViewedJournal {
  /** Rejects with DatabaseUnavailable. */
  open(): JournalView | Promise<JournalView>;
  /** For people. */
  readonly shown: string;
}

/** The journal of a configuration, of a running product or a stopped one. @throws CommandFailed (78) when there is none */
export function configuredView(config: Pick<Config, 'journal' | 'dataFolder' | 'journalFile'>): ViewedJournal {
  if (config.journal.store !== 'postgres') return viewOfFile(join(config.dataFolder, config.journalFile));
  return {
    open: async () => viewPostgresJournal(await postgresAddress(config.journal)),
    shown: `PostgreSQL, schema ${config.journal.postgresSchema}`,
  };
}

/** A journal in a SQLite file. @throws CommandFailed (78) when it is not there */
export function viewOfFile(file: string): ViewedJournal {
  if (!existsSync(file)) throw new CommandFailed(EXIT_CODES.config, `The journal ${file} does not exist.`);
  return { open: () => viewSqliteJournal(file), shown: file };
}
