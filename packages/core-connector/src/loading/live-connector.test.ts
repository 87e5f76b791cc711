import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type MemoryJournal, memoryJournal } from '@payment-manager/journal';
import { recordedLog, virtualTime } from '@payment-manager/runtime';
import type { OpenBackEnds } from '../back-end/back-end.ts';
import { readConnectorFolder } from '../fixture/connector-folder.ts';
import { journalProofs } from '../record/journal-proofs.ts';
import { openGuesses, signOff } from './guesses.ts';
import { filesVersion } from './kept-version.ts';
import { ConnectorInvalid, LiveConnector, type LiveConnectorDeps } from './live-connector.ts';

const TEMPLATE = join(import.meta.dirname, '../../../../connectors/rest-core');
const SETTINGS = { baseUrl: 'https://core.example.org', tokenUrl: 'https://core.example.org/token', clientId: 'us' };
let place = '';
before(async () => {
  place = await mkdtemp(join(tmpdir(), 'live-connector-'));
});
after(() => rm(place, { recursive: true }));

const CORE: OpenBackEnds = {
  call: async () => ({ kind: 'failed', sent: false, reason: 'nobody is there' }),
  probe: async () => ({ ok: true }),
  close: async () => {},
};

async function folder(): Promise<string> {
  const copy = await mkdtemp(join(place, 'copy-'));
  await cp(TEMPLATE, copy, { recursive: true });
  return copy;
}

async function edit(of: string, file: string, from: string, to: string): Promise<void> {
  const text = await readFile(join(of, file), 'utf8');
  assert.ok(text.includes(from));
  await writeFile(join(of, file), text.replace(from, to));
}

function depsOf(of: string, journal: MemoryJournal = memoryJournal(), more: Partial<LiveConnectorDeps> = {}): LiveConnectorDeps {
  const deps = { journal, clock: virtualTime(), log: recordedLog(), folder: of, settings: SETTINGS };
  return { ...deps, secrets: async () => ({ clientSecret: 's3cret' }), backEnds: () => CORE, ...more };
}

async function problemsOf(deps: LiveConnectorDeps): Promise<readonly string[]> {
  const error = await LiveConnector.open(deps).then(
    () => assert.fail('it was opened'),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof ConnectorInvalid, String(error));
  return error.problems;
}

test('a connector with a fault, or a setting that is missing, wrong, unknown or a secret in the open, is refused with every reason', async () => {
  const broken = await folder();
  await edit(broken, 'operations/quote.create.yaml', 'req.amount)', 'req.amuont)');
  assert.match((await problemsOf(depsOf(broken))).join(), /^operations\/quote\.create\.yaml:\d+:\d+ there is no member amuont/);
  assert.match((await problemsOf(depsOf(join(place, 'nowhere')))).join(), /there is no connector\.yaml/);
  const settings = { baseUrl: 'core', clientId: 'us', clientSecret: 'open', colour: 'red' };
  assert.deepEqual(await problemsOf(depsOf(await folder(), memoryJournal(), { settings, secrets: async () => ({}) })), [
    'the setting baseUrl is not an http or https URL without a user',
    'the setting tokenUrl is missing: give it in core.settings',
    'the setting clientSecret is a secret: take it out of core.settings, and name a file with it in core.secretFiles',
    'the setting clientSecret is missing: give it in core.secretFiles',
    'the connector has no setting colour; it has: baseUrl, clientId, clientSecret, tokenUrl',
  ]);
});

test('a version is kept in the journal without its secrets, and is there again after the folder has changed, for any process', async () => {
  const of = await folder();
  const journal = memoryJournal();
  const first = await LiveConnector.open(depsOf(of, journal));
  const { version } = first.current().running;
  assert.equal(first.current().running.cfg['clientSecret'], 's3cret');
  await mkdir(join(of, 'tables'));
  await writeFile(join(of, 'tables/branches.csv'), 'code,name\n1,North\n');
  const second = await LiveConnector.open(depsOf(of, journal, { secrets: async () => ({ clientSecret: 'rotated' }) }));
  assert.notEqual(second.current().running.version, version);
  assert.equal(second.of(version), undefined);
  await second.ensure([version]);
  assert.equal(second.of(version)?.running.version, version);
  assert.equal(second.of(version)?.running.cfg['clientSecret'], 'rotated');
  assert.ok(!JSON.stringify(await journal.load(`core-version-${version}`)).includes('s3cret'));
});

test('a version that is not kept is told, and is there for nobody', async () => {
  const deps = depsOf(await folder());
  const live = await LiveConnector.open(deps);
  await live.ensure(['gone']);
  assert.equal(live.of('gone'), undefined);
  const { lines } = deps.log as ReturnType<typeof recordedLog>;
  assert.equal(JSON.stringify(lines).includes('nobody goes on with them'), true);
});

test('reload: the new version is used, and the former one stays; a fault, a smoke test or another capability keeps the former', async () => {
  const of = await folder();
  const live = await LiveConnector.open(depsOf(of));
  const former = live.current().running.version;
  assert.deepEqual(await live.reload(), { kind: 'unchanged', version: former });
  await edit(of, 'operations/quote.create.yaml', '$number(fees.body.fee)', '$number(fees.body.fee) + $number("0.1")');
  const refused = await live.reload();
  assert.equal(refused.kind, 'refused');
  assert.match(refused.kind === 'refused' ? refused.problems.join() : '', /^tests\/quote\.json: /);
  await edit(of, 'operations/quote.create.yaml', ' + $number("0.1")', '');
  await edit(of, 'operations/transfer.prepare.yaml', 'transferState: RESERVED', 'transferState: =nobody');
  assert.equal((await live.reload()).kind, 'refused');
  assert.equal(live.current().running.version, former);
  await edit(of, 'operations/transfer.prepare.yaml', 'transferState: =nobody', 'transferState: RESERVED # as ever');
  const loaded = await live.reload();
  assert.ok(loaded.kind === 'loaded' && loaded.smoke > 0, JSON.stringify(loaded));
  assert.equal(live.current().running.version, loaded.version);
  assert.equal(live.of(former)?.running.version, former);
});

test('a version that was replaced is let go of when no open record needs it and nobody has asked for it for an hour; whoever needs it has it again', async () => {
  const of = await folder();
  const journal = memoryJournal();
  const clock = virtualTime();
  const closed: string[] = [];
  const backEnds: LiveConnectorDeps['backEnds'] = ({ version }) => ({ ...CORE, close: async () => void closed.push(version) });
  const live = await LiveConnector.open(depsOf(of, journal, { clock, backEnds }));
  const former = live.current().running.version;
  const open = async (expectedVersion: number, isOpen: boolean) => {
    const event = { type: 'operation-begun', at: 1, version: former };
    await journal.append({
      recordId: 'core-payee-T1',
      kind: 'core',
      expectedVersion,
      events: [event],
      open: isOpen,
      attention: [],
      label: 'T1',
    });
  };
  await open(0, true);
  await edit(of, 'operations/transfer.prepare.yaml', 'transferState: RESERVED', 'transferState: RESERVED # as ever');
  await live.reload();
  const current = live.current().running.version;
  await clock.advance(7_200_000);
  await live.tend();
  assert.ok(live.of(former), 'a record needs it');
  await open(1, false);
  await live.tend();
  assert.ok(live.of(former), 'somebody has asked for it just now');
  const anHourLater = async () => {
    await live.tend();
    await clock.advance(3_700_000);
    await live.tend();
  };
  await anHourLater();
  assert.deepEqual([live.of(former), closed], [undefined, [former]]);
  assert.equal(live.of(current)?.running.version, current);
  await live.ensure([former]);
  assert.equal(live.of(former)?.running.version, former);
  // what secrets have replaced goes, too, though its version is used
  await live.reload();
  await anHourLater();
  assert.deepEqual(closed.slice(1).sort(), [former, current].sort());
  await live.close();
});

test('what an enquiry has once found is known after a restart, and to other replicas', async () => {
  const journal = memoryJournal();
  const proofs = () => journalProofs(journal, virtualTime(), recordedLog());
  const [first, other] = [proofs(), proofs()];
  assert.equal(await first.has('v1 transfer.prepare payee-hold'), false);
  await Promise.all([first.add('v1 transfer.prepare payee-hold'), other.add('v1 transfer.prepare payee-hold')]);
  assert.equal(await proofs().has('v1 transfer.prepare payee-hold'), true);
  assert.equal(await proofs().has('v2 transfer.prepare payee-hold'), false);
});

test('for real money a connector whose guesses nobody has probed or signed off is refused, at the start and when it is loaded anew', async () => {
  const copy = await folder();
  const journal = memoryJournal();
  const live = await LiveConnector.open(depsOf(copy, journal, { production: true }));
  await edit(copy, 'connector.yaml', 'language: "1"', 'language: "1"\nguesses:\n  late:\n    guess: never late\n    probe: late');
  const refused = await live.reload();
  assert.match(
    refused.kind === 'refused' ? refused.problems.join('\n') : '',
    /^guess late: never late: neither probed \(late\) nor signed off\nProduction refuses it: \.\/pm connector probe/,
  );
  await assert.rejects(LiveConnector.open(depsOf(copy, journal, { production: true })), { code: 'CONNECTOR_GUESSES_OPEN' });
  await LiveConnector.open(depsOf(copy, journal));
  await signOff(copy, { guess: 'late', text: 'always late', by: 'Ann', reason: 'x', at: '2026-01-01T00:00:00.000Z' });
  assert.equal((await live.reload()).kind, 'refused', 'another text is another guess');
  await signOff(copy, { guess: 'late', text: 'never late', by: 'Ann', reason: 'x', at: '2026-01-01T00:00:00.000Z' });
  assert.equal((await live.reload()).kind, 'loaded');
});

test('a probe settles a guess while the files are those that were probed, and only by what it saw', async () => {
  const copy = await folder();
  const guesses = [{ id: 'late', text: 'never late', probe: 'late' as const }];
  const version = filesVersion(await readConnectorFolder(copy));
  const seen = (result: string, of = version) =>
    writeFile(
      join(copy, 'probe.json'),
      JSON.stringify({ version: of, observations: [{ probe: 'late', step: 'payee-hold', result, saw: 'x' }] }),
    );
  await seen('as-guessed');
  assert.deepEqual(await openGuesses(copy, guesses, version), []);
  for (const result of ['otherwise', 'unclear', 'not-tried']) {
    await seen(result);
    assert.match(
      (await openGuesses(copy, guesses, version))[0]?.why ?? '',
      /the probe saw otherwise, or not clearly \(late, payee-hold\): x/,
    );
  }
  await seen('as-guessed', 'other');
  assert.match((await openGuesses(copy, guesses, version))[0]?.why ?? '', /probed with other files/);
  await writeFile(join(copy, 'probe.json'), '{');
  assert.equal((await openGuesses(copy, guesses, version)).length, 1);
});
