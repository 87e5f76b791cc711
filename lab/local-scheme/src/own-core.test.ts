import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readConnectors } from './connector-core.ts';
import { readOwnCores } from './own-core.ts';

test('--core: an address alone, another DFSP, and what no core can be said to do, are each told apart', () => {
  const read = (text: string) => readOwnCores([text], ['greenbank', 'bluewallet']);
  assert.deepEqual([...read('greenbank=http://127.0.0.1:4100,reserve').keys()], ['greenbank']);
  assert.throws(() => read('http://127.0.0.1:4100'), /expected the DFSP, =, and the address/);
  assert.throws(() => read('redbank=http://127.0.0.1:4100'), /unknown DFSP 'redbank'; the DFSPs are greenbank, bluewallet/);
  assert.throws(() => read('greenbank=ftp://127.0.0.1'), /is not an http address/);
  assert.throws(() => read('greenbank=http://127.0.0.1:4100,magic'), /'magic' is not one of/);
});

test('--connector: another DFSP, and a folder that has no connector, are told; a folder is taken from where the user is', () => {
  const root = fileURLToPath(new URL('../../..', import.meta.url));
  const read = (text: string) => readConnectors([text], ['greenbank', 'bluewallet'], root);
  assert.deepEqual([...read('bluewallet=connectors/rest-core')], [['bluewallet', join(root, 'connectors/rest-core')]]);
  assert.deepEqual([...read('greenbank=none')], [['greenbank', 'none']]);
  assert.throws(() => read('greenbank=connectors/mambu'), /offers the API of rest-core and fineract-savings, .* and no other/);
  assert.throws(() => read('redbank=connectors/rest-core'), /expected one of the DFSPs greenbank, bluewallet/);
  assert.throws(() => read('bluewallet=connectors'), /there is no connector\.yaml in .*Example: --connector bluewallet=/);
});
