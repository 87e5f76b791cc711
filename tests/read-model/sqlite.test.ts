import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openSqliteJournal, viewSqliteJournal } from '@payment-manager/journal';
import { openSqliteStore } from '@payment-manager/read-model';
import { recordedLog } from '@payment-manager/runtime';
import { testAnswers } from './answers.ts';
import { filledAsFed } from './filled.ts';

const folder = mkdtempSync(join(tmpdir(), 'pm-read-model-'));
after(() => rmSync(folder, { recursive: true }));
let files = 0;

testAnswers('a SQLite file', async () => {
  const file = join(folder, `${++files}.db`);
  const journal = await openSqliteJournal({ file, log: recordedLog() });
  const view = viewSqliteJournal(file);
  const store = openSqliteStore(`${file}.read`);
  return {
    journal,
    view,
    store,
    // the file itself has one feeder only: here both write through one door
    async second() {
      const other = viewSqliteJournal(file);
      return { view: other, store, close: () => other.close() };
    },
    async close() {
      await store.close();
      await view.close();
      await journal.close();
    },
  };
});

test('read model in a SQLite file: rows filled in for a measurement are stored as a feeder stores them', async () => {
  const source = { store: 'sqlite', journalFile: join(folder, 'fed.db'), folder: join(folder, 'fed.read') } as const;
  const journal = await openSqliteJournal({ file: source.journalFile, log: recordedLog() });
  await filledAsFed(source, journal, folder, recordedLog());
});
