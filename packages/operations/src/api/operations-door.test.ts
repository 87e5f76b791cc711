import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadConfig } from '@payment-manager/configuration';
import { type HttpHandler, realWorld, recordedLog, startHttpServer, virtualTime } from '@payment-manager/runtime';
import { answer } from '../access/answer.ts';
import { openOperationsDoor } from './operations-door.ts';

test('operations: whoever opens the API tells the webhook what it shows, and keeps what was told for the next start', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'pm-door-'));
  t.after(() => rm(folder, { recursive: true }));
  const bodies: string[] = [];
  const heard = Promise.withResolvers<void>();
  const webhook: HttpHandler = async ({ method, target, body }) => {
    bodies.push(`${method} ${target} ${Buffer.from(body)}`);
    if (bodies.length === 2) heard.resolve();
    return { status: 202 };
  };
  const options = { host: '127.0.0.1', port: 0, maxBodyBytes: 10_000, refuse: () => ({ status: 500 }) };
  const receiver = await startHttpServer({ ...options, handler: webhook }, recordedLog());
  t.after(() => receiver.close(0));
  const { config } = await loadConfig(
    undefined,
    {
      PM_FSP_ID: 'greenbank',
      PM_SANDBOX: 'true',
      PM_HUB_BASE_URL: 'http://127.0.0.1:1',
      PM_CORE_BASE_URL: 'http://127.0.0.1:1',
      PM_JWS_SIGN: 'false',
      PM_JWS_VERIFY: 'false',
      PM_DATA_FOLDER: folder,
      PM_OPERATIONS_PORT: '0',
      PM_OPERATIONS_ALARM_WEBHOOK_URL: `${receiver.url}/alarms`,
    },
    folder,
  );
  const line = { level: 'exception', code: 'OUTCOME_UNKNOWN', reason: 'nobody says', since: '2026-11-24T09:00:00.000Z' };
  const shown: Readonly<Record<string, object>> = {
    '/exceptions?limit=1000': { exceptions: [{ payment: 't1', flow: 'payer', ...line }] },
    '/alarms?limit=1000': { alarms: [{ payment: 'anchor-file', ...line, level: 'alarm', code: 'ANCHOR_FAILED' }] },
  };
  const time = virtualTime();
  const world = { ...realWorld(config), clock: time, timers: time, log: recordedLog() };
  const door = await openOperationsDoor(config, world, async ({ target }) => answer(200, shown[target] ?? {}));
  await time.advance(5_000);
  await heard.promise;
  await door.close(0);
  assert.match(
    bodies[0] ?? '',
    /^POST \/alarms \{"id":"payer:t1:OUTCOME_UNKNOWN","event":"began","fspId":"greenbank","environment":"production",/,
  );
  assert.match(bodies[1] ?? '', /"id":"anchor-file:ANCHOR_FAILED"/);
  const file = join(folder, 'alarms-told.json');
  assert.match(await readFile(file, 'utf8'), /"payer:t1:OUTCOME_UNKNOWN"/);
  assert.equal((await stat(file)).mode & 0o777, 0o600);
});
