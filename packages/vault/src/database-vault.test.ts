import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DatabaseUnavailable, openPostgresQueries } from '@payment-manager/database';
import { startTestPostgres, type TestPostgres } from '@payment-manager/database/test-postgres';
import { recordedLog, systemClock, systemRandom, threadPoolSignatures } from '@payment-manager/runtime';
import { openDatabaseStore, storeOver, VAULT_MIGRATIONS } from './store/database-store.ts';
import { masterKeyOf } from './store/master-key.ts';
import { openSealedStore } from './store/sealed-store.ts';
import { testStore } from './store/store.conformance.ts';
import { testVault } from './vault.conformance.ts';
import { openVault } from './vault.ts';

let server: TestPostgres;
let schemas = 0;
before(async () => {
  server = await startTestPostgres();
});
after(() => server.stop());

const newSchema = (): string => `vault_${process.pid}_${++schemas}`;
const openIn = (schema: string) => openDatabaseStore({ url: server.url, schema, log: recordedLog() });
const keyA = masterKeyOf('aa'.repeat(32), 'a test');
const sealed = async (schema: string, current = keyA) => openSealedStore(await openIn(schema), { current }, systemRandom);

testStore('database store', {
  async open() {
    const schema = newSchema();
    return { store: await openIn(schema), again: () => openIn(schema), end: async () => {} };
  },
});

testVault('vault in PostgreSQL', {
  writersCompete: true,
  async open() {
    const schema = newSchema();
    const again = async () =>
      openVault({ store: await sealed(schema), clock: systemClock, random: systemRandom, signatures: threadPoolSignatures });
    const contents = async (): Promise<string> => {
      const store = await sealed(schema);
      const bodies = await Promise.all([...(await store.list()).keys()].map(async (path) => (await store.read(path)).body));
      await store.close();
      return bodies.map((body) => Buffer.from(body).toString('utf8').replaceAll('\\n', '\n')).join('\n');
    };
    return { vault: await again(), again, contents, end: async () => {} };
  },
});

test('vault in PostgreSQL: a replica with another master key is refused', async () => {
  const schema = newSchema();
  const first = await sealed(schema);
  const raw = await openIn(schema);
  await assert.rejects(openSealedStore(raw, { current: masterKeyOf('bb'.repeat(32), 'a test') }, systemRandom), {
    code: 'VAULT_MASTER_KEY_WRONG',
  });
  await raw.close();
  await first.close();
});

test('vault in PostgreSQL: while the server is away it says so, and goes on by itself', async () => {
  const store = await openIn(newSchema());
  await store.write('a/secret/x', 0, Buffer.from('one'));
  await server.restart();
  let wrote = false;
  for (let tries = 0; tries < 100 && !wrote; tries++) {
    try {
      wrote = await store.write('a/secret/x', 1, Buffer.from('two'));
    } catch (error) {
      assert.equal((error as { code: string }).code, 'VAULT_UNAVAILABLE');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  assert.ok(wrote);
  assert.equal((await store.read('a/secret/x')).revision, 2);
  await store.close();
  await assert.rejects(openDatabaseStore({ url: 'postgres://127.0.0.1:1/none', schema: 'x', log: recordedLog() }), {
    code: 'VAULT_UNAVAILABLE',
  });
});

test('vault in PostgreSQL: a write whose answer was lost is looked up: stored once, whether it had arrived or not', async () => {
  const database = await openPostgresQueries({
    url: server.url,
    schema: newSchema(),
    log: recordedLog(),
    room: { room: 'vault', migrations: VAULT_MIGRATIONS },
  });
  let lose: 'before' | 'after' | undefined;
  const store = storeOver({
    ...database,
    async query(query) {
      const now = /SELECT/.test(query.text) ? undefined : lose;
      if (now) lose = undefined;
      if (now === 'before') throw new DatabaseUnavailable('DATABASE_IN_DOUBT', 'lost');
      const rows = await database.query(query);
      if (now === 'after') throw new DatabaseUnavailable('DATABASE_IN_DOUBT', 'lost');
      return rows as never;
    },
  });
  for (const [seen, when] of (['before', 'after', 'before', 'after'] as const).entries()) {
    lose = when;
    assert.equal(await store.write('a/secret/x', seen, Buffer.from(`${seen}`)), true, when);
    assert.equal((await store.read('a/secret/x')).revision, seen + 1);
  }
  lose = 'after';
  await assert.rejects(store.write('a/secret/x', 1, Buffer.from('late')), { code: 'VAULT_UNAVAILABLE', message: /Look again/ });
  assert.equal((await store.read('a/secret/x')).revision, 4);
  await store.close();
});
