import { link, mkdir, open, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Failpoints } from '@payment-manager/runtime';

/** A new file (0600) with this body, durable but for its folder; false when the target is there already. */
export async function linkNew(temporary: string, target: string, body: Uint8Array, failpoints: Failpoints): Promise<boolean> {
  try {
    const handle = await open(temporary, 'wx', 0o600);
    try {
      failpoints.hit('vault.file.made');
      await handle.writeFile(body);
      failpoints.hit('vault.file.written');
      await handle.sync();
    } finally {
      await handle.close();
    }
    failpoints.hit('vault.file.synced');
    await link(temporary, target);
    failpoints.hit('vault.file.linked');
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await unlink(temporary).catch(() => {});
  }
}

/** Makes the names in a folder durable. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes a folder (0700) with those above it, durable when it resolves: a file in it that was synced could not be found without them. */
export async function makeFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  for (let made = folder; ; made = dirname(made)) {
    await syncFolder(dirname(made));
    if (made === first) return;
  }
}
