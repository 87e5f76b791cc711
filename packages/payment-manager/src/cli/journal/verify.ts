import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { DatabaseUnavailable } from '@payment-manager/database';
import { type JournalView, type Verdict, verifyJournal, viewPostgresJournal, viewSqliteJournal } from '@payment-manager/journal';
import { systemClock } from '@payment-manager/runtime';
import { type AnchorFile, readAnchorFile } from '../../anchor/anchor-file.ts';
import type { Config } from '../../config/schema.ts';
import type { Command, CommandOptions } from '../commands.ts';
import { loadConfiguration } from '../configuration-file.ts';
import { CommandFailed, exitCodes } from '../exit-codes.ts';
import { stayAlive } from '../stay-alive.ts';
import { printable, style, type Terminal } from '../terminal.ts';
import { configurationFile } from './embedded-journal.ts';

/** `./pm verify`: proves the journal by its chains and by the anchors that were kept outside. Exit code 1 when anything differs. */
export const verify: Command = async (_args, options, terminal) => {
  const { open, shown, anchorsFile } = await whatToVerify(options, terminal);
  const anchors = anchorsFile === undefined ? undefined : await readAnchors(anchorsFile);
  const startedAt = systemClock.monotonic();
  const verdict = await stayAlive(() => looked(open, anchors, terminal));
  const tookMs = Math.round(systemClock.monotonic() - startedAt);
  if (options['json'] === true)
    terminal.out(JSON.stringify({ journal: shown, anchorsFile, unreadableAnchors: anchors?.unreadable, tookMs, ...verdict }));
  else print(verdict, { shown, anchorsFile, anchors, tookMs }, terminal);
  return verdict.problems.length === 0 ? exitCodes.ok : exitCodes.failed;
};

interface ToVerify {
  open(): JournalView | Promise<JournalView>;
  /** For people. */
  readonly shown: string;
  readonly anchorsFile: string | undefined;
}

async function whatToVerify(options: CommandOptions, terminal: Terminal): Promise<ToVerify> {
  const { file, anchors } = options;
  const given = typeof anchors === 'string' ? resolve(terminal.workingFolder, anchors) : undefined;
  if (given !== undefined && !existsSync(given)) throw new CommandFailed(exitCodes.config, `There is no file of anchors ${given}.`);
  if (typeof file === 'string') return { ...inFile(resolve(terminal.workingFolder, file)), anchorsFile: given };
  const { config } = await loadConfiguration(configurationFile(options, terminal), terminal);
  const configured = config.journal.anchor.file;
  const anchorsFile = given ?? (configured !== undefined && existsSync(configured) ? configured : undefined);
  return {
    ...(config.journal.store === 'postgres' ? inPostgres(config) : inFile(join(config.dataFolder, config.journalFile))),
    anchorsFile,
  };
}

function inFile(file: string): Pick<ToVerify, 'open' | 'shown'> {
  if (!existsSync(file)) throw new CommandFailed(exitCodes.config, `There is no journal ${file}.`);
  return { open: () => viewSqliteJournal(file), shown: file };
}

function inPostgres({ journal: { postgresUrl = '', postgresSchema, postgresCaFile } }: Config): Pick<ToVerify, 'open' | 'shown'> {
  return {
    open: async () =>
      viewPostgresJournal({
        url: postgresUrl,
        schema: postgresSchema,
        ...(postgresCaFile === undefined ? {} : { tls: { ca: await readFile(postgresCaFile, 'utf8') } }),
      }),
    shown: `PostgreSQL, schema ${postgresSchema}`,
  };
}

async function readAnchors(file: string): Promise<AnchorFile> {
  try {
    const anchors = await readAnchorFile(file);
    if (anchors.count === 0) throw new CommandFailed(exitCodes.config, `${file} has no anchor: it is another file, or it was emptied.`);
    return anchors;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (error instanceof CommandFailed || code === undefined) throw error;
    throw new CommandFailed(exitCodes.config, `${file} cannot be read (${code}).`);
  }
}

const progressEveryMs = 2_000;

async function looked(open: ToVerify['open'], anchors: AnchorFile | undefined, terminal: Terminal): Promise<Verdict> {
  let toldAt = systemClock.monotonic();
  const onProgress = (batches: number, records: number): void => {
    if (!terminal.interactive || systemClock.monotonic() - toldAt < progressEveryMs) return;
    toldAt = systemClock.monotonic();
    terminal.err(style.dim(`  ${records} records, ${batches} batches ...`));
  };
  let view: JournalView | undefined;
  try {
    view = await open();
    return await verifyJournal(view, { onProgress, ...(anchors === undefined ? {} : { anchors }) });
  } catch (error) {
    if (error instanceof DatabaseUnavailable) throw new CommandFailed(exitCodes.unavailable, error.message);
    throw error;
  } finally {
    await view?.close();
  }
}

interface Shown extends Pick<ToVerify, 'shown' | 'anchorsFile'> {
  readonly anchors: AnchorFile | undefined;
  readonly tookMs: number;
}

function print(verdict: Verdict, { shown, anchorsFile, anchors, tookMs }: Shown, terminal: Terminal): void {
  const { problems, complete, records, events, claims, batches, writers } = verdict;
  const head = problems.length === 0 ? style.good('Verified') : style.bad('Not as it was written');
  terminal.out(`${head}  ${shown}`);
  const writersShown = writers === 1 ? '1 writer' : `${writers} writers`;
  terminal.out(
    `  ${records} records, ${events} events, ${claims} claims in ${batches} batches of ${writersShown}; ${(tookMs / 1000).toFixed(1)} s`,
  );
  for (const { code, message, batch, expected, found } of problems) {
    terminal.out(`\n${style.bad(code)}  ${printable(message)}`);
    if (batch) terminal.out(`  batch ${batch.number} of writer ${batch.writer}, ${new Date(batch.at).toISOString()}`);
    if (expected !== undefined)
      terminal.out(`  expected ${printable(String(expected))}\n  found    ${printable(String(found ?? 'nothing'))}`);
  }
  if (!complete) terminal.out(style.warn('\nThe rest was not looked at.'));
  if (problems.length > 0) terminal.out('\nWhat each means and what to do: docs/errors.md');
  if (anchors && anchors.unreadable > 0)
    terminal.out(style.warn(`  ${anchors.unreadable} lines of ${anchorsFile} are no anchors: cut off, or damaged.`));
  terminal.out(`  ${tailOf(verdict)}`);
}

function tailOf({ anchors, tail, problems }: Verdict): string {
  if (anchors?.last === undefined)
    return style.warn('No anchors were given: a journal that was rewritten from end to end, or cut off, would look the same (--anchors).');
  if (problems.some(({ code }) => code === 'ANCHOR_UNMET')) return `Last anchor: ${anchors.last.at}.`;
  const after =
    tail.batches === 0
      ? 'nothing was written since.'
      : `written since, and not proven to be whole: ${tail.batches} batches, ${tail.events} events.`;
  return `It meets ${anchors.count} anchors, the last one of ${anchors.last.at}; ${after}`;
}
