import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { recordedLog } from '@payment-manager/runtime';
import pg from 'pg';
import { startTestPostgres, type TestPostgres } from '../test/test-postgres.ts';
import { type OpenPostgresOptions, openPostgres } from './open-postgres.ts';
import { pgDriver } from './postgres-driver.ts';
import type { PostgresScript } from './postgres-script.ts';

/** Names, each had once; a batch of them in one statement. */
const ledger: PostgresScript<string, 'added' | 'taken'> = {
  room: 'ledger',
  migrations: [
    'CREATE TABLE entries (name text PRIMARY KEY)',
    `CREATE FUNCTION add_entries(p_epoch bigint, p_batch bigint, p_names text[]) RETURNS json LANGUAGE plpgsql AS $$
     DECLARE refused json;
     BEGIN
       PERFORM begin_batch(p_epoch, p_batch);
       SELECT json_agg(json_build_array(n.place - 1)) INTO refused
         FROM unnest(p_names) WITH ORDINALITY AS n (name, place) JOIN entries e ON e.name = n.name;
       INSERT INTO entries SELECT unnest(p_names) ON CONFLICT DO NOTHING;
       PERFORM end_batch(p_epoch, p_batch, array_to_string(p_names, E'\\x1f'), refused);
       RETURN refused;
     END $$`,
  ],
  batchStatement: { name: 'add', text: 'SELECT add_entries($1, $2, $3) AS refusals' },
  encode: (names) => [names],
  keys: (name) => [name],
  result: (_, refusal) => (refusal ? 'taken' : 'added'),
};

let server: TestPostgres;
before(async () => {
  server = await startTestPostgres();
});
after(() => server.stop());
let names = 0;
const newName = (): string => `ledger_${process.pid}_${++names}`;
const open = (more: Partial<OpenPostgresOptions<string, 'added' | 'taken'>> = {}) =>
  openPostgres({ url: server.url, schema: newName(), replicaId: newName(), log: recordedLog(), script: ledger, ...more });

/** A database of its own, made with `how`, and set up with `sql`. */
async function newDatabase(how: string, sql: (name: string) => string): Promise<string> {
  const name = newName();
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  await client.query(`CREATE DATABASE ${name} ${how}`);
  const more = sql(name);
  if (more !== '') await client.query(more);
  await client.end();
  return new URL(`/${name}`, server.url).href;
}

test('a role that may make nothing in the database uses a schema that was made for it', async () => {
  const role = newName();
  const url = await newDatabase('', () => `CREATE ROLE ${role} LOGIN`);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const made = newName();
  await client.query(`CREATE SCHEMA ${made} AUTHORIZATION ${role}`);
  await client.end();
  const asRole = { url: url.replace('postgres@', `${role}@`) };
  const store = await open({ ...asRole, schema: made });
  assert.equal(await store.write('a'), 'added');
  await store.close();
  await assert.rejects(open(asRole), (error: Error) => /permission denied/.test(error.message));
});

test('operations of one batch get their own results, also where two are about the same thing', async () => {
  const store = await open();
  const results = await Promise.all(['a', 'b', 'a', 'c', 'a'].map((name) => store.write(name)));
  assert.deepEqual(results, ['added', 'added', 'taken', 'added', 'taken']);
  assert.deepEqual(await store.read({ text: 'SELECT name FROM entries ORDER BY name' }), [{ name: 'a' }, { name: 'b' }, { name: 'c' }]);
  await store.close();
  await assert.rejects(store.read({ text: 'SELECT 1' }), { code: 'DATABASE_CLOSED' });
});

test('no query is begun on a connection while another is under way there, and each gets its own answer', async () => {
  const warnings: string[] = [];
  const heard = ({ message }: Error): number => warnings.push(message);
  process.on('warning', heard);
  let most = 0;
  const driver = await pgDriver();
  const store = await open({
    leaseMs: 400,
    driver: {
      ...driver,
      client(config) {
        const client = driver.client(config);
        const query = client.query.bind(client) as (...args: unknown[]) => Promise<never>;
        let underWay = 0;
        client.query = (...args: unknown[]) => {
          most = Math.max(most, ++underWay);
          return query(...args).finally(() => underWay--);
        };
        return client;
      },
    },
  });
  const numbers = Array.from({ length: 12 }, (_, nth) => nth);
  const answers = await Promise.all(
    // longer than from one renewal of the lease to the next
    numbers.map((nth) => store.change<{ nth: number }>({ text: 'SELECT $1::int AS nth, pg_sleep(0.02)', values: [nth] })),
  );
  assert.deepEqual(
    answers.map(([row]) => row?.nth),
    numbers,
  );
  await store.write('a');
  await store.close();
  process.off('warning', heard);
  assert.deepEqual([most, warnings], [1, []]);
});

test('a server that would lose what it acknowledged is refused', async () => {
  for (const level of ['off', 'local', 'remote_write']) {
    const url = await newDatabase('', (name) => `ALTER DATABASE ${name} SET synchronous_commit = ${level}`);
    await assert.rejects(open({ url }), { code: 'DATABASE_NOT_DURABLE', message: new RegExp(`synchronous_commit is ${level}`) });
  }
  const url = await newDatabase('', (name) => `ALTER DATABASE ${name} SET synchronous_commit = remote_apply`);
  await (await open({ url })).close();
});

test('a database without UTF-8, and a server that takes no writes, are refused', async () => {
  const latin = await newDatabase("ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0", () => '');
  await assert.rejects(open({ url: latin }), { code: 'DATABASE_OPEN_FAILED', message: /LATIN1/ });
  const standby = await newDatabase('', (name) => `ALTER DATABASE ${name} SET default_transaction_read_only = on`);
  await assert.rejects(open({ url: standby }), { code: 'DATABASE_UNREACHABLE', message: /standby/ });
});

test('replicas that start at once bring the schema up to date once', async () => {
  const schema = newName();
  const stores = await Promise.all(Array.from({ length: 5 }, () => open({ schema })));
  const [first] = stores;
  assert.deepEqual(await first?.read({ text: 'SELECT room, version FROM schema_versions ORDER BY room' }), [
    { room: 'database', version: 5 },
    { room: 'ledger', version: 2 },
  ]);
  await Promise.all(stores.map((store) => store.close()));
});

test('a schema of a newer program is refused, and a failed migration leaves what was there', async () => {
  const schema = newName();
  await (await open({ schema })).close();
  const older = { ...ledger, migrations: ledger.migrations.slice(0, 1) };
  await assert.rejects(open({ schema, script: older }), { code: 'DATABASE_NEWER', message: /ledger has version 2, this program knows 1/ });
  const broken = { ...ledger, migrations: [...ledger.migrations, 'CREATE TABLE half (a int); SELECT nothing_like_it()'] };
  await assert.rejects(open({ schema, script: broken }), { code: 'DATABASE_OPEN_FAILED' });
  const store = await open({ schema });
  assert.deepEqual(await store.read({ text: `SELECT to_regclass('half') AS half` }), [{ half: null }]);
  await store.close();
});

test('a server that is not there is told without the password', async () => {
  const url = 'postgres://pm:hunter2@127.0.0.1:1/payments';
  await assert.rejects(open({ url }), (error: Error & { code?: string }) => {
    assert.equal(error.code, 'DATABASE_OPEN_FAILED');
    assert.match(error.message, /127\.0\.0\.1:1\/payments/);
    assert.doesNotMatch(error.message, /hunter2/);
    return true;
  });
});

test('what waits is bounded', async () => {
  const store = await open({ maxWaiting: 10 });
  const settled = await Promise.allSettled(Array.from({ length: 50 }, (_, n) => store.write(`n${n}`)));
  const refused = settled.filter(({ status }) => status === 'rejected');
  assert.equal(refused.length, 40);
  for (const result of refused) assert.equal(result.status === 'rejected' && result.reason.code, 'DATABASE_OVERLOADED');
  await store.close();
});

test('a lease that is given back is not renewed any more: closing slowly is no reason to end the process', async () => {
  const driver = await pgDriver();
  const endsSlowly: typeof driver.client = (config) => {
    const client = driver.client(config);
    const end = client.end.bind(client);
    return Object.assign(client, { end: () => new Promise((resolve) => setTimeout(resolve, 300)).then(end) });
  };
  const fatal: string[] = [];
  const onFatal = ({ code }: { code: string }): void => void fatal.push(code);
  const store = await open({ leaseMs: 200, driver: { ...driver, client: endsSlowly }, onFatal });
  await store.write('a');
  await store.close();
  assert.deepEqual(fatal, []);
});
