/** `pm` and `install.sh` in a small project with an npm that only notes what it is asked; and, at the end, those of this project. */
import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const cli = 'packages/payment-manager/src/cli';

/** Notes its arguments; makes what npm makes, in the end; `ls` finds that something is missing when the file `missing` is there. */
const npm = `#!/bin/sh
echo "$*" >>npm-calls
case "$1" in
ls) [ ! -e missing ]; exit ;;
ci) rm -rf node_modules ;;
esac
mkdir -p node_modules/.bin
ln -sf "$PM_TEST_NODE" node_modules/.bin/node
touch npm-began
while [ -e npm-waits ]; do sleep 0.02; done
echo '{}' >node_modules/.package-lock.json
`;

interface Ended {
  readonly code: number | null;
  readonly said: string;
}

interface Project {
  readonly folder: string;
  /** Until it has ended. */
  pm(...args: string[]): Promise<Ended>;
  start(...args: string[]): { readonly child: ChildProcess; readonly ended: Promise<Ended>; said(): string };
  /** Without `ls`. */
  calls(): readonly string[];
  write(file: string, text: string): void;
  remove(file: string): void;
  has(file: string): boolean;
}

let all: string;
before(() => {
  all = mkdtempSync(join(tmpdir(), 'pm-install-'));
});
after(() => rmSync(all, { recursive: true }));

/** The programs that `pm` and our npm use. */
const programs = ['sh', 'cat', 'cksum', 'dirname', 'flock', 'ln', 'mkdir', 'perl', 'rm', 'sed', 'sleep', 'touch', 'uname'];

let projects = 0;
function project(environment: Readonly<Record<string, string>> = {}, missing: readonly string[] = [], withLab = true): Project {
  const folder = join(all, `${++projects}`);
  const write = (file: string, text: string): void => {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  };
  write('package-lock.json', '{"one":1}');
  const main = "console.log('ran', ...process.argv.slice(2));";
  write(`${cli}/main.ts`, main);
  write(`${cli}/warm-up.ts`, '');
  if (withLab) {
    write('lab/commands/src/main.ts', main);
    write('lab/commands/src/warm-up.ts', '');
  }
  write(`${cli}/in-one-file-hook.ts`, '');
  write('bin/npm', npm);
  chmodSync(join(folder, 'bin/npm'), 0o755);
  symlinkSync(process.execPath, join(folder, 'bin/node'));
  for (const name of programs) {
    const found = ['/usr/bin', '/bin'].map((place) => join(place, name)).find((file) => existsSync(file));
    if (found !== undefined && !missing.includes(name)) symlinkSync(found, join(folder, 'bin', name));
  }
  for (const file of ['pm', 'packages/payment-manager/install.sh']) copyFileSync(join(root, file), join(folder, file));
  const start: Project['start'] = (...args) => {
    const env = {
      PATH: join(folder, 'bin'),
      HOME: folder,
      PM_TEST_NODE: process.execPath,
      NODE_COMPILE_CACHE: join(all, 'cache'),
      ...environment,
    };
    const child = spawn(join(folder, 'pm'), args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (said += text));
    return { child, said: () => said, ended: once(child, 'close').then(([code]) => ({ code: code as number | null, said })) };
  };
  const textOf = (file: string): string => (existsSync(join(folder, file)) ? readFileSync(join(folder, file), 'utf8') : '');
  return {
    folder,
    start,
    pm: (...args) => start(...args).ended,
    calls: () =>
      textOf('npm-calls')
        .split('\n')
        .filter((line) => line !== '' && !line.startsWith('ls')),
    write,
    remove: (file) => rmSync(join(folder, file), { recursive: true, force: true }),
    has: (file) => existsSync(join(folder, file)),
  };
}

/** Looks until it is so. */
async function until(what: string, isSo: () => boolean): Promise<void> {
  for (let tries = 0; tries < 3_000; tries++) {
    if (isSo()) return;
    await new Promise((resolve) => setImmediate(resolve));
    execFileSync('sleep', ['0.01']);
  }
  assert.fail(`it was not so: ${what}`);
}

const quiet = '--ignore-scripts --prefer-offline --no-audit --no-fund --loglevel=error';
const use = `ci --omit=dev ${quiet}`;

describe('installing', () => {
  test('the first command installs what a user needs, says how much that is, and runs; the next only runs', async () => {
    const { pm, calls } = project();
    const first = await pm('send', 'a b');
    assert.equal(first.code, 0, first.said);
    assert.match(first.said, /first run here: .*\(about \d+ MB to download, \d+ MB to keep\)[\s\S]*ran send a b\n$/);
    assert.deepEqual(calls(), [use]);
    assert.deepEqual(await pm('send'), { code: 0, said: 'ran send\n' });
    assert.deepEqual(calls(), [use]);
  });

  test('what tests need comes with ./pm test, and stays when package-lock.json changes', async () => {
    const { pm, calls, write } = project();
    await pm('start');
    const { said } = await pm('test');
    assert.match(said, /what tests and development need besides \(about \d+ MB to download/);
    write('package-lock.json', '{"two":2}');
    await pm('send');
    await pm('start', '--postgres');
    assert.deepEqual(calls(), [use, `install --no-save ${quiet}`, `install --no-save ${quiet}`]);
  });

  test('without the lab nothing asks for what tests need, and the product’s own command line is run', async () => {
    const { pm, calls } = project({}, [], false);
    await pm('install', '--production');
    assert.deepEqual(await pm('test'), { code: 0, said: 'ran test\n' });
    assert.deepEqual(await pm('start', '--postgres'), { code: 0, said: 'ran start --postgres\n' });
    assert.deepEqual(calls(), [use]);
  });

  for (const how of ['flock', 'perl'] as const) {
    const skip = !existsSync(`/usr/bin/${how}`) && `${how} is not there`;
    test(`a second terminal waits for the first, says so, and goes on with what that has installed (by ${how})`, { skip }, async () => {
      const { pm, start, calls, write, remove, has } = project({}, how === 'perl' ? ['flock'] : []);
      write('npm-waits', '');
      const first = start('start');
      await until('npm runs', () => has('npm-began'));
      const second = start('send');
      await until('the second says that it waits', () => second.said().includes('another ./pm installs here; waiting for it'));
      assert.deepEqual(calls(), [use]);
      remove('npm-waits');
      assert.deepEqual([(await first.ended).code, (await second.ended).code], [0, 0]);
      assert.match(second.said(), /ran send\n$/);
      assert.deepEqual(calls(), [use]);
      assert.deepEqual(await pm('send'), { code: 0, said: 'ran send\n' });
    });
  }

  test('an installation that was killed half-way is done anew; while its npm still writes, the next waits', async () => {
    const { start, calls, write, remove, has } = project();
    write('npm-waits', '');
    const killed = start('start');
    await until('npm runs', () => has('npm-began'));
    killed.child.kill('SIGKILL');
    await once(killed.child, 'exit');
    const next = start('send');
    await until('the next waits', () => next.said().includes('waiting for it'));
    assert.deepEqual(calls(), [use]);
    remove('npm-waits');
    const { code, said } = await next.ended;
    assert.equal(code, 0, said);
    assert.match(said, /the last installation did not come to its end; installing anew/);
    assert.deepEqual(calls(), [use, use]);
    assert.equal(has('.pm/half-installed'), false);
  });

  test('./pm run never installs: not at first, not half-way, not when package-lock.json has changed', async () => {
    const { pm, calls, write } = project();
    const refused = /installs nothing\. Run: \.\/pm install --production/;
    const first = await pm('run');
    assert.equal(first.code, 69);
    assert.match(first.said, refused);
    await pm('install', '--production');
    assert.deepEqual(await pm('run', 'x'), { code: 0, said: 'ran run x\n' });
    write('.pm/half-installed', 'production\n');
    assert.match((await pm('run')).said, refused);
    assert.match((await pm('send')).said, /for production did not come to its end\. Run: \.\/pm install --production/);
    await pm('install', '--production');
    write('package-lock.json', '{"two":2}');
    assert.match((await pm('run')).said, refused);
    assert.deepEqual(calls(), [use, use]);
  });

  test('what was installed for production is changed by ./pm install alone', async () => {
    const { pm, calls, write } = project();
    await pm('install', '--production');
    const test = await pm('test');
    assert.deepEqual([test.code, /was installed for production\. Run: \.\/pm install\n/.test(test.said)], [69, true]);
    write('package-lock.json', '{"two":2}');
    const send = await pm('send');
    assert.deepEqual([send.code, /Run: \.\/pm install --production/.test(send.said)], [69, true]);
    await pm('install');
    assert.equal((await pm('test')).code, 0);
    assert.deepEqual(calls(), [use, `install --no-save ${quiet}`]);
  });

  test('what somebody installed by hand is taken over when npm finds it whole, by ./pm run, too; else it is made anew', async () => {
    const { pm, calls, write, remove } = project();
    await pm('start');
    remove('node_modules/.pm-installed');
    assert.deepEqual(await pm('run'), { code: 0, said: 'ran run\n' });
    remove('node_modules/.pm-installed');
    write('missing', '');
    assert.equal((await pm('run')).code, 69);
    assert.match((await pm('send')).said, /installing anew/);
    assert.deepEqual(calls(), [use, use]);
  });

  test('where no Node.js can be started, it says what to install', async () => {
    const broken = join(all, 'broken-node');
    writeFileSync(broken, '#!/bin/sh\necho "error while loading shared libraries: libfoo.so.1" >&2\nexit 127\n', { mode: 0o755 });
    const { code, said } = await project({ PM_TEST_NODE: broken }).pm('start');
    assert.equal(code, 69);
    assert.match(said, /libfoo\.so\.1\n.*apt-get install libstdc\+\+6.*musl/);
    const none = await project({ PM_TEST_NODE: join(all, 'nothing') }).pm('start');
    assert.match(none.said, /no Node\.js for this machine \(.+\).*Linux with glibc \(x64, arm64\) and on macOS/);
  });
});

describe('the packages of this project', () => {
  interface Room {
    readonly name: string;
    readonly dependencies?: Readonly<Record<string, string>>;
  }
  interface Locked {
    readonly integrity?: string;
    readonly link?: boolean;
    readonly hasInstallScript?: boolean;
    readonly dev?: boolean;
  }
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as { packages: Record<string, Locked> };
  const installed = Object.entries(packages).filter(([name, { link }]) => name.includes('node_modules/') && link !== true);

  test('each has a hash in package-lock.json, each Node.js among them, and what a user gets has no need of the script that it brings', () => {
    assert.deepEqual(
      installed.filter(([, { integrity }]) => !integrity?.startsWith('sha512-')).map(([name]) => name),
      [],
    );
    const nodes = installed.map(([name]) => name).filter((name) => /node_modules\/node(-bin)?-(linux|darwin)-(x64|arm64)$/.test(name));
    assert.equal(nodes.length, 4);
    const scripted = installed.filter(([, { hasInstallScript, dev }]) => hasInstallScript === true && dev !== true).map(([name]) => name);
    // Both find their program in a package of the platform's own.
    assert.deepEqual(scripted, ['node_modules/esbuild', 'node_modules/koffi']);
    assert.match(readFileSync(join(root, '.npmrc'), 'utf8'), /^ignore-scripts=true$/m);
  });

  test('what the product imports is no development package', () => {
    const missing: string[] = [];
    let seen = 0;
    // the portal runs in a browser, from what was built of it
    const rooms = globSync('{packages,lab}/*', { cwd: root }).filter((room) => room !== 'packages/portal');
    for (const room of rooms) {
      const { name, dependencies = {} } = JSON.parse(readFileSync(join(root, room, 'package.json'), 'utf8')) as Room;
      for (const file of globSync(`${room}/src/**/*.ts`, { cwd: root, exclude: (path) => /\.(test|conformance)\.ts$/.test(path) })) {
        const text = readFileSync(join(root, file), 'utf8');
        for (const [, fixed, wanted = fixed ?? ''] of text.matchAll(
          /^(?:import|export) (?!type )[^;]*?from '([^.#'][^']*)'|\bimport\('([^.#'][^']*)'\)/gm,
        )) {
          const of = /^(?:@[^/]+\/)?[^/]+/.exec(wanted)?.[0] ?? '';
          if (of === '' || wanted.startsWith('node:') || of === name) continue;
          seen++;
          if (dependencies[of] === undefined) missing.push(`${file}: ${wanted}`);
        }
      }
    }
    assert.ok(seen > 300, `${seen}`);
    assert.deepEqual(missing, []);
  });

  test('./pm runs where libatomic is missing', { skip: process.platform !== 'linux' && 'the loader of Linux is asked' }, () => {
    // A library that is empty comes before the real one: whoever needs it cannot be started.
    const run = (library: string, program: string, ...args: string[]) => {
      const folder = mkdtempSync(join(all, 'libraries-'));
      writeFileSync(join(folder, library), '');
      return spawnSync(join(root, program), args, { env: { ...process.env, LD_LIBRARY_PATH: folder }, encoding: 'utf8' });
    };
    const { status, stdout, stderr } = run('libatomic.so.1', 'pm', 'help');
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^Usage: \.\/pm/);
    assert.match(run('libstdc++.so.6', 'node_modules/.bin/node', '--version').stderr, /error while loading shared libraries/);
  });
});
