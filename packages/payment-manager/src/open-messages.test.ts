import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startTestPostgres, type TestPostgres } from '@payment-manager/database/test-postgres';
import type { Message } from '@payment-manager/messages';
import { createMetrics, recordedLog, systemRandom, virtualTime, type World } from '@payment-manager/runtime';
import { configuredMessages, type MessagesConfig } from './open-messages.ts';

const NOW = Date.UTC(2026, 10, 30, 12);
const FILES = ['2026-11-29.0123abcd.pmm', '2026-11-30.0123abcd.pmm', '2026-11-30.4567abcd.pmm.new', 'notes.txt'];
const wanted = { ids: ['t1'], parties: [], fromMs: NOW, toMs: NOW, partiesFromMs: 0, partiesUntilMs: 0 };
const said: Message = { at: NOW, direction: 'in', side: 'hub', method: 'PUT', target: '/', headers: {}, tookMs: 1, ids: ['t1'] };

let postgres: TestPostgres;
let folder: string;
before(async () => {
  postgres = await startTestPostgres();
  folder = await mkdtemp(join(tmpdir(), 'pm-configured-messages-'));
});
after(async () => {
  await postgres.stop();
  await rm(folder, { recursive: true });
});

function opened(config: Partial<MessagesConfig>, failure?: string) {
  const time = virtualTime(NOW);
  const world = { clock: time, timers: time, random: systemRandom, log: recordedLog(), metrics: createMetrics() } as unknown as World;
  const whole = { journal: { store: 'sqlite' }, dataFolder: folder, operations: { minimumFreeBytes: 0 }, ...config } as MessagesConfig;
  return configuredMessages(whole, world, Buffer.alloc(32, 7), { recentFailure: () => failure });
}

test('with messages.keepDays 0 none are kept, and those that are there are removed, of today too, and nothing else', async () => {
  for (const name of FILES) await writeFile(join(folder, name), '');
  assert.equal(opened({ messages: { keepDays: 0, folder } }), undefined);
  for (let tries = 0; (await readdir(folder)).length > 1 && tries < 1_000; tries++) await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(await readdir(folder), ['notes.txt']);
});

test('in PostgreSQL nothing is written while the journal cannot be', async () => {
  const journal = { store: 'postgres', postgresUrl: postgres.url, postgresSchema: 'pm_configured' } as MessagesConfig['journal'];
  for (const [failure, count] of [
    ['no room', 0],
    [undefined, 1],
  ] as const) {
    const messages = opened({ messages: { keepDays: 30 }, journal }, failure);
    messages?.record(said);
    assert.equal((await messages?.find(wanted))?.messages.length, count);
    assert.equal(messages?.alarms().length, 1 - count);
    await messages?.close();
  }
});
