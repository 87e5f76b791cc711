import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Config } from '@payment-manager/configuration';
import { memoryJournal } from '@payment-manager/journal';
import { createMetrics, createSealer, recordedLog, seededRandom, virtualTime, type World } from '@payment-manager/runtime';
import { openCore } from './open-core.ts';
import { Opened } from './opened.ts';

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
    opened: new Opened(),
  });
  const refused = assert.rejects(opening, { code: 'JOURNAL_SHARED_WITH_OLDER' });
  await time.advance(70_000);
  await refused;
  assert.equal(appends, 0);
});

test('a process that takes payments looks whether its back ends answer, and tells how they are; one that only people use calls no core, and says none is down', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pm-open-core-'));
  await writeFile(join(folder, 'secret'), 'planted');
  const opened = async (role: Config['role']) => {
    const [time, random] = [virtualTime(), seededRandom(1)];
    const world = { clock: time, timers: time, random, log: recordedLog(), metrics: createMetrics() } as unknown as World;
    let called = 0;
    const client = {
      async request() {
        called++;
        return { kind: 'failed', phase: 'connect', sent: false, code: 'CONNECT_FAILED', message: 'none', advice: '' };
      },
      load: () => ({ running: 0, waiting: 0 }),
      setCredentials() {},
      close: async () => {},
    };
    const config = {
      ...{ fspId: 'greenbank', sandbox: true, role, limits: { restingRecords: 10 } },
      core: {
        ...{ connector: 'connectors/rest-core', tls: { enabled: false }, allowedHosts: [] },
        ...{ settings: { baseUrl: 'https://core.test', tokenUrl: 'https://iam.test', clientId: 'us' } },
        secretFiles: { clientSecret: join(folder, 'secret') },
      },
    } as unknown as Config;
    const ending = new Opened();
    const core = await openCore(config, world, {
      ...{ journal: memoryJournal(), sealer: createSealer(random.bytes(32), random), messages: undefined, opened: ending },
      clients: { open: () => client as never, load: () => ({ running: 0, waiting: 0 }), close: async () => {} },
    });
    for (let seconds = 0; seconds < 120; seconds += 10) await time.advance(10_000);
    const alarms = core?.conditions.alarms().map(({ code }) => code);
    const told = core?.told();
    await ending.close(world);
    return { called, alarms, told };
  };
  const [payments, management] = [await opened('payments'), await opened('management')];
  assert.ok(payments.called > 0);
  assert.deepEqual(payments.alarms, ['CORE_NOT_ANSWERING']);
  assert.deepEqual(
    payments.told?.backEnds.map(({ name, answers }) => [name, answers]),
    [['core', 'no']],
  );
  assert.equal(payments.told?.version, management.told?.version);
  assert.deepEqual([management.called, management.alarms], [0, []]);
  await rm(folder, { recursive: true });
});
