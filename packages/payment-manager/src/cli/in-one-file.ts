import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire, findPackageJSON } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { installationOf, MADE_FILE, type MadeLibraries } from './in-one-file-use.ts';

/** A library that is made of many files. */
export interface Library {
  /** The room that imports it. */
  readonly room: string;
  readonly name: string;
  /** The files of it that are imported. */
  readonly entryPoints: readonly [string, ...string[]];
  readonly format: 'cjs' | 'esm';
  /** Parts that are shared with others, or loaded only when they are needed: they stay where they are. */
  readonly external?: readonly string[];
  /** What must have been loaded before it; it is no part of it. */
  readonly polyfill?: string;
}

/**
 * Modules as installed, with what they need themselves: TypeBox 683, x509 212, prom-client 88, yaml 72. Each with its front
 * doors: a part that others of the same library use, too, like undici's pool, must not be made another one.
 */
const LIBRARIES: readonly Library[] = [
  { room: 'fspiop', name: 'typebox', entryPoints: ['build/index.mjs', 'build/compile/index.mjs', 'build/value/index.mjs'], format: 'esm' },
  { room: 'runtime', name: 'prom-client', entryPoints: ['index.js'], format: 'cjs' },
  { room: 'vault', name: '@peculiar/x509', entryPoints: ['build/x509.es.js'], format: 'esm', polyfill: 'reflect-metadata' },
  { room: 'configuration', name: 'yaml', entryPoints: ['dist/index.js'], format: 'cjs' },
  // of one file already, with letters that make each of its characters two bytes in memory, and its text stands there twice
  { room: 'core-connector', name: 'jsonata', entryPoints: ['jsonata.js'], format: 'cjs' },
  { room: 'payment-manager', name: 'commander', entryPoints: ['index.js'], format: 'esm' },
];

const rooms = new URL('../../../', import.meta.url);
const nodeModules = fileURLToPath(new URL('../node_modules', rooms));

/**
 * Run once after an installation, by `warm-up.ts`: each module that Node loads costs up to 0.2 ms of CPU and 45 KB in every process
 * (docs/performance.md). What the rooms import of these libraries is put into one file, or a handful, in a folder of ours that
 * `in-one-file-hook.ts` loads from; what is installed stays as it is. All that is exported stays as it was.
 *
 * @param folder is made anew
 * @returns what is loaded as it was installed, and why
 */
export async function librariesInOneFile(folder: string, wanted: readonly Library[] = LIBRARIES): Promise<readonly string[]> {
  const installation = installationOf(nodeModules);
  if (installation === undefined) return ['npm has not told what it has installed'];
  const making = `${folder}.${process.pid}`;
  const files: Record<string, string> = {};
  const left: string[] = [];
  for (const library of wanted) {
    const target = join(making, library.name);
    try {
      const place = join(folder, library.name);
      for (const [installed, made] of await inOneFile(library, rooms, target))
        files[pathToFileURL(installed).href] = pathToFileURL(join(place, made)).href;
    } catch (error) {
      left.push(`${library.name}: ${error}`);
      await rm(target, { recursive: true, force: true });
    }
  }
  await mkdir(making, { recursive: true });
  await writeFile(join(making, MADE_FILE), JSON.stringify({ installation, files } satisfies MadeLibraries));
  // Processes that run may load more from there.
  const former = `${making}.former`;
  await rename(folder, former).catch(() => {});
  await rename(making, folder);
  await rm(former, { recursive: true, force: true });
  return left;
}

/**
 * Puts one library, as a room in this folder finds it, into as few files as it has entry points, or a few more.
 *
 * @returns each file that is imported, and what it was put into (below `target`). Rejects when that would export something else.
 */
export async function inOneFile(
  { room, name, entryPoints, format, external = [], polyfill }: Library,
  folder: URL,
  target: string,
): Promise<readonly (readonly [installed: string, made: string])[]> {
  const { build } = await import('esbuild');
  const description = findPackageJSON(name, new URL(`${room}/package.json`, folder));
  if (description === undefined) throw new Error('it is not installed');
  const installed = dirname(description);
  const outside = polyfill === undefined ? external : [...external, polyfill];
  demandSame(outside, description, target);
  const extension = format === 'cjs' ? '.cjs' : '.mjs';
  await build({
    entryPoints: entryPoints.map((file) => join(installed, file)),
    outbase: installed,
    outdir: target,
    outExtension: { '.js': extension },
    bundle: true,
    splitting: format === 'esm',
    format,
    platform: 'node',
    external: [...outside],
    logLevel: 'silent',
  });
  if (polyfill !== undefined) createRequire(description)(polyfill);
  const pairs: [string, string][] = [];
  for (const file of entryPoints) {
    const made = `${file.slice(0, -extname(file).length)}${extension}`;
    const names = await exportsOf(join(installed, file));
    if (format === 'cjs') await tellExports(join(target, made), names);
    const namesMade = await exportsOf(join(target, made));
    if (!isDeepStrictEqual(namesMade, names)) throw new Error(`exported would be ${namesMade}, and not ${names}`);
    pairs.push([join(installed, file), made]);
  }
  return pairs;
}

/** What stays outside must be the same from there, and not another version of it. */
function demandSame(outside: readonly string[], description: string, target: string): void {
  const [here, there] = [createRequire(description), createRequire(join(target, 'any.js'))];
  for (const name of outside) if (here.resolve(name) !== there.resolve(name)) throw new Error(`${name} would be another one`);
}

async function exportsOf(file: string): Promise<readonly string[]> {
  return Object.keys((await import(pathToFileURL(file).href)) as object);
}

/** Node reads the names that a CommonJS module exports from its text. */
async function tellExports(file: string, names: readonly string[]): Promise<void> {
  const own = names.filter((name) => name !== 'default' && name !== 'module.exports');
  await writeFile(file, `0 && (module.exports = { ${own.join(', ')} });\n`, { flag: 'a' });
}
