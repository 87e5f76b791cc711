import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type LoadedConfig, loadConfig } from '@payment-manager/configuration';
import { type BundleParts, supportBundle } from './bundle.ts';

let folder: string;
let loaded: LoadedConfig;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pm-bundle-test-'));
  writeFileSync(
    join(folder, 'payment-manager.yaml'),
    `fspId: greenbank
sandbox: true
dataFolder: data
hub: { baseUrl: 'http://127.0.0.1:9', oauth: { tokenUrl: 'http://127.0.0.1:9/token', clientId: gb, clientSecret: planted-oauth-secret } }
core: { connector: connector, settings: { branch: 'planted-setting' }, secretFiles: { password: core-password } }
journal: { store: postgres, postgresUrl: 'postgres://pm:planted-db-password@127.0.0.1/payments' }
operations: { alarmWebhook: { url: 'https://hooks.example.org/planted-path', secret: planted-webhook-secret-0123456789 } }
reconciliation: { statements: { core: { url: 'https://core.example.org/{date}.csv?day={date}&sig=planted-signature&planted-bare-word' } } }
jws: { sign: false, verify: false }
`,
  );
  loaded = await loadConfig('payment-manager.yaml', {}, folder);
});
after(() => rmSync(folder, { recursive: true }));

/** What must stand nowhere: secrets of the configuration, of files, of others, and persons. */
const SECRETS = [
  'planted-oauth-secret',
  'planted-db-password',
  'planted-path',
  'planted-signature',
  'planted-bare-word',
  'planted-webhook-secret-0123456789',
  'planted-setting',
  'planted-file-secret',
];
const OF_OTHERS = ['eyJhbGciOiJIUzI1NiJ9.eyJhIjoxfQ.c2ln', 'MIIEvQIBADANBg', 'user:pass123'];
const PERSONS = ['27713803912', '+27 71 380 3912', 'amara.diallo@example.org', 'GB82 WEST 1234 5698 7654 32', '4111111111111111'];

const parts = (reason: string): BundleParts => ({
  at: '2026-11-30T12:00:00.000Z',
  versions: ['Payment Manager 0.1.0'],
  loaded,
  secrets: ['planted-file-secret'],
  answers: {
    ready: { status: 'ready' },
    connection: { conditions: [{ artefact: 'client', state: 'Failed', message: reason, clientSecret: 'x-planted-member' }] },
    alarms: {
      alarms: [{ payment: '52e5107a-3759-5b47-a522-ab5e4e2fa8f9', code: 'CORE_NOT_ANSWERING', reason, since: '2026-11-30T11:59:00.000Z' }],
    },
    exceptions: undefined,
  },
  metrics: 'pm_payments_total{result="completed"} 12345678\n',
  log: [
    `{"level":"info","time":"2026-11-30T11:59:00.000Z","msg":"an everyday line"}`,
    JSON.stringify({
      level: 'error',
      time: '2026-11-30T11:59:01.000Z',
      transfer: '52e5107a-3759-5b47-a522-ab5e4e2fa8f9',
      reason,
      msg: 'the core failed',
    }),
    `plain text of another program: ${reason}`,
    '',
  ].join('\n'),
});

test('a bundle has what helps: versions, configuration, conditions, alarms, recent errors, metrics', () => {
  const text = supportBundle(parts('the core does not answer'));
  for (const wanted of [
    'Payment Manager 0.1.0',
    'fspId: greenbank  (file)',
    'hub.oauth.clientSecret: [secret]  (file)',
    'core.settings: branch  (file)',
    '"code": "CORE_NOT_ANSWERING"',
    '52e5107a-3759-5b47-a522-ab5e4e2fa8f9',
    '"msg":"the core failed"',
    '2026-11-30T11:59:01.000Z',
    'pm_payments_total{result="completed"} 12345678',
    '==== what needs a person\nno answer',
  ])
    assert.ok(text.includes(wanted), wanted);
  assert.doesNotMatch(text, /an everyday line|another program/);
  assert.match(supportBundle({ ...parts(''), log: undefined }), /--log FILE/);
});

test('no secret and no person is in it, whatever others have written into what is passed on', () => {
  // a setting is no secret of the product’s, but is shown nowhere either
  const planted = [
    ...SECRETS.filter((one) => one !== 'planted-setting'),
    ...PERSONS,
    'Bearer eyJhbGciOiJIUzI1NiJ9.eyJhIjoxfQ.c2ln',
    'https://user:pass123@core.example.org/',
  ];
  const key = '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\n-----END PRIVATE KEY-----';
  for (const reason of [
    planted.join(', '),
    `said: ${planted.join(' and ')}; ${key}`,
    ...planted.map((one) => `(${one})`),
    key.replaceAll('\n', '\\n'),
  ]) {
    const text = supportBundle(parts(reason));
    for (const one of [...SECRETS, ...OF_OTHERS, ...PERSONS, 'x-planted-member']) assert.ok(!text.includes(one), `${one} of ${reason}`);
  }
});
