import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { globSync, mkdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { inOneFile, librariesInOneFile } from './in-one-file.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
let folder: string;
before(async () => {
  // As deep in the project as what `warm-up.ts` makes: libraries find what stays outside of them.
  mkdirSync(join(root, '.pm'), { recursive: true });
  folder = await mkdtemp(join(root, '.pm', 'in-one-file-'));
});
after(() => rm(folder, { recursive: true }));

/** A room that imports a library of these files. */
async function room(name: string, files: Readonly<Record<string, string>>): Promise<{ rooms: URL; library: string; made: string }> {
  const library = join(folder, name, 'node_modules', 'lib');
  for (const [file, text] of Object.entries({ ...files, 'package.json': '{"name":"lib","main":"index.js"}' })) {
    await mkdir(dirname(join(library, file)), { recursive: true });
    await writeFile(join(library, file), text);
  }
  await writeFile(join(folder, name, 'package.json'), '{"name":"room"}');
  return { rooms: pathToFileURL(`${folder}/`), library, made: join(folder, name, 'made') };
}

/** What a new process prints. */
const printed = (code: string, ...options: string[]): string =>
  execFileSync(process.execPath, [...options, '--input-type=module', '-e', code], { cwd: root, encoding: 'utf8' }).trim();

test('what a CommonJS library exports is found in one file, by name and by require', async () => {
  const { rooms, library, made } = await room('cjs', {
    'index.js': "const { two } = require('./parts/two'); exports.one = () => 1; exports.two = two;",
    'parts/two.js': "exports.two = () => require('./three')() - 1;",
    'parts/three.js': 'module.exports = () => 3;',
  });
  const pairs = await inOneFile({ room: 'cjs', name: 'lib', entryPoints: ['index.js'], format: 'cjs' }, rooms, made);
  assert.deepEqual(pairs, [[join(library, 'index.js'), 'index.cjs']]);
  assert.deepEqual(await readdir(made), ['index.cjs']);
  const file = JSON.stringify(join(made, 'index.cjs'));
  assert.equal(printed(`import { one, two } from ${file}; console.log(one(), two())`), '1 2');
});

test('so is what an ES module exports', async () => {
  const { rooms, made } = await room('esm', {
    'index.mjs': "export { two } from './two.mjs'; export const one = 1;",
    'two.mjs': 'export const two = 2;',
  });
  await inOneFile({ room: 'esm', name: 'lib', entryPoints: ['index.mjs'], format: 'esm' }, rooms, made);
  assert.equal(printed(`import { one, two } from ${JSON.stringify(join(made, 'index.mjs'))}; console.log(one, two)`), '1 2');
});

test('a library that would export something else, or load another version of what is outside, is refused', async () => {
  const { rooms, made } = await room('other', { 'index.mjs': 'export const one = 1;' });
  const lib = { room: 'other', name: 'lib', entryPoints: ['index.mjs'], format: 'cjs' } as const;
  await assert.rejects(inOneFile(lib, rooms, made), /exported would be/);
  const { library } = await room('other', { 'node_modules/pino/index.js': '', 'node_modules/pino/package.json': '{"name":"pino"}' });
  assert.ok(library);
  await assert.rejects(inOneFile({ ...lib, format: 'esm', external: ['pino'] }, rooms, made), /pino would be another one/);
});

test('the product’s libraries come from few files, nothing that is installed is written, and undici is one, whichever door it is loaded by', async () => {
  const installed = globSync('node_modules/{typebox,prom-client,yaml,commander,@peculiar/x509}/**/*.{js,mjs}', { cwd: root });
  const texts = (): readonly string[] => installed.map((file) => readFileSync(join(root, file), 'utf8'));
  const before = texts();
  const made = join(folder, 'libraries');
  assert.deepEqual(await librariesInOneFile(made), []);
  assert.ok(installed.length > 500);
  assert.deepEqual(texts(), before);

  const use = join(folder, 'use.ts');
  const [door, nodeModules] = [new URL('./in-one-file-use.ts', import.meta.url).href, join(root, 'node_modules')];
  await writeFile(use, `import { useLibrariesIn } from '${door}'; useLibrariesIn('${made}', '${nodeModules}');`);
  const code = `
    import { createRequire } from 'node:module';
    import { createHttpClient, startHttpServer, recordedLog } from '${new URL('../../../runtime/src/index.ts', import.meta.url).href}';
    const fromRuntime = createRequire('${new URL('../../../runtime/package.json', import.meta.url).href}');
    const undici = fromRuntime('undici');
    const server = await startHttpServer({ host: '127.0.0.1', port: 0, maxBodyBytes: 99, handler: async () => ({ status: 200, body: 'one' }), refuse: () => ({ status: 500 }) }, recordedLog());
    const client = createHttpClient({});
    const { body } = await client.request({ method: 'GET', url: server.url, headers: {}, timeoutMs: 5000 });
    const other = await undici.request(server.url, { dispatcher: new undici.Agent() });
    const same = fromRuntime('undici/lib/dispatcher/pool.js') === undici.Pool;
    console.log(Buffer.from(body).toString(), await other.body.text(), same);
    console.log(import.meta.resolve('prom-client'), Object.keys(fromRuntime.cache).filter((file) => /node_modules.prom-client./.test(file)).length);
    process.exit(0);`;
  const [answers, where] = printed(code, `--import=${pathToFileURL(use).href}`).split('\n');
  assert.equal(answers, 'one one true');
  assert.equal(where, `${pathToFileURL(join(made, 'prom-client', 'index.cjs')).href} 0`);
});

test('what was made of another installation is not used', async () => {
  const made = join(folder, 'old');
  await mkdir(made);
  const file = pathToFileURL(join(root, 'node_modules/commander/index.js')).href;
  await writeFile(join(made, 'made.json'), JSON.stringify({ installation: 1, files: { [file]: 'file:///nowhere.mjs' } }));
  const use = join(folder, 'use-old.ts');
  const [door, nodeModules] = [new URL('./in-one-file-use.ts', import.meta.url).href, join(root, 'node_modules')];
  await writeFile(use, `import { useLibrariesIn } from '${door}'; useLibrariesIn('${made}', '${nodeModules}');`);
  assert.equal(printed(`console.log(typeof (await import('commander')).Command)`, `--import=${pathToFileURL(use).href}`), 'function');
});
