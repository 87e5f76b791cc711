import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { memoryJournal } from '@payment-manager/journal';
import { createMetrics, createSealer, recordedLog, seededRandom, virtualTime } from '@payment-manager/runtime';
import { Conditions } from '../back-end/conditions.ts';
import { keepCertification } from '../loading/certified.ts';
import { filesVersion } from '../loading/kept-version.ts';
import { LiveConnector } from '../loading/live-connector.ts';
import { ConnectorDesk } from './connector-desk.ts';
import { lineChanges } from './line-changes.ts';

const REST = join(import.meta.dirname, '../../../../connectors/rest-core');
const SETTINGS = { baseUrl: 'https://core.test', tokenUrl: 'https://iam.test', clientId: 'us' };

let folder = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pm-desk-'));
  await cp(REST, folder, { recursive: true });
});
after(() => rm(folder, { recursive: true }));

async function desk() {
  const time = virtualTime();
  const log = recordedLog();
  const conditions = new Conditions({ clock: time, timers: time, log, metrics: createMetrics() });
  const journal = memoryJournal();
  const live = await LiveConnector.open({
    ...{ journal, clock: time, log, folder, settings: SETTINGS },
    secrets: async () => ({ clientSecret: 'canary-secret' }),
    backEnds: () => ({
      call: async () => ({ kind: 'failed', sent: false, reason: 'none' }),
      probe: async () => ({ ok: true }),
      close: async () => {},
    }),
  });
  const sealer = createSealer(new Uint8Array(32), seededRandom(1));
  return { live, conditions, time, desk: new ConnectorDesk({ live, conditions, journal, sealer, messages: undefined }) };
}

test('a connector is shown with what came of its calls, its error table, what was certified, and without a secret', async () => {
  const { desk: shows, live, conditions, time } = await desk();
  const ended = conditions.of('core').begin('money');
  await time.advance(40);
  ended({ kind: 'answer', status: 201, headers: {}, body: undefined, readable: true });
  const certification = { connector: 'rest-core', passed: 186, failed: 0, skipped: 4, payments: 1_000, seconds: 9, cases: [] };
  await keepCertification(folder, { version: filesVersion(live.content().files), at: 0 }, certification);
  const shown = await shows.shown();
  assert.deepEqual([shown.name, shown.version], ['rest-core', live.current().running.version]);
  const hold = shown.operations.find(({ name }) => name === 'transfer.prepare')?.effects;
  assert.deepEqual(hold, [{ name: 'payee-hold', kind: 'hold', settledBy: ['key', 'ask'] }]);
  const [core] = shown.backEnds;
  assert.deepEqual(
    [core?.outcomes, core?.recent.map(({ tookMs, purpose, outcome }) => [tookMs, purpose, outcome])],
    [{ '2xx': 1 }, [[40, 'money', '2xx']]],
  );
  assert.ok(shown.errors.some(({ code }) => code === '5107'));
  assert.deepEqual([shown.certification?.passed, shown.certification?.sameFiles], [186, true]);
  assert.ok(shown.fixtures.includes('tests/committed.json'));
  assert.ok(!JSON.stringify(shown).includes('canary-secret'));
});

test('what lies in the folder is compared with what runs, tried, and told why it cannot be loaded; nothing changes by that', async () => {
  const { desk: shows, live } = await desk();
  const before = live.current().running.version;
  assert.deepEqual(await shows.candidate(), { version: before, problems: [] });
  const same = await shows.compare(undefined);
  assert.deepEqual(same.kind === 'compared' && same.files, []);
  const file = join(folder, 'operations/transfer.prepare.yaml');
  const text = await readFile(file, 'utf8');
  try {
    await writeFile(file, text.replace('expires: 7d', 'expires: 5d'));
    const compared = await shows.compare(undefined);
    assert.ok(compared.kind === 'compared');
    const [changed] = compared.files;
    assert.deepEqual([compared.from, changed?.file, changed?.is], [before, 'operations/transfer.prepare.yaml', 'changed']);
    assert.deepEqual(
      changed?.lines.filter(({ is }) => is === 'gone' || is === 'new'),
      [
        { is: 'gone', text: '    expires: 7d' },
        { is: 'new', text: '    expires: 5d' },
      ],
    );
    const tried = await shows.tryFixture('tests/committed.json', 'folder');
    assert.ok(tried.kind === 'tried' && tried.faults.length === 0 && tried.steps.length > 1);
    await writeFile(file, text.replace('expires: 7d', 'expirse: 7d'));
    const { problems } = await shows.candidate();
    assert.match(problems.join('\n'), /unknown key "expirse"; did you mean expires/);
    assert.equal((await shows.tryFixture('tests/committed.json', 'folder')).kind, 'unusable');
    assert.equal((await shows.tryFixture('tests/committed.json', 'running')).kind, 'tried');
  } finally {
    await writeFile(file, text);
  }
  assert.equal(live.current().running.version, before);
  assert.equal((await shows.tryFixture('tests/none.json', 'running')).kind, 'unknown');
  assert.equal((await shows.compare('0'.repeat(32))).kind, 'unknown');
  assert.equal((await shows.replay('T1', 'running', true)).kind, 'unknown');
  const earlier = await shows.compare(before);
  assert.ok(earlier.kind === 'compared' && earlier.files.length === 0);
});

test('lines that did not change are left out but for those around a change', () => {
  const lines = Array.from({ length: 20 }, (_, nth) => `line ${nth}`);
  const other = lines.with(10, 'another').toSpliced(0, 0, 'first');
  assert.deepEqual(lineChanges(`${lines.join('\n')}\n`, other.join('\n')), [
    { is: 'new', text: 'first' },
    { is: 'same', text: 'line 0' },
    { is: 'same', text: 'line 1' },
    { is: 'left-out', lines: 6 },
    { is: 'same', text: 'line 8' },
    { is: 'same', text: 'line 9' },
    { is: 'gone', text: 'line 10' },
    { is: 'new', text: 'another' },
    { is: 'same', text: 'line 11' },
    { is: 'same', text: 'line 12' },
    { is: 'left-out', lines: 7 },
  ]);
  assert.deepEqual(lineChanges('', 'a'), [{ is: 'new', text: 'a' }]);
  assert.deepEqual(lineChanges('a', 'a'), []);
  assert.deepEqual(lineChanges('a\n'.repeat(3_000), 'b'), [{ is: 'left-out', lines: 3_000 }]);
});
