import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';

/** What was made of the installed libraries. */
export interface MadeLibraries {
  /** Of which installation: see `installationOf`. */
  readonly installation: number;
  /** What a file of a library (URL) was put into (URL). */
  readonly files: Readonly<Record<string, string>>;
}

/** In the folder of what was made. */
export const MADE_FILE = 'made.json';

/** Another one after each change that npm makes to what is installed; undefined when it was not npm that installed. */
export function installationOf(nodeModules: string): number | undefined {
  const list = textOf(join(nodeModules, '.package-lock.json'));
  return list === undefined ? undefined : crc32(list);
}

/**
 * From now on this thread loads the files that were put into one from there. What was made of another installation, or of one in another
 * place, is left alone: then libraries are loaded as they were installed, which only takes longer.
 */
export function useLibrariesIn(folder: string, nodeModules: string = join(folder, '..', '..', '..', 'node_modules')): void {
  const text = textOf(join(folder, MADE_FILE));
  if (text === undefined) return;
  const { installation, files } = JSON.parse(text) as MadeLibraries;
  if (installation !== installationOf(nodeModules)) return;
  const made = new Map(Object.entries(files));
  registerHooks({
    resolve(specifier, context, next) {
      const found = next(specifier, context);
      const url = made.get(found.url);
      return url === undefined ? found : { ...found, url, format: url.endsWith('.cjs') ? 'commonjs' : 'module' };
    },
  });
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
