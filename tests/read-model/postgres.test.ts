import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startTestPostgres, type TestPostgres } from '@payment-manager/database/test-postgres';
import { openPostgresJournal, viewPostgresJournal } from '@payment-manager/journal';
import { openPostgresStore } from '@payment-manager/read-model';
import { recordedLog } from '@payment-manager/runtime';
import { testAnswers } from './answers.ts';
import { filledAsFed } from './filled.ts';

let server: TestPostgres;
before(async () => {
  server = await startTestPostgres();
});
after(() => server.stop());
let schemas = 0;

testAnswers('PostgreSQL', async () => {
  const address = { url: server.url, schema: `read_model_${process.pid}_${++schemas}` };
  const log = recordedLog();
  const journal = await openPostgresJournal({ ...address, replicaId: 'r1', log, onFatal: () => {} });
  const view = await viewPostgresJournal(address);
  const store = await openPostgresStore({ ...address, log });
  return {
    journal,
    view,
    store,
    async second() {
      const [other, too] = [await viewPostgresJournal(address), await openPostgresStore({ ...address, log })];
      return { view: other, store: too, close: async () => void (await Promise.all([other.close(), too.close()])) };
    },
    async close() {
      await store.close();
      await view.close();
      await journal.close();
    },
  };
});

test('read model in PostgreSQL: rows filled in for a measurement are stored as a feeder stores them', async (t) => {
  // the server reads files of its own machine only
  if (process.env['PM_TEST_POSTGRES_URL'] !== undefined) return t.skip('the server of PM_TEST_POSTGRES_URL may be elsewhere');
  const folder = mkdtempSync(join(tmpdir(), 'pm-filled-'));
  t.after(() => rmSync(folder, { recursive: true }));
  // it may run as another user
  chmodSync(folder, 0o711);
  const [address, log] = [{ url: server.url, schema: `filled_${process.pid}` }, recordedLog()];
  const journal = await openPostgresJournal({ ...address, replicaId: 'r1', log, onFatal: () => {} });
  await filledAsFed({ store: 'postgres', address }, journal, folder, log);
});
