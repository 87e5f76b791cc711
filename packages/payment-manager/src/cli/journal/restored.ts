import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { DatabaseUnavailable } from '@payment-manager/database';
import { readStatement, StatementInvalid } from '@payment-manager/mojaloop-connector';
import { createHttpClient, systemClock, systemRandom, systemTimers } from '@payment-manager/runtime';
import { openJournal } from '../../open-journal.ts';
import type { Command, CommandOptions } from '../commands.ts';
import { configurationFile, loadConfiguration } from '../configuration-file.ts';
import { CommandFailed, EXIT_CODES } from '../exit-codes.ts';
import { findOperations } from '../operations/find-operations.ts';
import type { OperationsClient, ShownRestore } from '../operations/operations-client.ts';
import { confirmed, operatorName } from '../operations/person.ts';
import { stayAlive } from '../stay-alive.ts';
import { style, type Terminal } from '../terminal.ts';
import { commandLog } from './command-log.ts';
import { sealingKeyOf } from './pruner.ts';

/**
 * `./pm restored`: says that the journal was put back to an older copy (of a stopped product), or with `--show`, `--report`, `--nothing-missing`
 * and `--lift` what a person does about it (of a running one).
 */
export const restored: Command = async (_args, options, terminal) => {
  const wishes = ['show', 'report', 'nothingMissing', 'lift'].filter((wish) => options[wish] !== undefined);
  if (wishes.length > 1) throw new CommandFailed(EXIT_CODES.usage, 'Give only one of --show, --report, --nothing-missing and --lift.');
  if (wishes.length === 0) return mark(options, terminal);
  const client = createHttpClient({ maxConnectionsPerOrigin: 1 });
  try {
    return await stayAlive(async () => {
      const [found, ...more] = await findOperations(options, terminal, client);
      if (found === undefined || more.length > 0) throw new CommandFailed(EXIT_CODES.usage, 'Add --fsp: several DFSPs are running.');
      const mark = await done(wishes[0] ?? '', found.operations, options, terminal);
      if (options['json'] === true) terminal.out(JSON.stringify(mark));
      else terminal.out(shownMark(mark));
      return EXIT_CODES.ok;
    });
  } finally {
    await client.close();
  }
};

async function mark(options: CommandOptions, terminal: Terminal): Promise<number> {
  const { config } = await loadConfiguration(configurationFile(options, terminal), terminal);
  const reason = reasonOf(options);
  const by = operatorName(options, terminal);
  const question = `Mark the journal of ${config.fspId} as restored from an older copy? No new payments are accepted until the mark is lifted.`;
  if (!(await confirmed(options, terminal, question))) {
    terminal.out('Nothing was changed.');
    return EXIT_CODES.failed;
  }
  const world = { clock: systemClock, timers: systemTimers, random: systemRandom, log: commandLog(terminal), onFatal: () => {} };
  const sign = { sign: 'restored', reason, by, at: systemClock.now() } as const;
  try {
    const journal = await openJournal(config, { ...world, sealingKey: await sealingKeyOf(config), restored: sign });
    await journal.close();
  } catch (error) {
    if (!(error instanceof DatabaseUnavailable)) throw error;
    throw new CommandFailed(EXIT_CODES.unavailable, error.message);
  }
  terminal.out(
    `${style.good('Marked')}  The journal of ${config.fspId} takes no new payments. Start the product, then ./pm restored --report FILE --from core, and ./pm restored --lift`,
  );
  return EXIT_CODES.ok;
}

async function done(wish: string, operations: OperationsClient, options: CommandOptions, terminal: Terminal): Promise<ShownRestore> {
  if (wish === 'show') return operations.restored();
  const by = operatorName(options, terminal);
  if (wish === 'report') return readIn(operations, options, by, terminal);
  return operations.actOnRestored({ act: wish === 'lift' ? 'lift' : 'nothing-missing', by, reason: reasonOf(options) });
}

/** A report in the form of `./pm reconcile`'s statements: each transfer that the journal does not know becomes a tombstone. */
async function readIn(operations: OperationsClient, options: CommandOptions, by: string, terminal: Terminal): Promise<ShownRestore> {
  const from = options['from'];
  if (from !== 'hub' && from !== 'core')
    throw new CommandFailed(EXIT_CODES.usage, 'Add the source of the report: --from hub or --from core.');
  const file = resolve(terminal.workingFolder, String(options['report']));
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new CommandFailed(EXIT_CODES.unavailable, `${file} cannot be read (${error.code}).`);
  });
  const rows = rowsOf(text, file);
  const { made, mark } = await operations.readIn({ from, text, rows, by });
  if (options['json'] !== true) terminal.out(`${rows.length} transfers read; ${made} of them were not in the journal.`);
  return mark;
}

function rowsOf(text: string, file: string) {
  try {
    return readStatement(text);
  } catch (error) {
    if (error instanceof StatementInvalid) throw new CommandFailed(EXIT_CODES.config, `${file}: ${error.message}.`);
    throw error;
  }
}

function reasonOf(options: CommandOptions): string {
  const reason = options['reason'];
  if (typeof reason === 'string' && reason.trim() !== '') return reason.trim();
  throw new CommandFailed(EXIT_CODES.usage, 'Give the reason with --reason TEXT: it is kept in the journal.');
}

function shownMark({ number, reason, at, lastEventAt, accounted, lifted }: ShownRestore): string {
  if (number === undefined) return 'The journal was never restored from an older copy.';
  const lines = [
    `Restore ${number}, marked ${at}: ${reason}`,
    `  last event in the copy: ${lastEventAt ?? 'none'}`,
    `  transfers since then: ${accounted ? 'reported' : 'not reported yet'}`,
    lifted === undefined ? style.warn('  No new payments are accepted.') : `  lifted ${lifted.at} by ${lifted.by}: ${lifted.reason}`,
  ];
  return lines.join('\n');
}
