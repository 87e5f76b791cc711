import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Config } from '@payment-manager/configuration';
import { memoryJournal } from '@payment-manager/journal';
import { createMetrics, createSealer, recordedLog, seededRandom, virtualTime, type World } from '@payment-manager/runtime';
import { openCore } from './open-core.ts';

test('a connector is not opened while a replica of a version that does not know such records has the journal', async () => {
  const time = virtualTime();
  const journal = memoryJournal();
  let appends = 0;
  const shared = {
    ...journal,
    writes: () => 1,
    append(append: Parameters<typeof journal.append>[0]) {
      appends++;
      return journal.append(append);
    },
  };
  const random = seededRandom(1);
  const world = { clock: time, timers: time, random, log: recordedLog(), metrics: createMetrics() } as unknown as World;
  const config = {
    core: { connector: 'connectors/rest-core', settings: {}, secretFiles: {}, tls: { enabled: false } },
  } as unknown as Config;
  const noClients = { open: () => assert.fail('nobody is called'), load: () => ({ running: 0, waiting: 0 }), close: async () => {} };
  const opening = openCore(config, world, {
    journal: shared,
    sealer: createSealer(random.bytes(32), random),
    clients: noClients,
    messages: undefined,
    opened: [],
  });
  const refused = assert.rejects(opening, { code: 'JOURNAL_SHARED_WITH_OLDER' });
  await time.advance(70_000);
  await refused;
  assert.equal(appends, 0);
});
