import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ManagementDoor } from '../operations/management-door.ts';
import { readTop } from './read-top.ts';

test('hub, core and back ends that do not answer are broken, though the process takes payments', async () => {
  const silent = { ok: true, detail: 'does not answer since 2026-11-24T09:00:00.000Z; see GET /alarms' };
  const parts = {
    journal: { ok: true, detail: 'answers' },
    hub: silent,
    core: silent,
    'core/ledger': silent,
    'core connector': { ok: true, detail: 'x' },
  };
  const answers: Readonly<Record<string, object>> = {
    'GET /api/me': { process: { fspId: 'greenbank', environment: 'sandbox' } },
    'GET /api/health': { ready: true, parts },
    'GET /api/alarms?limit=1000': { alarms: [] },
  };
  const door: ManagementDoor = {
    where: 'here',
    ask: async (line) => (answers[line] ?? {}) as Readonly<Record<string, unknown>>,
    find: async () => undefined,
    send: async () => ({ status: 404, body: {} }),
  };
  const state = await readTop(door, 0, { hour: undefined, services: undefined, replicas: undefined });
  assert.deepEqual(
    state.parts.filter(({ ok }) => !ok).map(({ part }) => part),
    ['hub', 'core', 'core/ledger'],
  );
  assert.equal(state.ready, true);
});
