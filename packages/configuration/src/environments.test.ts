import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { effective } from './effective.ts';
import { loadConfig } from './load.ts';
import { ConfigInvalid, type ConfigProblem } from './problem.ts';

const common = `
fspId: greenbank
core: { baseUrl: http://127.0.0.1:4100, maxConnections: 9 }
jws: { sign: false, peerKeysFolder: peers }
inbound: { tlsEndedBy: the mesh }
extraCurrencies: { MRU: 2 }
`;
const two = `${common}
environments:
  sandbox:
    sandbox: true
    hub: { baseUrl: http://sandbox.example.org }
    core: { baseUrl: http://127.0.0.1:4101 }
  production:
    hub: { baseUrl: http://live.example.org }
    extraCurrencies: { SLE: 2 }
`;

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pm-environments-'));
});
after(() => rm(folder, { recursive: true }));

async function load(yaml: string, variables: Record<string, string> = {}) {
  await writeFile(join(folder, 'payment-manager.yaml'), yaml);
  return loadConfig('payment-manager.yaml', variables, folder);
}

async function problems(
  yaml: string,
  variables: Record<string, string> = { PM_ENVIRONMENT: 'sandbox' },
): Promise<readonly ConfigProblem[]> {
  const error = await load(yaml, variables).then(
    () => assert.fail('the configuration was accepted'),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof ConfigInvalid, String(error));
  return error.problems;
}

describe('environments', () => {
  test('the chosen one is laid over the rest: keys one by one, maps as a whole; variables outrank both', async () => {
    const sandbox = await load(two, { PM_ENVIRONMENT: 'sandbox', PM_CORE_MAX_QUEUED: '7' });
    assert.equal(sandbox.config.environment, 'sandbox');
    assert.deepEqual(sandbox.environments, ['sandbox', 'production']);
    assert.equal(sandbox.config.hub.baseUrl, 'http://sandbox.example.org');
    assert.equal(sandbox.config.core.baseUrl, 'http://127.0.0.1:4101');
    assert.equal(sandbox.config.core.maxConnections, 9);
    assert.equal(sandbox.config.core.maxQueued, 7);
    assert.deepEqual(sandbox.config.extraCurrencies, { MRU: 2 });
    const { config } = await load(`environment: production\n${two}`);
    assert.equal(config.hub.baseUrl, 'http://live.example.org');
    assert.equal(config.sandbox, false);
    assert.deepEqual(config.extraCurrencies, { SLE: 2 });
    assert.equal((await load(`environment: production\n${two}`, { PM_ENVIRONMENT: 'sandbox' })).config.sandbox, true);
  });

  test('each has a data folder and a schema of its own, also where the variable gives it, unless it says otherwise', async () => {
    const of = async (variables: Record<string, string>, yaml = two) => {
      const { dataFolder, journal } = (await load(yaml, variables)).config;
      return [dataFolder, journal.postgresSchema];
    };
    assert.deepEqual(await of({ PM_ENVIRONMENT: 'sandbox' }), [join(folder, 'data/sandbox'), 'payment_manager_sandbox']);
    assert.deepEqual(await of({ PM_ENVIRONMENT: 'production', PM_DATA_FOLDER: '/d', PM_JOURNAL_POSTGRES_SCHEMA: 's' }), [
      '/d/production',
      's_production',
    ]);
    const own = two.replace('  production:', '  production:\n    dataFolder: live\n    journal: { postgresSchema: live }');
    assert.deepEqual(await of({ PM_ENVIRONMENT: 'production' }, own), [join(folder, 'live'), 'live']);
    const alone = await load(common.replace('core:', 'hub: { baseUrl: http://h }\ncore:'));
    assert.equal(alone.config.dataFolder, join(folder, 'data'));
    assert.equal(alone.config.environment, 'production');
  });

  test('none chosen, or one that is not there, is told with the names', async () => {
    const [none] = await problems(two, {});
    assert.equal(none?.where, 'environment');
    assert.match(none?.found ?? '', /none is chosen/);
    const [wrong] = (await problems(two, { PM_ENVIRONMENT: 'producton' })).filter(({ where }) => where === 'environment');
    assert.match(wrong?.expected ?? '', /sandbox, production/);
    assert.match(wrong?.advice ?? '', /Did you mean 'production'/);
  });

  test('a file without environments is of one only, which no option turns into another', async () => {
    const alone = common.replace('core:', 'hub: { baseUrl: http://h }\ncore:');
    assert.equal((await load(`${alone}environment: pilot\n`, { PM_ENVIRONMENT: 'pilot' })).config.environment, 'pilot');
    assert.equal((await load(alone, { PM_ENVIRONMENT: 'production' })).config.environment, 'production');
    for (const [yaml, variable] of [
      [alone, 'prodution'],
      [`${alone}environment: pilot\n`, 'production'],
    ] as const)
      assert.deepEqual(
        (await problems(yaml, { PM_ENVIRONMENT: variable })).map(({ where, found }) => [where, found.includes(variable)]),
        [['environment', true]],
      );
  });

  test('every environment is checked, chosen or not, with the whole path in the file', async () => {
    const wrong = two.replace(
      'hub: { baseUrl: http://live.example.org }',
      'hub: { baseUr: http://live, id: [] }\n    environment: x\n    timeouts: 7',
    );
    const found = await problems(`${wrong}  Live: {}\n  other: 5\n`);
    assert.deepEqual(
      found.map(({ where }) => where),
      [
        'environments.production.hub.baseUr',
        'environments.production.environment',
        'environments.production.timeouts',
        'environments.production.hub.id',
        'environments.Live',
        'environments.other',
      ],
    );
    assert.match(found[0]?.advice ?? '', /Did you mean `environments\.production\.hub\.baseUrl`/);
    assert.match((await problems(`${common}environments: [a]\n`))[0]?.where ?? '', /^environments$/);
  });

  test('a value that is wrong in the chosen one is told once, and nothing secret is shown', async () => {
    const found = await problems(two.replace('sandbox: true', 'sandbox: maybe\n    hubPassword: hunter2'));
    assert.deepEqual(
      found.map(({ where }) => where),
      ['environments.sandbox.hubPassword', 'environments.sandbox.sandbox'],
    );
    assert.doesNotMatch(JSON.stringify(found), /hunter2/);
  });

  test('a journal, data folder or private key in two environments is refused', async () => {
    const shared = async (production: string, everywhere = '') =>
      (await problems(`${everywhere}${two.replace('  production:', `  production:\n    ${production}`)}`)).map(({ where }) => where);
    const both = (path: string) => [`environments.sandbox.${path}, environments.production.${path}`];
    assert.deepEqual(await shared('dataFolder: data/sandbox'), [...both('dataFolder'), ...both('journalFile')]);
    assert.deepEqual(await shared('journalFile: ../sandbox/journal.db'), both('journalFile'));
    const anchored = 'journal: { anchor: { file: /mnt/anchors } }\n';
    assert.deepEqual(
      (await problems(`${anchored}${two}`)).map(({ where }) => where),
      both('journal.anchor.file'),
    );
    const key = 'hub: { baseUrl: http://h, tls: { keyFile: own.pem } }';
    assert.deepEqual(await shared('log: {}', `outbound: { tls: { keyFile: own.pem } }\n`), both('outbound.tls.keyFile'));
    assert.deepEqual(
      (
        await problems(
          two.replace('hub: { baseUrl: http://live.example.org }', key).replace('hub: { baseUrl: http://sandbox.example.org }', key),
        )
      ).map(({ where }) => where),
      both('hub.tls.keyFile'),
    );
    const postgres = "journal: { store: postgres, postgresUrl: 'postgres://u:hunter2@localhost/d', postgresSchema: one }";
    const found = await problems(
      two.replace('sandbox: true', `sandbox: true\n    ${postgres}`).replace('  production:', `  production:\n    ${postgres}`),
    );
    assert.deepEqual(
      found.map(({ where }) => where),
      both('journal.postgresSchema'),
    );
    assert.doesNotMatch(JSON.stringify(found), /hunter2/);
  });

  test('the example of docs/onboarding.md is right in each of its environments', async () => {
    const page = await readFile(new URL('../../../docs/onboarding.md', import.meta.url), 'utf8');
    const [, yaml = ''] = /^```yaml\n([\s\S]+?)^```/m.exec(page) ?? [];
    for (const name of ['sandbox', 'production']) {
      const { config } = await load(yaml, { PM_ENVIRONMENT: name });
      assert.equal(config.environment, name);
    }
  });

  test('the effective configuration says where in the file a value came from', async () => {
    const rows = new Map(effective(await load(two, { PM_ENVIRONMENT: 'production' })).map(({ path, origin }) => [path, origin]));
    assert.equal(rows.get('hub.baseUrl'), 'environments.production');
    assert.equal(rows.get('core.baseUrl'), 'file');
    assert.equal(rows.get('dataFolder'), 'derived');
    assert.equal(rows.get('environment'), '--environment or PM_ENVIRONMENT');
  });
});
