import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { readSecretFiles, SecretUnreadable } from '@payment-manager/configuration/files';
import {
  compileConnector,
  filesVersion,
  lookAtConnector,
  looksLikeProduction,
  type Observation,
  openBackEnds,
  openGuesses,
  PROBED,
  ProbeFailed,
  type ProbePlan,
  type ProbeReport,
  probe,
  problemLine,
  readConnectorFolder,
  readProbePlan,
  settingValues,
} from '@payment-manager/core-connector';
import { createHttpClient, createLog, createSealer, systemClock, systemRandom, systemTimers } from '@payment-manager/runtime';
import type { CommandOptions } from '../commands.ts';
import { CommandFailed, EXIT_CODES } from '../exit-codes.ts';
import { printable, style, type Terminal } from '../terminal.ts';

/** `./pm connector probe [folder] --with probe.yaml`: the connector against a bank's own test core, with real calls. Writes `probe.json`. */
export async function probeConnector(folder: string, options: CommandOptions, terminal: Terminal): Promise<number> {
  const { plan, place } = await planIn(folder, options, terminal);
  refuseProduction(plan, options);
  const secrets = await secretsOf(plan, place);
  const given = { settings: plan.settings, secrets };
  const { problems, endpoints } = await lookAtConnector(folder, given);
  if (problems.length > 0) {
    for (const problem of problems) terminal.out(printable(problem));
    throw new CommandFailed(EXIT_CODES.failed, 'The connector cannot be probed with these settings.');
  }
  const files = await readConnectorFolder(folder);
  const { connector } = compileConnector(files);
  if (connector.name !== plan.connector)
    throw new CommandFailed(EXIT_CODES.usage, `This probe is of ${plan.connector}, and the connector is ${connector.name}.`);
  const { cfg } = settingValues(connector, given);
  const running = { connector, version: filesVersion(files), cfg };
  const world = { clock: systemClock, timers: systemTimers, log: createLog({ level: 'error' }) };
  const backEnds = openBackEnds({
    ...world,
    running,
    client: ({ timeouts }, own) => createHttpClient({ connectTimeoutMs: timeouts.connectMs, ...own }),
  });
  terminal.out(`Probing ${plan.environment} with ${plan.amount} ${plan.currency}: money moves there.`);
  try {
    const observations = await probe({
      ...world,
      running,
      backEnds,
      plan,
      sealer: createSealer(systemRandom.bytes(32), systemRandom),
      transferId: () => systemRandom.uuid(),
      told: (observation) => tell(observation, terminal),
    });
    const hosts = endpoints.map(({ url }) => new URL(url).host);
    const report: ProbeReport = {
      connector: connector.name,
      version: running.version,
      environment: plan.environment,
      hosts,
      at: new Date(systemClock.now()).toISOString(),
      observations,
    };
    await writeFile(join(folder, PROBED), `${JSON.stringify(report, undefined, 2)}\n`);
  } catch (error) {
    if (error instanceof ProbeFailed) throw new CommandFailed(EXIT_CODES.failed, `The core cannot be probed: ${error.message}.`);
    throw error;
  } finally {
    await backEnds.close();
  }
  terminal.out(`Written: ${join(folder, PROBED)}`);
  const open = await openGuesses(folder, connector.guesses, running.version);
  for (const { id, why } of open) terminal.out(`open  ${printable(id)}  ${style.dim(printable(why))}`);
  return open.some(({ probe: by }) => by !== undefined) ? EXIT_CODES.failed : EXIT_CODES.ok;
}

async function planIn(
  folder: string,
  { with: file }: CommandOptions,
  terminal: Terminal,
): Promise<{ readonly plan: ProbePlan; readonly place: string }> {
  const path = typeof file === 'string' ? resolve(terminal.workingFolder, file) : join(folder, 'probe.yaml');
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined)
    throw new CommandFailed(
      EXIT_CODES.usage,
      `There is no ${path}. It says whom and how much the probe pays: docs/connectors/tutorial.md has one.`,
    );
  const { plan, problems } = readProbePlan(text);
  for (const problem of problems) terminal.out(printable(problemLine(problem)));
  if (plan === undefined) throw new CommandFailed(EXIT_CODES.failed, 'The probe cannot be read.');
  return { plan, place: dirname(path) };
}

/** Money moves: only whoever names the environment may do so where it may be real. */
function refuseProduction({ environment }: ProbePlan, { 'force-environment': forced }: CommandOptions): void {
  if (!looksLikeProduction(environment) || forced === environment) return;
  throw new CommandFailed(
    EXIT_CODES.failed,
    `${environment} looks like an environment with real money, and a probe moves some. If it is meant: --force-environment ${environment}`,
  );
}

async function secretsOf({ secretFiles }: ProbePlan, place: string): Promise<Readonly<Record<string, string>>> {
  const files = Object.fromEntries(Object.entries(secretFiles).map(([name, file]) => [name, resolve(place, file)]));
  try {
    return await readSecretFiles(files, 'secretFiles');
  } catch (error) {
    if (error instanceof SecretUnreadable) throw new CommandFailed(EXIT_CODES.failed, error.message);
    throw error;
  }
}

function tell({ probe: name, step, result, saw }: Observation, terminal: Terminal): void {
  const mark = result === 'as-guessed' ? style.good(result) : result === 'otherwise' ? style.bad(result) : style.dim(result);
  terminal.out(`${mark}  ${printable(name)} ${printable(step)}: ${printable(saw)}`);
}
