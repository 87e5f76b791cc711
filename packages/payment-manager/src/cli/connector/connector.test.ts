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

test('connector try: each step of an operation with its request, answer, outcome and mapped result', async () => {
  const at = { with: 'tests/refused.json', connector: TEMPLATE };
  const { code, text } = await run(['try', 'transfer.prepare'], at);
  assert.equal(code, 0, text);
  assert.match(
    text,
    /^transfer\.prepare \{.*\n\* payee-hold: hold [\d.]+ under fixture-payee-hold\n> POST \/holds \{.*\}\n< 422 .*LIMIT_EXCEEDED.*\n~ payee-hold: refused, by answer: 5200.*\n= .*"refused":"5200"/,
  );
  const lost = await run(['try', 'transfer.prepare'], { ...at, with: 'tests/lost-answer.json' });
  assert.match(lost.text, /\n< lost\n~ payee-hold: unknown \(the answer was lost\)\n/);
  // what goes before the operation is run, and not shown
  const finalised = await run(['try', 'transfer.finalise', 'COMMITTED'], { ...at, with: 'tests/committed.json' });
  assert.match(finalised.text, /^transfer\.finalise COMMITTED .*\n\* payee-capture: .*\n> .*\n< 200 .*\n~ payee-capture: ok, by answer \{/);
  assert.doesNotMatch(finalised.text, /ABORTED|transfer\.prepare/);
  const all = await run(['try'], { with: join(TEMPLATE, 'tests/committed.json'), connector: TEMPLATE });
  assert.match(all.text, /^transfer\.prepare [\s\S]*\ntransfer\.finalise ABORTED /);
});

test('connector try: without a fixture, of an operation or file that is not there, with the folder in the place of an operation', async () => {
  const at = { with: 'tests/refused.json', connector: TEMPLATE };
  await assert.rejects(run(['try', 'party.get'], at), /refused\.json has no party\.get; it has transfer\.prepare/);
  await assert.rejects(run(['try', TEMPLATE], at), /its folder is --connector/);
  await assert.rejects(run(['try', 'party.get'], { connector: TEMPLATE }), /Say which fixture/);
  await assert.rejects(run(['try', 'party.get'], { ...at, with: 'tests/none.json' }), /There is no tests\/none\.json/);
  await assert.rejects(run(['try', 'party.get'], { with: 'x.json' }), /No connector is in .*: there is no connector\.yaml/);
});

test('connector certify --kills: what it is not', async () => {
  await assert.rejects(run(['certify', TEMPLATE], { kills: 'played' }), /--kills is `real`/);
  await assert.rejects(run(['certify', TEMPLATE], { kills: 'real', only: 'TT' }), /--only is not for it/);
});

test('connector: a verb that is none, and a folder without a connector, are told', async () => {
  await assert.rejects(
    run(['sertify', TEMPLATE]),
    /Unknown action 'sertify'\. \.\/pm connector knows lint, test, try, certify, mock, new, reload, probe, sign-off, import/,
  );
  await assert.rejects(run(['lint', join(folder, 'nowhere')]), /No connector is in .*nowhere: there is no connector\.yaml/);
});

test('connector certify: each case, the sums of random payments, and the report in three forms', async () => {
  const report = join(folder, 'report');
  const junit = join(folder, 'report.xml');
  const { code, text } = await run(['certify', TEMPLATE], { only: 'LT', payments: '40', report, junit });
  assert.equal(code, 0, text);
  assert.match(text, /passed {3}LT-01 {2}a payment that is committed/);
  assert.match(
    text,
    /40 payments: \d+ committed, .* Ledger ([\d.]+), records \1, outcomes \1\.\n(?:.*\n)?(\d+) of \2 passed, 0 skipped, [\d.]+ s\.$/,
  );
  assert.match(await readFile(report, 'utf8'), /\| LT-07 \| 40 random payments .* \| passed \|/);
  assert.match(await readFile(junit, 'utf8'), /<testsuite name="rest-core" tests="\d+" failures="0" skipped="0" .*>\n {2}<testcase /);
  const machine = JSON.parse((await run(['certify', TEMPLATE], { only: 'CT', json: true })).text) as Record<string, unknown>;
  assert.deepEqual(Object.keys(machine), ['connector', 'passed', 'failed', 'skipped', 'cases', 'payments', 'seconds']);
  assert.equal(machine['failed'], 0);
});

test('connector certify: what fails, and what is not there', async () => {
  const broken = await copy('certify.yaml', '  keysKept: 72h\n', '');
  const { code, text } = await run(['certify', broken], { only: 'KR-01' });
  assert.equal(code, 1);
  assert.match(text, /failed {3}KR-01 .*\n {11}payee-hold: keptFor is 259200 s, and the core keeps a key for 0 s/);
  await assert.rejects(run(['certify', TEMPLATE], { only: 'XX' }), /There is no such case/);
  await assert.rejects(run(['certify', TEMPLATE], { payments: 'many' }), /--payments is a whole number/);
  await rm(join(broken, 'certify.yaml'));
  await assert.rejects(run(['certify', broken]), /there is no certify\.yaml/);
  await assert.rejects(
    run(['certify', await copy('certify.yaml', 'effect: release', 'effekt: release')]),
    /What lint refuses is not certified/,
  );
});

test('connector new: a copy of a template under a name of its own, which has no fault and is certified', async () => {
  const { code, text } = await run(['new', 'our-core'], { from: 'rest-core' });
  assert.equal(code, 0, text);
  const made = join(folder, 'connectors', 'our-core');
  assert.match(await readFile(join(made, 'connector.yaml'), 'utf8'), /^connector: our-core$/m);
  assert.match(await readFile(join(made, 'README.md'), 'utf8'), /^# our-core\n[\s\S]*certify connectors\/our-core/);
  assert.equal((await run(['certify', made], { only: 'LT-01' })).code, 0);
  await assert.rejects(run(['new', 'our-core'], { from: 'rest-core' }), /is there already/);
  await assert.rejects(run(['new', 'other'], { from: 'none' }), /Say from which template: --from .*rest-core/);
  await assert.rejects(run(['new', '../x'], { from: 'rest-core' }), /A connector is named with/);
});

test('connector sign-off: somebody answers for a guess by name, as long as it says the same', async () => {
  const made = await copy(
    'connector.yaml',
    'language: "1"',
    'language: "1"\nguesses:\n  late:\n    guess: never late\n    probe: late\n  codes:\n    guess: codes are as documented',
  );
  const { text } = await run(['sign-off', made]);
  assert.match(text, /^open {2}late {2}never late {2}neither probed \(late\) nor signed off\nopen {2}codes /);
  await assert.rejects(run(['sign-off', 'colour', made], { by: 'Ann', reason: 'x' }), /has no guess 'colour'\. It has late, codes\./);
  await assert.rejects(run(['sign-off', 'late', made], { by: 'Ann' }), /Say --reason/);
  await run(['sign-off', 'codes', made], { by: 'Ann Mwangi', reason: 'tried by hand' });
  const last = await run(['sign-off', 'late', made], { by: 'Ann Mwangi', reason: 'the vendor says so' });
  assert.match(last.text, /Ann Mwangi answers for late: never late\n.*\nNo guess is open\.$/);
  const file = join(made, 'connector.yaml');
  await writeFile(file, (await readFile(file, 'utf8')).replace('never late', 'seldom late'));
  assert.match((await run(['sign-off', made])).text, /^open {2}late {2}seldom late {2}neither probed/);
});

test('connector import: a draft of an OpenAPI document, whose open decisions lint shows', async () => {
  const { code, text } = await run(['import', join(TEMPLATE, 'openapi.yaml')], { name: 'drafted' });
  assert.equal(code, 0, text);
  assert.match(text, /^account {2}GET \/accounts\/\{type\}\/\{value\}\n/);
  const [, places] = /connectors\/drafted is a draft: (\d+) places to fill in/.exec(text) ?? [];
  const linted = await run(['lint', join(folder, 'connectors', 'drafted')]);
  assert.match(linted.text, new RegExp(`to be filled in: [\\s\\S]*\\(FILL_IN\\)\n${places} faults\\.$`));
  await assert.rejects(run(['import', join(TEMPLATE, 'openapi.yaml')], { name: 'drafted' }), /is there already/);
  await assert.rejects(run(['import', 'none.yaml']), /Say which document/);
  await assert.rejects(
    run(['import', join(TEMPLATE, 'connector.yaml')], { name: 'other' }),
    /The document cannot be used: it is no OpenAPI 3 document/,
  );
});
