import { randomBytes } from 'node:crypto';
import { after, before } from 'node:test';
import { startTestPostgres, type TestPostgres } from '@payment-manager/database/test-postgres';
import { recordedLog } from '@payment-manager/runtime';
import { testJournal } from './journal.conformance.ts';
import type { Journal } from './journal.ts';
import { openPostgresJournal, type PostgresJournalOptions, type SharedJournal } from './postgres-journal.ts';

let server: TestPostgres;
before(async () => {
  server = await startTestPostgres();
});
after(() => server.stop());

const schemaOf = new WeakMap<Journal, string>();
let replicas = 0;

async function open(schema: string, more: Partial<PostgresJournalOptions> = {}): Promise<SharedJournal> {
  const journal = await openPostgresJournal({ url: server.url, schema, replicaId: `replica-${++replicas}`, log: recordedLog(), ...more });
  schemaOf.set(journal, schema);
  return journal;
}
const newSchema = (): string => `test_${randomBytes(6).toString('hex')}`;

testJournal(
  'postgres journal',
  () => open(newSchema()),
  async (journal) => {
    await journal.close();
    return open(schemaOf.get(journal) ?? '');
  },
);
