/** `./pm portal build`: the portal as files that the server sends as they are. The same sources give the same bytes. */
import { spawnSync } from 'node:child_process';
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { build } from 'vite';
import { ROOM, sourcesHash } from './sources.ts';

const BUILT = join(ROOM, 'built');
const MAKING = join(ROOM, 'built.new');

const types = spawnSync(join(ROOM, '../../node_modules/.bin/tsc'), ['--noEmit', '-p', ROOM], { stdio: 'inherit' });
if (types.status !== 0) process.exit(1);
await build({ root: ROOM, configFile: join(ROOM, 'vite.config.ts'), logLevel: 'warn', build: { outDir: MAKING } });
await compressAssets(join(MAKING, 'assets'));
await writeFile(join(MAKING, 'sources.sha256'), `${sourcesHash()}\n`);
await rm(BUILT, { recursive: true, force: true });
await rename(MAKING, BUILT);
process.stdout.write(`The portal is in ${BUILT}.\n`);

/** Each file only compressed: browsers take it so, and who does not is sent it unpacked. */
async function compressAssets(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const content = await readFile(join(folder, name));
    const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
    await writeFile(join(folder, `${name}.br`), brotliCompressSync(content, { params }));
    await rm(join(folder, name));
  }
}
