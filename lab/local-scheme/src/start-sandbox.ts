import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Step } from '@payment-manager/connection-manager-client/onboarding';
import { CommandFailed, EXIT_CODES, type RunningSandbox } from '@payment-manager/payment-manager';
import { createHttpClient, createLog, systemTimers } from '@payment-manager/runtime';
import {
  type ConnectionManagerServer,
  type CoreSettings,
  DEMO_DFSPS,
  type Scheme,
  type SchemeOptions,
  startScheme,
} from '@payment-manager/sandbox';
import { keepClientSecret } from './client-secret.ts';
import { connectorOf, type ReachedBy, sendsMoney } from './connector-core.ts';
import { removeFormerKeys } from './former-keys.ts';
import { type ManagerPorts, VAULT_POLL_MS, writeManagerConfiguration } from './manager-configuration.ts';
import { type ManagerProcess, startedOutside, startManagerProcess } from './manager-process.ts';
import { forgetRunning, writeRunning } from './note-running.ts';
import { setOldJournalAside } from './old-journals.ts';
import { type Lack, watchOnboarding } from './onboarding-watch.ts';
import type { OwnCore } from './own-core.ts';
import { managerPorts, sandboxPorts } from './sandbox-ports.ts';
import { type SandboxPostgres, startSandboxPostgres } from './sandbox-postgres.ts';

export interface SandboxOptions {
  /** Where everything is kept. */
  readonly folder: string;
  /** Text of a port number; '0' takes free ports. */
  readonly basePort: string;
  readonly dfsps?: readonly CoreSettings[];
  /** Journals in a PostgreSQL of the sandbox's own instead of files. */
  readonly postgres?: boolean;
  /** Processes of each Payment Manager; more than one needs PostgreSQL. */
  readonly workers?: number;
  /** Cores of somebody's own, by FSP id: the demo core of that DFSP is left out. */
  readonly ownCores?: ReadonlyMap<string, OwnCore>;
  /** By which connector a demo core is reached, by FSP id. Default: by the template that its settings name. */
  readonly connectors?: ReadonlyMap<string, ReachedBy>;
  /** DFSPs whose Payment Manager somebody else starts, with the configuration that is written for it here; it is waited for. */
  readonly outside?: ReadonlySet<string>;
  /** Whether each Payment Manager has a portal; default: none. */
  readonly portal?: boolean;
  /** Overrides of the configuration of each Payment Manager, `PM_…`. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Further options of the scheme, for tests. */
  readonly scheme?: Partial<SchemeOptions>;
  readonly progress?: OnboardingProgress;
  /** A DFSP that makes no progress for so long is not waited for. Default 30,000. */
  readonly patienceMs?: number;
  /** Whether nobody wants it any more: then no DFSP is waited for. */
  readonly givenUp?: () => boolean;
}

/** What is told while the DFSPs come into the scheme. */
export interface OnboardingProgress {
  /** A step that is done, of the first time only, or that failed. */
  step(fspId: string, step: Step): void;
  /** The folder is of a time when the sandbox made the DFSPs' keys; now they make their own. */
  madeAnew(): void;
  /** A DFSP's journal was in a stored form that is not read any more; it has this name now, and a new one is begun. */
  setAside(fspId: string, journal: string): void;
}

/** A scheme with its Payment Managers, all ready, and in the scheme unless something is lacking. */
export interface Sandbox {
  readonly scheme: Scheme;
  readonly managers: ReadonlyMap<string, ManagerProcess>;
  readonly running: RunningSandbox;
  readonly postgresUrl: string | undefined;
  /** What keeps DFSPs out of the scheme; it goes on by itself when it can. */
  readonly lacks: readonly Lack[];
  /** Starts a DFSP's Payment Manager again, e.g. after it was killed. */
  restartManager(fspId: string, environment?: Readonly<Record<string, string>>): Promise<ManagerProcess>;
  /** Payment Managers first, so that nothing is under way when the hub goes. */
  stop(): Promise<void>;
}

const STOP_GRACE_MS = 15_000;

/**
 * Starts hub, Connection Manager, cores and a Payment Manager per DFSP, and waits until all are in the scheme: each comes in by itself, with
 * nothing but the client secret of its registration. @throws CommandFailed in words for the user; everything is stopped again then.
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { folder, dfsps = DEMO_DFSPS, progress } = options;
  const fspIds = dfsps.map(({ fspId }) => fspId);
  const ports = sandboxPorts(options.basePort, fspIds);
  const ofManagers = await managerPorts(ports, fspIds);
  // what is above it is not closed to others: PostgreSQL, which runs as another user than root, must get through
  await mkdir(dirname(folder), { recursive: true });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if (await removeFormerKeys(folder, fspIds)) progress?.madeAnew();
  const logStream = createWriteStream(join(folder, 'scheme.log'), { flags: 'a', mode: 0o600 });
  const log = createLog({ level: 'info', destination: { write: (line) => void logStream.write(line) } });
  const connectionManager = { port: ports.connectionManager, operatorPort: ports.operator };
  const [scheme, postgres] = await bothOrNeither(
    startScheme({ folder, log, dfsps, ports, connectionManager, ...options.scheme }).catch((error: unknown) => {
      throw explained(error, options);
    }),
    options.postgres === true ? startSandboxPostgres(folder, ports.postgres) : Promise.resolve(undefined),
  );
  const managers = new Map<string, ManagerProcess>();
  const startManager = async (
    fspId: string,
    environment: Readonly<Record<string, string>> = options.environment ?? {},
  ): Promise<ManagerProcess> => {
    const dfsp = scheme.dfsp(fspId);
    const ports = ofManagers.get(fspId) as ManagerPorts;
    const ownCore = options.ownCores?.get(fspId);
    const connector = ownCore === undefined ? connectorOf(dfsp, options.connectors?.get(fspId)) : undefined;
    const file = await writeManagerConfiguration(folder, scheme, dfsp, ports, postgres?.url, {
      ownCore,
      connector,
      portal: options.portal,
    });
    await keepClientSecret(file, dfsp);
    const manager =
      options.outside?.has(fspId) === true
        ? startedOutside(ports, options.portal)
        : await startManagerProcess(file, join(folder, fspId, 'payment-manager.log'), environment, { workers: options.workers });
    managers.set(fspId, manager);
    const { inbound, outbound } = manager.urls;
    await scheme.connect(fspId, { inbound, outbound }, connector !== undefined && sendsMoney(connector));
    return manager;
  };
  const stop = async (): Promise<void> => {
    await Promise.all([...managers.values()].map((manager) => manager.stop(STOP_GRACE_MS)));
    await postgres?.stop();
    await scheme.stop();
    await forgetRunning(folder);
    await new Promise((resolve) => logStream.end(resolve));
  };
  try {
    for (const fspId of fspIds) {
      const aside = await setOldJournalAside(folder, fspId, postgres?.url);
      if (aside !== undefined) progress?.setAside(fspId, aside);
    }
    const isFirst = !allOnboarded(scheme);
    await Promise.all(scheme.dfsps.map(({ fspId }) => startManager(fspId)));
    const running = runningOf(scheme, managers, options.ownCores);
    await writeRunning(folder, running);
    const tell = (fspId: string, step: Step): void => {
      if (step.state === 'Failed' || (isFirst && step.state === 'Ready')) progress?.step(fspId, step);
    };
    const lacks = await onboarded(scheme, managers, tell, options);
    if (isFirst && (options.workers ?? 1) > 1) await allHaveLooked();
    return { scheme, managers, running, postgresUrl: postgres?.url, lacks, restartManager: startManager, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function connectionManagerOf(scheme: Scheme): ConnectionManagerServer {
  return scheme.connectionManager as ConnectionManagerServer;
}

function allOnboarded(scheme: Scheme): boolean {
  const members = connectionManagerOf(scheme).members();
  return scheme.dfsps.every(({ fspId }) => members.some((member) => member.fspId === fspId && member.onboarded));
}

/** Waits for all of them; resolves with what is still lacking. */
async function onboarded(
  scheme: Scheme,
  managers: ReadonlyMap<string, ManagerProcess>,
  tell: (fspId: string, step: Step) => void,
  { patienceMs = 30_000, givenUp = () => false }: Pick<SandboxOptions, 'patienceMs' | 'givenUp'>,
): Promise<readonly Lack[]> {
  const http = createHttpClient({});
  const everybody = [scheme.hubId, ...scheme.dfsps.map(({ fspId }) => fspId)];
  try {
    const lacks = [...managers].map(([fspId, { urls, ended }]) => {
      let gone = false;
      void ended.then(() => {
        gone = true;
      });
      const peers = everybody.filter((peer) => peer !== fspId);
      const knownToHub = () => isKnown(scheme, fspId, urls.inbound);
      const watch = { peers, knownToHub, patienceMs, givenUp: () => gone || givenUp(), tell: (step: Step) => tell(fspId, step) };
      return watchOnboarding({ fspId, operationsUrl: urls.operations }, watch, http);
    });
    return (await Promise.all(lacks)).flat();
  } finally {
    await http.close();
  }
}

/** What the process that leads has put into the vault, the others see a little later. */
function allHaveLooked(): Promise<void> {
  return new Promise((resolve) => void systemTimers.after(VAULT_POLL_MS * 1.2, resolve));
}

function isKnown(scheme: Scheme, fspId: string, inbound: string): boolean {
  const participant = scheme.hub.directory.participant(fspId);
  return participant?.endpoint === inbound && participant.jwsPublicKeys.length > 0;
}

/** What did start is stopped again when the other one does not. */
async function bothOrNeither(
  scheme: Promise<Scheme>,
  postgres: Promise<SandboxPostgres | undefined>,
): Promise<[Scheme, SandboxPostgres | undefined]> {
  const started = await Promise.allSettled([scheme, postgres]);
  if (started.some(({ status }) => status === 'rejected'))
    await Promise.all(started.map((one) => (one.status === 'fulfilled' ? one.value?.stop() : undefined)));
  return Promise.all([scheme, postgres]);
}

function runningOf(
  scheme: Scheme,
  managers: ReadonlyMap<string, ManagerProcess>,
  ownCores: ReadonlyMap<string, OwnCore> = new Map(),
): RunningSandbox {
  return {
    pid: process.pid,
    hubAdminUrl: scheme.hubAdminUrl,
    hubOperatorUrl: connectionManagerOf(scheme).operatorUrl,
    dfsps: scheme.dfsps.map(({ fspId, coreUrl, core }) => {
      const { outbound, operations } = (managers.get(fspId) as ManagerProcess).urls;
      return {
        fspId,
        coreUrl: ownCores.get(fspId)?.baseUrl ?? coreUrl,
        ...(ownCores.has(fspId) && { ownCore: true as const }),
        outboundUrl: outbound,
        operationsUrl: operations,
        customers: core.settings.customers.map(({ id, displayName, identifiers }) => ({ id, displayName, identifiers })),
      };
    }),
  };
}

function explained(error: unknown, options: SandboxOptions): unknown {
  const { code, message } = error as { code?: string; message?: string };
  if (code === 'EADDRINUSE') {
    return new CommandFailed(
      EXIT_CODES.unavailable,
      `A port that the sandbox needs is in use: ${message}. Stop the program that uses it, or choose other ports: ./pm start --base-port ${Number(options.basePort) + 1000}`,
    );
  }
  if (typeof code === 'string' && code.startsWith('DATABASE_')) {
    return new CommandFailed(EXIT_CODES.unavailable, `The sandbox’s data in ${options.folder} cannot be used: ${message}`);
  }
  return error;
}
