import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Config } from '@payment-manager/configuration';
import { recordedLog, type World } from '@payment-manager/runtime';
import { type ManagementParts, openManagement } from './open-management.ts';
import { Opened } from './opened.ts';

const parts = {
  sealingKeyBytes: new Uint8Array(32),
  connector: {},
  keys: { peers: {} },
  roles: {},
  opened: new Opened(),
  onFatal: () => {},
} as unknown as ManagementParts;

function configOf(dataFolder: string, enabled: boolean): Config {
  const management = { enabled, host: '127.0.0.1', port: 0, tls: { enabled: false }, approvals: [], singleSignOn: {} };
  const reconciliation = { statements: { core: {}, hub: {} } };
  const journal = { store: 'sqlite' };
  return { fspId: 'greenbank', sandbox: true, dataFolder, journal, management, reconciliation, messages: {} } as unknown as Config;
}

test('a portal whose store cannot be used is told to the log, and keeps no payment from being taken', async () => {
  const dataFolder = await mkdtemp(join(tmpdir(), 'pm-no-portal-'));
  await writeFile(join(dataFolder, 'management.db'), 'this is no database, and longer than the head of one would be '.repeat(20));
  const log = recordedLog();
  const world = { log, random: { bytes: () => new Uint8Array(12) } } as unknown as World;
  assert.equal(
    await openManagement({ config: configOf(dataFolder, true), origins: new Map(), file: undefined, environments: [] }, world, parts),
    undefined,
  );
  assert.ok(
    log.lines.some(({ fields }) => fields?.['code'] === 'MANAGEMENT_UNAVAILABLE'),
    JSON.stringify(log.lines),
  );
  assert.equal(
    await openManagement({ config: configOf(dataFolder, false), origins: new Map(), file: undefined, environments: [] }, world, parts),
    undefined,
  );
  await rm(dataFolder, { recursive: true });
});
