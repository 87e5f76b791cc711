import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
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

test('the configuration, the secrets and the copies of who runs compose in the checkout are theirs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pm-packed-'));
  try {
    const own = ['.env', 'configuration/payment-manager.yaml', 'configuration/keys/a.json', 'secrets/journal.yaml', 'copies/x.json'];
    for (const name of ['compose.yaml', ...own]) {
      mkdirSync(dirname(join(folder, 'deploy/compose', name)), { recursive: true });
      writeFileSync(join(folder, 'deploy/compose', name), '');
    }
    assert.deepEqual(
      packedFiles(folder).filter((file) => file.startsWith('deploy/')),
      ['deploy/compose/compose.yaml'],
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
