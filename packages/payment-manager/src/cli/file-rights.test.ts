import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmod, chown, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { loadConfig } from '@payment-manager/configuration';
import { folderRights, onlyWarns, openFiles, secretRights, trustRights } from '@payment-manager/configuration/files';
import { pmIn } from '../../test/command-line.ts';

const user = { uid: 500, gid: 500 };
const own = (mode: number) => ({ mode, ...user });
const ofRoot = (mode: number, gid = 0) => ({ mode, uid: 0, gid });

describe('rights of files', () => {
  test('a secret: nobody else reads it; a group may, where root gave it to that group', () => {
    const allowed = [own(0o600), own(0o400), own(0o700), ofRoot(0o440, 500), ofRoot(0o640, 500)];
    const refused = [own(0o604), own(0o644), own(0o640), own(0o440), ofRoot(0o444), ofRoot(0o644, 500)];
    for (const facts of allowed) assert.equal(secretRights(facts, user), undefined, facts.mode.toString(8));
    for (const facts of refused) assert.match(secretRights(facts, user) ?? '', /may read it/, facts.mode.toString(8));
  });

  test('what is trusted: nobody else changes it; our own group may', () => {
    const allowed = [own(0o644), own(0o664), ofRoot(0o644), own(0o755)];
    const refused = [own(0o646), own(0o666), ofRoot(0o664, 0), ofRoot(0o777)];
    for (const facts of allowed) assert.equal(trustRights(facts, user), undefined, facts.mode.toString(8));
    for (const facts of refused) assert.match(trustRights(facts, user) ?? '', /may change it/, facts.mode.toString(8));
    assert.equal(folderRights(ofRoot(0o1777), user), undefined, 'like /tmp');
    assert.match(folderRights(ofRoot(0o777), user) ?? '', /may change it/);
  });
});

/** Prints what others may do with folders of mode 0777: as a cluster mounts them to be read alone, mounted so by somebody else, and not mounted. */
const LOOK = `
  import { lookAtRights, secretRights, trustRights } from ${JSON.stringify(import.meta.resolve('@payment-manager/configuration/files'))};
  const user = { uid: 500, gid: 500 };
  for (const path of ['mounted', 'bound', 'other']) console.log(path, await lookAtRights(path, trustRights, user));
  console.log('secret', await lookAtRights('mounted', secretRights, user));
`;

test('what a cluster mounts to be read alone is changed by nobody, whatever its mode says; what else can only be read here may be', {
  skip: process.getuid?.() !== 0 && 'only root can mount',
}, async (t) => {
  const cwd = await mkdtemp(join(tmpdir(), 'pm-rights-'));
  t.after(() => rm(cwd, { recursive: true }));
  for (const name of ['mounted', 'bound', 'other']) {
    await mkdir(join(cwd, name));
    await chmod(join(cwd, name), 0o777);
  }
  await mkdir(join(cwd, 'mounted', '..data'));
  const mount =
    'for one in mounted bound; do mount --bind $one $one && mount -o remount,ro,bind $one || exit 1; done; exec "$0" --input-type=module --eval "$1"';
  const { stdout, status } = spawnSync('unshare', ['--mount', 'sh', '-c', mount, process.execPath, LOOK], { cwd, encoding: 'utf8' });
  if (status !== 0) return t.skip('this system lets nobody mount');
  assert.match(
    stdout,
    /^mounted undefined\nbound every user of this machine may change it \(mode 777\)\nother every user of this machine may change it \(mode 777\)\nsecret every user of this machine may read it/,
  );
});

describe('owners of files', () => {
  const ofAnother = (mode: number) => ({ mode, uid: 501, gid: 501 });

  test('what belongs to another user than this one and root is open to that user, whatever its mode says', () => {
    assert.match(trustRights(ofAnother(0o644), user) ?? '', /another user of this machine, number 501, owns it/);
    assert.match(folderRights(ofAnother(0o755), user) ?? '', /owns it/);
    assert.match(folderRights(ofAnother(0o1755), user) ?? '', /owns it/, 'its owner may replace what is in it');
    assert.match(secretRights(ofAnother(0o600), user) ?? '', /owns it/);
    assert.equal(trustRights(ofAnother(0o644), { uid: 0, gid: 0 }), undefined, 'an administrator looks at the files of the product’s user');
  });
});

describe('files of a configuration', () => {
  let folder: string;
  const file = (name: string): string => join(folder, name);
  const write = async (name: string, mode: number, text = ''): Promise<void> => {
    await writeFile(file(name), text);
    await chmod(file(name), mode);
  };
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pm-rights-'));
    await mkdir(file('peers'));
    for (const name of ['jws.pem', 'tls.key', 'token', 'pin']) await write(name, 0o600);
    await write('ca.pem', 0o644);
    await write('peers/bluebank.pem', 0o644);
  });
  after(() => rm(folder, { recursive: true }));

  const configuration = (more = '') => `fspId: greenbank
sandbox: true
dataFolder: data
hub: { baseUrl: 'https://hub.example.org', tls: { enabled: true, certificateFile: ca.pem, keyFile: tls.key, caFile: ca.pem } }
core: { baseUrl: 'http://127.0.0.1:9' }
jws: { signingKeyFile: jws.pem, peerKeysFolder: peers }
sdkControl: { tokenFile: token }
inbound: { host: 127.0.0.1, port: 0, tls: { enabled: true, certificateFile: ca.pem, keyFile: tls.key, caFile: ca.pem } }
outbound: { port: 0 }
operations: { port: 0 }
${more}`;
  const open = async () =>
    (await openFiles(await loadConfig(file('pm.yaml'), {}, folder))).map(
      ({ key, path, what }) => `${key} ${path.slice(folder.length + 1)}: ${what}`,
    );

  test('as they should be, nothing is said', async () => {
    await write('pm.yaml', 0o644, configuration());
    assert.deepEqual(await open(), []);
  });

  test('each secret that others may read, and all that is trusted and others may change, is told with its key', async () => {
    for (const [name, mode, wanted] of [
      ['jws.pem', 0o644, /^jws\.signingKeyFile jws\.pem: every user of this machine may read it \(mode 644\)$/m],
      ['tls.key', 0o604, /^hub\.tls\.keyFile tls\.key: every user.* may read/m],
      ['tls.key', 0o604, /^inbound\.tls\.keyFile tls\.key: every user.* may read/m],
      ['token', 0o644, /^sdkControl\.tokenFile token: every user.* may read/m],
      ['ca.pem', 0o666, /^hub\.tls\.caFile ca\.pem: every user.* may change/m],
      ['peers', 0o777, /^jws\.peerKeysFolder peers: every user.* may change/m],
      ['peers/bluebank.pem', 0o666, /^jws\.peerKeysFolder peers\/bluebank\.pem: every user.* may change/m],
      ['pm.yaml', 0o666, /^configuration pm\.yaml: every user.* may change/m],
    ] as const) {
      const { mode: former } = await stat(file(name));
      await chmod(file(name), mode);
      assert.match((await open()).join('\n'), wanted, name);
      await chmod(file(name), former & 0o777);
    }
  });

  test('a configuration with a secret in it is one; one that names files and variables is not', async () => {
    await write(
      'pm.yaml',
      0o644,
      configuration("operations: { port: 0, alarmWebhook: { url: 'https://a.test/', secret: s3cret } }").replace(
        'operations: { port: 0 }\n',
        '',
      ),
    );
    assert.match((await open()).join(), /^configuration pm\.yaml: every user.* may read/);
    await chmod(file('pm.yaml'), 0o600);
    assert.deepEqual(await open(), []);
  });

  test('the start ends with 78, or warns where that is said; doctor is red', async () => {
    await chmod(file('jws.pem'), 0o644);
    await write('payment-manager.yaml', 0o600, configuration('files: { openToOthers: refuse }'));
    const run = await pmIn(folder, ['run']);
    assert.equal(run.exitCode, 78, run.text);
    assert.match(run.text, /jws\.pem \(jws\.signingKeyFile\): every user of this machine may read it .*chmod 600/);
    const doctor = await pmIn(folder, ['doctor', '--json']);
    const { findings } = JSON.parse(doctor.text) as { findings: { check: string; state: string; message: string }[] };
    assert.match(JSON.stringify(findings.filter(({ state }) => state === 'failed')), /jws\.pem \(jws\.signingKeyFile\)/);
    await chmod(file('jws.pem'), 0o600);
  });

  test('by itself it refuses, but warns in the sandbox and in containers', async () => {
    await write('pm.yaml', 0o600, configuration());
    const { config } = await loadConfig(file('pm.yaml'), {}, folder);
    assert.equal(onlyWarns({ ...config, sandbox: true }, {}), true);
    assert.equal(onlyWarns(config, { KUBERNETES_SERVICE_HOST: '10.0.0.1' }), true);
    assert.equal(
      onlyWarns({ ...config, files: { ...config.files, openToOthers: 'refuse' } }, { KUBERNETES_SERVICE_HOST: '10.0.0.1' }),
      false,
    );
    assert.equal(onlyWarns({ ...config, files: { ...config.files, openToOthers: 'warn' } }, {}), true);
  });

  test('a configuration of somebody else that merely lies here may not run or load a program', {
    skip: process.getuid?.() !== 0 && 'only root can give files away',
  }, async () => {
    const vault = 'vault: { store: file, masterKey: { command: [/bin/echo, hello] } }\n';

    await write(
      'payment-manager.yaml',
      0o600,
      `fspId: greenbank\nsandbox: true\nhub: { baseUrl: 'http://127.0.0.1:9' }\ncore: { baseUrl: 'http://127.0.0.1:9' }\n${vault}`,
    );
    assert.equal((await pmIn(folder, ['config', '--without-files'])).exitCode, 0);
    await chown(file('payment-manager.yaml'), 54_321, 54_321);
    const refused = await pmIn(folder, ['config', '--without-files']);
    assert.equal(refused.exitCode, 78, refused.text);
    assert.match(refused.text, /belongs to another user \(number 54321\), and its `vault\.masterKey\.command` would be run/);
    assert.equal((await pmIn(folder, ['config', '--without-files', '--file', 'payment-manager.yaml'])).exitCode, 0);
  });

  test('what is shown of a configuration has no path of a webhook, which may be its secret', async () => {
    const webhooks =
      "journal: { anchor: { webhookUrl: 'https://audit.test/canary-1' } }\noperations: { port: 0, alarmWebhook: { url: 'https://alarms.test/canary-2' } }";
    await write('payment-manager.yaml', 0o600, configuration(webhooks).replace('operations: { port: 0 }\n', ''));
    const { text } = await pmIn(folder, ['config', '--without-files']);
    assert.doesNotMatch(text, /canary/);
    assert.match(text, /https:\/\/audit\.test\/…/);
    await write(
      'payment-manager.yaml',
      0o600,
      configuration(webhooks.replaceAll('https://', 'ftp://')).replace('operations: { port: 0 }\n', ''),
    );
    const wrong = await pmIn(folder, ['config', '--without-files']);
    assert.equal(wrong.exitCode, 78);
    assert.doesNotMatch(wrong.text, /canary/);
  });
});
