import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { loadConfig } from '@payment-manager/configuration';
import { recordedLog } from '@payment-manager/runtime';
import { configurationReload } from './reload.ts';

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pm-reload-'));
});
after(() => rm(folder, { recursive: true }));

const loadWith = async (rest: string) => {
  const file = join(folder, 'payment-manager.yaml');
  const base =
    "fspId: greenbank\nsandbox: true\ndataFolder: data\nhub: { baseUrl: 'http://127.0.0.1:9' }\ncore: { baseUrl: 'http://127.0.0.1:9' }\n";
  await writeFile(file, `${base}jws: { sign: false, verify: false }\n${rest}`);
  return loadConfig(file, {}, folder);
};

test('a configuration whose secrets cannot be read changes nothing, also of what could be taken over, and says so in the log', async () => {
  const loaded = await loadWith("alerts: { quietHours: { from: '22:00', to: '06:00' } }\nlog: { level: warn }");
  const { alerts, limits } = loaded.config;
  const before = structuredClone(loaded.config);
  const log = recordedLog();
  let opened = 0;
  const reload = configurationReload({
    ...{ loaded, world: { log } },
    load: () =>
      loadWith(
        'alerts: { beginsAfterMs: 1, email: { host: smtp.example.org, from: a@b.c, to: [d@e.f] } }\nlimits: { inFlightPayments: 7 }',
      ),
    retargetAlarms: async () => {
      opened += 1;
      assert.equal(alerts.email.host, 'smtp.example.org', 'opened as the new one says');
      if (opened === 1) throw new Error('the secret cannot be read');
    },
  });
  assert.deepEqual(await reload.apply(), { kind: 'refused', problems: 'the secret cannot be read' });
  assert.deepEqual(loaded.config, before);
  assert.ok(log.lines.some(({ fields }) => fields?.['code'] === 'CONFIG_INVALID' && fields['reason'] === 'the secret cannot be read'));
  assert.equal((await reload.apply()).kind, 'read');
  assert.deepEqual(
    [alerts.beginsAfterMs, alerts.quietHours.from, limits.inFlightPayments],
    [1, undefined, 7],
    'in place, for who has the groups',
  );
});
