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
operations: { minimumFreeBytes: 1073741824, alarmWebhook: { url: 'https://hooks.example.org/planted-path', secret: planted-webhook-secret-0123456789 } }
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

/** What others wrote, and what of it must stand nowhere: whatever stands before or behind a number. */
const WRITTEN: readonly (readonly [text: string, ...never: readonly string[]])[] = [
  ['MSISDN:27713803912', '27713803912'],
  ['/parties/MSISDN/27713803912: 404', '27713803912'],
  ['nobody has 27713803912.', '27713803912'],
  ['(27713803912-x)', '27713803912'],
  ['acct-4111111111111111', '4111111111111111'],
  ['8001015009087: no such person', '8001015009087'],
  ['acct_4111111111111111_z', '4111111111111111'],
  ['a27713803912b', '27713803912'],
  ['msisdn=%2B27713803912&x', '27713803912'],
  ['27-71-380-3912 and +27\u00a071\u00a0380\u00a03912', '3912'],
  ['06.12.34.56.78', '34.56'],
  ['077.123.45.67', '45.67'],
  ['٢٧٧١٣٨٠٣٩١٢', '٣٨٠٣'],
  ['4001 27713803912 2026-11-24', '27713803912'],
  ['27713803912-52e5107a-3759-5b47-a522-ab5e4e2fa8f9', '27713803912'],
  ['born 1980-01-01', '1980'],
  ['98765432109876543210987654', '98765'],
  ['IBAN:GB82WEST12345698765432.', 'WEST', '765432'],
  ['gb82west12345698765432', 'west'],
  ['GB82-WEST-1234-5698-7654-32', 'WEST'],
  ['acct_GB82 WEST 1234 5698 7654 32;', '5698'],
  ['<amara@core.example.org>', 'amara'],
  ['?email=amara%40example.org', 'amara'],
  ['mailto:amara+x@bank', 'amara'],
  ['zoë@example.org', 'zoë', 'zo.@'],
  ['user=pm password=hunter2!', 'hunter2'],
  ['{"client_secret": "abcdef", "apiKey":"k-123"}', 'abcdef', 'k-123'],
  ['the PIN is 7d91, or 7d91.', '7d91'],
  ['?pin=a%26b%2Fc', 'a%26b'],
];

/** What helps, and has as many digits as what must go. */
const HELPS = [
  'payment 52e5107a-3759-5b47-a522-ab5e4e2fa8f9: 404',
  '01KB7Q2M3N4P5Q6R7S8T9V0W1X',
  'since 2026-11-30T11:59:00.000Z, until 2036-11-28 11:31 UTC',
  '71:04:3F:D7:A8:21:53:5B:2E:E8:31:2C:38:78:F7:32',
  'key 71043578821535032e8831203878732a',
  'https://192.168.100.200:27349/transfers',
  '10 of 20, 1 to 5 s, 999999 MiB free, Node 24.22.3',
  'version 7d912',
];

const parts = (reason: string): BundleParts => ({
  at: '2026-11-30T12:00:00.000Z',
  versions: ['Payment Manager 0.1.0'],
  loaded,
  secrets: ['planted-file-secret', '7d91', 'a&b/c', 'pm', 'greenbank'],
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
    'operations.minimumFreeBytes: 1073741824  (file)',
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

test('a number of a person, an account, an address or a short secret goes, whatever stands around it', () => {
  for (const [reason, ...never] of WRITTEN) {
    const text = supportBundle(parts(reason)).replaceAll('52e5107a-3759-5b47-a522-ab5e4e2fa8f9', '');
    for (const one of never) assert.ok(!text.includes(one), `${one} of ${reason}: ${/"reason": .*/.exec(text)}`);
  }
});

test('ids, instants, fingerprints, addresses of machines and figures stay', () => {
  for (const reason of HELPS) assert.ok(supportBundle(parts(reason)).includes(`"reason": "${reason}"`), reason);
});

test('of a part of the product that is called like a secret its state stays', () => {
  const whole = parts('');
  const ready = { parts: { credentials: { ok: false, detail: 'planted-detail', tokens: [4711] } } };
  const text = supportBundle({ ...whole, answers: { ...whole.answers, ready } });
  assert.match(text, /"credentials": \{\s*"ok": false,\s*"detail": "\[secret\]",\s*"tokens": \[\s*"\[secret\]"/);
});
