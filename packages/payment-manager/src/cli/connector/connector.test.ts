import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { CommandOptions } from '../commands.ts';
import { connector } from './connector.ts';

const TEMPLATE = join(import.meta.dirname, '../../../../../connectors/rest-core');
let folder = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'connector-'));
});
after(() => rm(folder, { recursive: true, force: true }));

/** A copy of the template with one file changed. */
async function copy(file: string, from: string, to: string): Promise<string> {
  const place = await mkdtemp(join(folder, 'copy-'));
  await cp(TEMPLATE, place, { recursive: true });
  const text = await readFile(join(place, file), 'utf8');
  assert.ok(text.includes(from));
  await writeFile(
    join(place, file),
    text.replace(from, () => to),
  );
  return place;
}

async function run(args: readonly string[], options: CommandOptions = {}): Promise<{ code: number; text: string }> {
  const lines: string[] = [];
  const terminal = { out: (line: string) => lines.push(line), err: () => {}, workingFolder: folder, environment: {}, interactive: false };
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours of a terminal
  return { code: await connector(args, options, terminal), text: lines.join('\n').replaceAll(/\u001b\[\d+m/g, '') };
}

test('connector lint: no fault, or each with file, line and column', async () => {
  assert.deepEqual(await run(['lint', TEMPLATE]), { code: 0, text: 'The connector has no fault.' });
  const broken = await run(['lint', await copy('operations/quote.create.yaml', 'req.amount)', 'req.amuont)')]);
  assert.equal(broken.code, 1);
  assert.match(
    broken.text,
    /^operations\/quote\.create\.yaml:\d+:\d+ there is no member amuont; did you mean amount\? \(EXPRESSION_INVALID\)\n1 fault\.$/,
  );
});

test('connector test: each fixture, and what is otherwise than it says', async () => {
  const { code, text } = await run(['test', TEMPLATE]);
  assert.equal(code, 0, text);
  assert.match(text, /\n(\d+) of \1 passed\.$/);
  const broken = await run(['test', await copy('operations/transfer.finalise.yaml', '/holds/{hold}/release', '/holds/{hold}/free')]);
  assert.equal(broken.code, 1);
  assert.match(
    broken.text,
    /failed {2}tests\/aborted\.json .*\n {8}POST \/holds\/H-1\/free is called, and the fixture says POST \/holds\/H-1\/release/,
  );
});

test('connector try: one fixture with each call, answer and result', async () => {
  const { code, text } = await run(['try', TEMPLATE], { with: 'tests/refused.json' });
  assert.equal(code, 0);
  assert.match(text, /> POST \/holds \{.*\}\n< 422 .*LIMIT_EXCEEDED.*\n= .*"refused":"5200"/);
  await assert.rejects(run(['try', TEMPLATE]), /Say which fixture/);
  await assert.rejects(run(['try', TEMPLATE], { with: 'tests/none.json' }), /There is no tests\/none\.json/);
});

test('connector: a verb that is none, and a folder without a connector, are told', async () => {
  await assert.rejects(run(['certify', TEMPLATE]), /Unknown action 'certify'\. \.\/pm connector knows lint, test, try/);
  await assert.rejects(run(['lint', join(folder, 'nowhere')]), /No connector is in .*nowhere: there is no connector\.yaml/);
});
