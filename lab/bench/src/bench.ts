import { existsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startSandboxPostgres } from '@payment-manager/local-scheme';
import { type Command, CommandFailed, EXIT_CODES, stayAlive, style, type Terminal } from '@payment-manager/payment-manager';
import { createHttpClient, type HttpClient } from '@payment-manager/runtime';
import { fillFolder } from './bench-folder.ts';
import type { BenchJournal } from './bench-journal.ts';
import { type Comparison, compareWorld } from './compare.ts';
import { compareCommand, ratiosText } from './compare-command.ts';
import { compareConnector, comparisonText } from './connector-bench.ts';
import { removedAtTheEnd } from './interrupted.ts';
import { type Machine, measureMachine } from './machine.ts';
import { type Measured, measure } from './measurement.ts';
import { type BenchOptions, type ConfirmAcknowledged, readOptions, type Scenario } from './options.ts';
import { overload } from './overload-command.ts';
import { failuresText, legend, runsTable } from './report.ts';
import { startWorld } from './world.ts';

/** `./pm bench`: what a payment costs on this machine. Exit code 1 when payments failed. */
export const bench: Command = async (_args, options, terminal) => {
  if (options['portal'] === true) return stayAlive(async () => (await import('./portal-bench.ts')).portalBench(options, terminal));
  const soaks = options['soak'] === true || options['footprint'] === true;
  const wanted = withFolder(readOptions(soaks ? { json: options['json'], folder: options['folder'] } : options), terminal);
  const base = wanted.folder === undefined ? tmpdir() : resolve(terminal.workingFolder, wanted.folder);
  const folder = await mkdtemp(join(base, 'pm-bench-'));
  const client = createHttpClient({});
  const clean = removedAtTheEnd(folder);
  const say = (text: string): void => (wanted.json ? terminal.err(text) : terminal.out(text));
  try {
    say(style.dim('Measuring RSA, making keys and certificates ...'));
    const machine = measureMachine();
    await fillFolder(folder);
    if (options['footprint'] === true) {
      const { footprint } = await import('./footprint.ts');
      return await footprint(folder, options['json'] === true, options['quick'] === true, terminal);
    }
    if (soaks) return await (await import('./soak-command.ts')).soakCommand(options, { folder, client }, terminal);
    if (wanted.overload) {
      const roles = wanted.scenarios.filter((scenario) => scenario !== 'both');
      const failed = await overload({ ...wanted, roles, folder, client }, terminal);
      return failed > 0 ? EXIT_CODES.failed : EXIT_CODES.ok;
    }
    if (wanted.connector !== undefined) {
      const compared = await compareConnector({ ...wanted, connector: wanted.connector, folder, client }, say);
      if (wanted.json) terminal.out(JSON.stringify({ machine, connector: compared }));
      else terminal.out(`\n${comparisonText(compared)}`);
      return compared.failed > 0 ? EXIT_CODES.failed : EXIT_CODES.ok;
    }
    if (wanted.sketch) {
      await compareCommand(wanted, machine, { folder, client, say }, terminal);
      return EXIT_CODES.ok;
    }
    const { measured, comparisons } = await measureAll(wanted, folder, machine, client, say);
    print(wanted, machine, measured, comparisons, terminal);
    return measured.some(({ run }) => run.failed > 0) ? EXIT_CODES.failed : EXIT_CODES.ok;
  } finally {
    await client.close();
    clean();
  }
};

/** The connector's folder as it is from anywhere; a name alone is one of `connectors/`. @throws CommandFailed */
function withFolder(options: BenchOptions, { workingFolder }: Terminal): BenchOptions {
  const { connector } = options;
  if (connector === undefined) return options;
  const found = [connector, join('connectors', connector)]
    .map((one) => resolve(workingFolder, one))
    .find((one) => existsSync(join(one, 'connector.yaml')));
  if (found === undefined)
    throw new CommandFailed(EXIT_CODES.usage, `--connector: there is no connector.yaml in ${connector} nor in connectors/${connector}.`);
  return { ...options, connector: found };
}

async function measureAll(
  options: BenchOptions,
  folder: string,
  machine: Machine,
  client: HttpClient,
  say: (text: string) => void,
): Promise<{ readonly measured: readonly Measured[]; readonly comparisons: readonly Comparison[] }> {
  const measured: Measured[] = [];
  const comparisons: Comparison[] = [];
  const postgres = options.postgres ? await startSandboxPostgres(folder, 0) : undefined;
  try {
    for (const [number, { workers, scenario, confirm }] of worldsOf(options).entries()) {
      const journal = { workers, ...(postgres !== undefined && { postgres }), ...(confirm !== undefined && { confirm }) };
      const run = `${scenario}-${workers}-${number}`;
      const world = await startWorld(scenario, folder, run, client, journal);
      try {
        for (const concurrency of options.concurrencies) {
          say(style.dim(`${describe(scenario, journal)}, ${concurrency} at once ...`));
          measured.push(await measure(world, scenario, concurrency, machine, options));
        }
        if (scenario !== 'both' && isPlain(journal)) {
          say(style.dim(`${scenario} alone and the sketch, in turn ...`));
          comparisons.push(await compareWorld(world, scenario, options.inTurn, folder, run));
        }
      } finally {
        await world.stop();
      }
    }
  } finally {
    await postgres?.stop();
  }
  return { measured, comparisons };
}

/** The sketch has a file for a journal and a core over HTTP. */
function isPlain({ postgres, confirm }: BenchJournal): boolean {
  return postgres === undefined && confirm === undefined;
}

/** What is started anew for each of these, in this order. */
function worldsOf({ workers, scenarios, confirm }: BenchOptions) {
  const confirms: readonly (ConfirmAcknowledged | undefined)[] = confirm ?? [undefined];
  return workers.flatMap((count) =>
    scenarios.flatMap((scenario) => confirms.map((value) => ({ workers: count, scenario, confirm: value }))),
  );
}

function describe(scenario: Scenario, { postgres, workers, confirm }: BenchJournal): string {
  const credits = confirm === undefined ? '' : `, core.confirmAcknowledged: ${confirm}`;
  const who = `${scenario === 'both' ? 'payer and payee' : `${scenario} alone`}${credits}`;
  return postgres === undefined ? who : `${who} on PostgreSQL, ${workers === 1 ? 'one process' : `${workers} processes`} each`;
}

function print(
  options: BenchOptions,
  machine: Machine,
  measured: readonly Measured[],
  comparisons: readonly Comparison[],
  terminal: Terminal,
): void {
  if (options.json) {
    terminal.out(JSON.stringify({ machine, runs: measured.map(({ run }) => run), comparisons }));
  } else {
    terminal.out(`\n${runsTable(measured)}\n\n${legend(machine)}`);
    if (comparisons.length > 0) terminal.out(ratiosText(comparisons));
  }
  for (const line of failuresText(measured)) terminal.err(`${style.bad('failed:')} ${line}`);
}
