import { after, before } from 'node:test';
import { startTestPostgres, type TestPostgres } from '@payment-manager/database/test-postgres';
import { openPostgresJournal, viewPostgresJournal } from '@payment-manager/journal';
import { openPostgresStore } from '@payment-manager/read-model';
import { recordedLog } from '@payment-manager/runtime';
import { testAnswers } from './answers.ts';

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
