import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pmIn } from '../../../test/command-line.ts';

const yaml = `fspId: greenbank
core: { baseUrl: http://c }
sandbox: true
jws: { sign: false, verify: false }
environments:
  sandbox:
    hub: { baseUrl: http://sandbox }
    timeouts: { callbackMs: 8000 } # as agreed
    journal: { postgresUrl: 'postgres://u:hunter2@h/d' }
`;

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pm-promote-'));
});
after(() => rm(folder, { recursive: true }));

const promote = (...args: string[]) => pmIn(folder, ['promote', ...args]);

const file = () => join(folder, 'payment-manager.yaml');

describe('./pm promote', () => {
  test('shows, copies after a yes, says what is missing; no secret is shown, and the file keeps rights and comments', async () => {
    await writeFile(file(), yaml, { mode: 0o600 });
    const unasked = await promote('sandbox', 'production');
    assert.equal(unasked.exitCode, 64);
    assert.equal(await readFile(file(), 'utf8'), yaml);
    const { exitCode, text } = await promote('sandbox', 'production', '--yes');
    assert.equal(exitCode, 0);
    assert.match(text, /^timeouts\.callbackMs +8000 +will be copied$/m);
    assert.match(text, /^hub\.baseUrl +"http:\/\/sandbox" +not copied/m);
    assert.match(text, /^ {2}hub\.baseUrl: Add/m);
    assert.match(text, /\.\/pm onboard production/);
    assert.doesNotMatch(text, /hunter2/);
    const after = await readFile(file(), 'utf8');
    assert.match(after, /# as agreed[\s\S]*production:[\s\S]*callbackMs: 8000/);
    assert.equal((await stat(file())).mode & 0o777, 0o600);
    assert.deepEqual(await readdir(folder), ['payment-manager.yaml']);
    const again = await promote('sandbox', 'production', '--json');
    assert.deepEqual(
      (JSON.parse(again.text) as { differences: { path: string }[] }).differences.map(({ path }) => path),
      ['journal.postgresUrl', 'hub.baseUrl'],
    );
  });

  test('a file in which nothing can be put is left as it is', async () => {
    const aliased = yaml.replace('environments:\n', 'environments:\n  production: &live { log: {} }\n  pilot: *live\n');
    await writeFile(file(), aliased);
    const { exitCode, text } = await promote('sandbox', 'pilot', '--yes');
    assert.equal(exitCode, 1);
    assert.match(text, /aliases[\s\S]*by hand/);
    assert.equal(await readFile(file(), 'utf8'), aliased);
  });

  test('an environment that is not there, or the same twice, is told', async () => {
    await writeFile(file(), yaml);
    for (const names of [
      ['live', 'production'],
      ['sandbox', 'sandbox'],
    ]) {
      const { exitCode, text } = await promote(...names);
      assert.equal(exitCode, 64);
      assert.match(text, /has sandbox/);
    }
  });
});
