import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openPortal } from '../../test/portal.ts';
import type { ConnectorDoor } from './deps.ts';

const VERSION = 'a'.repeat(32);

/** A connector whose folder holds this version; it notes what it was told. */
function someConnector() {
  const told: (readonly unknown[])[] = [];
  const folder = { version: VERSION };
  const door = {
    shown: async () => ({ name: 'rest-core', version: VERSION, operations: [], backEnds: [], errors: [], guesses: [], fixtures: [] }),
    candidate: async () => ({ version: folder.version, problems: [] }),
    compare: async (since?: string) =>
      since === undefined ? { kind: 'compared', from: VERSION, to: folder.version, files: [] } : { kind: 'unknown' },
    tryFixture: async (file: string, which: string) => {
      told.push(['try', file, which]);
      return { kind: 'unusable', problems: ['operations/x.yaml:1:1 unknown key'] };
    },
    replay: async (id: string, which: string, personal: boolean) => {
      told.push(['replay', id, which, personal]);
      return { kind: 'replayed', sides: [] };
    },
  } as unknown as ConnectorDoor;
  const reloadConnector = async () => {
    told.push(['reload']);
    return { kind: 'loaded', version: folder.version, former: VERSION, smoke: 3 } as const;
  };
  return { told, folder, around: { connector: door, reloadConnector } };
}

describe('the connector through the management API', () => {
  test('engineers look at it and try it, business does not; without a connector every route says so', async () => {
    const { around, told } = someConnector();
    const { ask, as } = await openPortal(around);
    const [engineer, operator, auditor] = [await as('one', 'engineer'), await as('two', 'operator'), await as('three', 'auditor')];
    assert.equal((await ask('GET /connector', { cookies: operator })).status, 403);
    assert.deepEqual((await ask('GET /connector', { cookies: auditor })).body['candidate'], { version: VERSION, problems: [] });
    assert.equal((await ask(`GET /connector/changes?since=${'b'.repeat(32)}`, { cookies: engineer })).status, 404);
    assert.equal((await ask('GET /connector/changes?since=../x', { cookies: engineer })).status, 400);
    const outside = await ask('POST /connector/try', { cookies: engineer, body: { fixture: 'tests/../../x.json' } });
    assert.equal(outside.status, 400);
    const tried = await ask('POST /connector/try', { cookies: engineer, body: { fixture: 'tests/a.json', with: 'folder' } });
    assert.deepEqual([tried.status, tried.body['code']], [409, 'NOT_ALLOWED_NOW']);
    assert.deepEqual(told, [['try', 'tests/a.json', 'folder']]);
    // where roles are split, the processes that run it come through as they told
    const elsewhere = [{ process: 'payments-1', ready: true, version: VERSION, backEnds: [] }];
    const shown = async () => ({ ...(await around.connector.shown()), elsewhere });
    const split = await openPortal({ connector: { ...around.connector, shown } });
    const answered = await split.ask('GET /connector', { cookies: await split.as('one', 'engineer') });
    assert.deepEqual(JSON.parse(answered.text).elsewhere, elsewhere);
    const without = await openPortal({});
    const cookies = await without.as('one', 'engineer');
    const answer = await without.ask('GET /connector', { cookies });
    assert.deepEqual([answer.status, answer.body['code']], [409, 'SWITCHED_OFF']);
  });

  test('a payment is gone over again without its values; with them only for a reason that is in the log, and by who may see them', async () => {
    const { around, told } = someConnector();
    const { ask, as, store } = await openPortal(around);
    const [engineer, auditor] = [await as('one', 'engineer'), await as('two', 'auditor')];
    const replay = (cookies: Readonly<Record<string, string>>, more: object = {}) =>
      ask('POST /connector/replay', { cookies, body: { transferId: 'T-1', ...more } });
    assert.equal((await replay(auditor)).status, 403);
    assert.equal((await replay(engineer)).status, 200);
    assert.equal((await replay(engineer, { personal: true })).status, 400);
    assert.equal((await store.entries({ limit: 9, action: 'payment.replay.revealed' })).length, 0);
    assert.equal((await replay(engineer, { personal: true, reason: 'ticket 12' })).status, 200);
    const [entry] = await store.entries({ limit: 9, action: 'payment.replay.revealed' });
    assert.deepEqual([entry?.actor, entry?.target], ['user:one', 'payment:T-1']);
    assert.ok(JSON.stringify(entry).includes('ticket 12'));
    assert.deepEqual(
      told.map(([, , , personal]) => personal),
      [false, true],
    );
  });

  test('with four eyes a second person agrees to just the files that were there when it was asked for', async () => {
    const { around, told, folder } = someConnector();
    const { ask, as } = await openPortal(around, ['reload-connector']);
    const [one, two] = [await as('one', 'engineer'), await as('two', 'engineer')];
    const wish = async () => {
      const asked = await ask('POST /connector/reload', { cookies: one, body: { reason: 'new fees' } });
      assert.deepEqual([asked.status, asked.body['state']], [202, 'waiting']);
      return String(asked.body['approval']);
    };
    const agree = (id: string, cookies = two) =>
      ask(`POST /approvals/${id}/decide`, { cookies, body: { yes: true, reason: 'looked at the changes' } });
    const first = await wish();
    assert.equal((await agree(first, one)).status, 403);
    folder.version = 'c'.repeat(32);
    assert.equal((await agree(first)).status, 409, 'the files are others');
    assert.deepEqual(told, []);
    assert.equal((await agree(await wish())).status, 200);
    assert.deepEqual(told, [['reload']]);
  });
});
