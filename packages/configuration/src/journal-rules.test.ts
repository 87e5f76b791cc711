import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadConfig } from './load.ts';
import { ConfigInvalid } from './problem.ts';

/** Where there is a problem with these keys of `journal`; nothing where there is none. */
async function wrong(journal: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const variables = Object.fromEntries(
    Object.entries({ store: 'postgres', ...journal }).map(([key, value]) => [
      `PM_JOURNAL_${key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`,
      value,
    ]),
  );
  try {
    await loadConfig(undefined, { PM_FSP_ID: 'greenbank', PM_HUB_BASE_URL: 'http://h', PM_CORE_BASE_URL: 'http://c', ...variables }, '/');
    return [];
  } catch (error) {
    assert.ok(error instanceof ConfigInvalid, String(error));
    assert.doesNotMatch(error.message, /hunter2/);
    return error.problems.map(({ where }) => where).filter((where) => where.startsWith('journal'));
  }
}

test('PostgreSQL on another machine is reached by TLS, unless somebody says that it need not be', async () => {
  const away = 'postgres://pm:hunter2@db.example.org/payments';
  assert.deepEqual(await wrong({ postgresUrl: away }), ['journal.postgresCaFile']);
  assert.deepEqual(await wrong({ postgresUrl: 'postgres://localhost.example.org:5432/payments' }), ['journal.postgresCaFile']);
  assert.deepEqual(await wrong({ postgresUrl: away, postgresCaFile: 'ca.pem' }), []);
  assert.deepEqual(await wrong({ postgresUrl: `${away}?sslmode=verify-full` }), []);
  assert.deepEqual(await wrong({ postgresUrl: `${away}?sslmode=disable` }), []);
});

test('PostgreSQL on this machine needs no TLS', async () => {
  for (const host of ['localhost', 'pm:hunter2@127.0.0.1:5432', '[::1]:5432', 'pm@%2Frun%2Fpostgresql'])
    assert.deepEqual(await wrong({ postgresUrl: `postgres://${host}/payments` }), [], host);
});

test('what a URL of PostgreSQL may not say', async () => {
  const away = 'postgres://pm:hunter2@db.example.org/payments';
  for (const more of ['?sslmode=require', '?sslmode=prefer', '?options=-csearch_path=other', '?sslmode=disable&ssl=1', '?'])
    assert.deepEqual(await wrong({ postgresUrl: `${away}${more}` }), ['journal.postgresUrl'], more);
  assert.deepEqual(await wrong({ postgresUrl: `${away}?sslmode=disable`, postgresCaFile: 'ca.pem' }), ['journal.postgresUrl']);
});

test('our certificate towards PostgreSQL needs its key, and the CA of the server', async () => {
  const files = { postgresCaFile: 'ca.pem', postgresCertificateFile: 'pm.pem', postgresKeyFile: 'pm-key.pem' };
  const at = { postgresUrl: 'postgres://127.0.0.1/payments' };
  assert.deepEqual(await wrong({ ...at, ...files }), []);
  for (const name of Object.keys(files)) {
    const { [name as keyof typeof files]: _left, ...rest } = files;
    assert.deepEqual(await wrong({ ...at, ...rest }), ['journal.postgresCertificateFile'], `without ${name}`);
  }
});

test('a business day has a zone that there is, and a cut-off that is a time', async () => {
  const problems = async (PM_BUSINESS_DAY_ZONE: string, PM_BUSINESS_DAY_CUT_OFF: string): Promise<readonly string[]> => {
    const needed = { PM_FSP_ID: 'greenbank', PM_HUB_BASE_URL: 'http://h', PM_CORE_BASE_URL: 'http://c' };
    const error = await loadConfig(undefined, { ...needed, PM_BUSINESS_DAY_ZONE, PM_BUSINESS_DAY_CUT_OFF }, '/').catch((caught) => caught);
    return error instanceof ConfigInvalid
      ? error.problems.map(({ where }) => where).filter((where) => where.startsWith('businessDay'))
      : [];
  };
  assert.deepEqual(await problems('Africa/Dar_es_Salaam', '22:00'), []);
  assert.deepEqual(await problems('Mars/Olympus', '22:00'), ['businessDay.zone']);
  assert.deepEqual(await problems('UTC', '24:00'), ['businessDay.cutOff']);
});

test('copies of the embedded journal lie outside the data folder; PostgreSQL is not copied so', async () => {
  const copies = (folder: string, store = 'sqlite') =>
    wrong({ store, backup_folder: folder, ...(store === 'postgres' && { postgresUrl: 'postgres://localhost/payments' }) });
  assert.deepEqual(await copies('/mnt/copies'), []);
  assert.deepEqual(await copies('/mnt/copies', 'postgres'), ['journal.backup.folder']);
  const { config } = await loadConfig(
    undefined,
    {
      PM_FSP_ID: 'g',
      PM_HUB_BASE_URL: 'http://h',
      PM_CORE_BASE_URL: 'http://c',
      PM_SANDBOX: 'true',
      PM_JWS_SIGN: 'false',
      PM_JWS_VERIFY: 'false',
    },
    '/',
  );
  for (const within of ['', '/copies', '/..x'])
    assert.deepEqual(await copies(`${config.dataFolder}${within}`), ['journal.backup.folder'], within);
  assert.deepEqual(await copies(`${config.dataFolder}-copies`), []);
});
