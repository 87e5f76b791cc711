import { postgresWorld } from '../../test/postgres-world.ts';
import type { TamperedJournal } from '../../test/tampered-journal.ts';
import { testExport, testPrunedTampering } from '../prune/pruned-tampering.conformance.ts';
import { testAnchors } from './anchors.conformance.ts';
import { testLive } from './live-verification.conformance.ts';
import { viewPostgresJournal } from './postgres-view.ts';
import { testTampering } from './tampering.conformance.ts';

const world = postgresWorld();
const tables = ['records', 'events', 'claims', 'attention', 'chain', 'chain_heads'] as const;

async function openTampered(): Promise<TamperedJournal> {
  const schema = world.newSchema();
  const journal = await world.open(schema);
  const sql = async (text: string): Promise<void> => void (await world.sql(schema, text));
  return {
    journal,
    sql,
    view: () => viewPostgresJournal({ url: world.server.url, schema }),
    keep: () => sql(tables.map((table) => `CREATE TABLE kept_${table} AS TABLE ${table}`).join(';')),
    restore: () => sql(tables.map((table) => `TRUNCATE ${table}; INSERT INTO ${table} SELECT * FROM kept_${table}`).join(';')),
    event: (recordId, seq) => {
      const record = `record = (SELECT ordinal FROM records WHERE record_id = '${recordId}')`;
      return seq === undefined ? record : `${record} AND seq = ${seq}`;
    },
    key: (hex) => `'${hex}'`,
    addRecord: (
      recordId,
      head,
    ) => `INSERT INTO records (ordinal, record_id, kind, label, version, open, attentions, topics, updated_at, head, appends)
      VALUES (99, '${recordId}', 'payer', 'T', 1, true, 0, 0, 1, '${head}', 1)`,
    addEvent: (recordId, seq, { at, type, body }) => `INSERT INTO events (record, seq, type, at, writer, owner, body)
      SELECT ordinal, ${seq}, '${type}', ${at}, 1, 1, '${body}' FROM records WHERE record_id = '${recordId}'`,
    close: () => journal.close(),
  };
}

testTampering('postgres journal', true, openTampered);
testAnchors('postgres journal', openTampered);
testPrunedTampering('postgres journal', openTampered);
testExport('postgres journal', openTampered);
testLive('postgres journal', async () => {
  const schema = world.newSchema();
  const journals = [await world.open(schema), await world.open(schema), await world.open(schema)];
  return {
    journals,
    view: () => viewPostgresJournal({ url: world.server.url, schema }),
    close: async () => void (await Promise.all(journals.map((journal) => journal.close()))),
  };
});
