import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FUNCTIONS } from '../expression/functions/index.ts';
import { CALL_KEYS } from '../language/kind/grammars.ts';
import { STEPS } from '../language/operation-schema.ts';
import { connectorReference } from './connector-reference.ts';

test('the reference names every step, every key of a call and every function, and nothing is empty', () => {
  const text = connectorReference();
  for (const step of Object.keys(STEPS)) assert.ok(text.includes(`### \`${step}\``), step);
  for (const key of Object.keys(CALL_KEYS)) assert.match(text, new RegExp(`^\\| \`${key}\` \\|`, 'm'), key);
  for (const name of FUNCTIONS.keys()) assert.ok(text.includes(`| \`$${name}(`), name);
  for (const key of ['settle.ask.absent', 'settle.key.keptFor', 'backends', 'calls[].effect', 'core.late', 'check[].unless'])
    assert.ok(text.includes(`\`${key}\``), key);
  for (const line of text.split('\n')) assert.doesNotMatch(line, /undefined|\| \. ?\|/);
});
