import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryJournal } from '@payment-manager/journal';
import { keepVersion, keptVersion, type VersionContent, versionName } from './kept-version.ts';

const content = (csv?: string): VersionContent => ({
  files: {
    connector: 'connector: small\n',
    operations: new Map([['operations/party.get.yaml', 'operation: party.get\n']]),
    ...(csv !== undefined && { tables: new Map([['tables/branches.csv', csv]]) }),
  },
  settings: { baseUrl: 'https://core' },
});

test('a version that is kept has its tables, and another table is another version', async () => {
  const journal = memoryJournal();
  for (const each of [content(), content('code,name\n1,a\n'), content('code,name\n1,b\n')]) {
    const name = versionName(each);
    await keepVersion(journal, name, each, 1);
    assert.deepEqual(await keptVersion(journal, name), each);
  }
  assert.equal(new Set([content(), content('1'), content('2')].map(versionName)).size, 3);
});
