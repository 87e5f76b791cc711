import { join } from 'node:path';
import { DataFolderUnusable, keyFingerprint, keyFor, readSealingKey } from '@payment-manager/credentials';
import type { CommandOptions } from '../commands.ts';
import { configurationFile, loadConfiguration } from '../configuration-file.ts';
import { CommandFailed, EXIT_CODES } from '../exit-codes.ts';
import type { Terminal } from '../terminal.ts';

/** A journal in a SQLite file, as the configuration names it. It may be in use by a running product. */
export interface EmbeddedJournal {
  readonly fspId: string;
  readonly file: string;
  /** Tells which `journal.key` belongs to it, and nothing else about the key. */
  readonly keyFingerprint: string;
  /** Made from that key: what the MAC of a backup is made with. */
  readonly backupKey: Uint8Array;
  /** The same for the portal's store, so that neither is taken for the other. */
  readonly portalKey: Uint8Array;
  readonly dataFolder: string;
}

/**
 * The embedded journal that the user means: of the configuration, or with `--fsp` of that DFSP in the sandbox.
 *
 * @throws CommandFailed (64) when the journal is in PostgreSQL, (78) without configuration or without journal.key
 */
export async function embeddedJournal(options: CommandOptions, terminal: Terminal): Promise<EmbeddedJournal> {
  const { config } = await loadConfiguration(configurationFile(options, terminal), terminal);
  if (config.journal.store === 'postgres')
    throw new CommandFailed(
      EXIT_CODES.usage,
      'The journal is in PostgreSQL (journal.store): back it up and restore it with PostgreSQL’s own means (pg_basebackup with archived WAL, or pg_dump), together with journal.key.',
    );
  try {
    const key = await readSealingKey(config.dataFolder);
    if (key === undefined)
      throw new CommandFailed(
        EXIT_CODES.config,
        `${join(config.dataFolder, 'journal.key')} is missing. The journal and its key belong together: first put back the key.`,
      );
    return {
      fspId: config.fspId,
      file: join(config.dataFolder, config.journalFile),
      keyFingerprint: keyFingerprint(key),
      backupKey: keyFor('backup', key),
      portalKey: keyFor('portal backup', key),
      dataFolder: config.dataFolder,
    };
  } catch (error) {
    if (error instanceof DataFolderUnusable) throw new CommandFailed(EXIT_CODES.config, error.message);
    throw error;
  }
}
