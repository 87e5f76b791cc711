import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '@payment-manager/configuration';
import { postgresAddress } from '@payment-manager/configuration/addresses';
import { DataFolderUnusable, readSealingKey } from '@payment-manager/credentials';
import { DatabaseUnavailable } from '@payment-manager/database';
import { viewPostgresJournal } from '@payment-manager/journal';
import { type Finding, findingsOf } from './finding.ts';

const findings = findingsOf('journal');

/** Whether the journal can be reached, and its key is there. Changes nothing. */
export async function lookAtJournal({ dataFolder, journalFile, journal }: Config): Promise<readonly Finding[]> {
  const file = join(dataFolder, journalFile);
  if (journal.store === 'postgres') return [await lookAtKey(dataFolder, false), await lookAtPostgres(journal)];
  if (!existsSync(file)) return [findings.skipped('file', `${file} does not exist yet; the first start creates it`)];
  return [await lookAtKey(dataFolder, true), findings.passed('file', `${file} exists`)];
}

async function lookAtKey(dataFolder: string, needed: boolean): Promise<Finding> {
  try {
    if ((await readSealingKey(dataFolder)) !== undefined) return findings.passed('key', 'journal.key exists');
    if (!needed)
      return findings.skipped('key', 'journal.key does not exist yet; the first start creates it, and all replicas need the same one');
    return findings.failed(
      'key',
      'journal.key is missing, although the journal exists',
      'Restore journal.key from the backup that belongs to this journal.',
    );
  } catch (error) {
    if (error instanceof DataFolderUnusable)
      return findings.failed('key', error.message, 'Restore journal.key from the backup that belongs to this journal.');
    throw error;
  }
}

async function lookAtPostgres(journal: Config['journal']): Promise<Finding> {
  const address = await postgresAddress(journal).catch((error: Error) => error.message);
  if (typeof address === 'string') return findings.failed('database', address, 'Then run this again.');
  try {
    const view = await viewPostgresJournal(address);
    await view.close();
    return findings.passed('database', `PostgreSQL answers, schema ${journal.postgresSchema}`);
  } catch (error) {
    if (!(error instanceof DatabaseUnavailable)) throw error;
    if (error.code === 'DATABASE_OPEN_FAILED')
      return findings.warning(
        'database',
        error.message,
        'Before the first start the schema does not exist yet. Later: check `journal.postgresUrl`, the schema, and the user’s permissions.',
      );
    return findings.failed('database', error.message, 'Check that PostgreSQL runs, `journal.postgresUrl`, and the network between.');
  }
}
