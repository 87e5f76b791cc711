import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readOwnCores } from './own-core.ts';

test('--core: an address alone, another DFSP, and what no core can be said to do, are each told apart', () => {
  const read = (text: string) => readOwnCores([text], ['greenbank', 'bluewallet']);
  assert.deepEqual([...read('greenbank=http://127.0.0.1:4100,reserve').keys()], ['greenbank']);
  assert.throws(() => read('http://127.0.0.1:4100'), /expected the DFSP, =, and the address/);
  assert.throws(() => read('redbank=http://127.0.0.1:4100'), /unknown DFSP 'redbank'; the DFSPs are greenbank, bluewallet/);
  assert.throws(() => read('greenbank=ftp://127.0.0.1'), /is not an http address/);
  assert.throws(() => read('greenbank=http://127.0.0.1:4100,magic'), /'magic' is not one of/);
});
