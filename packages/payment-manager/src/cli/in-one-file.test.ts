import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { inOneFile } from './in-one-file.ts';

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pm-in-one-file-'));
});
after(() => rm(folder, { recursive: true }));

/** A room that imports a library of these files. */
async function room(name: string, files: Readonly<Record<string, string>>): Promise<{ rooms: URL; library: string }> {
  const library = join(folder, name, 'node_modules', 'lib');
  for (const [file, text] of Object.entries({ ...files, 'package.json': '{"name":"lib","main":"index.js"}' })) {
    await mkdir(dirname(join(library, file)), { recursive: true });
    await writeFile(join(library, file), text);
  }
  await writeFile(join(folder, name, 'package.json'), '{"name":"room"}');
  return { rooms: pathToFileURL(`${folder}/`), library };
}

/** What a new process prints that finds libraries as this room does; in this one the library as it was is loaded. */
const elsewhere = (name: string, code: string): string =>
  execFileSync(process.execPath, ['-e', code], { cwd: join(folder, name), encoding: 'utf8' }).trim();

test('what a CommonJS library exports is found in one file, by name and by require', async () => {
  const { rooms, library } = await room('cjs', {
    'index.js': "const { two } = require('./parts/two'); exports.one = () => 1; exports.two = two;",
    'parts/two.js': "exports.two = () => require('./three')() - 1;",
    'parts/three.js': 'module.exports = () => 3;',
  });
  await inOneFile({ room: 'cjs', name: 'lib', entryPoints: ['index.js'], format: 'cjs' }, rooms);
  await rm(join(library, 'parts'), { recursive: true });
  const required = "const lib = require('lib'); console.log(lib.one(), lib.two())";
  assert.equal(elsewhere('cjs', required), '1 2');
  assert.equal(elsewhere('cjs', "import('lib').then(({ one, two }) => console.log(one(), two()))"), '1 2');
  assert.deepEqual(await readdir(join(folder, 'cjs', 'node_modules')), ['lib']);
});

test('so is what an ES module exports; done twice it is done once', async () => {
  const { rooms, library } = await room('esm', {
    'index.mjs': "export { two } from './two.mjs'; export const one = 1;",
    'two.mjs': 'export const two = 2;',
  });
  const wanted = { room: 'esm', name: 'lib', entryPoints: ['index.mjs'], format: 'esm' } as const;
  await inOneFile(wanted, rooms);
  const once = await readFile(join(library, 'index.mjs'), 'utf8');
  await inOneFile(wanted, rooms);
  assert.equal(await readFile(join(library, 'index.mjs'), 'utf8'), once);
  await rm(join(library, 'two.mjs'));
  assert.equal(elsewhere('esm', "import('lib/index.mjs').then(({ one, two }) => console.log(one, two))"), '1 2');
});

test('a library that would export something else stays as it was installed', async () => {
  const index = 'export const one = 1;';
  const { rooms, library } = await room('other', { 'index.mjs': index });
  await assert.rejects(inOneFile({ room: 'other', name: 'lib', entryPoints: ['index.mjs'], format: 'cjs' }, rooms));
  assert.equal(await readFile(join(library, 'index.mjs'), 'utf8'), index);
  assert.deepEqual(await readdir(join(folder, 'other', 'node_modules')), ['lib']);
});
