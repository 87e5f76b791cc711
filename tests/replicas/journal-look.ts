import { setTimeout as pause } from 'node:timers/promises';
import { machineSpeed } from '@payment-manager/runtime/test-machine';
import pg from 'pg';

/** Looks into the journals of all DFSPs from outside, as one who doubts the product does. */
export interface JournalLook {
  /** Ids of records that are open. */
  open(schema: string): Promise<readonly string[]>;
  /**
   * How long after now the last open record that belonged to this replica was no longer its, by the machine's own speed; undefined when it
   * left none. Looks again and again until then.
   */
  takenOverAfterMs(schema: string, replicaId: string): Promise<number | undefined>;
  /** Under which name the process has its lease that has begun something at the core, in a record that is open; undefined: none has. */
  beganAtCore(schema: string): Promise<string | undefined>;
  /** Callbacks that one replica left for the others, and nobody has taken yet. */
  leftCallbacks(schema: string): Promise<number | undefined>;
  close(): Promise<void>;
}

const LOOK_EVERY_MS = 50;
const LOOK_FOR_MS = 60_000;

/** Looks at the server with this URL. While it is away there is nothing to see, and it is looked again. */
export function journalLook(url: string): JournalLook {
  const pool = new pg.Pool({ connectionString: url, max: 4, connectionTimeoutMillis: 1_000 });
  pool.on('error', () => {});
  const rows = async <R extends object>(text: string, values: unknown[] = []): Promise<R[] | undefined> => {
    try {
      return (await pool.query<R>(text, values)).rows;
    } catch {
      return undefined;
    }
  };
  const left = async (schema: string, replicaId: string): Promise<number | undefined> => {
    const found = await rows<{ left: string }>(
      `SELECT count(*) AS left FROM ${schema}.records r WHERE r.open AND EXISTS (
         SELECT FROM ${schema}.events e JOIN ${schema}.leases l ON l.epoch = e.owner WHERE e.record = r.ordinal AND l.replica = $1)`,
      [replicaId],
    );
    return found && Number(found[0]?.left);
  };
  return {
    async open(schema) {
      for (;;) {
        const found = await rows<{ record_id: string }>(`SELECT record_id FROM ${schema}.records WHERE open LIMIT 1000`);
        if (found !== undefined) return found.map(({ record_id }) => record_id);
        await pause(LOOK_EVERY_MS);
      }
    },
    async takenOverAfterMs(schema, replicaId) {
      const from = machineSpeed.now();
      let last: number | undefined;
      while (machineSpeed.now() - from < LOOK_FOR_MS) {
        const now = await left(schema, replicaId);
        if (now === 0) return last === undefined ? undefined : machineSpeed.now() - from;
        if (now !== undefined) last = now;
        await pause(LOOK_EVERY_MS);
      }
      return Number.POSITIVE_INFINITY;
    },
    async beganAtCore(schema) {
      const found = await rows<{ replica: string }>(
        `SELECT l.replica FROM ${schema}.records r JOIN ${schema}.events e ON e.record = r.ordinal JOIN ${schema}.leases l ON l.epoch = e.owner
         WHERE r.kind = 'core' AND r.open AND e.type = 'effect-started' ORDER BY e.seq DESC LIMIT 1`,
      );
      return found?.[0]?.replica;
    },
    async leftCallbacks(schema) {
      const found = await rows<{ left: string }>(`SELECT count(*) AS left FROM ${schema}.mail`);
      return found && Number(found[0]?.left);
    },
    close: () => pool.end(),
  };
}
