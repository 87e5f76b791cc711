import { startTestPostgres, type TestPostgres } from '@payment-manager/database/test-postgres';
import { recordedLog } from '@payment-manager/runtime';
import { type Scheme, startScheme } from '@payment-manager/sandbox';
import { atThisSpeed, type Overrides } from '../scheme/configuration.ts';
import { schemeFolders } from '../scheme/folders.ts';
import { dfspsWith, PAYEE, PAYER, QUICK_DELIVERY } from '../scheme/running-scheme.ts';
import { type JournalLook, journalLook } from './journal-look.ts';
import { type ReplicaGroup, startReplicas } from './replica-group.ts';

/** Hub and cores in this process; both Payment Managers as replicas behind balancers; one PostgreSQL that can be crashed. */
export interface ReplicaWorld {
  readonly scheme: Scheme;
  readonly server: TestPostgres;
  readonly payer: ReplicaGroup;
  readonly payee: ReplicaGroup;
  readonly look: JournalLook;
  stop(): Promise<void>;
}

export interface ReplicaWorldOptions {
  /** Of each DFSP. */
  readonly replicas: number;
  /** `journal.leaseMs` of all. */
  readonly leaseMs: number;
  /** The folder of the connector by which the payee's core is reached; absent: over HTTP, as it is. */
  readonly connector?: string;
  /** Processes of each replica of the payee. */
  readonly workers?: number;
}

/** So rich that a long run does not end for want of money. */
const RICH = { USD: '10000000' };

/** The times of production, in proportion to what this machine with other work beside needs. Leases are the database's, and stay. */
async function overrides({ leaseMs }: ReplicaWorldOptions): Promise<Overrides> {
  const prepareMs = leaseMs + 8_000;
  const times = await atThisSpeed({
    timeouts: { callbackMs: prepareMs, backendMs: 3_000, hubHttpMs: 3_000, patchGraceMs: 3_000 },
    lifetimes: { quoteMs: 2 * prepareMs, prepareMs, quoteRequestMs: prepareMs, clockSkewMs: 500 },
    ladder: { firstMs: 500, factor: 2, maxMs: 2_000, enquiries: 12, slowMs: 2_000 },
  });
  return {
    ...times,
    journal: { leaseMs, readConnections: 2 },
    // longer than a client uses an idle connection again: else one may send a request on it while it is being closed
    shutdown: await atThisSpeed({ drainMs: 4_500, graceMs: 10_000 }),
  };
}

/**
 * Starts it. Over HTTP the payee's core books every call anew, so that a call that is repeated shows in its books, and can be asked; by a connector it is
 * asked and repeated as that says.
 */
export async function startReplicaWorld(options: ReplicaWorldOptions): Promise<ReplicaWorld> {
  const closers: (() => Promise<void> | void)[] = [];
  const stop = async (): Promise<void> => {
    for (let close = closers.pop(); close !== undefined; close = closers.pop()) await close();
  };
  try {
    const folders = await schemeFolders('replicas');
    closers.push(() => folders.remove());
    const folder = folders.next();
    const server = await startTestPostgres();
    closers.push(() => server.stop());
    // What is only slow is waited for.
    const patience = await atThisSpeed({ core: { callTimeoutMs: 8_000 }, delivery: QUICK_DELIVERY });
    const scheme = await startScheme({
      folder,
      forgets: true,
      log: recordedLog(),
      dfsps: dfspsWith().map((dfsp) => ({
        ...dfsp,
        ...patience.core,
        deduplicates: dfsp.fspId !== PAYEE,
        customers: dfsp.customers.map((customer) => ({ ...customer, accounts: RICH })),
      })),
      netDebitCap: RICH,
      hub: { delivery: patience.delivery },
    });
    closers.push(() => scheme.stop());
    const times = await overrides(options);
    const { connector, workers } = options;
    const group = async (fspId: string): Promise<ReplicaGroup> => {
      const core = fspId === PAYEE && connector !== undefined ? { connector } : { transferAskable: true };
      const started = await startReplicas({
        folder,
        scheme,
        fspId,
        hubUrl: scheme.hubUrl,
        postgresUrl: server.url,
        count: options.replicas,
        overrides: { ...times, core },
        ...(fspId === PAYEE && workers !== undefined && { workers }),
      });
      closers.push(() => started.stop());
      return started;
    };
    const [payer, payee] = await Promise.all([group(PAYER), group(PAYEE)]);
    const look = journalLook(server.url);
    closers.push(() => look.close());
    return { scheme, server, payer, payee, look, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
