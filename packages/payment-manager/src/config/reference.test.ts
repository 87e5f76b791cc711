import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { commandReference } from '../cli/command-reference.ts';
import { listKeys } from './keys.ts';
import { configReference } from './reference.ts';
import { configSchema } from './schema.ts';

const docs = new URL('../../../../docs/', import.meta.url);

test('docs/configuration.md is what the schema says (write it anew with ./pm config --reference)', async () => {
  assert.equal(await readFile(new URL('configuration.md', docs), 'utf8'), configReference());
});

test('docs/command-line.md is what the command line says (write it anew with ./pm config --reference)', async () => {
  assert.equal(await readFile(new URL('command-line.md', docs), 'utf8'), commandReference());
});

test('the reference names every key and its variable', () => {
  const text = configReference();
  for (const key of listKeys(configSchema)) {
    assert.ok(text.includes(`### \`${key.path}\``), key.path);
    assert.ok(text.includes(`\`${key.environmentName}\``), key.path);
  }
});
