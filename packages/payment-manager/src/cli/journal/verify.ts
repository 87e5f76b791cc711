import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Config } from '@payment-manager/configuration';
import { DatabaseUnavailable } from '@payment-manager/database';
import { type ExportVerdict, type JournalView, proveExport, type Verdict, verifyJournal } from '@payment-manager/journal';
import type { AuditProof } from '@payment-manager/management-api/commands';
import { type AnchorFile, readAnchorFile } from '@payment-manager/operations/anchor';
import { ExportUnreadable, readExport, readExportHeader } from '@payment-manager/operations/retention';
import { recordedLog, systemClock, systemRandom } from '@payment-manager/runtime';
import type { Command, CommandOptions } from '../commands.ts';
import { configurationFile, loadConfiguration } from '../configuration-file.ts';
import { CommandFailed, EXIT_CODES } from '../exit-codes.ts';
import { stayAlive } from '../stay-alive.ts';
import { printable, style, type Terminal } from '../terminal.ts';
import { configuredView, type ViewedJournal, viewOfFile } from './journal-view.ts';

/**
 * `./pm verify`: proves the journal by its chains and by the anchors that were kept outside, and an export by the journal. Exit code
 * 1 when anything differs.
 */
export const verify: Command = async (_args, options, terminal) => {
  const { open, shown, anchorsFile, audit: proveAudit } = await whatToVerify(options, terminal);
  const anchors = anchorsFile === undefined ? undefined : await readAnchors(anchorsFile);
  const exportFile = typeof options['export'] === 'string' ? resolve(terminal.workingFolder, options['export']) : undefined;
  const startedAt = systemClock.monotonic();
  const { verdict, proof } = await stayAlive(() => looked(open, anchors, exportFile, terminal));
  const audit = await stayAlive(() => proveAudit());
  const tookMs = Math.round(systemClock.monotonic() - startedAt);
  const exported = proof && { file: exportFile, ...proof };
  if (options['json'] === true)
    terminal.out(
      JSON.stringify({ journal: shown, anchorsFile, unreadableAnchors: anchors?.unreadable, tookMs, ...verdict, export: exported, audit }),
    );
  else print(verdict, { shown, anchorsFile, anchors, exported, tookMs, audit }, terminal);
  return verdict.problems.length + (proof?.problems.length ?? 0) === 0 && audit?.broken === undefined ? EXIT_CODES.ok : EXIT_CODES.failed;
};

interface ToVerify extends ViewedJournal {
  readonly anchorsFile: string | undefined;
  /** Of the management API; undefined: there is none. */
  audit(): Promise<AuditProof | undefined>;
}

async function whatToVerify(options: CommandOptions, terminal: Terminal): Promise<ToVerify> {
  const { file, anchors } = options;
  const given = typeof anchors === 'string' ? resolve(terminal.workingFolder, anchors) : undefined;
  if (given !== undefined && !existsSync(given)) throw new CommandFailed(EXIT_CODES.config, `The file of anchors ${given} does not exist.`);
  if (typeof file === 'string')
    return { ...viewOfFile(resolve(terminal.workingFolder, file)), anchorsFile: given, audit: async () => undefined };
  const { config } = await loadConfiguration(configurationFile(options, terminal), terminal);
  const configured = config.journal.anchor.file;
  const anchorsFile = given ?? (configured !== undefined && existsSync(configured) ? configured : undefined);
  return { ...configuredView(config), anchorsFile, audit: () => auditOf(config) };
}

/** Where the management API is switched on, or was. */
async function auditOf(config: Config): Promise<AuditProof | undefined> {
  if (!config.management.enabled && config.journal.store === 'postgres') return undefined;
  const { proveAudit } = await import('@payment-manager/management-api/commands');
  try {
    return await proveAudit(config, { log: recordedLog(1), random: systemRandom });
  } catch (error) {
    if (error instanceof DatabaseUnavailable) throw new CommandFailed(EXIT_CODES.unavailable, error.message);
    throw error;
  }
}

async function readAnchors(file: string): Promise<AnchorFile> {
  try {
    const anchors = await readAnchorFile(file);
    if (anchors.count === 0) throw new CommandFailed(EXIT_CODES.config, `${file} has no anchors: it is another file, or it was emptied.`);
    return anchors;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (error instanceof CommandFailed || code === undefined) throw error;
    throw new CommandFailed(EXIT_CODES.config, `${file} cannot be read (${code}).`);
  }
}

const PROGRESS_EVERY_MS = 2_000;

async function looked(
  open: ToVerify['open'],
  anchors: AnchorFile | undefined,
  exportFile: string | undefined,
  terminal: Terminal,
): Promise<{ verdict: Verdict; proof: ExportVerdict | undefined }> {
  let toldAt = systemClock.monotonic();
  const onProgress = (batches: number, records: number): void => {
    if (!terminal.interactive || systemClock.monotonic() - toldAt < PROGRESS_EVERY_MS) return;
    toldAt = systemClock.monotonic();
    terminal.err(style.dim(`  ${records} records, ${batches} batches ...`));
  };
  let view: JournalView | undefined;
  try {
    view = await open();
    if (exportFile !== undefined) await readExportHeader(exportFile);
    const verdict = await verifyJournal(view, { onProgress, ...(anchors === undefined ? {} : { anchors }) });
    return { verdict, proof: exportFile === undefined ? undefined : await proveExport(view, readExport(exportFile)) };
  } catch (error) {
    if (error instanceof ExportUnreadable) throw new CommandFailed(EXIT_CODES.config, error.message);
    if (error instanceof DatabaseUnavailable) throw new CommandFailed(EXIT_CODES.unavailable, error.message);
    throw error;
  } finally {
    await view?.close();
  }
}

interface Shown extends Pick<ToVerify, 'shown' | 'anchorsFile'> {
  readonly anchors: AnchorFile | undefined;
  readonly exported: (ExportVerdict & { readonly file: string | undefined }) | undefined;
  readonly tookMs: number;
  readonly audit: AuditProof | undefined;
}

function print(verdict: Verdict, { shown, anchorsFile, anchors, exported, tookMs, audit }: Shown, terminal: Terminal): void {
  const { complete, records, events, claims, batches, writers, pruned } = verdict;
  const problems = [...verdict.problems, ...(exported?.problems ?? [])];
  const head = problems.length === 0 ? style.good('Verified') : style.bad('Not as it was written');
  terminal.out(`${head}  ${shown}`);
  const writersShown = writers === 1 ? '1 writer' : `${writers} writers`;
  terminal.out(
    `  ${records} records, ${events} events, ${claims} claims in ${batches} batches of ${writersShown}; ${(tookMs / 1000).toFixed(1)} s`,
  );
  if (pruned.records > 0)
    terminal.out(
      `  ${pruned.records} of the records were pruned (${pruned.events} events), ${dayOf(pruned.first)} to ${dayOf(pruned.last)}: their hashes are proven`,
    );
  if (exported)
    terminal.out(
      `  ${exported.records} records in ${exported.file}, ${exported.pruned} of them pruned: ${exported.problems.length === 0 ? 'proven by the journal' : 'not all of them are proven'}`,
    );
  for (const { code, message, batch, expected, found } of problems) {
    terminal.out(`\n${style.bad(code)}  ${printable(message)}`);
    if (batch) terminal.out(`  batch ${batch.number} of writer ${batch.writer}, ${new Date(batch.at).toISOString()}`);
    if (expected !== undefined)
      terminal.out(`  expected ${printable(String(expected))}\n  found    ${printable(String(found ?? 'nothing'))}`);
  }
  if (!complete) terminal.out(style.warn('\nThe rest was not checked.'));
  if (problems.length > 0) terminal.out('\nWhat each code means and what to do: docs/errors.md');
  if (anchors && anchors.unreadable > 0)
    terminal.out(style.warn(`  ${anchors.unreadable} lines of ${anchorsFile} are not anchors: they are cut off or damaged.`));
  terminal.out(`  ${tailOf(verdict)}`);
  if (audit !== undefined) terminal.out(auditLine(audit));
}

function auditLine({ entries, head, broken }: AuditProof): string {
  if (broken !== undefined) return `${style.bad('The audit log is not as it was written')}  entry ${broken.seq}: ${broken.why}`;
  return `${style.good('Audit log verified')}  ${entries} entries; the newest one’s hash, to be kept elsewhere: ${head === '' ? 'none' : head}`;
}

function dayOf(at: number | undefined): string {
  return new Date(at ?? 0).toISOString().slice(0, 10);
}

function tailOf({ anchors, tail, problems }: Verdict): string {
  if (anchors?.last === undefined)
    return style.warn('No anchors were given: a journal that was rewritten as a whole, or shortened, would look the same (--anchors).');
  if (problems.some(({ code }) => code === 'ANCHOR_UNMET')) return `Last anchor: ${anchors.last.at}.`;
  const after =
    tail.batches === 0
      ? 'nothing was written since then.'
      : `written since then, and not yet covered by an anchor: ${tail.batches} batches, ${tail.events} events.`;
  return `It matches ${anchors.count} anchors, the last one of ${anchors.last.at}; ${after}`;
}
