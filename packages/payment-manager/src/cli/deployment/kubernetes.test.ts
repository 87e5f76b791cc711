import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { pmIn } from '../../../test/command-line.ts';

const folder = mkdtempSync(join(tmpdir(), 'pm-kubernetes-'));
after(() => rmSync(folder, { recursive: true }));

const FITS = {
  fspId: 'greenbank',
  sandbox: true,
  inbound: { host: '0.0.0.0', port: 4000, tls: { enabled: false } },
  outbound: { host: '0.0.0.0', port: 4001 },
  operations: { host: '0.0.0.0', port: 4002 },
  hub: { baseUrl: 'http://hub.example.org' },
  core: { baseUrl: 'http://core.example.org' },
  jws: { sign: false, verify: false },
};

async function kubernetes(config: object, ...args: readonly string[]): Promise<{ exitCode: number; text: string }> {
  writeFileSync(join(folder, 'payment-manager.yaml'), JSON.stringify(config));
  return pmIn(folder, ['kubernetes', ...args]);
}

describe('./pm kubernetes', () => {
  test('prints what kubectl takes, with the configuration as it is', async () => {
    const { exitCode, text } = await kubernetes(FITS, '--host', 'connector.example.org');
    assert.equal(exitCode, 0, text);
    const objects = parseAllDocuments(text).map((one) => one.toJS() as { kind: string; data?: Record<string, string> });
    assert.deepEqual(
      objects.map(({ kind }) => kind),
      ['ServiceAccount', 'ConfigMap', 'NetworkPolicy', 'Service', 'StatefulSet', 'Ingress'],
    );
    assert.deepEqual(JSON.parse(objects[1]?.data?.['payment-manager.yaml'] ?? ''), FITS);
  });

  test('replicas are on PostgreSQL, or there are none', async () => {
    assert.match((await kubernetes(FITS, '--replicas', '3')).text, /Several replicas share a PostgreSQL/);
    const { exitCode, text } = await kubernetes(FITS, '--replicas', '3', '--postgres', 'journal');
    assert.equal(exitCode, 0, text);
    assert.match(text, /kind: Deployment/);
    assert.match((await kubernetes(FITS, '--autoscale-to', '9')).text, /only for replicas on PostgreSQL/);
  });

  test('roles in workloads of their own need PostgreSQL, and a portal that can be reached', async () => {
    assert.match((await kubernetes(FITS, '--split')).text, /--split needs --postgres/);
    const portal = { enabled: true, host: '0.0.0.0', port: 4005 };
    const { exitCode, text } = await kubernetes({ ...FITS, management: portal }, '--split', '--postgres', 'journal', '--replicas', '3');
    assert.equal(exitCode, 0, text);
    assert.match(text, /name: greenbank-management/);
    const hidden = await kubernetes({ ...FITS, management: { enabled: true } }, '--split', '--postgres', 'journal');
    assert.match(hidden.text, /management\.host: nobody reaches 127\.0\.0\.1/);
    assert.match((await kubernetes(FITS, '--split', '--postgres', 'journal')).text, /management\.enabled/);
  });

  test('what would not work in a pod, or would not be secret, is refused with what to do', async () => {
    const { exitCode, text } = await kubernetes({
      ...FITS,
      operations: { host: '127.0.0.1', port: 0 },
      hub: { ...FITS.hub, oauth: { tokenUrl: 'http://hub.example.org/token', clientId: 'a', clientSecret: 'very-secret-word' } },
    });
    assert.equal(exitCode, 78, text);
    assert.match(text, /operations\.host: nobody reaches 127\.0\.0\.1/);
    assert.match(text, /operations\.port: give it a number/);
    assert.match(text, /hub\.oauth\.clientSecret: a ConfigMap is not for secrets/);
    assert.doesNotMatch(text, /very-secret-word/);
    for (const wrong of [
      ['--name', 'Green Bank'],
      ['--storage', 'much'],
      ['--host', 'a b'],
      ['--image', 'a;b'],
    ])
      assert.equal((await kubernetes(FITS, ...wrong)).exitCode, 64, wrong.join(' '));
  });
});
