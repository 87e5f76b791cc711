import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type AttackedConfiguration, type AttackedFolder, attackedFolder, runToItsEnd, send, startAttacked } from './attacked-product.ts';

let folder: AttackedFolder;
before(async () => {
  folder = await attackedFolder();
});
after(() => folder.remove());

describe('production with its doors open', () => {
  const open: Readonly<Record<string, (base: AttackedConfiguration) => AttackedConfiguration>> = {
    'jws.verify': (base) => ({ ...base, jws: { ...(base['jws'] as object), verify: false } }),
    'inbound.tls.enabled': (base) => ({ ...base, inbound: { host: '127.0.0.1', port: 0 } }),
    'inbound.tls.hubNames': (base) => {
      const inbound = base['inbound'] as { tls: object };
      return { ...base, inbound: { ...inbound, tls: { ...inbound.tls, hubNames: [] } } };
    },
    'outbound.host': (base) => ({ ...base, outbound: { host: '0.0.0.0', port: 0 } }),
    'operations.host': (base) => ({ ...base, operations: { host: '0.0.0.0', port: 0 } }),
  };
  for (const [key, change] of Object.entries(open))
    test(`does not start: exit code 78, and ${key} is named with what to do`, async () => {
      const { exitCode, text } = await runToItsEnd(await folder.write('open', change(folder.configuration())));
      assert.equal(exitCode, 78, text);
      assert.match(text, new RegExp(key.replaceAll('.', '\\.')));
    });

  test('starts where somebody said so, and says so itself: in the log and in the health report', async () => {
    const file = await folder.write('exempt', {
      ...folder.configuration(),
      inbound: { host: '127.0.0.1', port: 0, tlsEndedBy: 'the mesh' },
      outbound: { host: '0.0.0.0', port: 0, openToNetwork: true },
      operations: { host: '0.0.0.0', port: 0, tlsEndedBy: 'the mesh' },
    });
    const product = await startAttacked(file);
    try {
      for (const path of ['/health/live', '/health/ready']) {
        const outcome = await send({ url: `${product.operations}${path}` });
        const body = outcome.kind === 'answer' ? Buffer.from(outcome.body).toString() : '{}';
        const { exemptions } = JSON.parse(body) as { exemptions: { key: string }[] };
        assert.deepEqual(
          exemptions.map(({ key }) => key),
          ['inbound.tlsEndedBy', 'outbound.openToNetwork', 'operations.tlsEndedBy'],
        );
      }
    } finally {
      await product.stop();
    }
    // read when the process is over: it writes its log in batches, some time after it is ready
    const warned = (await product.log()).filter(({ level, msg }) => level === 'warn' && msg === 'a check is lifted');
    assert.deepEqual(
      warned.map(({ key }) => key),
      ['inbound.tlsEndedBy', 'outbound.openToNetwork', 'operations.tlsEndedBy'],
    );
  });
});
