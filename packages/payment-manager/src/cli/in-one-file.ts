import { cp, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire, findPackageJSON } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isDeepStrictEqual } from 'node:util';

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
 * Modules as installed, with what they need themselves: TypeBox 683, Fastify 180, x509 212, prom-client 88, yaml 72. Each with its front
 * doors: a part that others of the same library use, too, like undici's pool, must not be made another one.
 */
const libraries: readonly Library[] = [
  { room: 'fspiop', name: 'typebox', entryPoints: ['build/index.mjs', 'build/compile/index.mjs', 'build/value/index.mjs'], format: 'esm' },
  {
    room: 'runtime',
    name: 'fastify',
    entryPoints: ['fastify.js'],
    format: 'cjs',
    external: ['pino', 'light-my-request', '@fastify/ajv-compiler', '@fastify/fast-json-stringify-compiler'],
  },
  { room: 'runtime', name: 'prom-client', entryPoints: ['index.js'], format: 'cjs' },
  { room: 'vault', name: '@peculiar/x509', entryPoints: ['build/x509.es.js'], format: 'esm', polyfill: 'reflect-metadata' },
  { room: 'payment-manager', name: 'yaml', entryPoints: ['dist/index.js'], format: 'cjs' },
  { room: 'payment-manager', name: 'commander', entryPoints: ['index.js'], format: 'esm' },
];

const rooms = new URL('../../../', import.meta.url);
const mark = '/* put into one file */';

/**
 * Run once after an installation, by `warm-up.ts`: each module that Node loads costs up to 0.2 ms of CPU and 45 KB in every process
 * (docs/performance.md). What the rooms import of these libraries is put into one file, or a handful, where it is
 * installed; all that is exported stays as it was. Where esbuild is missing, or the folder cannot be written, the product
 * runs without: a new installation of a library is a new folder, so that nothing here can be out of date.
 *
 * @returns what stays as it was installed, and why
 */
export async function librariesInOneFile(): Promise<readonly string[]> {
  const results = await Promise.allSettled(libraries.map((library) => inOneFile(library, rooms)));
  return results.flatMap((result, index) => (result.status === 'rejected' ? [`${libraries[index]?.name}: ${result.reason}`] : []));
}

/** Puts one library, as a room in this folder finds it, into one file. Rejects, and leaves it as it is, when that would change what it exports. */
export async function inOneFile({ room, name, entryPoints, format, external = [], polyfill }: Library, folder: URL): Promise<void> {
  const { build } = await import('esbuild');
  const description = findPackageJSON(name, new URL(`${room}/package.json`, folder));
  if (description === undefined) throw new Error('it is not installed');
  const installed = dirname(description);
  const [first] = entryPoints;
  if ((await readFile(join(installed, first), 'utf8')).startsWith(mark)) return;
  const made = await mkdtemp(`${installed}-`);
  try {
    await build({
      entryPoints: entryPoints.map((file) => join(installed, file)),
      outbase: installed,
      outdir: made,
      outExtension: { '.js': extname(first) },
      bundle: true,
      splitting: format === 'esm',
      format,
      platform: 'node',
      banner: { js: mark },
      external: polyfill === undefined ? [...external] : [...external, polyfill],
      logLevel: 'silent',
    });
    if (polyfill !== undefined) createRequire(description)(polyfill);
    for (const file of entryPoints) {
      const names = await exportsOf(join(installed, file));
      if (format === 'cjs') await tellExports(join(made, file), names);
      const namesMade = await exportsOf(join(made, file));
      if (!isDeepStrictEqual(namesMade, names)) throw new Error(`exported would be ${namesMade}, and not ${names}`);
    }
    await putInPlace(made, installed, entryPoints);
  } finally {
    await rm(made, { recursive: true });
  }
}

async function exportsOf(file: string): Promise<readonly string[]> {
  return Object.keys((await import(pathToFileURL(file).href)) as object);
}

/** Node reads the names that a CommonJS module exports from its text. */
async function tellExports(file: string, names: readonly string[]): Promise<void> {
  const own = names.filter((name) => name !== 'default' && name !== 'module.exports');
  await writeFile(file, `0 && (module.exports = { ${own.join(', ')} });\n`, { flag: 'a' });
}

/** What the entry points need first, so that a process that starts meanwhile finds whole files only. */
async function putInPlace(from: string, to: string, entryPoints: readonly string[]): Promise<void> {
  const chunks = (await readdir(from)).filter((file) => file.startsWith('chunk-'));
  for (const chunk of chunks) await cp(join(from, chunk), join(to, chunk));
  for (const file of entryPoints) await rename(join(from, file), join(to, file));
}
