import { existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Config } from '@payment-manager/configuration';
import { DatabaseUnavailable } from '@payment-manager/database';
import { exportRecords, JournalUnavailable, type JournalView, proveExport } from '@payment-manager/journal';
import { dayOf } from '@payment-manager/messages';
import {
  type ExportCounts,
  ExportUnreadable,
  KEPT_DAYS,
  keptFrom,
  type Removed,
  readExport,
  readExportHeader,
  removeExported,
  writeExport,
} from '@payment-manager/operations/retention';
import { systemClock, systemRandom } from '@payment-manager/runtime';
import { messageStore } from '../../open-messages.ts';
import type { Command, CommandOptions } from '../commands.ts';
import { configurationFile, loadConfiguration } from '../configuration-file.ts';
import { CommandFailed, EXIT_CODES } from '../exit-codes.ts';
import { meantBy } from '../meant.ts';
import { stayAlive } from '../stay-alive.ts';
import { style, type Terminal } from '../terminal.ts';
import { commandLog } from './command-log.ts';
import { configuredView, type ViewedJournal } from './journal-view.ts';
import { withPruner } from './pruner.ts';

/**
 * `./pm prune`: exports what is at rest and old, and only then removes it from the journal. Whenever it is interrupted, the same
 * command goes on where it stood.
 */
export const prune: Command = async (_args, options, terminal) => {
  const { config } = await loadConfiguration(configurationFile(options, terminal), terminal);
  const beforeMs = readBefore(options['before']);
  const dryRun = options['dryRun'] === true;
  const file = exportFile(options, terminal, dryRun);
  const journal = configuredView(config);
  return stayAlive(() =>
    explained(async () => {
      if (!dryRun && file !== undefined) return exportAndPrune({ config, journal, beforeMs, file, options, terminal });
      return tellWhat(await viewed(journal, (view) => counted(view, beforeMs)), beforeMs, options, terminal);
    }),
  );
};

/** Lets go of the journal when it was read: who writes to it afterwards is to be the last one, and clears its log away. */
async function viewed<T>(journal: ViewedJournal, look: (view: JournalView) => Promise<T>): Promise<T> {
  const view = await journal.open();
  try {
    return await look(view);
  } finally {
    await view.close();
  }
}

function readBefore(text: unknown): number {
  const isDay = typeof text === 'string' && /^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d{3})?Z)?$/.test(text);
  const beforeMs = isDay ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(beforeMs))
    throw new CommandFailed(
      EXIT_CODES.usage,
      'Give the day with --before 2026-01-01 (from its beginning, UTC), or an instant such as 2026-01-01T06:00:00Z.',
    );
  if (beforeMs <= keptFrom(systemClock)) return beforeMs;
  throw new CommandFailed(
    EXIT_CODES.usage,
    `Payments of the last ${KEPT_DAYS} days are never pruned, because repeats, late answers of the hub and enquiries arrive within days. The latest possible --before is ${new Date(keptFrom(systemClock)).toISOString()}.`,
  );
}

function exportFile(options: CommandOptions, terminal: Terminal, dryRun: boolean): string | undefined {
  const given = options['export'];
  if (typeof given !== 'string') {
    if (dryRun) return undefined;
    throw new CommandFailed(
      EXIT_CODES.usage,
      'Name the file for the removed events with --export FILE.ndjson.gz, or only count them with --dry-run.',
    );
  }
  const file = resolve(terminal.workingFolder, given);
  if (!existsSync(dirname(file))) throw new CommandFailed(EXIT_CODES.config, `The folder ${dirname(file)} does not exist.`);
  return file;
}

async function counted(view: JournalView, beforeMs: number): Promise<ExportCounts> {
  const counts = { records: 0, events: 0 };
  for await (const page of exportRecords(view, { beforeMs })) {
    counts.records += page.length;
    for (const { events } of page) counts.events += events.length;
  }
  return counts;
}

function tellWhat({ records, events }: ExportCounts, beforeMs: number, options: CommandOptions, terminal: Terminal): number {
  const before = new Date(beforeMs).toISOString();
  if (options['json'] === true) terminal.out(JSON.stringify({ dryRun: true, before, records, events }));
  else terminal.out(`${records} records with ${events} events from before ${before} would be exported and pruned. Nothing was changed.`);
  return EXIT_CODES.ok;
}

interface Pruning {
  readonly config: Config;
  readonly journal: ViewedJournal;
  readonly beforeMs: number;
  readonly file: string;
  readonly options: CommandOptions;
  readonly terminal: Terminal;
}

async function exportAndPrune(pruning: Pruning): Promise<number> {
  const { config, journal, file, options, terminal } = pruning;
  const startedAt = systemClock.monotonic();
  const resumed = existsSync(file);
  if (resumed) await demandSame(pruning);
  // what the file does not prove to have is not removed
  const { records, problems } = await viewed(journal, async (view) => {
    if (!resumed) await exportTo(pruning, view);
    return proveExport(view, readExport(file));
  });
  if (problems[0] !== undefined)
    throw new CommandFailed(
      EXIT_CODES.failed,
      `${problems[0].code}: ${problems[0].message} Nothing was removed. Is ${file} the export of this journal?`,
    );
  const removed = await withPruner(config, options, terminal, (prune) => removeExported(file, prune, progress(records, terminal)));
  const messageDays = await removeMessages(pruning);
  const tookMs = Math.round(systemClock.monotonic() - startedAt);
  const bytes = statSync(file).size;
  if (options['json'] === true)
    terminal.out(JSON.stringify({ file, resumed, before: beforeOf(pruning), records, bytes, ...kept(removed), messageDays, tookMs }));
  else tellPruned(removed, { file, resumed, records, bytes, messageDays, tookMs }, meantBy({ ...options, url: undefined }), terminal);
  return EXIT_CODES.ok;
}

function beforeOf({ beforeMs }: Pruning): string {
  return new Date(beforeMs).toISOString();
}

async function exportTo(pruning: Pruning, view: JournalView): Promise<void> {
  const { config, beforeMs, file } = pruning;
  const header = { fspId: config.fspId, before: beforeOf(pruning), madeAt: new Date(systemClock.now()).toISOString() };
  await writeExport(file, header, exportRecords(view, { beforeMs })).catch((error: NodeJS.ErrnoException) => {
    if (error.code === undefined || error instanceof DatabaseUnavailable) throw error;
    throw new CommandFailed(EXIT_CODES.unavailable, `${file} cannot be written (${error.code}). Nothing was removed.`);
  });
}

/** Whole days before the instant: messages are kept by the day, not by the payment. */
async function removeMessages({ config, beforeMs, terminal }: Pruning): Promise<number> {
  const store = messageStore(config, { clock: systemClock, random: systemRandom, log: commandLog(terminal) });
  try {
    return await store.removeBefore(dayOf(beforeMs));
  } catch (error) {
    throw new CommandFailed(
      EXIT_CODES.unavailable,
      `The payments were pruned, and their messages cannot be removed (${String((error as { code?: unknown }).code)}). Run the same command again.`,
    );
  } finally {
    await store.close();
  }
}

/** A file that is there is the export of a run that was interrupted, or something that must not be overwritten. */
async function demandSame(pruning: Pruning): Promise<void> {
  const { config, file } = pruning;
  const { fspId, before } = await readExportHeader(file);
  if (fspId === config.fspId && before === beforeOf(pruning)) return;
  throw new CommandFailed(EXIT_CODES.config, `${file} is the export of ${fspId} before ${before}. Choose another file name.`);
}

/** A large journal takes a while: how far it is, where a person watches. */
function progress(records: number, terminal: Terminal): (looked: number) => void {
  let toldAt = systemClock.monotonic();
  return (looked) => {
    if (!terminal.interactive || systemClock.monotonic() - toldAt < 1_000) return;
    toldAt = systemClock.monotonic();
    terminal.err(style.dim(`  ${looked} of ${records} records ...`));
  };
}

function kept({ pruned, 'pruned-before': prunedBefore, changed, missing, ...rest }: Removed) {
  return { pruned, prunedBefore, kept: changed + missing + rest['not-at-rest'] + rest['too-young'] };
}

interface Told {
  readonly file: string;
  readonly resumed: boolean;
  readonly records: number;
  readonly bytes: number;
  /** Days of messages that were removed. */
  readonly messageDays: number;
  readonly tookMs: number;
}

function tellPruned(
  removed: Removed,
  { file, resumed, records, bytes, messageDays, tookMs }: Told,
  meant: string,
  terminal: Terminal,
): void {
  const { pruned, prunedBefore, kept: left } = kept(removed);
  terminal.out(
    `${resumed ? 'Exported before' : style.good('Exported')}  ${file}\n  ${records} records, ${(bytes / 1_048_576).toFixed(1)} MB`,
  );
  terminal.out(`${style.good('Pruned')}  ${pruned} records in ${(tookMs / 1000).toFixed(1)} s`);
  if (messageDays > 0) terminal.out(`  and the messages of ${messageDays} days`);
  if (prunedBefore > 0) terminal.out(`  ${prunedBefore} were pruned before`);
  if (left > 0) terminal.out(`  ${left} were left unchanged: they have new events since the export`);
  terminal.out(
    `  Keep the file as long as the events must be kept. journal.key opens the sealed values in it.\n  ./pm verify --export ${file}${meant}   checks both`,
  );
}

async function explained<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ExportUnreadable)
      throw new CommandFailed(EXIT_CODES.config, `${error.message} Nothing was removed. Choose another file name for the export.`);
    if (error instanceof DatabaseUnavailable || error instanceof JournalUnavailable)
      throw new CommandFailed(
        EXIT_CODES.unavailable,
        `${error.message} What was pruned so far is in the export; run the same command again.`,
      );
    throw error;
  }
}
