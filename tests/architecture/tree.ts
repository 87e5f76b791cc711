import { existsSync, globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A file of the tree: its path from the root with forward slashes, and its text. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

export const root: string = fileURLToPath(new URL('../../', import.meta.url));

/** Every TypeScript file of the rooms and of the tests. */
export function sources(): SourceFile[] {
  return globSync(['{packages,lab}/*/src/**/*.{ts,tsx}', '{packages,lab}/*/test/**/*.ts', 'tests/**/*.ts'], { cwd: root })
    .map((path) => path.replaceAll('\\', '/'))
    .sort()
    .map((path) => ({ path, text: readFileSync(root + path, 'utf8') }));
}

export function read(path: string): string {
  return readFileSync(root + path, 'utf8');
}

/** The names of all rooms; `folderOf` says where one is. */
export function rooms(): string[] {
  return globSync('{packages,lab}/*/package.json', { cwd: root })
    .map((path) => path.split('/')[1] ?? '')
    .sort();
}

/** The folder of a room: `packages/NAME`, what a DFSP runs, or `lab/NAME`, what proves it. */
export function folderOf(room: string): string {
  return existsSync(`${root}lab/${room}`) ? `lab/${room}` : `packages/${room}`;
}
