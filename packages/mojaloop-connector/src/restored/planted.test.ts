import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plantedAfterRestore, violationsAfterRestore } from '../../test/planted-after-restore.ts';

for (const planted of plantedAfterRestore)
  test(`planted after a restore: ${planted.name}`, async () => {
    const seen = [...(await violationsAfterRestore(planted))];
    if (planted.seen === undefined) assert.deepEqual(seen, []);
    else assert.ok(seen.includes(planted.seen), `seen: ${seen.join(', ')}`);
  });
