import { open } from 'node:fs/promises';
import { type Anchor, readAnchor, type SeesRestore } from '@payment-manager/journal';
import type { Clock } from '@payment-manager/runtime';

/** The end of an anchor file that is read: some hundred anchors, of many replicas some dozen. */
const TAIL_BYTES = 262_144;

/**
 * Tells a journal that is older than its anchors: the last anchor of the file names a batch that the journal has not, or has another one in its
 * place. Anchors from before the last restore that is known are of the journal that it replaced, and count no more. A file that is not there
 * or cannot be read tells nothing: `ANCHOR_FAILED` is told by whoever writes it.
 */
export function olderThanAnchors(file: string, clock: Pick<Clock, 'now'>): SeesRestore {
  return async ({ mark, hashOf }) => {
    const last = (await lastAnchors(file)).findLast(({ at }) => Date.parse(at) > (mark?.at ?? 0));
    if (last === undefined) return undefined;
    for (const [writer, number, hash] of last.heads) {
      if (number === 0 || (await hashOf(writer, number)) === hash) continue;
      const reason = `batch ${number} of writer ${writer}, anchored at ${last.at}, is not in it (${file})`;
      return { sign: 'anchor', reason, at: clock.now() };
    }
    return undefined;
  };
}

async function lastAnchors(file: string): Promise<readonly Anchor[]> {
  try {
    const handle = await open(file, 'r');
    try {
      const { size } = await handle.stat();
      const from = Math.max(0, size - TAIL_BYTES);
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - from), 0, size - from, from);
      const lines = buffer.toString('utf8', 0, bytesRead).split('\n');
      return lines.map(readAnchor).filter((anchor) => anchor !== undefined);
    } finally {
      await handle.close();
    }
  } catch {
    return [];
  }
}
