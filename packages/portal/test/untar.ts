import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';

const BLOCK = 512;

/** Files of a plain tar (ustar) into a folder; links and owners are left out, and nothing leaves the folder. */
export async function untar(tar: Buffer, folder: string): Promise<void> {
  for (let at = 0; at + BLOCK <= tar.length; ) {
    const head = tar.subarray(at, at + BLOCK);
    const text = (from: number, length: number): string => head.toString('latin1', from, from + length).replace(/\0.*$/s, '');
    const name = text(0, 100);
    if (name === '') return;
    const size = Number.parseInt(text(124, 12), 8) || 0;
    const path = normalize(join(text(345, 155), name));
    if (path.startsWith('..') || path.startsWith('/')) throw new Error(`not a path in an archive of ours: ${path}`);
    if (['', '0'].includes(text(156, 1))) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), tar.subarray(at + BLOCK, at + BLOCK + size), { mode: 0o755 });
    }
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
}
