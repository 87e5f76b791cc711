import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryJournal } from '@payment-manager/journal';
import { corePruningSummary, neededVersions } from '../record/in-journal.ts';
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

const DAY_MS = 86_400_000;

test('a version says once a day that it is used; what has said nothing is pruned only when nothing needs it, and can be kept anew', async () => {
  const journal = memoryJournal();
  const name = versionName(content());
  const id = `core-version-${name}`;
  const typesOf = async () => (await journal.load(id))?.events.map(({ type }) => type);
  await keepVersion(journal, name, content(), 1);
  await keepVersion(journal, name, content(), DAY_MS);
  assert.deepEqual(await typesOf(), ['connector-version']);
  await keepVersion(journal, name, content(), DAY_MS + 1);
  await keepVersion(journal, name, content(), DAY_MS + 2);
  assert.deepEqual(await typesOf(), ['connector-version', 'connector-version-used']);
  const record = await journal.load(id);
  assert.ok(record);
  assert.equal(corePruningSummary(record, new Set([name])), undefined, 'it is needed');
  assert.equal(corePruningSummary(record), undefined, 'nobody has looked what is needed');
  const summary = corePruningSummary(record, new Set(['another']));
  assert.deepEqual(summary, { version: name });
  assert.deepEqual(await journal.prune?.([{ recordId: id, version: 2, at: 3 * DAY_MS, summary: summary ?? {} }]), ['pruned']);
  assert.equal(await keptVersion(journal, name), undefined);
  await keepVersion(journal, name, content(), 3 * DAY_MS);
  assert.deepEqual(await typesOf(), ['pruned', 'connector-version']);
  assert.deepEqual(await keptVersion(journal, name), content());
});

test('a version that is pruned between the look at it and the word that it is used is kept all the same', async () => {
  const journal = memoryJournal();
  const name = versionName(content());
  const id = `core-version-${name}`;
  await keepVersion(journal, name, content(), 1);
  let prunes = 1;
  const busy = {
    ...journal,
    async append(append: Parameters<typeof journal.append>[0]) {
      if (prunes-- > 0) assert.deepEqual(await journal.prune?.([{ recordId: id, version: 1, at: 2, summary: {} }]), ['pruned']);
      return journal.append(append);
    },
  };
  await keepVersion(busy, name, content(), 2 * DAY_MS);
  assert.deepEqual(await keptVersion(journal, name), content());
});

test('needed are the versions of open payments by their price, of open records at the core, and of both where a person has to look', async () => {
  const journal = memoryJournal();
  const put = async (recordId: string, kind: string, event: object, open: boolean, needsPerson = false) => {
    const attention = needsPerson ? [{ level: 'exception', code: 'X', reason: 'why', since: 1 } as const] : [];
    const events = [{ type: 'x', at: 1, ...event }];
    await journal.append({ recordId, kind, expectedVersion: 0, events, open, attention, label: recordId });
  };
  await put('a', 'payee', { coreQuote: { connectorVersion: 'open-payment' } }, true);
  await put('b', 'core', { version: 'open-record' }, true);
  await put('c', 'core', { version: 'stuck' }, false, true);
  await put('d', 'payee', { coreQuote: { connectorVersion: 'exception' } }, false, true);
  await put('e', 'payee', { coreQuote: { connectorVersion: 'over' } }, false);
  await put('f', 'core', { version: 'over, too' }, false);
  assert.deepEqual([...((await neededVersions(journal)) ?? [])].sort(), ['exception', 'open-payment', 'open-record', 'stuck']);
});
