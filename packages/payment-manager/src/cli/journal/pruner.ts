import { join } from 'node:path';
import type { Config } from '@payment-manager/configuration';
import { DataFolderUnusable, readSealingKey } from '@payment-manager/credentials';
import { DatabaseUnavailable } from '@payment-manager/database';
import type { Journal } from '@payment-manager/journal';
import { journalPruner, type Pruner } from '@payment-manager/operations/retention';
import { createHttpClient, systemClock, systemRandom, systemTimers } from '@payment-manager/runtime';
import { openJournal } from '../../open-journal.ts';
import type { CommandOptions } from '../commands.ts';
import { CommandFailed, EXIT_CODES } from '../exit-codes.ts';
import { findOperations } from '../operations/find-operations.ts';
import type { Terminal } from '../terminal.ts';
import { commandLog } from './command-log.ts';

/**
 * Lends a pruner: of the journal itself in PostgreSQL, beside the replicas, and of a stopped product; a running product has its
 * file for itself, and is asked to do it.
 */
export async function withPruner<T>(
  config: Config,
  options: CommandOptions,
  terminal: Terminal,
  use: (prune: Pruner) => Promise<T>,
): Promise<T> {
  const fatal = Promise.withResolvers<never>();
  fatal.promise.catch(() => {});
  const journal = await ownJournal(config, terminal, fatal.reject);
  if (journal === undefined) return throughOperations(options, terminal, use);
  try {
    return await Promise.race([use(journalPruner(journal, systemClock)), fatal.promise]);
  } finally {
    await journal.close();
  }
}

/** Undefined: a running product has it. */
async function ownJournal(config: Config, terminal: Terminal, onFatal: (error: Error) => void): Promise<Journal | undefined> {
  const log = commandLog(terminal);
  const world = { clock: systemClock, timers: systemTimers, random: systemRandom, log, sealingKey: await sealingKeyOf(config), onFatal };
  try {
    return await openJournal(config, world);
  } catch (error) {
    if (error instanceof DatabaseUnavailable && error.code === 'DATABASE_IN_USE') return undefined;
    throw error;
  }
}

/** The journal's key. @throws CommandFailed (78) when it is not there */
export async function sealingKeyOf({ dataFolder }: Config): Promise<Uint8Array> {
  try {
    const key = await readSealingKey(dataFolder);
    if (key !== undefined) return key;
  } catch (error) {
    if (!(error instanceof DataFolderUnusable)) throw error;
    throw new CommandFailed(EXIT_CODES.config, error.message);
  }
  throw new CommandFailed(EXIT_CODES.config, `${join(dataFolder, 'journal.key')} is missing: first put it back.`);
}

async function throughOperations<T>(options: CommandOptions, terminal: Terminal, use: (prune: Pruner) => Promise<T>): Promise<T> {
  const client = createHttpClient({ maxConnectionsPerOrigin: 1 });
  try {
    const [found] = await findOperations(options, terminal, client);
    if (found === undefined) throw new CommandFailed(EXIT_CODES.unavailable, 'No running Payment Manager was found.');
    return await use(found.operations.prune);
  } finally {
    await client.close();
  }
}
