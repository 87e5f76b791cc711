import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { effective } from './effective.ts';
import { listKeys } from './keys.ts';
import { loadConfig } from './load.ts';
import { ConfigInvalid, type ConfigProblem } from './problem.ts';
import { configSchema } from './schema.ts';

const minimal = `
fspId: greenbank
sandbox: true
hub: { baseUrl: 'http://127.0.0.1:5000/' }
core: { baseUrl: http://127.0.0.1:4100 }
jws: { signingKeyFile: keys/own.pem, peerKeysFolder: keys/peers }
`;

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pm-config-'));
});
after(() => rm(folder, { recursive: true }));

async function load(yaml: string, environment: Record<string, string> = {}) {
  await writeFile(join(folder, 'payment-manager.yaml'), yaml);
  return loadConfig('payment-manager.yaml', environment, folder);
}

async function problems(yaml: string, environment: Record<string, string> = {}): Promise<readonly ConfigProblem[]> {
  const error = await load(yaml, environment).then(
    () => assert.fail('the configuration was accepted'),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof ConfigInvalid, String(error));
  return error.problems;
}

describe('configuration', () => {
  test('a minimal file is completed by the defaults, and paths are taken from its folder', async () => {
    const { config, origins } = await load(minimal);
    assert.equal(config.fspId, 'greenbank');
    assert.equal(config.jws.signingKeyFile, join(folder, 'keys/own.pem'));
    assert.equal(config.dataFolder, join(folder, 'data'));
    assert.equal(config.timeouts.callbackMs, 30_000);
    assert.equal(origins.get('fspId'), 'file');
    assert.equal(origins.get('timeouts.callbackMs'), 'default');
  });

  test('a file of a later format is refused with that alone, whatever else it has', async () => {
    const [problem, ...more] = await problems(`${minimal}format: 2\nunheardOf: 1\n`);
    assert.deepEqual([problem?.where, problem?.found, more], ['format', '2', []]);
    assert.match(problem?.advice ?? '', /Run the version/);
    assert.equal((await problems(minimal, { PM_FORMAT: '7' }))[0]?.where, 'format');
    assert.equal((await load(`${minimal}format: 1\n`)).config.format, 1);
    assert.equal((await load(minimal)).config.format, 1);
    assert.equal((await problems(`${minimal}format: 0\n`))[0]?.where, 'format');
  });

  test('the environment outranks the file, and its texts become values of the right kind', async () => {
    const { config, origins } = await load(minimal, {
      PM_HUB_BASE_URL: 'http://127.0.0.1:6000',
      PM_TIMEOUTS_CALLBACK_MS: '8000',
      PM_JWS_VERIFY: 'false',
      PM_SANDBOX: 'true',
      PM_VERSIONS_SUPPORTED: '1.1, 2.0',
      PM_ACCEPTANCE_MAX_FEE: 'USD=1.5 and 2%,XOF=500',
      PM_ILP_VERSION: '4',
    });
    assert.equal(config.hub.baseUrl, 'http://127.0.0.1:6000');
    assert.equal(config.timeouts.callbackMs, 8000);
    assert.equal(config.jws.verify, false);
    assert.deepEqual(config.versions.supported, ['1.1', '2.0']);
    assert.deepEqual(config.acceptance.maxFee, { USD: '1.5 and 2%', XOF: '500' });
    assert.equal(config.ilpVersion, 4);
    assert.equal(origins.get('hub.baseUrl'), 'environment');
  });

  test('without a file everything can come from the environment', async () => {
    const environment = {
      PM_FSP_ID: 'a',
      PM_HUB_BASE_URL: 'http://h',
      PM_CORE_BASE_URL: 'http://c',
      PM_JWS_SIGN: 'false',
      PM_JWS_VERIFY: 'false',
      PM_SANDBOX: 'true',
    };
    const { config } = await loadConfig(undefined, environment, folder);
    assert.equal(config.fspId, 'a');
  });

  test('all problems are told at once, each with path, expectation, finding and advice', async () => {
    const found = await problems('fspId: 7\nhub: { baseUrl: ftp://x, baseUr: y }\ninbound: { port: 99999 }\nversions: { quotes: 1.1 }\n');
    assert.deepEqual(
      found.map((problem) => problem.where),
      ['hub.baseUr', 'fspId', 'inbound.port', 'hub.baseUrl', 'versions.quotes', 'core.baseUrl'],
    );
    for (const problem of found) for (const member of ['expected', 'found', 'advice'] as const) assert.notEqual(problem[member], '');
    assert.match(found[0]?.advice ?? '', /Did you mean `hub\.baseUrl`/);
    assert.match(found[1]?.advice ?? '', /quotes/);
  });

  test('a misspelt variable is an error with a suggestion; a reserved one is none', async () => {
    const [problem] = await problems(minimal, { PM_TIMEOUT_CALLBACK_MS: '1', PM_FAILPOINT: 'x' });
    assert.match(problem?.where ?? '', /PM_TIMEOUT_CALLBACK_MS/);
    assert.match(problem?.advice ?? '', /PM_TIMEOUTS_CALLBACK_MS/);
  });

  test('secrets that were put where they do not belong are not shown', async () => {
    const pem = '-----BEGIN PRIVATE KEY-----\\nMIIE\\n-----END PRIVATE KEY-----';
    const error = await load(
      `${minimal}\nhubPassword: hunter2\nkey: "${pem}"\noutbound: { host: 'http://u:hunter2@h', apiToken: hunter2 }\n`,
    ).catch((thrown: unknown) => thrown);
    assert.ok(error instanceof ConfigInvalid);
    assert.doesNotMatch(error.message, /hunter2|MIIE/);
    assert.match(error.message, /\[secret\]/);
  });

  test('a missing file, broken YAML and doubled keys are told', async () => {
    await assert.rejects(loadConfig('nowhere.yaml', {}, folder), /no such file/);
    assert.match((await problems('a: [1, 2'))[0]?.found ?? '', /line/);
    assert.match((await problems('fspId: a\nfspId: b\n'))[0]?.found ?? '', /^a key that stands there twice, at line 2, column 1$/);
    assert.match((await problems('- a'))[0]?.expected ?? '', /keys with values/);
  });

  test('an alias without its anchor, and few that stand for very many values, are told', async () => {
    assert.match((await problems('fspId: *nobody'))[0]?.expected ?? '', /anchor/);
    const many = (name: string, of: string) => `${name}: &${name} [${Array.from({ length: 9 }, () => of).join(', ')}]\n`;
    const bomb = many('a', 'x') + many('b', '*a') + many('c', '*b') + many('d', '*c') + many('e', '*d');
    assert.match((await problems(bomb))[0]?.found ?? '', /alias count/);
  });

  test('keys that need each other are checked together', async () => {
    const where = async (yaml: string) => (await problems(`${minimal}${yaml}`)).map((problem) => problem.where);
    assert.deepEqual(await where('inbound: { tls: { enabled: true } }'), [
      'inbound.tls.certificateFile',
      'inbound.tls.keyFile',
      'inbound.tls.caFile',
    ]);
    assert.deepEqual(await where('outbound: { port: 4000 }'), ['outbound.port']);
    const hub = (oauth: string) => problems(minimal.replace("5000/' }", `5000/', oauth: { ${oauth} } }`));
    assert.deepEqual(
      (await hub('tokenUrl: http://t')).map((problem) => problem.where),
      ['hub.oauth.clientSecret'],
    );
    assert.deepEqual(
      (await hub('clientSecret: s3cret')).map((problem) => problem.where),
      ['hub.oauth.tokenUrl'],
    );
    assert.deepEqual(await where('ladder: { firstMs: 5000, maxMs: 1000 }'), ['ladder.maxMs']);
    assert.deepEqual(await where('lifetimes: { prepareMs: 2000 }'), ['lifetimes.prepareMs']);
    assert.deepEqual(await where("versions: { supported: ['1.0'], parties: '1.0', participants: '1.0', quotes: '1.0' }"), [
      'versions.transfers',
    ]);
    const tls = "hub: { baseUrl: 'http://h', tls: { enabled: true, certificateFile: c, keyFile: k, caFile: a } }";
    assert.deepEqual(
      (await problems(minimal.replace(/hub: .*/, tls))).map((problem) => problem.where),
      ['hub.baseUrl'],
    );
    const unsigned = minimal.replace('peerKeysFolder: keys/peers', '').replace('signingKeyFile: keys/own.pem,', '');
    assert.deepEqual(
      (await problems(unsigned)).map((problem) => problem.where),
      ['jws.signingKeyFile', 'jws.peerKeysFolder'],
    );
  });

  test('docs/money-rules.md, 4: quotes are accepted without asking only within a limit', async () => {
    const accepting = (more: string) => `${minimal}acceptance: { quote: true${more} }\n`;
    for (const none of ['', ', maxFee: {}', ', party: true']) {
      const [problem, ...others] = await problems(accepting(none));
      assert.equal(others.length, 0);
      assert.equal(problem?.where, 'acceptance.maxFee');
      assert.match(problem?.advice ?? '', /maxFee: \{ USD: '1\.5 and 2%' \}/);
    }
    assert.equal((await load(`${minimal}acceptance: { party: true }\n`)).config.acceptance.quote, false);
    for (const wrong of ['1.50', '2 %', '101%', '-1', '1,5', '2% and 1', '1 and 2', '', '%'])
      assert.equal((await problems(accepting(`, maxFee: { USD: '${wrong}' }`)))[0]?.where, 'acceptance.maxFee', wrong);
    assert.equal((await problems(accepting(', maxFee: { USD: 1.5 }')))[0]?.where, 'acceptance.maxFee');
  });

  test('docs/money-rules.md, 5: no FSP bears the id of the hub', async () => {
    assert.equal((await problems(minimal.replace('greenbank', 'switch')))[0]?.where, 'hub.id');
  });

  test('the effective configuration names every key and where its value came from', async () => {
    const keys = effective(await load(minimal, { PM_LOG_LEVEL: 'debug' }));
    assert.equal(keys.length, listKeys(configSchema).length);
    assert.deepEqual(
      keys.find((key) => key.path === 'log.level'),
      { path: 'log.level', value: 'debug', origin: 'environment PM_LOG_LEVEL' },
    );
    assert.equal(keys.find((key) => key.path === 'hub.partiesUrl')?.origin, 'unset');
  });

  test('every key has a description, an example that is valid, and an environment variable of its own', async () => {
    const keys = listKeys(configSchema);
    const { parse } = await import('yaml');
    const { isValid } = await import('./value.ts');
    for (const key of keys) {
      assert.match(key.schema.description, /\.$/, key.path);
      assert.notEqual(key.schema.example, undefined, key.path);
      assert.ok(isValid(key, parse(key.schema.example ?? '')), `${key.path}: ${key.schema.example}`);
      if (key.schema.default !== undefined) assert.ok(isValid(key, key.schema.default), key.path);
    }
    assert.equal(new Set(keys.map((key) => key.environmentName)).size, keys.length);
  });
});

describe('a core that is reached by a connector', () => {
  const byConnector = minimal.replace(
    'core: { baseUrl: http://127.0.0.1:4100 }',
    "core: { connector: rest-core, settings: { baseUrl: 'http://127.0.0.1:4100', branch: '0012' }, secretFiles: { clientSecret: secret } }",
  );

  test('its folder and the files of its secrets are taken from the folder of the file; its settings are texts', async () => {
    const { config, origins } = await load(byConnector, { PM_CORE_SETTINGS: 'baseUrl=http://127.0.0.1:4200/api?x=1, branch=0012' });
    assert.equal(config.core.connector, join(folder, 'rest-core'));
    assert.deepEqual(config.core.secretFiles, { clientSecret: join(folder, 'secret') });
    assert.deepEqual(config.core.settings, { baseUrl: 'http://127.0.0.1:4200/api?x=1', branch: '0012' });
    assert.equal(origins.get('core.settings'), 'environment');
  });

  test('beside it an address, and what the core is declared to be able to do, are refused with what to do', async () => {
    const wrong = byConnector.replace(
      'core: {',
      'core: { baseUrl: http://127.0.0.1:4100, atPrepare: reserve, quietMs: 1, transferAskable: true,',
    );
    const found = await problems(wrong);
    assert.deepEqual(
      found.map(({ where }) => where),
      ['core.baseUrl', 'core.atPrepare', 'core.transferAskable', 'core.quietMs'],
    );
    assert.match(found[0]?.advice ?? '', /Leave `core\.baseUrl` out\. The address of the core is a setting of the connector/);
    const number = byConnector.replace("'0012'", '12');
    assert.match((await problems(number))[0]?.expected ?? '', /texts by name, those that look like numbers in quotes/);
  });

  test('without it there is an address, and no settings', async () => {
    assert.match(
      (await problems(minimal.replace('core: { baseUrl: http://127.0.0.1:4100 }', 'core: {}')))[0]?.advice ?? '',
      /as `connector`/,
    );
    const settings = minimal.replace('core: {', "core: { settings: { a: 'b' }, ");
    assert.deepEqual(
      (await problems(settings)).map(({ where }) => where),
      ['core.settings'],
    );
  });
});
