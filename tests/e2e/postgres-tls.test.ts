import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openPostgresQueries, type PostgresAddress } from '@payment-manager/database';
import { recordedLog } from '@payment-manager/runtime';
import pg from 'pg';
import { startTestPostgres, type TestPostgres } from '../../packages/database/test/test-postgres.ts';
import { type TestAuthority, testAuthority } from '../../packages/runtime/test/test-authority.ts';

/** Two servers: one whose certificate is for 127.0.0.1 and that demands TLS and a certificate of ours, one that knows no TLS. */
let [authority, other]: TestAuthority[] = [];
let [server, plain]: TestPostgres[] = [];
let own: { readonly certificate: string; readonly key: string };
/** The database that takes whoever comes by TLS with a certificate. */
let payments: string;

before(async () => {
  [authority, other] = await Promise.all([testAuthority('Database CA'), testAuthority('Another CA')]);
  const [ofServer, ofUs] = await Promise.all([authority.issue('server'), authority.issue('pm')]);
  own = { certificate: ofUs.certificate, key: ofUs.privateKey.reveal() };
  const tls = { certificate: ofServer.certificate, key: ofServer.privateKey.reveal(), clientCa: authority.certificate };
  const access = 'hostssl payments all 127.0.0.1/32 trust clientcert=verify-ca';
  [server, plain] = await Promise.all([startTestPostgres({ tls, access }), startTestPostgres()]);
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  await client.query('CREATE DATABASE payments');
  await client.end();
  payments = new URL('/payments', server.url).href;
});
after(() => Promise.all([server?.stop(), plain?.stop()]));

/** What the server says of our connection, once one is open. */
async function connected(address: PostgresAddress): Promise<{ ssl: boolean; version: string | null; subject: string | null }> {
  const room = { room: 'tls', migrations: ['CREATE TABLE things (name text)'] };
  const queries = await openPostgresQueries({ ...address, room, log: recordedLog(), schema: `tls_${process.pid}` });
  try {
    const text = 'SELECT ssl, version, client_dn AS subject FROM pg_stat_ssl WHERE pid = pg_backend_pid()';
    const [row] = await queries.query<Awaited<ReturnType<typeof connected>>>({ text, values: [] });
    return row ?? assert.fail('no row');
  } finally {
    await queries.close();
  }
}

test('with a CA and a certificate of ours the connection is TLS, and both sides are known', async () => {
  const { ssl, version, subject } = await connected({ url: payments, tls: { ca: authority?.certificate ?? '', ...own } });
  assert.deepEqual([ssl, subject], [true, '/CN=pm']);
  assert.match(version ?? '', /^TLSv1\.[23]$/);
});

test('without a certificate of ours, and without TLS, this server refuses us', async () => {
  await assert.rejects(connected({ url: payments, tls: { ca: authority?.certificate ?? '' } }), /certificate/);
  await assert.rejects(connected({ url: payments }), /pg_hba\.conf|encryption/);
});

test('a server that another CA has certified is not spoken to', async () => {
  await assert.rejects(
    connected({ url: payments, tls: { ca: other?.certificate ?? '', ...own } }),
    /self-signed certificate|unable to .*certificate/,
  );
  await assert.rejects(connected({ url: `${server?.url}?sslmode=verify-full` }), /self-signed certificate|unable to .*certificate/);
});

test('a server whose certificate is for another name is not spoken to', async () => {
  const named = payments.replace('127.0.0.1', 'localhost');
  await assert.rejects(connected({ url: named, tls: { ca: authority?.certificate ?? '', ...own } }), /altnames|does not match/);
});

test('where TLS is demanded, a server without it is not spoken to; where it is not, it is', async () => {
  await assert.rejects(connected({ url: plain?.url ?? '', tls: { ca: authority?.certificate ?? '' } }), /does not support SSL/);
  assert.equal((await connected({ url: plain?.url ?? '' })).ssl, false);
  assert.equal((await connected({ url: `${plain?.url}?sslmode=disable` })).ssl, false);
});

test('what a URL says after the database overrules nothing', async () => {
  const tls = { ca: authority?.certificate ?? '', ...own };
  const opened = (more: string, address: Partial<PostgresAddress>) => connected({ url: `${plain?.url}?${more}`, ...address });
  await assert.rejects(opened('sslmode=disable', { tls }), /a CA is given/);
  await assert.rejects(opened('sslmode=prefer', {}), /`sslmode` is `prefer`/);
  await assert.rejects(opened('options=-csearch_path%3Dpublic', {}), /has `options` in it/);
});
