import { cp, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Where TypeBox is installed, and its entry points that the rooms import. */
const entryPoints = ['index.mjs', 'compile/index.mjs', 'value/index.mjs'];
const require = createRequire(import.meta.url);

/**
 * Run once after an installation, by `warm-up.ts`: TypeBox comes as 683 modules, and each that Node loads costs 0.2 ms of
 * CPU and 45 KB in every process (docs/performance.md). Its entry points are put into a handful of files, where it is
 * installed; all that is exported stays as it was. Where esbuild is missing, or the folder cannot be written, the product
 * runs without: a new installation of TypeBox is a new folder, so that nothing here can be out of date.
 */
export async function typeBoxInOneFile(): Promise<void> {
  const { build } = await import('esbuild');
  const installed = dirname(require.resolve('typebox'));
  if ((await readFile(join(installed, 'index.mjs'), 'utf8')).includes('chunk-')) return;
  const beside = await mkdtemp(`${installed}-`);
  try {
    await build({
      entryPoints: entryPoints.map((file) => join(installed, file)),
      outdir: beside,
      outExtension: { '.js': '.mjs' },
      bundle: true,
      splitting: true,
      format: 'esm',
      platform: 'node',
      logLevel: 'silent',
    });
    await putInPlace(beside, installed);
  } finally {
    await rm(beside, { recursive: true });
  }
}

/** What the entry points need first, so that a process that starts meanwhile finds whole files only. */
async function putInPlace(from: string, to: string): Promise<void> {
  const chunks = (await readdir(from)).filter((file) => file.startsWith('chunk-'));
  for (const chunk of chunks) await cp(join(from, chunk), join(to, chunk));
  for (const file of entryPoints) await rename(join(from, file), join(to, file));
}
