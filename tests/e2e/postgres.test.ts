import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { startTestPostgres } from '@payment-manager/database/test-postgres';
import { openPostgresJournal } from '@payment-manager/journal';
import { recordedLog } from '@payment-manager/runtime';
import { assertCalledAtMostOnce } from '../scheme/books.ts';
import { schemeFolders } from '../scheme/folders.ts';
import { pay } from '../scheme/payments.ts';
import { PAYEE, PAYER, startRunningScheme } from '../scheme/running-scheme.ts';
import { until } from '../scheme/waiting.ts';

const folders = await schemeFolders('postgres');
const server = await startTestPostgres();
after(async () => {
  await server.stop();
  folders.remove();
});

test('with their journals in PostgreSQL two DFSPs pay each other, and nothing stays open', async () => {
  const journal = (fspId: string) => ({ journal: { store: 'postgres' as const, postgresUrl: server.url, postgresSchema: fspId } });
  const running = await startRunningScheme({
    folder: folders.next(),
    atPrepare: 'reserve',
    nobodyLate: true,
    payer: journal(PAYER),
    payee: journal(PAYEE),
  });
  try {
    const payments = await Promise.all(Array.from({ length: 10 }, () => pay(running.payer)));
    assert.deepEqual(new Set(payments.map(({ state }) => state)), new Set(['COMPLETED']));
    assert.equal(assertCalledAtMostOnce(running.payee.core), 10);
    for (const schema of [PAYER, PAYEE]) {
      const look = await openPostgresJournal({ url: server.url, schema, replicaId: `looks-at-${schema}`, log: recordedLog() });
      await until(`nothing open in ${schema}`, async () => (await look.openRecords(1)).length === 0, 10_000);
      assert.ok((await look.between({ fromMs: 0, toMs: Number.MAX_SAFE_INTEGER, limit: 100 })).length >= 10);
      await look.close();
    }
  } finally {
    await running.stop();
  }
});
