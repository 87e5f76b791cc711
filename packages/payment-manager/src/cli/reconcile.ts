import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Difference, readStatement, StatementInvalid, type StatementRow } from '@payment-manager/mojaloop-connector';
import { businessDays, createHttpClient, dateOfDay, dayNumber, type HttpClient } from '@payment-manager/runtime';
import type { Command, CommandOptions } from './commands.ts';
import { CommandFailed, EXIT_CODES } from './exit-codes.ts';
import { type FoundManager, findOperations } from './operations/find-operations.ts';
import { operatorName } from './operations/person.ts';
import { type PulledRows, type ReconciledDay, reconcileDay, reconcileThrough } from './operations/reconcile-day.ts';
import { stayAlive } from './stay-alive.ts';
import { style, type Terminal, table } from './terminal.ts';

/** Of a product that does not say when its day begins. */
const CALENDAR_DAY = { zone: 'UTC', cutOff: '00:00' };

/** `./pm reconcile`: hub, journal and core compared for one business day of the product. Exit code 1 when they differ. */
export const reconcile: Command = async (_args, options, terminal) => {
  const date = readDate(options['date']);
  const files = (options['core'] ?? []) as unknown as readonly string[];
  const pull = sidesOf(options);
  if (files.length > 0 && pull.includes('core')) throw new CommandFailed(EXIT_CODES.usage, 'Give --core, or pull the core’s statement.');
  const by = operatorName(options, terminal);
  const client = createHttpClient({ maxAnswerBytes: 268_435_456 });
  try {
    return await stayAlive(async () => {
      const managers = await findOperations(options, terminal, client);
      if (files.length > 0 && managers.length > 1)
        throw new CommandFailed(
          EXIT_CODES.usage,
          `Add the DFSP whose statement it is: --fsp ${managers.map(({ fspId }) => fspId).join(' or --fsp ')}.`,
        );
      const days: Day[] = [];
      for (const manager of managers) {
        const statement = pull.includes('core') ? undefined : await statementOf(files, manager, options, terminal, client);
        const reconciled = await dayOf(manager, { number: date, statement, pull, by });
        const { statementRows = statement?.length, hubStatementRows } = reconciled;
        days.push({ fspId: manager.fspId, ...reconciled, statementRows, hubStatementRows });
      }
      return options['json'] === true ? printJson(options, days, terminal) : print(options, days, terminal);
    });
  } finally {
    await client.close();
  }
};

/** `undefined`: that side gave no statement. */
interface Day extends ReconciledDay {
  readonly fspId: string;
  readonly statementRows: number | undefined;
  readonly hubStatementRows: number | undefined;
}

interface DayWish {
  readonly number: number;
  readonly statement: readonly StatementRow[] | undefined;
  /** Sides whose statement is pulled. */
  readonly pull: readonly string[];
  readonly by: string;
}

/** Whose statements are to be pulled. */
function sidesOf(options: CommandOptions): readonly string[] {
  const sides = (options['pull'] ?? []) as unknown as readonly string[];
  const strange = sides.find((side) => side !== 'core' && side !== 'hub');
  if (strange !== undefined) throw new CommandFailed(EXIT_CODES.usage, `--pull takes core, hub or both, not '${strange}'.`);
  return [...new Set(sides)];
}

/** By the management API of a product that runs with a portal, which keeps it for everybody to see; else here. */
async function dayOf(
  { operations, management }: FoundManager,
  { number, statement, pull, by }: DayWish,
): Promise<ReconciledDay & PulledRows> {
  const door = await management();
  if (door !== undefined) return reconcileThrough(door, dateOfDay(number), statement, pull);
  if (pull.length > 0)
    throw new CommandFailed(EXIT_CODES.unavailable, 'Statements are pulled by a product that runs with a portal (`management.enabled`).');
  const day = businessDays((await operations.identity()).businessDay ?? CALENDAR_DAY);
  return reconcileDay(operations, { date: dateOfDay(number), fromMs: day.startOf(number), toMs: day.startOf(number + 1), statement, by });
}

/** The number of the business day. */
function readDate(date: unknown): number {
  try {
    return dayNumber(String(date));
  } catch {
    throw new CommandFailed(EXIT_CODES.usage, 'Give the business day: --date 2026-11-24');
  }
}

/** The files and addresses that were given; in the sandbox, the demo core's own statement. */
async function statementOf(
  files: readonly string[],
  manager: FoundManager,
  options: CommandOptions,
  terminal: Terminal,
  client: HttpClient,
): Promise<readonly StatementRow[] | undefined> {
  const own = manager.coreUrl === undefined ? [] : [`${manager.coreUrl}/statement?date=${String(options['date'])}`];
  const sources = files.length > 0 ? files : own;
  if (sources.length === 0) return undefined;
  const rows: StatementRow[] = [];
  for (const source of sources) {
    try {
      const text = /^https?:\/\//.test(source)
        ? await fetched(source, client)
        : await readFile(resolve(terminal.workingFolder, source), 'utf8');
      rows.push(...readStatement(text));
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (error instanceof StatementInvalid) throw new CommandFailed(EXIT_CODES.config, `${source}: ${error.message}.`);
      if (code === undefined) throw error;
      throw new CommandFailed(EXIT_CODES.unavailable, `${source} cannot be read (${code}).`);
    }
  }
  return rows;
}

async function fetched(url: string, client: HttpClient): Promise<string> {
  const outcome = await client.request({ method: 'GET', url, headers: { accept: 'text/csv' }, timeoutMs: 60_000 });
  if (outcome.kind === 'failed')
    throw new CommandFailed(EXIT_CODES.unavailable, `${url} does not answer: ${outcome.message} ${outcome.advice}`);
  if (outcome.status !== 200) throw new CommandFailed(EXIT_CODES.unavailable, `${url} answers with status ${outcome.status}.`);
  return Buffer.from(outcome.body).toString('utf8');
}

function printJson(options: CommandOptions, days: readonly Day[], terminal: Terminal): number {
  const dfsps = days.map(({ fspId, statementRows, hubStatementRows, payments, asked, differences, running }) => ({
    fspId,
    payments,
    running,
    hubAsked: asked,
    statementRows: statementRows ?? null,
    hubStatementRows: hubStatementRows ?? null,
    differences,
  }));
  terminal.out(JSON.stringify({ date: options['date'], differences: days.reduce((sum, day) => sum + day.differencesInAll, 0), dfsps }));
  return exitCode(days);
}

function print(options: CommandOptions, days: readonly Day[], terminal: Terminal): number {
  for (const day of days) {
    const { fspId, statementRows, hubStatementRows, payments, hub, asked, unasked, differences, differencesInAll, running } = day;
    terminal.out(
      `${style.bold(fspId)}  ${String(options['date'])}: ${counted(payments, 'transfer')}, ${statementRows === undefined ? 'no statement from the core' : `${counted(statementRows, 'row')} from the core`}${hubStatementRows === undefined ? '' : `, ${counted(hubStatementRows, 'row')} from the hub`}`,
    );
    if (asked > 0) terminal.out(`  asked the hub about ${asked}`);
    if (unasked > 0) terminal.out(style.warn(`  the hub was not asked about ${unasked} more: run it again`));
    if (running > 0) terminal.out(`  ${running} not finished yet: no difference so far`);
    terminal.out(`  ${sums(hub)}`);
    if (differences.length === 0) terminal.out(statementRows === undefined ? style.warn(WITHOUT_CORE) : style.good('  No difference.'));
    else terminal.out(`\n${table(['transfer', 'way', 'difference', 'hub', 'journal', 'core', 'what to do'], differences.map(rowOf))}`);
    if (differencesInAll > differences.length) terminal.out(style.warn(`  ${differencesInAll} differences in all; the first are shown.`));
    terminal.out('');
  }
  return exitCode(days);
}

/** What was not compared is not said to agree. */
const WITHOUT_CORE = '  No difference between hub and journal. The core was not compared: add its statement with --core.';

function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`;
}

function sums(hub: ReconciledDay['hub']): string {
  return (
    Object.entries(hub)
      .map(([word, count]) => `${count} ${word}`)
      .join(', ') || 'nothing on that day'
  );
}

function rowOf({ transferId, direction, code, hub, journal, core, action }: Difference): readonly string[] {
  return [transferId, direction, code, hub, journal, core, action];
}

function exitCode(days: readonly Day[]): number {
  return days.some(({ differencesInAll }) => differencesInAll > 0) ? EXIT_CODES.failed : EXIT_CODES.ok;
}
