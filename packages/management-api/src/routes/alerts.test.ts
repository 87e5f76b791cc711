import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openPortal } from '../../test/portal.ts';
import type { AlertsDoor, ShownIncident } from './alerts-door.ts';
import { mutedAlarms } from './health-routes.ts';

const INCIDENT: ShownIncident = {
  ...{ id: '2026-11-24T09-00-00-1', rule: 'hub', severity: 'critical', code: 'HUB_NOT_ANSWERING', reason: 'No answer.', count: 1 },
  ...{ state: 'open', since: 1, gaps: 0, deliveries: [] },
};

function alerts() {
  let incident = INCIDENT;
  const door: AlertsDoor = {
    incidents: async () => [incident, { ...INCIDENT, id: 'older', state: 'ended', endedAt: 2 }],
    async acknowledge(id, { by, reason }) {
      if (id !== incident.id) return undefined;
      incident = { ...incident, acknowledged: { by, reason, at: 5 } };
      return incident;
    },
    test: async () => [{ channel: 'email', kind: 'failed', problem: 'the mail server does not take it (EAUTH)' }],
    settings: () => ({ rules: [], channels: [{ channel: 'email', to: 'ops@example.org' }], beginsAfterMs: 1, endsAfterMs: 2 }),
    useMutes: () => {},
  };
  return { door };
}

describe('alerts of the management API', () => {
  test('shows incidents and rules to everybody who is signed in; who acknowledges stands in the incident and in the audit log', async () => {
    const { ask, as } = await openPortal({ alerts: alerts().door });
    const [viewer, operator, administrator] = [await as('vic', 'viewer'), await as('amara', 'operator'), await as('root', 'administrator')];
    const seen = await ask('GET /alerts', { cookies: viewer });
    assert.deepEqual(
      Object.values(seen.body['incidents'] ?? {}).map(({ id }) => String(id)),
      [INCIDENT.id, 'older'],
    );
    const body = { id: INCIDENT.id, reason: 'I look' };
    assert.equal((await ask('POST /alerts/acknowledge', { cookies: viewer, body })).status, 403);
    assert.equal((await ask('POST /alerts/acknowledge', { cookies: operator, body: { ...body, id: 'none' } })).status, 404);
    const done = await ask('POST /alerts/acknowledge', { cookies: operator, body });
    assert.equal(String(done.body['acknowledged']?.['by']), 'user:amara');
    const log = await ask('GET /audit?action=incident.acknowledged', { cookies: administrator });
    assert.equal(Object.values(log.body['entries'] ?? {}).length, 1);
  });

  test('a test is sent by engineers, and says what came of it, also in the audit log', async () => {
    const { ask, as } = await openPortal({ alerts: alerts().door });
    const [operator, engineer, administrator] = [
      await as('amara', 'operator'),
      await as('eno', 'engineer'),
      await as('root', 'administrator'),
    ];
    assert.equal((await ask('POST /alerts/test', { cookies: operator, body: { reason: 'try' } })).status, 403);
    const done = await ask('POST /alerts/test', { cookies: engineer, body: { reason: 'try' } });
    assert.match(done.text, /"kind":"failed","problem":"the mail server does not take it \(EAUTH\)"/);
    assert.match((await ask('GET /audit?action=alerts.test.done', { cookies: administrator })).text, /EAUTH/);
  });

  test('what is muted on the page Health is what the alerts are told', async () => {
    const { ask, as, signIn, time } = await openPortal({ alerts: alerts().door });
    const body = { id: 'hub', code: 'HUB_NOT_ANSWERING', hours: 1, reason: 'known' };
    assert.equal((await ask('POST /alarms/mute', { cookies: await as('amara', 'operator'), body })).status, 204);
    await ask('POST /alarms/acknowledge', {
      cookies: await as('amara', 'operator'),
      body: { id: 'core', code: 'CORE_NOT_ANSWERING', reason: 'I look' },
    });
    assert.deepEqual(await mutedAlarms(signIn), ['HUB_NOT_ANSWERING hub']);
    await time.advance(3_600_001);
    assert.deepEqual(await mutedAlarms(signIn), []);
  });

  test('where they are switched off, it says so', async () => {
    const { ask, as } = await openPortal();
    const answer = await ask('GET /alerts', { cookies: await as('vic', 'viewer') });
    assert.deepEqual([answer.status, String(answer.body['code'])], [409, 'SWITCHED_OFF']);
  });
});
