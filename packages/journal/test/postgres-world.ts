/** A PostgreSQL for the tests of one file, journals in schemas of their own, and what is put into them. */
import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import { after, before } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startTestPostgres, type TestPostgres } from '@payment-manager/database/test-postgres';
import { recordedLog } from '@payment-manager/runtime';
import { machineSpeed } from '@payment-manager/runtime/test-machine';
import type { Append } from '../src/journal.ts';
import { openPostgresJournal, type PostgresJournalOptions, type SharedJournal } from '../src/postgres-journal.ts';

export interface PostgresWorld {
  readonly server: TestPostgres;
  newSchema(): string;
  open(schema: string, more?: Partial<PostgresJournalOptions>): Promise<SharedJournal>;
  /** Runs SQL beside the journals, in the schema. */
  sql(schema: string, text: string): Promise<readonly Record<string, unknown>[]>;
}

/** Starts the server before the tests of the file, and ends it after them. */
export function postgresWorld(): PostgresWorld {
  let server: TestPostgres | undefined;
  let replicas = 0;
  const running = (): TestPostgres => {
    if (!server) throw new Error('the server runs within tests only');
    return server;
  };
  before(async () => {
    server = await startTestPostgres();
  });
  after(() => server?.stop());
  return {
    get server() {
      return running();
    },
    newSchema: () => `test_${randomBytes(6).toString('hex')}`,
    open: (schema, more = {}) =>
      openPostgresJournal({
        url: running().url,
        schema,
        replicaId: `replica-${++replicas}`,
        log: recordedLog(),
        onFatal: unexpected,
        ...more,
      }),
    async sql(schema, text) {
      const { Client } = createRequire(import.meta.resolve('@payment-manager/database'))('pg') as typeof import('pg');
      const client = new Client({ connectionString: running().url, options: `-c search_path=${schema}` });
      await client.connect();
      const result = await client.query(text);
      await client.end();
      return result.rows;
    },
  };
}

/** A test in which it is expected says so; by default the process would exit, and tell nothing. */
function unexpected(error: Error): never {
  throw error;
}

/** An append with the least that it must have. */
export function append(recordId: string, expectedVersion: number, more: Partial<Append> = {}): Append {
  return {
    recordId,
    kind: 'payer',
    expectedVersion,
    events: [{ type: `event-${expectedVersion + 1}`, at: 1_767_225_600_000 }],
    open: true,
    attention: [],
    label: recordId,
    ...more,
  };
}

/** Until `look` gives something; the processes under test run on real time. */
export async function eventually<T>(what: string, look: () => T | undefined | Promise<T | undefined>, withinMs = 10_000): Promise<T> {
  const deadline = machineSpeed.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (machineSpeed.now() > deadline) throw new Error(`in ${withinMs} ms it did not happen: ${what}`);
    await sleep(10);
  }
}
