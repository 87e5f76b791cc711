import { existsSync, globSync, readFileSync, realpathSync } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire, findPackageJSON } from 'node:module';
import { dirname, join, relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Plugin } from 'esbuild';
import { isMade, MADE_ROOMS_FILE, type MadeRooms, ROOMS_FOLDER, ROOT, sourceOf } from './few-files-use.ts';

export { AS_WRITTEN } from './few-files-use.ts';

/** Where rooms are; an installation for production has no lab. */
const WINGS = ['packages', 'lab'];
/** Processes may still load from the build that they began with: one that runs for long, while somebody edits, from one of many edits ago. */
const KEPT_BUILDS = 10;
/** What is run before anything is made. */
const LEFT_OUT = /\/warm-up\.ts$/;

/**
 * Puts the modules of all rooms into few files, from which `in-one-file-hook.ts` loads them: a module by itself costs up to 0.2 ms of CPU
 * and 45 KB in every process (docs/performance.md). Does nothing when what is there was made of these sources. Nothing of the sources is
 * written, and whoever loads them as they are written gets the same.
 *
 * @param folder holds one folder for each build: a process that runs may load more from the one that it began with
 * @throws Error a source that cannot be put together with the others
 */
export async function roomsInFewFiles(folder: string = ROOMS_FOLDER, root: string = ROOT): Promise<void> {
  if (isMade(folder, root) !== undefined) return;
  await mkdir(folder, { recursive: true });
  const last = Number((await buildsIn(folder)).at(-1)?.split('-')[1] ?? 0);
  const build = `build-${String(last + 1).padStart(6, '0')}-${process.pid}`;
  const place = join(folder, build);
  const made = await bundle(place, root);
  const draft = join(folder, `${MADE_ROOMS_FILE}.${process.pid}`);
  await writeFile(draft, JSON.stringify({ ...made, build } satisfies MadeRooms));
  await rename(draft, join(folder, MADE_ROOMS_FILE));
  for (const old of (await buildsIn(folder)).slice(0, -KEPT_BUILDS)) await rm(join(folder, old), { recursive: true, force: true });
}

/** Oldest first. */
async function buildsIn(folder: string): Promise<readonly string[]> {
  return (await readdir(folder)).filter((name) => name.startsWith('build-')).sort();
}

async function bundle(place: string, root: string): Promise<Omit<MadeRooms, 'build'>> {
  const { build } = await import('esbuild');
  const outside = new Map<string, string>();
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: entryPoints(root),
    outbase: root,
    outdir: place,
    outExtension: { '.js': '.mjs' },
    chunkNames: 'shared/[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true, useDefineForClassFields: true } },
    legalComments: 'none',
    logLevel: 'silent',
    metafile: true,
    plugins: [asRooms(outside, root)],
  });
  const files: Record<string, string> = {};
  for (const [output, { entryPoint }] of Object.entries(metafile.outputs))
    if (entryPoint !== undefined) files[pathToFileURL(join(root, entryPoint)).href] = pathToFileURL(join(root, output)).href;
  const sources = Object.keys(metafile.inputs).map((file) => [file, sourceOf(join(root, file))] as const);
  return { root, files, outside: Object.fromEntries(outside), sources: Object.fromEntries(sources) };
}

/** The doors of all rooms, and what is started as a thread or a process. What a door loads later is found by itself. */
function entryPoints(root: string): string[] {
  const rooms = WINGS.flatMap((wing) => globSync(`${wing}/*/package.json`, { cwd: root }));
  const doors = rooms.flatMap((file) => {
    const { exports = {} } = JSON.parse(readFileSync(join(root, file), 'utf8')) as { exports?: Record<string, string> };
    return Object.values(exports).map((door) => join(root, dirname(file), door));
  });
  const starts = WINGS.flatMap((wing) => globSync(`${wing}/*/src/**/*.ts`, { cwd: root }))
    .filter((file) => !file.endsWith('.test.ts'))
    .flatMap((file) => {
      const named = readFileSync(join(root, file), 'utf8').matchAll(/new URL\('(\.[^']*\.ts)', import\.meta\.url\)/g);
      return [...named].map(([, path = '']) => join(root, dirname(file), path));
    });
  const mains = WINGS.flatMap((wing) => globSync(`${wing}/*/src/main.ts`, { cwd: root })).map((file) => join(root, file));
  return [...new Set([...doors, ...starts, ...mains])].filter((file) => existsSync(file) && !LEFT_OUT.test(file)).sort();
}

/** Modules of rooms become part; everything else stays outside, and is looked for from the room that imports it. */
function asRooms(outside: Map<string, string>, root: string): Plugin {
  return {
    name: 'rooms',
    setup(build) {
      build.onResolve({ filter: /^[^./]/ }, ({ path, importer, kind }) => {
        if (kind === 'entry-point') return undefined;
        if (path.startsWith('@payment-manager/')) return { path: realpathSync(createRequire(importer).resolve(path)) };
        if (!path.startsWith('node:')) tellOutside(outside, path, importer, root);
        return { path, external: true };
      });
      build.onLoad({ filter: /\.ts$/ }, ({ path }) => ({ contents: inItsPlace(path), loader: 'ts' }));
    },
  };
}

function tellOutside(outside: Map<string, string>, name: string, importer: string, root: string): void {
  const room = `${relative(root, importer).split(sep).slice(0, 2).join('/')}/package.json`;
  const known = outside.get(name);
  const place = (file: string): string | undefined => findPackageJSON(name, pathToFileURL(join(root, file)));
  if (known !== undefined && known !== room && place(known) !== place(room))
    throw new Error(`${name} is another one in ${room} than in ${known}`);
  outside.set(name, known ?? room);
}

/** A module that asks where it is gets the place where it was written. */
function inItsPlace(file: string): string {
  const text = readFileSync(file, 'utf8')
    .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(file).href))
    .replaceAll('import.meta.dirname', JSON.stringify(dirname(file)));
  const other = /import\.meta\.(?!resolve\b)\w+/.exec(text)?.[0];
  if (other !== undefined) throw new Error(`${file}: ${other} cannot be told`);
  return text;
}
