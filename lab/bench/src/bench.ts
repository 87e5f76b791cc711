import { existsSync, rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startSandboxPostgres } from '@payment-manager/local-scheme';
import { type Command, CommandFailed, EXIT_CODES, stayAlive, style, type Terminal } from '@payment-manager/payment-manager';
import { createHttpClient, type HttpClient } from '@payment-manager/runtime';
import { fillFolder } from './bench-folder.ts';
import { type Machine, measureMachine } from './machine.ts';
import { type Measured, measure } from './measurement.ts';
import { type BenchOptions, type ConfirmAcknowledged, readOptions, type Scenario } from './options.ts';
import { overload } from './overload-command.ts';
import { failuresText, legend, runsTable } from './report.ts';
import { type BenchJournal, startWorld } from './world.ts';

/** `./pm bench`: what a payment costs on this machine. Exit code 1 when payments failed. */
export const bench: Command = async (_args, options, terminal) => {
  if (options['portal'] === true) return stayAlive(async () => (await import('./portal-bench.ts')).portalBench(options, terminal));
  const wanted = withFolder(readOptions(options), terminal);
  const base = wanted.folder === undefined ? tmpdir() : resolve(terminal.workingFolder, wanted.folder);
  const folder = await mkdtemp(join(base, 'pm-bench-'));
  const client = createHttpClient({});
  const clean = (): void => rmSync(folder, { recursive: true, force: true });
  // The measured processes notice that this one is gone.
  const interrupted = (): void => {
    clean();
    process.exit(130);
  };
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  const say = (text: string): void => (wanted.json ? terminal.err(text) : terminal.out(text));
  try {
    say(style.dim('Measuring RSA, making keys and certificates ...'));
    const machine = measureMachine();
    await fillFolder(folder);
    if (wanted.overload) {
      const roles = wanted.scenarios.filter((scenario) => scenario !== 'both');
      const failed = await overload({ ...wanted, roles, folder, client }, terminal);
      return failed > 0 ? EXIT_CODES.failed : EXIT_CODES.ok;
    }
    const measured = await measureAll(wanted, folder, machine, client, say);
    print(wanted, machine, measured, terminal);
    return measured.some(({ run }) => run.failed > 0) ? EXIT_CODES.failed : EXIT_CODES.ok;
  } finally {
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
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

/** What a connector costs above the core over HTTP, at each load. */
function connectorText(measured: readonly Measured[]): readonly string[] {
  return measured.flatMap(({ run }) => {
    if (run.connector === undefined) return [];
    const plain = measured.find(
      ({ run: other }) => other.connector === undefined && other.concurrency === run.concurrency && other.workers === run.workers,
    );
    const [by, over] = [run.processes.payee?.cpuMsPerPayment, plain?.run.processes.payee?.cpuMsPerPayment];
    if (by === undefined || over === undefined) return [];
    return [
      `core by a connector, ${run.concurrency} at once: ${(by - over).toFixed(3)} ms CPU per payment more than over HTTP (${by} and ${over})`,
    ];
  });
}

async function measureAll(
  options: BenchOptions,
  folder: string,
  machine: Machine,
  client: HttpClient,
  say: (text: string) => void,
): Promise<readonly Measured[]> {
  const measured: Measured[] = [];
  const postgres = options.postgres ? await startSandboxPostgres(folder, 0) : undefined;
  try {
    for (const [number, { workers, scenario, confirm, connector }] of worldsOf(options).entries()) {
      const journal = {
        workers,
        ...(postgres !== undefined && { postgres }),
        ...(confirm !== undefined && { confirm }),
        ...(connector !== undefined && { connector }),
      };
      const world = await startWorld(scenario, folder, `${scenario}-${workers}-${number}`, client, journal);
      try {
        for (const concurrency of options.concurrencies) {
          say(style.dim(`${describe(scenario, journal)}, ${concurrency} at once ...`));
          measured.push(await measure(world, scenario, concurrency, machine, options));
        }
      } finally {
        await world.stop();
      }
    }
  } finally {
    await postgres?.stop();
  }
  return measured;
}

/** What is started anew for each of these, in this order. */
function worldsOf({ workers, scenarios, confirm, connector }: BenchOptions) {
  const connectors: readonly (string | undefined)[] = connector === undefined ? [undefined] : [undefined, connector];
  const confirms: readonly (ConfirmAcknowledged | undefined)[] = confirm ?? [undefined];
  return workers.flatMap((count) =>
    scenarios.flatMap((scenario) =>
      confirms.flatMap((value) => connectors.map((one) => ({ workers: count, scenario, confirm: value, connector: one }))),
    ),
  );
}

function describe(scenario: Scenario, { postgres, workers, confirm, connector }: BenchJournal): string {
  const credits = confirm === undefined ? '' : `, core.confirmAcknowledged: ${confirm}`;
  const by = connector === undefined ? '' : ', core by a connector';
  const who = `${scenario === 'both' ? 'payer and payee' : `${scenario} alone`}${credits}${by}`;
  return postgres === undefined ? who : `${who} on PostgreSQL, ${workers === 1 ? 'one process' : `${workers} processes`} each`;
}

function print(options: BenchOptions, machine: Machine, measured: readonly Measured[], terminal: Terminal): void {
  if (options.json) {
    terminal.out(JSON.stringify({ machine, runs: measured.map(({ run }) => run) }));
  } else {
    terminal.out(`\n${runsTable(measured)}\n\n${legend(machine)}`);
    for (const line of connectorText(measured)) terminal.out(line);
  }
  for (const line of failuresText(measured)) terminal.err(`${style.bad('failed:')} ${line}`);
}
