import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { zstdDecompressSync } from 'node:zlib';
import { MessageBatch } from './encode.ts';
import type { Message } from './message.ts';
import { zstdPacker } from './packer.ts';

test('packer: each batch is a frame by itself, also those that are asked for at once, and its memory may be used again', async () => {
  const { pack } = zstdPacker();
  const room = Buffer.from('first '.repeat(50_000));
  const batches = [room, randomBytes(600_000), Buffer.from('third')];
  const copies = batches.map((batch) => Buffer.from(batch));
  const packed = await Promise.all(batches.map(async (batch) => Buffer.concat(await pack(batch))));
  assert.deepEqual(
    packed.map((one) => zstdDecompressSync(one)),
    copies,
  );
  room.fill('x');
  const again = Buffer.concat(await pack(room));
  assert.ok(zstdDecompressSync(again).equals(room) && zstdDecompressSync(packed[0] as Buffer).equals(copies[0] as Buffer));
});

test('packer: what cannot be packed fails alone', async () => {
  const { pack } = zstdPacker();
  const wrong = pack(17 as unknown as Buffer);
  const right = pack(Buffer.from('right'));
  await assert.rejects(wrong);
  assert.equal(zstdDecompressSync(Buffer.concat(await right)).toString(), 'right');
});

test('a batch that is given the memory of another has its own messages alone', () => {
  const said = (target: string): Message => ({
    at: 1,
    direction: 'out',
    side: 'hub',
    method: 'GET',
    target,
    headers: {},
    tookMs: 1,
    ids: [target],
  });
  const [first, other] = [new MessageBatch(), new MessageBatch()];
  for (const batch of [first, other]) batch.add(said('/a'));
  const second = new MessageBatch(first.room);
  second.add(said('/a'));
  assert.ok(second.content().equals(other.content()) && second.content().buffer === first.room.buffer);
  assert.deepEqual([second.count, [...second.ids]], [1, ['/a']]);
});
