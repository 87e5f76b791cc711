import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { eventually, postgresWorld } from '../../test/postgres-world.ts';
import { viewPostgresJournal } from '../chain/postgres-view.ts';
import { JOURNAL_FORMAT } from '../format.ts';
import type { Append } from '../journal.ts';
import { postgresScript, preparedAppend } from '../postgres-append.ts';
import { JOURNAL_START } from './events-after.ts';
import { allAfter, pageAfter, someAppend, testFollowing, told } from './following.conformance.ts';

const world = postgresWorld();
const view = (schema: string) => viewPostgresJournal({ url: world.server.url, schema });

testFollowing('postgres journal', async () => {
  const schema = world.newSchema();
  return { journal: await world.open(schema), view: () => view(schema) };
});

/** A writer whose batch has reached the server, and whose commit has not come yet. */
async function slowWriter(schema: string, append: Append) {
  const { Client } = createRequire(import.meta.resolve('@payment-manager/database'))('pg') as typeof import('pg');
  const client = new Client({ connectionString: world.server.url, options: `-c search_path=${schema}` });
  client.on('error', () => {});
  await client.connect();
  const lease = await client.query<{ epoch: string }>(`SELECT open_lease('slow', 60000, ${JOURNAL_FORMAT}) AS epoch`);
  await client.query('BEGIN');
  const values = [lease.rows[0]?.epoch, 1, ...postgresScript.encode([preparedAppend(append)])];
  await client.query({ text: postgresScript.batchStatement.text, values });
  return {
    async end(how: 'COMMIT' | 'ROLLBACK') {
      await client.query(how);
      await client.end();
    },
    async kill() {
      const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      await world.sql(schema, `SELECT pg_terminate_backend(${rows[0]?.pid})`);
    },
  };
}

for (const [what, finish, expected] of [
  ['is slow', (slow) => slow.end('COMMIT'), ['r0 0+1', 'slow 0+1', 'fast 0+1']],
  ['is undone', (slow) => slow.end('ROLLBACK'), ['r0 0+1', 'fast 0+1']],
  ['is lost with its connection', (slow) => slow.kill(), ['r0 0+1', 'fast 0+1']],
] as readonly (readonly [string, (slow: Awaited<ReturnType<typeof slowWriter>>) => Promise<void>, readonly string[]])[])
  test(`a follower misses nothing where a commit ${what} while another writer goes on`, async () => {
    const schema = world.newSchema();
    const [journal, seen] = [await world.open(schema), await view(schema)];
    await journal.append(someAppend('r0', 0));
    const slow = await slowWriter(schema, someAppend('slow', 0));
    const fast = journal.append(someAppend('fast', 0));
    const waits = eventually('the other writer waits for its turn', async () => {
      const [found] = await world.sql(schema, `SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted`);
      return found;
    });
    waits.catch(() => {});
    // without the order of commits it would not wait, and be read too early
    await Promise.race([fast, waits]);
    const before = await allAfter(seen, JOURNAL_START, 1);
    await finish(slow);
    assert.equal((await fast).kind, 'appended');
    const rest = await allAfter(seen, before.position, 1);
    assert.deepEqual(told([...before.entries, ...rest.entries]), expected);
    await seen.close();
    await journal.close();
  });

test('a follower of three writers at work reads each append once, and each record in its order', async () => {
  const schema = world.newSchema();
  const writers = await Promise.all([world.open(schema), world.open(schema), world.open(schema)]);
  const seen = await view(schema);
  const records = Array.from({ length: 60 }, (_, n) => `r${n}`);
  let writing = true;
  const written = Promise.all(
    records.map(async (id, n) => {
      for (let before = 0; before < 6; before++) await writers[(n + before) % 3]?.append(someAppend(id, before));
    }),
  ).then(() => {
    writing = false;
  });
  const versions = new Map<string, number>();
  for (let position = JOURNAL_START, more = true; more; ) {
    // asked before the page is read: what is committed while an empty page is under way is on the next one
    const stillWriting = writing;
    const page = await pageAfter(seen, position, 3);
    for (const { recordId, before } of page.entries) {
      assert.equal(before, versions.get(recordId) ?? 0, recordId);
      versions.set(recordId, before + 1);
    }
    more = stillWriting || page.more || page.entries.length > 0;
    position = page.position;
  }
  await written;
  assert.deepEqual(
    [...versions.values()],
    records.map(() => 6),
  );
  await seen.close();
  await Promise.all(writers.map((journal) => journal.close()));
});
