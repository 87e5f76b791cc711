import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { machineSpeed } from '@payment-manager/runtime/test-machine';

const main = fileURLToPath(new URL('../main.ts', import.meta.url));

/** A file whose test fails, one with a test that fails and one that hangs, three that hang, and one for which there is no place. */
const failing = `import { test } from 'node:test';
test('fails at once', () => { throw new Error('seen before the end'); });`;
/** It starts a process that does not end when it is asked, or one in a group of its own; that tells its id, and a file is left where temporary files are. */
const hanging = `import { test } from 'node:test';
import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
test('fails first', { skip: !import.meta.url.endsWith('b.test.mjs') && 'only in one' }, () => { throw new Error('of a file that hangs'); });
test('hangs', async () => {
  mkdtempSync(join(tmpdir(), 'left-'));
  const script = "if (!process.argv[1].includes('c.test.mjs')) process.on('SIGTERM', () => {}); require('node:fs').writeFileSync(process.argv[1], String(process.pid)); setInterval(() => {}, 1000)";
  spawn(process.execPath, ['-e', script, import.meta.filename + '.pid'], { stdio: 'ignore', detached: import.meta.url.endsWith('c.test.mjs') });
  await new Promise((resolve) => setInterval(resolve, 1e9));
});`;

let folder = '';
before(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'pm-interrupt-')));
  for (const [name, text] of Object.entries({ a: failing, b: hanging, c: hanging, d: hanging, e: hanging, f: failing }))
    writeFileSync(join(folder, `${name}.test.mjs`), text);
});
after(() => rmSync(folder, { recursive: true, force: true }));

/** As many as run at a time. */
const HANGING = ['b', 'c', 'd', 'e'];

const idsOf = (): readonly number[] =>
  HANGING.flatMap((name) => {
    const file = join(folder, `${name}.test.mjs.pid`);
    const id = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
    return id > 0 ? [id] : [];
  });

function isThere(id: number): boolean {
  try {
    return process.kill(id, 0) && !/^State:\s+Z/m.test(existsSync(`/proc/${id}/status`) ? readFileSync(`/proc/${id}/status`, 'utf8') : '');
  } catch {
    return false;
  }
}

async function until(what: string, look: () => boolean, timeoutMs = 15_000): Promise<void> {
  const from = machineSpeed.now();
  while (!look()) {
    assert.ok(machineSpeed.now() - from < timeoutMs, `not in time: ${what}`);
    await pause(20);
  }
}

/** `./pm test` over these files, until the first has failed and the others hang. */
async function begun() {
  for (const name of HANGING) rmSync(join(folder, `${name}.test.mjs.pid`), { force: true });
  const temporary = mkdtempSync(join(folder, 'tmp-'));
  const { NODE_TEST_CONTEXT, ...environment } = process.env;
  const child = spawn(process.execPath, [main, 'test', join(folder, '*.test.mjs')], { env: { ...environment, TMPDIR: temporary } });
  const ended = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  let out = '';
  child.stdout.on('data', (chunk) => (out += chunk));
  child.stderr.on('data', (chunk) => (out += chunk));
  await until('the files run', () => out.includes('a.test.mjs') && idsOf().length === HANGING.length, 60_000).catch((error: Error) => {
    child.kill('SIGKILL');
    assert.fail(`${error.message}: ${out}`);
  });
  return { child, ended, out: () => out, temporary };
}

describe('./pm test that is interrupted', { concurrency: false }, () => {
  for (const [signal, exitCode] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)
    test(`by ${signal} ends what it started, tells what failed and what did not run, and ends with ${exitCode}`, async () => {
      const { child, ended, out, temporary } = await begun();
      const ids = idsOf();
      child.kill(signal);
      assert.deepEqual(await ended, [exitCode, null], out());
      assert.deepEqual(ids.filter(isThere), [], 'a process is left');
      assert.deepEqual(readdirSync(temporary), [], 'files are left');
      for (const failure of [/Error: seen before the end/, /Error: of a file that hangs/]) assert.match(out(), failure);
      assert.match(
        out(),
        new RegExp(`Interrupted by ${signal}\n {2}not finished: .*b\\.test\\.mjs, .*c\\.test\\.mjs, .*d\\.test\\.mjs, .*e\\.test\\.mjs\n`),
      );
      assert.match(out(), /not run: 1 files\n {4}.*f\.test\.mjs\n/);
      assert.match(out(), /0 passed, 2 failed, 3 skipped, interrupted\n$/);
    });

  test('twice ends at once', async () => {
    const { child, ended, out } = await begun();
    const ids = idsOf();
    child.kill('SIGINT');
    await until('it says so', () => out().includes('what was started is ended'));
    child.kill('SIGINT');
    assert.deepEqual((await ended)[0], 130);
    await until('none is left', () => ids.every((id) => !isThere(id)));
  });

  test('by SIGKILL leaves no process', async () => {
    const { child, ended } = await begun();
    const ids = idsOf();
    child.kill('SIGKILL');
    await ended;
    await until('none is left', () => ids.every((id) => !isThere(id)));
  });
});
