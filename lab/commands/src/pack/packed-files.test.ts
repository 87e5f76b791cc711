import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { packedFiles } from './packed-files.ts';

const files = packedFiles(fileURLToPath(new URL('../../../../', import.meta.url)).replace(/\/$/, ''));

test('an installation has the portal as it was built, and not what it is built of', () => {
  const portal = files.filter((file) => file.startsWith('packages/portal/'));
  assert.ok(portal.includes('packages/portal/built/index.html'));
  assert.ok(portal.some((file) => /^packages\/portal\/built\/assets\/.*\.js\.br$/.test(file)));
  assert.deepEqual(
    portal.filter((file) => !/^packages\/portal\/(?:built\/|README\.md$)/.test(file)),
    [],
  );
});
