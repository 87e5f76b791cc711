import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Journal, openSqliteJournal } from '@payment-manager/journal';
import { recordedLog, systemClock, systemTimers } from '@payment-manager/runtime';
import { machineSpeed } from '@payment-manager/runtime/test-machine';
import { openQueries } from '../query/open-queries.ts';
import { rebuild } from './rebuild.ts';
import { openFeeder, removeReadModel } from './source.ts';
import { startFeeding } from './start-feeding.ts';

const folder = mkdtempSync(join(tmpdir(), 'pm-feeding-'));
after(() => rmSync(folder, { recursive: true }));
const businessDay = { zone: 'UTC', cutOff: '00:00' };
const at = Date.UTC(2026, 10, 24, 12);

async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const ends = machineSpeed.now() + 10_000;
  while (!(await isSo())) {
    assert.ok(machineSpeed.now() < ends, what);
    await sleep(20);
  }
}

/** A payment that was begun and declined. */
function pay(journal: Journal, n: number) {
  const transferId = `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
  const request = {
    homeTransactionId: `home-${n}`,
    from: { idType: 'MSISDN', idValue: '27713803911', displayName: 'Zoë Payer' },
    to: { idType: 'MSISDN', idValue: '27713803912' },
    amountType: 'SEND',
    currency: 'USD',
    amount: '25',
    transactionType: 'TRANSFER',
  };
  const begun = { type: 'payment-started', at: at + n, transferId, quoteId: `q-${n}`, request, hash: `h-${n}` };
  const events = [begun, { type: 'aborted', at: at + n + 1, reason: 'declined' }];
  return journal.append({ recordId: transferId, kind: 'payer', expectedVersion: 0, events, open: false, attention: [], label: transferId });
}

test('a thread keeps the rows while payments run, and another answers; nothing is lost when it did not lead, or the journal came later', async () => {
  const log = recordedLog();
  const source = { store: 'sqlite', journalFile: join(folder, 'journal.db'), folder: join(folder, 'read-model') } as const;
  let leads = false;
  const feeding = startFeeding({ source, businessDay, log, leads: () => leads });
  await until('the other replica feeds', () => feeding.status().state === 'waiting');
  leads = true;
  feeding.look();
  await until('there is no journal yet', () => feeding.status().state === 'failing');
  const journal = await openSqliteJournal({ file: source.journalFile, log });
  journal.onStored?.(() => feeding.stored());
  const queries = await openQueries(source, businessDay, log);
  for (let n = 1; n <= 3; n++) await pay(journal, n);
  const listed = async (): Promise<number> => (await queries.list({ limit: 10, name: 'zoe' }).catch(() => undefined))?.payments.length ?? 0;
  await until('three are in the rows', async () => (await listed()) === 3);
  await pay(journal, 4);
  await until('the fourth, too', async () => (await listed()) === 4);
  assert.equal((await queries.totals({ currency: ['USD'] })).byCurrency[0]?.amount, '100');
  await assert.rejects(queries.list({ limit: 0 }), { code: 'FILTER_INVALID' });
  const feeder = await openFeeder(source, businessDay, log);
  const seen: number[] = [];
  const pause = (ms: number): Promise<void> => new Promise((resolve) => void systemTimers.after(ms, resolve));
  await rebuild({ feeder, clock: systemClock, pause, onProgress: ({ done }) => seen.push(done) });
  assert.equal(seen.at(-1), 1);
  await feeder.close();
  await until('who asks sees the new rows', async () => (await listed()) === 4);
  await feeding.stop();
  await queries.close();
  await journal.close();
  await removeReadModel(source, log);
  const nothing = await openQueries(source, businessDay, log);
  await assert.rejects(nothing.counts(), { code: 'DATABASE_OPEN_FAILED' });
  await nothing.close();
});

test('news are gathered: however often the journal says that it has some, rows are written every 400 ms at most', async () => {
  const log = recordedLog();
  const source = { store: 'sqlite', journalFile: join(folder, 'gathered.db'), folder: join(folder, 'gathered') } as const;
  const journal = await openSqliteJournal({ file: source.journalFile, log });
  const feeding = startFeeding({ source, businessDay, log, leads: () => true });
  await until('it follows', () => feeding.status().state === 'following');
  journal.onStored?.(() => feeding.stored());
  const seen = new Set<number>();
  const from = systemClock.monotonic();
  for (let n = 1; n <= 60; n++) {
    await pay(journal, n);
    seen.add(feeding.status().rows);
    await sleep(20);
  }
  const most = Math.ceil((systemClock.monotonic() - from) / 400) + 1;
  await until('all are in the rows', () => feeding.status().rows === 60);
  assert.ok(seen.size <= most + 1, `${[...seen]}: at most ${most} times`);
  await feeding.stop();
  await journal.close();
});
