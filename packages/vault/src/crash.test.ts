import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { systemClock, systemRandom, threadPoolSignatures } from '@payment-manager/runtime';
import { openFileStore } from './store/file-store.ts';
import { masterKeyOf } from './store/master-key.ts';
import { openSealedStore } from './store/sealed-store.ts';
import { openVault } from './vault.ts';

const master = 'ab'.repeat(32);
const points = ['made', 'written', 'synced', 'linked', 'folder-synced', 'cleaned'].map((name) => `vault.file.${name}`);
const child = fileURLToPath(new URL('../test/crash-child.ts', import.meta.url));
/** What the ring is after each step of the child. */
const after0to4 = ['', 'pre-active', 'active', 'active pre-active', 'retiring active'];

describe('a vault in files whose process is killed', { concurrency: 2 }, () => {
  let folder = '';
  let keyFiles: string[] = [];
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pm-vault-crash-'));
    keyFiles = ['1.pem', '2.pem'].map((name) => join(folder, name));
    for (const file of keyFiles) {
      const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
      await writeFile(file, privateKey.export({ type: 'pkcs8', format: 'pem' }));
    }
  });
  after(() => rm(folder, { recursive: true }));

  const run = async (where: string, failpoint: string): Promise<{ signal: string | null; said: string[] }> => {
    const process_ = spawn(process.execPath, [child, where, ...keyFiles], {
      env: { ...process.env, KEY: master, PM_FAILPOINT: failpoint },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let text = '';
    process_.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    const [, signal] = (await once(process_, 'close')) as [number | null, string | null];
    return { signal, said: text.split('\n').filter((line) => line !== '') };
  };
  const reopened = async (where: string) => {
    const files = await openFileStore({ folder: where, clock: systemClock, random: systemRandom });
    const store = await openSealedStore(files, { current: masterKeyOf(master, 'a test') }, systemRandom);
    return openVault({ store, clock: systemClock, random: systemRandom, signatures: threadPoolSignatures });
  };

  // The first write is the check of the sealed store, then come the four steps: the first makes folders, the last changes two keys at once.
  for (const point of points) {
    for (const nth of point.endsWith('.linked') ? [1, 2, 5] : [5]) {
      test(`at ${point} of its write number ${nth}: everything acknowledged is there, and the rest whole or not at all`, async () => {
        const where = join(folder, `${point}-${nth}`);
        const { signal, said } = await run(where, `${point}:${nth}`);
        assert.equal(signal, 'SIGKILL', 'the failpoint was not reached');
        const vault = await reopened(where);
        const { keys } = vault.environment('sandbox');
        const ring = await keys.list('jws-signing');
        const done = after0to4.indexOf(ring.map(({ state }) => state).join(' '));
        assert.ok(done === said.length || (done === said.length + 1 && nth > 1), `${said.length} steps acknowledged, ${done} stored`);
        // Up to the link nothing of a step can be seen, from it on all of it.
        if (nth > 1) assert.equal(done, points.indexOf(point) < 3 ? said.length : said.length + 1);

        const active = await keys.active('jws-signing');
        if (active) {
          const signature = await (await keys.signer()).sign(Buffer.from('x'));
          assert.ok(verify('sha256', Buffer.from('x'), createPublicKey(active.publicKey), signature));
        }
        // And it goes on.
        const { id } = await keys.generate('tls-client', { by: 'a test', why: 'to go on' }, 'EC-P256');
        assert.equal((await keys.list('tls-client'))[0]?.id, id);
        await vault.close();
        if (done > 0) assert.equal((await readdir(join(where, 'sandbox/jws-signing'))).filter((name) => !name.startsWith('.')).length, 1);
      });
    }
  }
});
