import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { recordedLog } from '@payment-manager/runtime';
import { machineSpeed } from '@payment-manager/runtime/test-machine';
import pg from 'pg';
import { startTestPostgres, type TestPostgres } from '../test/test-postgres.ts';
import { type OpenPostgresOptions, openPostgres, type PostgresStore } from './open-postgres.ts';
import { type PostgresDriver, pgDriver } from './postgres-driver.ts';
import type { PostgresScript } from './postgres-script.ts';

/** Stores nothing but its batches. */
const script: PostgresScript<string, string> = {
  room: 'nothing',
  migrations: [
    `CREATE FUNCTION note(p_epoch bigint, p_batch bigint, p_names text[]) RETURNS json LANGUAGE plpgsql AS $$
     BEGIN
       PERFORM begin_batch(p_epoch, p_batch);
       PERFORM end_batch(p_epoch, p_batch, array_to_string(p_names, E'\\x1f'), NULL);
       RETURN NULL;
     END $$`,
  ],
  batchStatement: { name: 'note', text: 'SELECT note($1, $2, $3) AS refusals' },
  encode: (names) => [names],
  keys: (name) => [name],
  result: (name) => name,
};

const withinMs = 20_000;
let server: TestPostgres;
let other: TestPostgres;
before(async () => {
  [server, other] = await Promise.all([startTestPostgres(), startTestPostgres()]);
});
after(() => Promise.all([server.stop(), other.stop()]));

let names = 0;
const newName = (): string => `durable_${process.pid}_${++names}`;
const open = (more: Partial<OpenPostgresOptions<string, string>> = {}): Promise<PostgresStore<string, string>> =>
  openPostgres({ url: server.url, schema: newName(), replicaId: newName(), log: recordedLog(), script, leaseMs: 1_000, ...more });

async function administer(url: string, ...statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  for (const statement of statements) await client.query(statement);
  await client.end();
}

/** Asks again until it is so; fails when it is never so. */
async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (const endMs = machineSpeed.now() + withinMs; machineSpeed.now() < endMs; await sleep(25)) if (await isSo()) return;
  assert.fail(`never: ${what}`);
}

const settingOf = async (store: PostgresStore<string, string>, name: string): Promise<string | undefined> =>
  (await store.change<{ value: string }>({ text: 'SELECT current_setting($1) AS value', values: [name] }))[0]?.value;

/** `pg`, whose connections for questions go elsewhere. */
async function readsFrom(url: () => string): Promise<PostgresDriver> {
  const driver = await pgDriver();
  return { ...driver, pool: (config, verify) => driver.pool({ ...config, connectionString: url() }, verify) };
}

test('a session goes on committing durably when somebody changes the settings of the server', async () => {
  const store = await open();
  try {
    await administer(
      server.url,
      'ALTER SYSTEM SET synchronous_commit = off',
      'ALTER SYSTEM SET work_mem = 5555',
      'SELECT pg_reload_conf()',
    );
    await until('the session has read the settings anew', async () => (await settingOf(store, 'work_mem')) === '5555kB');
    assert.equal(await settingOf(store, 'synchronous_commit'), 'on');
    assert.equal(await store.write('a'), 'a');
  } finally {
    await administer(server.url, 'ALTER SYSTEM RESET ALL', 'SELECT pg_reload_conf()');
    await store.close();
  }
});

test('a server that stops to be durable while it is used takes no more writes until it is durable again', async () => {
  const store = await open();
  const failureOfWrite = (): Promise<string> => store.write('a').then(() => '', String);
  try {
    assert.equal(await failureOfWrite(), '');
    await administer(server.url, 'ALTER SYSTEM SET fsync = off', 'SELECT pg_reload_conf()');
    await until('a write is refused because of fsync', async () => (await failureOfWrite()).includes('fsync is off'));
    await administer(server.url, 'ALTER SYSTEM RESET ALL', 'SELECT pg_reload_conf()');
    await until('a write is stored again', async () => (await failureOfWrite()) === '');
  } finally {
    await administer(server.url, 'ALTER SYSTEM RESET ALL', 'SELECT pg_reload_conf()');
    await store.close();
  }
});

test('questions are answered by the primary alone, and by the server that is written to', async () => {
  const standby = newName();
  await administer(server.url, `CREATE DATABASE ${standby}`, `ALTER DATABASE ${standby} SET default_transaction_read_only = on`);
  const answersFrom = async (url: string): Promise<unknown> => {
    const store = await open({ driver: await readsFrom(() => url) });
    try {
      return await store.read({ text: 'SELECT 1 AS one' });
    } finally {
      await store.close();
    }
  };
  assert.deepEqual(await answersFrom(server.url), [{ one: 1 }]);
  const onStandby = new URL(`/${standby}`, server.url).href;
  await assert.rejects(answersFrom(onStandby), { code: 'DATABASE_UNREACHABLE', message: /standby/ });
  await assert.rejects(answersFrom(other.url), { code: 'DATABASE_UNREACHABLE', message: /another server/ });
});

test('after a failover no question goes to the former primary, though it is still up', async () => {
  const driver = await pgDriver();
  let at = server.url;
  const moved: PostgresDriver = {
    client: (config) => driver.client({ ...config, connectionString: at }),
    pool: (config, verify) => driver.pool({ ...config, connectionString: at }, verify),
  };
  const schema = newName();
  const [store, there] = [await open({ schema, driver: moved }), await open({ url: other.url, schema })];
  const portOf = async (): Promise<number | undefined> =>
    (await store.read<{ port: number }>({ text: 'SELECT inet_server_port() AS port' }).catch(() => []))[0]?.port;
  try {
    assert.equal(await portOf(), Number(new URL(server.url).port));
    at = other.url;
    await administer(server.url, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE '%writes'`);
    await until(
      'the writer is on the other server',
      async () => Number(await settingOf(store, 'port').catch(() => 0)) === Number(new URL(other.url).port),
    );
    assert.equal(await portOf(), Number(new URL(other.url).port));
  } finally {
    await Promise.all([store.close(), there.close()]);
  }
});
