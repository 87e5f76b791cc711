import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { type KeysOfFiles, keysOfFiles, polledUntil, withoutVault } from '../test/keys-of-files.ts';
import type { PeerKeys } from './watch-peers.ts';

const overlapMs = 60_000;

interface Key {
  readonly key: KeyObject;
  readonly pem: string;
}

function newKey(): Key {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  return { key: publicKey, pem: publicKey.export({ type: 'spki', format: 'pem' }) as string };
}

const open = async (folder: string): Promise<KeysOfFiles> =>
  keysOfFiles(await withoutVault(({ jws }) => ({ jws: { ...jws, verify: true, peerKeysFolder: folder, keyOverlapMs: overlapMs } })));

async function watched(use: (world: KeysOfFiles & { readonly folder: string; readonly peers: PeerKeys }) => Promise<void>) {
  const folder = await mkdtemp(join(tmpdir(), 'pm-peers-'));
  const opened = await open(folder);
  try {
    await use({ folder, peers: opened.keys.peers, ...opened });
  } finally {
    opened.keys.stop();
    await rm(folder, { recursive: true });
  }
}

test('a folder of peers’ keys that is not there at the start is told', async () => {
  await assert.rejects(open('/no/such/folder'), { code: 'CREDENTIALS_INVALID', message: /jws\.peerKeysFolder/ });
});

/** The keys verify in exactly this order. */
function verifies(peers: PeerKeys, fspId: string, ...expected: Key[]): void {
  const keys = peers.keysOf(fspId);
  assert.equal(keys.length, expected.length);
  for (const [index, { key }] of expected.entries()) assert.ok(keys[index]?.equals(key), `key ${index}`);
}

describe('peer keys', () => {
  test('a file that appears is found by the poll, and one that nobody looked for is unknown', () =>
    watched(async ({ folder, peers, time }) => {
      const key = newKey();
      verifies(peers, 'bluewallet');
      await writeFile(join(folder, 'bluewallet.pem'), key.pem);
      await polledUntil(time, () => peers.keysOf('bluewallet').length > 0);
      verifies(peers, 'bluewallet', key);
    }));

  test('both keys verify during the overlap, then only the new one; never more than two', () =>
    watched(async ({ folder, peers, keys, time }) => {
      const [first, second, third] = [newKey(), newKey(), newKey()];
      const turn = async (key: Key) => {
        await writeFile(join(folder, 'bluewallet.pem'), key.pem);
        await time.advance(1000);
        await peers.refresh('bluewallet');
      };
      await turn(first);
      verifies(peers, 'bluewallet', first);
      assert.deepEqual(keys.alarms(), [], 'the first is no change');
      await turn(second);
      verifies(peers, 'bluewallet', second, first);
      assert.deepEqual(
        keys.alarms().map(({ code }) => code),
        ['TRUST_CHANGED'],
      );
      await turn(third);
      verifies(peers, 'bluewallet', third, second);
      await time.advance(overlapMs);
      await polledUntil(time, () => peers.keysOf('bluewallet').length < 2);
      verifies(peers, 'bluewallet', third);
    }));

  test('a file that is removed is distrusted at once, and what comes after it has no overlap with it', () =>
    watched(async ({ folder, peers, time }) => {
      const [compromised, fresh] = [newKey(), newKey()];
      await writeFile(join(folder, 'bluewallet.pem'), compromised.pem);
      await peers.refresh('bluewallet');
      verifies(peers, 'bluewallet', compromised);
      await rm(join(folder, 'bluewallet.pem'));
      await time.advance(1000);
      assert.equal((await peers.refresh('bluewallet')) || peers.keysOf('bluewallet').length === 0, true);
      verifies(peers, 'bluewallet');
      await writeFile(join(folder, 'bluewallet.pem'), fresh.pem);
      await time.advance(1000);
      await peers.refresh('bluewallet');
      verifies(peers, 'bluewallet', fresh);
    }));

  test('a swapped symbolic link, as Kubernetes does it, is a new value of the same file', () =>
    watched(async ({ folder, peers, time }) => {
      const [first, second] = [newKey(), newKey()];
      for (const [version, key] of [
        ['v1', first],
        ['v2', second],
      ] as const) {
        await mkdir(join(folder, version));
        await writeFile(join(folder, version, 'bluewallet.pem'), key.pem);
      }
      await symlink('v1', join(folder, '..data'));
      await symlink('..data/bluewallet.pem', join(folder, 'bluewallet.pem'));
      await peers.refresh('bluewallet');
      verifies(peers, 'bluewallet', first);
      await symlink('v2', join(folder, '..data_new'));
      await rename(join(folder, '..data_new'), join(folder, '..data'));
      await time.advance(1000);
      await peers.refresh('bluewallet');
      verifies(peers, 'bluewallet', second, first);
    }));

  test('a file that is half written, no public key, weak, or a private key changes nothing and is told once', () =>
    watched(async ({ folder, peers, time, log }) => {
      const good = newKey();
      await writeFile(join(folder, 'bluewallet.pem'), good.pem);
      await peers.refresh('bluewallet');
      const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
      const { publicKey: weak } = generateKeyPairSync('rsa', { modulusLength: 1024 });
      for (const bad of [
        good.pem.slice(0, 60),
        '',
        good.pem + good.pem,
        privateKey.export({ type: 'pkcs8', format: 'pem' }),
        weak.export({ type: 'spki', format: 'pem' }),
      ]) {
        await writeFile(join(folder, 'bluewallet.pem'), bad);
        await time.advance(1000);
        assert.equal(await peers.refresh('bluewallet'), false);
        verifies(peers, 'bluewallet', good);
      }
      assert.ok(log.lines.some((line) => line.level === 'error'));
      assert.ok(log.lines.every((line) => !JSON.stringify(line).includes('PRIVATE KEY-----')));
    }));

  test('a change that the poll saw an instant before the question is worth another verification, too', () =>
    watched(async ({ folder, peers, time }) => {
      await writeFile(join(folder, 'bluewallet.pem'), newKey().pem);
      await polledUntil(time, () => peers.keysOf('bluewallet').length > 0, 10);
      assert.equal(await peers.refresh('bluewallet'), true);
      await time.advance(1000);
      assert.equal(await peers.refresh('bluewallet'), false);
    }));

  test('refresh is single flight and rate limited, and reads nothing outside the folder', () =>
    watched(async ({ folder, peers, time }) => {
      const [first, second] = [newKey(), newKey()];
      await writeFile(join(folder, 'bluewallet.pem'), first.pem);
      assert.deepEqual(await Promise.all([peers.refresh('bluewallet'), peers.refresh('bluewallet')]), [true, true]);
      await writeFile(join(folder, 'bluewallet.pem'), second.pem);
      await peers.refresh('bluewallet');
      verifies(peers, 'bluewallet', first);
      await time.advance(1000);
      await peers.refresh('bluewallet');
      verifies(peers, 'bluewallet', second, first);
      await time.advance(1000);
      assert.equal(await peers.refresh('bluewallet'), false, 'nothing has changed');
      await mkdir(join(folder, 'a'));
      await writeFile(join(folder, 'a', 'b.pem'), newKey().pem);
      for (const name of ['a/b', '../bluewallet', '', 'x'.repeat(33), '.hidden']) assert.equal(await peers.refresh(name), false, name);
    }));
});
