import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { setOldJournalAside } from './old-journals.ts';

const folder = mkdtempSync(join(tmpdir(), 'pm-old-journals-'));
after(() => rmSync(folder, { recursive: true }));

test('the journal of a DFSP that is in an earlier stored form is set aside where the sandbox keeps it', async () => {
  const data = join(folder, 'greenbank', 'data');
  mkdirSync(data, { recursive: true });
  const db = new DatabaseSync(join(data, 'journal.db'));
  db.exec('CREATE TABLE claims (value TEXT); PRAGMA user_version = 5');
  db.close();
  assert.equal(await setOldJournalAside(folder, 'bluewallet', undefined), undefined);
  assert.equal(await setOldJournalAside(folder, 'greenbank', undefined), join(data, 'journal.db.old-form-1'));
  assert.ok(existsSync(join(data, 'journal.db.old-form-1')) && !existsSync(join(data, 'journal.db')));
});
