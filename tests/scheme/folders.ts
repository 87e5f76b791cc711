import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { recordedLog } from '@payment-manager/runtime';
import { startScheme } from '@payment-manager/sandbox';

/** A folder for one test file, and a way to begin a scheme in it without making keys again. */
export interface SchemeFolders {
  /** A new folder with the certificates and JWS keys of the demo scheme in it. */
  next(): string;
  remove(): void;
}

/** Makes the folder, with one set of certificates and keys: making RSA keys costs more than everything else in a scheme. */
export async function schemeFolders(name: string): Promise<SchemeFolders> {
  const root = mkdtempSync(join(tmpdir(), `pm-${name}-`));
  const template = join(root, 'template');
  await (await startScheme({ folder: template, log: recordedLog() })).stop();
  let count = 0;
  return {
    next() {
      count += 1;
      const folder = join(root, `scheme-${count}`);
      for (const part of ['ca', 'jws']) cpSync(join(template, part), join(folder, part), { recursive: true });
      return folder;
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}
