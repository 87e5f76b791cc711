import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { chownSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { archive, ownedByRoot } from './archive.ts';

test('whoever packs it, what is packed belongs to root: who unpacks as root would give it to a stranger else', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pm-archive-'));
  try {
    mkdirSync(join(folder, 'pm-1'));
    writeFileSync(join(folder, 'pm-1/pm'), '#!/bin/sh\n');
    // another user's, as far as this one may say so
    if (process.getuid?.() === 0) for (const path of ['pm-1', 'pm-1/pm']) chownSync(join(folder, path), 1_000, 1_000);
    await archive(join(folder, 'pm.tgz'), folder, 'pm-1');
    const bytes = gunzipSync(execFileSync('cat', [join(folder, 'pm.tgz')]));
    const owners = [];
    // ustar: a header of 512 bytes for each file, its content in whole blocks behind it
    for (let at = 0; bytes[at] !== 0; ) {
      const field = (from: number, length: number): string =>
        bytes
          .toString('latin1', at + from, at + from + length)
          .replace(/\0.*$/s, '')
          .trim();
      owners.push([field(0, 100), Number.parseInt(field(108, 8), 8), Number.parseInt(field(116, 8), 8), field(265, 32), field(297, 32)]);
      at += 512 + Math.ceil(Number.parseInt(field(124, 12), 8) / 512) * 512;
    }
    assert.deepEqual(owners, [
      ['pm-1/', 0, 0, '', ''],
      ['pm-1/pm', 0, 0, '', ''],
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('each page that says how it is unpacked says that no owner of elsewhere is kept', () => {
  const folder = join(import.meta.dirname, '../../../../docs/operations');
  const lines = readdirSync(folder)
    .filter((name) => name.endsWith('.md'))
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'))
    .filter((line) => /^\s*tar\b.*-x/.test(line));
  assert.ok(lines.length >= 3);
  assert.deepEqual(
    lines.filter((line) => !line.includes('--no-same-owner')),
    [],
  );
});

test('both kinds of tar have their options; another one is not used', (t) => {
  assert.deepEqual(ownedByRoot('tar (GNU tar) 1.34\nCopyright'), ['--owner=0', '--group=0', '--numeric-owner']);
  assert.deepEqual(ownedByRoot('bsdtar 3.5.3 - libarchive 3.7.4 zlib/1.2.12'), ['--uid=0', '--gid=0', '--uname=', '--gname=']);
  assert.equal(ownedByRoot('BusyBox v1.36.1'), undefined);
  if (spawnSync('bsdtar', ['--version']).status !== 0) return t.skip('bsdtar is not installed: its options were not tried');
  const done = spawnSync('bsdtar', [...(ownedByRoot('bsdtar 3') ?? []), '-cf', '-', 'archive.ts'], { cwd: import.meta.dirname });
  assert.deepEqual([done.status, done.stdout.toString('latin1', 108, 115)], [0, '000000 ']);
});
