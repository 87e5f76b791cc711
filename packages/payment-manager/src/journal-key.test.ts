import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { loadConfig } from '@payment-manager/configuration';
import { startTestPostgres, type TestPostgres } from '@payment-manager/database/test-postgres';
import { recordedLog, systemClock, systemRandom, systemTimers } from '@payment-manager/runtime';
import { pmIn } from '../test/command-line.ts';
import { journalKey, openJournal } from './open-journal.ts';

let folder: string;
let server: TestPostgres;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pm-journal-key-'));
  server = await startTestPostgres();
});
after(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

const text = (name: string, store: 'sqlite' | 'postgres'): string => `fspId: greenbank
dataFolder: ${name}
sandbox: true
hub: { baseUrl: 'http://127.0.0.1:9' }
core: { baseUrl: 'http://127.0.0.1:9' }
jws: { sign: false, verify: false }
inbound: { host: 127.0.0.1, port: 0 }
outbound: { port: 0 }
operations: { port: 0 }
journal: { store: ${store}${store === 'postgres' ? `, postgresUrl: '${server.url}'` : ''} }
`;

/** A journal that was begun with the key of the data folder `name`. */
async function begun(name: string, store: 'sqlite' | 'postgres'): Promise<void> {
  writeFileSync(join(folder, `${name}.yaml`), text(name, store));
  const { config } = await loadConfig(join(folder, `${name}.yaml`), {}, folder);
  const world = { clock: systemClock, timers: systemTimers, random: systemRandom, log: recordedLog(), onFatal: assert.fail };
  const key = await journalKey(config, systemRandom, recordedLog());
  await (await openJournal(config, { ...world, sealingKey: key })).close();
}

/** `./pm run` of a replica with its own data folder, which is refused. */
async function refused(name: string, store: 'sqlite' | 'postgres'): Promise<string> {
  writeFileSync(join(folder, `${name}.yaml`), text(name, store));
  const { exitCode, text: said } = await pmIn(folder, ['run', '--config', `${name}.yaml`]);
  assert.equal(exitCode, 78, said);
  return said;
}

test('a replica without journal.key is refused with 78 and what to do, and makes no key of its own', async () => {
  await begun('first', 'postgres');
  mkdirSync(join(folder, 'without'));
  assert.match(await refused('without', 'postgres'), /begun with another journal\.key.*Copy journal\.key from another replica/s);
  assert.deepEqual(readdirSync(join(folder, 'without')), []);
  writeFileSync(join(folder, 'without', 'journal.key'), `${'ab'.repeat(32)}\n`, { mode: 0o600 });
  assert.match(await refused('without', 'postgres'), /begun with another journal\.key.*Copy journal\.key/s);
  assert.deepEqual(readdirSync(join(folder, 'without')), ['journal.key']);
});

test('an embedded journal with the key of another is refused with 78 as well', async () => {
  await begun('embedded', 'sqlite');
  writeFileSync(join(folder, 'embedded', 'journal.key'), `${'ab'.repeat(32)}\n`);
  assert.match(await refused('embedded', 'sqlite'), /journal\.key is not the one that the journal was begun with/);
});

test('a server that cannot be asked whether a journal is there makes no key either', async () => {
  mkdirSync(join(folder, 'away'));
  writeFileSync(join(folder, 'away.yaml'), text('away', 'postgres').replace(/postgres:\/\/[^']*/, 'postgres://pm@127.0.0.1:1/x'));
  const { exitCode, text: said } = await pmIn(folder, ['run', '--config', 'away.yaml']);
  assert.equal(exitCode, 69, said);
  assert.deepEqual(readdirSync(join(folder, 'away')), []);
});
