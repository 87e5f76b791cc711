import { isReady, manualProgress, ownProgress, type Progress, phasesOf } from '@payment-manager/connection-manager-client/onboarding';
import { type ManagerDoor, openManager } from '@payment-manager/credentials/manager-api';
import type { Finding } from '@payment-manager/operations/doctor';
import { keepTest, lastTest, readinessPassed, testReadiness } from '@payment-manager/operations/readiness-test';
import {
  createHttpClient,
  createMetrics,
  type HttpClient,
  recordedLog,
  systemClock,
  systemRandom,
  systemTimers,
} from '@payment-manager/runtime';
import type { Command, CommandOptions } from '../commands.ts';
import { CommandFailed, EXIT_CODES } from '../exit-codes.ts';
import { managementDoor } from '../operations/management-door.ts';
import { authorizationFor } from '../operations/operations-token.ts';
import { knownName } from '../operations/person.ts';
import { stayAlive } from '../stay-alive.ts';
import { style, type Terminal } from '../terminal.ts';
import { connectionClient, operationsUrl } from './connection-client.ts';
import { findingLine } from './finding-lines.ts';
import { onboardThrough } from './onboard-through.ts';
import { conclude, follow, lastTestLine } from './onboarding-progress.ts';
import { readinessOf } from './readiness-order.ts';
import { type OpenedEnvironment, withEnvironment } from './with-environment.ts';

/** `./pm onboard ENV`: from installed to connected, with live progress, and the tests at its end. */
export const onboard: Command = async ([name], options, terminal) => {
  const chosen = name === undefined ? terminal : { ...terminal, environment: { ...terminal.environment, PM_ENVIRONMENT: name } };
  const patienceMs = patienceOf(options);
  const door = await stayAlive(() => managementDoor(options, chosen));
  if (door !== undefined) return stayAlive(() => onboardThrough(door, options, terminal, patienceMs));
  return withEnvironment(options, chosen, async (opened) => {
    const http = createHttpClient({});
    const manager = await openManager(opened.config, opened.environment, systemClock);
    try {
      return await walk(opened, { options, terminal, patienceMs, http, manager });
    } finally {
      await manager?.close();
      await http.close();
    }
  });
};

interface Walk {
  readonly options: CommandOptions;
  readonly terminal: Terminal;
  readonly patienceMs: number;
  readonly http: HttpClient;
  readonly manager: ManagerDoor | undefined;
}

async function walk(opened: OpenedEnvironment, { options, terminal, patienceMs, http, manager }: Walk): Promise<number> {
  const { config, environment } = opened;
  const quiet = options['json'] === true;
  const tell = (line: string): void => (quiet ? undefined : terminal.out(line));
  tell(`${style.bold(`Connecting ${config.fspId} to ${environment.name}`)}`);
  tell(`${lastTestLine(await lastTest(environment, config))}\n`);
  const { progress, running } = await progressOf(opened, http, manager, tell);
  const steps = await follow(progress, patienceMs, tell).finally(() => progress.stop());
  const ready = isReady(steps);
  const findings = ready ? await tested(opened, { options, http, manager, running, terminal, tell }) : [];
  if (ready)
    await keepTest(environment, config, findings, systemClock.now(), {
      by: knownName(options, terminal) ?? 'a user without a name',
      why: './pm onboard',
    });
  const connected = ready && readinessPassed(findings);
  if (quiet) terminal.out(JSON.stringify({ environment: environment.name, connected, phases: phasesOf(steps), tests: findings }));
  else conclude({ fspId: config.fspId, onboard: opened.onboard, steps, findings, connected }, terminal);
  return connected ? EXIT_CODES.ok : EXIT_CODES.failed;
}

async function progressOf(
  { config, environment }: OpenedEnvironment,
  http: HttpClient,
  manager: ManagerDoor | undefined,
  tell: (line: string) => void,
): Promise<{ progress: Progress; running: boolean }> {
  const product = connectionClient(operationsUrl(config), http, await authorizationFor(config));
  const view = await product.view();
  const running = view !== undefined;
  if (view?.environment !== undefined && view.environment !== environment.name)
    throw new CommandFailed(
      EXIT_CODES.usage,
      `The product that runs at ${operationsUrl(config)} belongs to the environment ${view.environment}. Give each environment its own ports, or stop that product.`,
    );
  if (manager === undefined) return { progress: manualProgress(environment), running };
  if (running) return { progress: { read: async () => (await product.view())?.conditions ?? [], stop: async () => {} }, running };
  tell(style.dim('The product is not running here: this command talks to the Connection Manager itself until everything is done.\n'));
  const world = { clock: systemClock, timers: systemTimers, random: systemRandom, log: recordedLog(1), metrics: createMetrics() };
  return { progress: ownProgress(config, environment, manager.api, world), running };
}

interface Tested extends Omit<Walk, 'patienceMs'> {
  readonly running: boolean;
  tell(line: string): void;
}

async function tested(opened: OpenedEnvironment, walk: Tested): Promise<readonly Finding[]> {
  walk.tell(style.bold('\nTests'));
  const { order, close } = await readinessOf(opened, walk);
  try {
    return await testReadiness(order, systemClock, (finding) => {
      for (const line of findingLine(finding)) walk.tell(line);
    });
  } finally {
    await close();
  }
}

const DEFAULT_PATIENCE_S = 60;

function patienceOf({ wait }: CommandOptions): number {
  const seconds = wait === undefined ? DEFAULT_PATIENCE_S : Number(wait);
  if (!Number.isInteger(seconds) || seconds < 0 || seconds > 86_400)
    throw new CommandFailed(EXIT_CODES.usage, '--wait must be a whole number of seconds, at most 86400.');
  return seconds * 1000;
}
