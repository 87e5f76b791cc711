import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { configReference, configSchema, listKeys } from '@payment-manager/configuration';
import { allCommands } from './command-list.ts';
import { references } from './reference.ts';

const docs = new URL('../../../docs/', import.meta.url);

for (const [name, text] of Object.entries(references(allCommands)))
  test(`docs/${name} is what the code says (write it anew with ./pm config --reference)`, async () => {
    assert.equal(await readFile(new URL(name, docs), 'utf8'), text);
  });

test('the reference names every key and its variable', () => {
  const text = configReference();
  for (const key of listKeys(configSchema)) {
    assert.ok(text.includes(`### \`${key.path}\``), key.path);
    assert.ok(text.includes(`\`${key.environmentName}\``), key.path);
  }
});
