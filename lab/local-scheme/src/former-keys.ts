import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Before there was a Connection Manager, the sandbox made keys and certificates for its DFSPs, with a CA of its own. They count no more, so they
 * are removed from a folder of that time. Answers whether there were any. Balances, payments and journals are not touched.
 */
export async function removeFormerKeys(folder: string, fspIds: readonly string[]): Promise<boolean> {
  const signingKeys = fspIds.flatMap((fspId) => ['private', 'public'].map((side) => join(folder, 'jws', side, `${fspId}.pem`)));
  const former = [join(folder, 'ca'), ...signingKeys].filter((path) => existsSync(path));
  for (const path of former) await rm(path, { recursive: true, force: true });
  return former.length > 0;
}
