import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createLog } from '@payment-manager/runtime';
import { type CoreSettings, DEMO_DFSPS, type Scheme, type SchemeOptions, startScheme } from '@payment-manager/sandbox';
import { CommandFailed, exitCodes } from '../exit-codes.ts';
import { writeManagerConfiguration } from './manager-configuration.ts';
import { type ManagerProcess, startManagerProcess } from './manager-process.ts';
import { forgetRunning, type RunningSandbox, writeRunning } from './running-sandbox.ts';
import { sandboxPorts } from './sandbox-ports.ts';
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
  /** Further options of the scheme, for tests. */
  readonly scheme?: Partial<SchemeOptions>;
}

/** A scheme with its Payment Managers, all ready. */
export interface Sandbox {
  readonly scheme: Scheme;
  readonly managers: ReadonlyMap<string, ManagerProcess>;
  readonly running: RunningSandbox;
  readonly postgresUrl: string | undefined;
  /** Starts a DFSP's Payment Manager again, e.g. after it was killed. */
  restartManager(fspId: string, environment?: Readonly<Record<string, string>>): Promise<ManagerProcess>;
  /** Payment Managers first, so that nothing is under way when the hub goes. */
  stop(): Promise<void>;
}

const stopGraceMs = 15_000;

/** Starts hub, cores and a Payment Manager per DFSP. @throws CommandFailed in words for the user; everything is stopped again then. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { folder, dfsps = DEMO_DFSPS } = options;
  const ports = sandboxPorts(
    options.basePort,
    dfsps.map(({ fspId }) => fspId),
  );
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const logStream = createWriteStream(join(folder, 'scheme.log'), { flags: 'a', mode: 0o600 });
  const log = createLog({ level: 'info', destination: { write: (line) => void logStream.write(line) } });
  const scheme = await startScheme({ folder, log, dfsps, ports, ...options.scheme }).catch((error: unknown) => {
    throw explained(error, options);
  });
  const postgres = options.postgres === true ? await startPostgres(folder, ports.postgres, scheme) : undefined;
  const managers = new Map<string, ManagerProcess>();
  const startManager = async (fspId: string, environment: Readonly<Record<string, string>> = {}): Promise<ManagerProcess> => {
    const file = await writeManagerConfiguration(folder, scheme, scheme.dfsp(fspId), ports.manager(fspId), postgres?.url);
    const manager = await startManagerProcess(file, join(folder, fspId, 'payment-manager.log'), environment, options.workers);
    managers.set(fspId, manager);
    await scheme.connect(fspId, { inbound: manager.urls.inbound, outbound: manager.urls.outbound });
    return manager;
  };
  const stop = async (): Promise<void> => {
    await Promise.all([...managers.values()].map((manager) => manager.stop(stopGraceMs)));
    await postgres?.stop();
    await scheme.stop();
    await forgetRunning(folder);
    await new Promise((resolve) => logStream.end(resolve));
  };
  try {
    await Promise.all(scheme.dfsps.map(({ fspId }) => startManager(fspId)));
    const running = runningOf(scheme, managers);
    await writeRunning(folder, running);
    return { scheme, managers, running, postgresUrl: postgres?.url, restartManager: startManager, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startPostgres(folder: string, port: number, scheme: Scheme): Promise<SandboxPostgres> {
  try {
    return await startSandboxPostgres(folder, port);
  } catch (error) {
    await scheme.stop();
    throw error;
  }
}

function runningOf(scheme: Scheme, managers: ReadonlyMap<string, ManagerProcess>): RunningSandbox {
  return {
    pid: process.pid,
    hubAdminUrl: scheme.hubAdminUrl,
    ...(scheme.connectionManager && { hubOperatorUrl: scheme.connectionManager.operatorUrl }),
    dfsps: scheme.dfsps.map(({ fspId, coreUrl, core }) => {
      const { outbound, operations } = (managers.get(fspId) as ManagerProcess).urls;
      return {
        fspId,
        coreUrl,
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
      exitCodes.unavailable,
      `A port that the sandbox needs is taken: ${message}. End what uses it, or start with another: ./pm start --base-port ${Number(options.basePort) + 1000}`,
    );
  }
  if (typeof code === 'string' && code.startsWith('DATABASE_')) {
    return new CommandFailed(exitCodes.unavailable, `The sandbox’s data in ${options.folder} cannot be used: ${message}`);
  }
  return error;
}
