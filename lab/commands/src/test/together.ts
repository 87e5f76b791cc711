/** Is loaded by a process that runs several test files, one after the other, each as a suite that has the file's name. */
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe } from 'node:test';

const require = createRequire(import.meta.url);

/** Defines the tests of these files (absolute). What a module defines while it is loaded belongs to the suite, so it is loaded at once. */
export function together(files: readonly string[]): void {
  for (const file of files) describe(file, () => void require(file));
}

/** Writes a module that does it, for a process to run. */
export function writeTogether(folder: string, place: number, files: readonly string[]): string {
  const module = join(folder, `together-${place}.mjs`);
  writeFileSync(module, `import { together } from ${JSON.stringify(import.meta.url)};\ntogether(${JSON.stringify(files)});\n`);
  return module;
}
