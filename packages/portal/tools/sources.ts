import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The folder of this room. */
export const ROOM: string = join(import.meta.dirname, '..');

/** A hash over all that the build output is made of: the sources, and the exact versions of the libraries. */
export function sourcesHash(): string {
  const hash = createHash('sha256');
  const files = globSync(['src/**/*', 'public/**/*', 'index.html', 'vite.config.ts', 'package.json', 'tools/build.ts'], {
    cwd: ROOM,
    withFileTypes: true,
  })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  for (const file of files)
    hash
      .update(`${file.slice(ROOM.length).replaceAll('\\', '/')}\n`)
      .update(readFileSync(file))
      .update('\0');
  // the zone arithmetic is that of the server, and what mails say, too, is said in their words
  const shared = globSync('words/**/*.ts', { cwd: join(ROOM, '../runtime/src') }).filter((file) => !file.endsWith('.test.ts'));
  for (const file of ['business-day.ts', ...shared.sort()]) hash.update(readFileSync(join(ROOM, '../runtime/src', file)));
  return hash.digest('hex');
}
