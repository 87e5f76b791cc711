import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { recordedLog } from '@payment-manager/runtime';
import { viewSqliteJournal } from '../chain/sqlite-view.ts';
import { openSqliteJournal } from '../sqlite-journal.ts';
import { testFollowing } from './following.conformance.ts';

const folder = mkdtempSync(join(tmpdir(), 'pm-follow-'));
after(() => rmSync(folder, { recursive: true }));
let files = 0;

testFollowing('sqlite journal', async () => {
  const file = join(folder, `${++files}.db`);
  return { journal: await openSqliteJournal({ file, log: recordedLog() }), view: () => viewSqliteJournal(file) };
});
