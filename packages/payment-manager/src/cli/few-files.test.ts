import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { roomsInFewFiles } from './few-files.ts';
import { isMade } from './few-files-use.ts';

const SCOPE = '@payment-manager';
let root: string;
before(async () => {
  root = `${await mkdtemp(join(tmpdir(), 'pm-few-files-'))}/`;
  const rooms = {
    'packages/one/package.json': '{"name":"@ours/one","type":"module","exports":{".":"./src/index.ts"}}',
    'packages/one/src/index.ts': "export * from './state.ts';\nexport { where } from './where.ts';",
    'packages/one/src/state.ts': 'export class Mark { readonly kind: string = "mark"; }\nexport const seen: string[] = [];',
    'packages/one/src/where.ts': "export const where = (): string => [import.meta.url, import.meta.dirname].join(' ');",
    'packages/two/package.json': '{"name":"@ours/two","type":"module","exports":{"./main":"./src/main.ts"}}',
    'packages/two/src/main.ts': `
      import { Worker } from 'node:worker_threads';
      import { Mark, seen, where } from '@ours/one';
      import { library } from 'library';
      const later = await import('./later.ts');
      later.say();
      const worker = new Worker(new URL('./thread.ts', import.meta.url));
      worker.on('message', (text) => {
        console.log(JSON.stringify({ seen, same: later.made instanceof Mark, where: where(), library, text, stack: new Error('x').stack.includes('build-') }));
      });`,
    'packages/two/src/later.ts':
      "import { Mark, seen } from '@ours/one';\nexport const made = new Mark();\nexport const say = () => void seen.push('later');",
    'packages/two/src/thread.ts':
      "import { parentPort } from 'node:worker_threads';\nimport { where } from '@ours/one';\nparentPort?.postMessage(where());",
    'packages/two/src/alone.ts':
      "import { seen } from '@ours/one';\nimport { say } from './later.ts';\nsay();\nconsole.log(seen.join(), new Error('x').stack?.includes('build-'));",
    'packages/two/node_modules/library/package.json': '{"name":"library","type":"module","exports":"./index.js"}',
    'packages/two/node_modules/library/index.js': "export const library = 'of two';",
  };
  for (const [file, text] of Object.entries(rooms)) {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), text.replaceAll('@ours/', `${SCOPE}/`));
  }
  await mkdir(join(root, 'node_modules', SCOPE), { recursive: true });
  for (const name of ['one', 'two']) await symlink(join(root, 'packages', name), join(root, 'node_modules', SCOPE, name));
  const door = new URL('./few-files-use.ts', import.meta.url).href;
  await writeFile(join(root, 'hook.ts'), `import { useRoomsIn } from '${door}'; useRoomsIn('${join(root, 'made')}', { root: '${root}' });`);
});
after(() => rm(root, { recursive: true }));

const run = (file: string, environment: Readonly<Record<string, string>> = {}): string =>
  execFileSync(process.execPath, [`--import=${pathToFileURL(join(root, 'hook.ts'))}`, resolve(root, file)], {
    encoding: 'utf8',
    env: { ...process.env, ...environment },
  }).trim();

test('rooms in few files do what they do as they are written: one state, their own place, libraries of their room, threads', async () => {
  const asWritten = JSON.parse(run('packages/two/src/main.ts'));
  await roomsInFewFiles(join(root, 'made'), root);
  const { stack, ...inFewFiles } = JSON.parse(run('packages/two/src/main.ts'));
  assert.deepEqual({ ...inFewFiles, stack: false }, asWritten);
  assert.equal(stack, true, 'they come from few files');
  assert.deepEqual([asWritten.seen, asWritten.same, asWritten.library], [['later'], true, 'of two']);
  assert.equal(asWritten.where, `${pathToFileURL(join(root, 'packages/one/src/where.ts'))} ${join(root, 'packages/one/src')}`);
  assert.equal(asWritten.text, asWritten.where);
});

test('a module that is run by itself finds its room as it is written, and so does who asks for it', async () => {
  await roomsInFewFiles(join(root, 'made'), root);
  assert.equal(run('packages/two/src/alone.ts'), 'later false');
  const elsewhere = join(tmpdir(), `pm-few-files-${process.pid}.mjs`);
  await writeFile(elsewhere, `await import('${pathToFileURL(join(root, 'packages/two/src/main.ts'))}');`);
  const fromThere = run(elsewhere);
  await rm(elsewhere);
  assert.equal(JSON.parse(fromThere).stack, true, 'a program from elsewhere comes in by the doors');
  assert.equal(JSON.parse(run('packages/two/src/main.ts', { ROOMS_AS_WRITTEN: '1' })).stack, false);
});

test('after a change of a source, or in another place, nothing old is loaded; it is made anew once, and who runs keeps what it began with', async () => {
  const made = join(root, 'made');
  await roomsInFewFiles(made, root);
  assert.equal(isMade(made, '/elsewhere/'), undefined);
  const builds = async (): Promise<readonly string[]> => (await readdir(made)).filter((name) => name.startsWith('build-'));
  const [first] = await builds();
  await roomsInFewFiles(made, root);
  assert.deepEqual(await builds(), [first]);
  const state = join(root, 'packages/one/src/state.ts');
  await utimes(state, 1, 1);
  assert.equal(JSON.parse(run('packages/two/src/main.ts')).stack, true, 'another time, the same content');
  for (let n = 10; n < 20; n++) await mkdir(join(made, `build-000000-${n}`));
  for (let n = 1; n <= 2; n++) {
    // as many bytes
    await writeFile(state, (await readFile(state, 'utf8')).replace(/"mar."/, `"mar${n}"`));
    await utimes(state, n + 1, n + 1);
    assert.equal(JSON.parse(run('packages/two/src/main.ts')).stack, false);
    await roomsInFewFiles(made, root);
    assert.equal(JSON.parse(run('packages/two/src/main.ts')).stack, true);
  }
  const kept = await builds();
  assert.deepEqual([kept.length, kept.includes(first ?? ''), kept.includes('build-000000-10')], [10, true, false]);
});

test('what cannot be put together is refused, and nothing is left that would be used', async () => {
  const odd = join(root, 'packages/one/src/odd.ts');
  await writeFile(odd, 'export const odd: boolean = import.meta.main;');
  await writeFile(
    join(root, 'packages/one/src/index.ts'),
    "export * from './state.ts';\nexport { where } from './where.ts';\nexport * from './odd.ts';",
  );
  await assert.rejects(roomsInFewFiles(join(root, 'made'), root), /odd\.ts: import\.meta\.main cannot be told/);
  assert.equal(JSON.parse(run('packages/two/src/main.ts')).stack, false);
});
