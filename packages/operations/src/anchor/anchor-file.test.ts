import assert from 'node:assert/strict';
import { appendFile, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { anchorOf } from '@payment-manager/journal';
import { readAnchorFile } from './anchor-file.ts';
import { fileTarget } from './anchoring.ts';

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pm-anchors-'));
});
after(() => rm(folder, { recursive: true }));

const line = (position: number, writer = '1'): string =>
  JSON.stringify(anchorOf({ position, heads: [[writer, position, `hash-${position}`]] }, '2026-11-24T10:00:00.000Z'));

test('a file of anchors is made with its folder, only grows, and is its owner’s alone', async () => {
  const file = join(folder, 'new', 'greenbank.anchors');
  for (const position of [1, 4]) await fileTarget(file).keep(line(position));
  assert.equal(await readFile(file, 'utf8'), `${line(1)}\n${line(4)}\n`);
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  const { count, last, unreadable } = await readAnchorFile(file);
  assert.deepEqual([count, last?.position, unreadable], [2, 4, 0]);
});

test('a line that a crash cut off is ended, told as unreadable, and those after it count', async () => {
  const file = join(folder, 'cut');
  await fileTarget(file).keep(line(1));
  await appendFile(file, line(2).slice(0, 30));
  await fileTarget(file).keep(line(3));
  const { count, last, unreadable, all } = await readAnchorFile(file);
  assert.deepEqual([count, last?.position, unreadable], [2, 3, 1]);
  const positions: number[] = [];
  for await (const { position } of all()) positions.push(position);
  assert.deepEqual(positions, [1, 3]);
});

test('an anchor that was changed afterwards is none', async () => {
  const file = join(folder, 'changed');
  await appendFile(file, `${line(9).replace('hash-9', 'hash-8')}\n`);
  const { count, unreadable } = await readAnchorFile(file);
  assert.deepEqual([count, unreadable], [0, 1]);
});

test('several processes add to one file at once: each line is whole', async () => {
  const file = join(folder, 'shared');
  const targets = ['a', 'b', 'c', 'd'].map((writer) => ({ writer, target: fileTarget(file) }));
  await Promise.all(
    targets.flatMap(({ writer, target }) => Array.from({ length: 25 }, (_, n) => target.keep(line(n + 1, writer.repeat(900))))),
  );
  const { count, last, unreadable } = await readAnchorFile(file);
  assert.deepEqual([count, last?.position, unreadable], [100, 25, 0]);
});

test('a file that cannot be written is named, with the system’s reason', async () => {
  await fileTarget(join(folder, 'plain')).keep(line(1));
  const below = join(folder, 'plain', 'below');
  await assert.rejects(fileTarget(below).keep(line(1)), ({ message }: Error) => message.includes(below) && /EEXIST|ENOTDIR/.test(message));
});
