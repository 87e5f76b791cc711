import { dirname, join } from 'node:path';
import { type ManagerProcess, startManagerProcess } from '@payment-manager/local-scheme';
import type { HttpClient } from '@payment-manager/runtime';
import { NAMES, writeConfiguration } from './bench-folder.ts';
import type { BenchJournal } from './bench-journal.ts';
import type { Scenario } from './options.ts';
import { type StubProcess, startStubProcess } from './stub-process.ts';
import { type Usage, usageOf } from './usage.ts';

/** A measured process. */
export type Role = 'payer' | 'payee';

/** The processes of a scenario, all ready. */
export interface World {
  readonly roles: readonly Role[];
  readonly stub: StubProcess;
  readonly journal: BenchJournal;
  usage(role: Role): Promise<Usage>;
  /** Where it is, and what of it. */
  process(role: Role): { readonly pid: number; readonly configFile: string; readonly dataFolder: string; readonly operations: string };
  stop(): Promise<void>;
}

const ROLES_OF: Readonly<Record<Scenario, readonly Role[]>> = { both: ['payer', 'payee'], payer: ['payer'], payee: ['payee'] };
const FSP_OF: Readonly<Record<Role, string>> = { payer: NAMES.payerFsp, payee: NAMES.payeeFsp };
const STOP_GRACE_MS = 15_000;
/** From the prepare to its expiration, where confirmations are measured: they come soon after it. */
const CREDIT_LIFETIME_MS = 12_000;

/**
 * Starts stub and Payment Managers, each in a process of its own; the latter exactly as `./pm run` starts them. `run` names
 * the folder (and the schema) of their journals, below `folder`. `before`: done with each configuration before its process is started.
 */
export async function startWorld(
  scenario: Scenario,
  folder: string,
  run: string,
  client: HttpClient,
  journal: BenchJournal = { workers: 1 },
  before?: (role: Role, configFile: string) => Promise<void>,
): Promise<World> {
  const lifetime = journal.confirm === undefined ? {} : { lifetimeMs: CREDIT_LIFETIME_MS };
  const stub = await startStubProcess({ scenario, folder, ...NAMES, ...lifetime });
  const managers = new Map<Role, ManagerProcess & { readonly configFile: string }>();
  const stop = async (): Promise<void> => {
    await Promise.all([...managers.values()].map((manager) => manager.stop(STOP_GRACE_MS)));
    await stub.stop();
  };
  try {
    for (const role of ROLES_OF[scenario]) managers.set(role, await startManager(role, folder, run, stub, journal, before));
    const inbound = [...managers].map(([role, { urls }]) => [FSP_OF[role], urls.inbound] as const);
    await stub.connect(Object.fromEntries(inbound), managers.get('payer')?.urls.outbound);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    roles: ROLES_OF[scenario],
    stub,
    journal,
    usage: (role) => usageOf(client, managers.get(role)?.urls.operations ?? ''),
    process(role) {
      const { pid = 0, configFile = '', urls } = managers.get(role) ?? {};
      return { pid, configFile, dataFolder: join(dirname(configFile), 'data'), operations: urls?.operations ?? '' };
    },
    stop,
  };
}

async function startManager(
  role: Role,
  folder: string,
  run: string,
  stub: StubProcess,
  { postgres, workers, ...how }: BenchJournal,
  before?: (role: Role, configFile: string) => Promise<void>,
): Promise<ManagerProcess & { readonly configFile: string }> {
  const urls = { hub: stub.hubUrl, core: stub.coreUrl, postgres: postgres?.url };
  const configFile = await writeConfiguration(folder, FSP_OF[role], run, urls, how);
  await before?.(role, configFile);
  return { ...(await startManagerProcess(configFile, join(folder, run, `${role}.log`), {}, { workers })), configFile };
}
