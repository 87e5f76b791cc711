import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openPortal } from '../../test/portal.ts';
import { guesses } from '../payments/payment-query.ts';
import type { ConnectionDoor, Surroundings } from './deps.ts';

const PEM = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';

/** A door that notes what it was told. */
function notedDoor() {
  const told: (readonly [string, ...unknown[]])[] = [];
  const note = (name: string, answer: object) => {
    return async (...values: readonly unknown[]): Promise<never> => {
      told.push([name, ...values]);
      return answer as never;
    };
  };
  const door = {
    endpoints: async () => ({ configured: {} }),
    checkEndpoints: note('check', {}),
    changeEndpoints: note('change', { ingressUrl: 'https://new.example' }),
    preview: async () => ({ what: 'hub-ca', certificates: [{ sha256: 'AA:BB' }] }),
    take: note('take', { what: 'hub-ca' }),
    activate: note('activate', { kind: 'activated' }),
    give: async (id: string, part: string) => (id === 'k-1' ? { fileName: `bank-${part}.pem`, text: PEM } : undefined),
    key: async (id: string) => (id === 'k-1' ? { keyId: id, history: [] } : undefined),
    lastTest: async () => undefined,
    test: async (wish: object, _who: object, tell: (run: object) => void) => {
      told.push(['test', wish]);
      tell({ running: true, steps: [{ part: 'hub' }] });
      tell({ running: false, steps: [{ part: 'hub' }, { part: 'look-up' }], passed: true });
    },
  };
  return { told, around: { connection: () => door as unknown as ConnectionDoor } satisfies Partial<Surroundings> };
}

describe('the connection through the management API', () => {
  test('endpoints are changed with four eyes, and what is done is what was asked for', async () => {
    const { told, around } = notedDoor();
    const { ask, as } = await openPortal(around, ['change-endpoints']);
    const [one, two] = [await as('one', 'engineer'), await as('two', 'engineer')];
    const endpoints = { ingressUrl: 'https://new.example', egress: ['192.0.2.1:443'] };
    const asked = await ask('PUT /connection/endpoints', { cookies: one, body: { ...endpoints, reason: 'we move' } });
    assert.equal(asked.status, 202, asked.text);
    assert.deepEqual(
      told.map(([name]) => name),
      ['check'],
    );
    const id = String(asked.body['approval']);
    const own = await ask(`POST /approvals/${id}/decide`, { cookies: one, body: { yes: true, reason: 'mine' } });
    assert.equal(own.body['code'], 'NOT_PERMITTED');
    const yes = await ask(`POST /approvals/${id}/decide`, { cookies: two, body: { yes: true, reason: 'seen' } });
    assert.equal(yes.status, 200, yes.text);
    assert.deepEqual(told[1], ['change', endpoints, { by: 'user:one, approved by user:two', reason: 'we move' }]);
    const reset = await ask('POST /connection/endpoints/reset', { cookies: one, body: { reason: 'back' } });
    assert.equal(reset.status, 202);
  });

  test('both who asked and who agreed are kept, however long their names', async () => {
    const { told, around } = notedDoor();
    const { ask, as } = await openPortal(around, ['change-endpoints']);
    const [one, two] = ['a'.repeat(64), 'b'.repeat(64)];
    const body = { ingressUrl: 'https://new.example', egress: ['192.0.2.1:443'], reason: 'we move' };
    const asked = await ask('PUT /connection/endpoints', { cookies: await as(one, 'engineer'), body });
    const yes = { cookies: await as(two, 'engineer'), body: { yes: true, reason: 'seen' } };
    assert.equal((await ask(`POST /approvals/${asked.body['approval']}/decide`, yes)).status, 200);
    const by = `user:${'a'.repeat(37)}…, approved by user:${'b'.repeat(37)}…`;
    assert.deepEqual([by.length, told[1]?.[2]], [100, { by, reason: 'we move' }]);
  });

  test('who approves an upload, and the audit log, see what is in it, and not its text; other lists do not either', async () => {
    const { told, around } = notedDoor();
    const { ask, as, store } = await openPortal(around, ['rotate-keys']);
    const [one, two] = [await as('one', 'engineer'), await as('two', 'administrator')];
    const upload = { what: 'hub-ca', pem: PEM, reason: 'new CA of the hub' };
    const { status, body } = await ask('POST /connection/uploads', { cookies: one, body: upload });
    assert.equal(status, 202);
    const listed = await ask('GET /approvals', { cookies: two });
    assert.match(listed.text, /AA:BB/);
    assert.ok(!listed.text.includes('MIIB'), 'the text of the file is shown nowhere');
    const yes = await ask(`POST /approvals/${body['approval']}/decide`, { cookies: two, body: { yes: true, reason: 'compared' } });
    assert.equal(yes.status, 200, yes.text);
    assert.deepEqual(told[0]?.[1], { what: 'hub-ca', only: false, pem: PEM });
    assert.ok(!JSON.stringify(await store.entries({ limit: 50 })).includes('MIIB'));
    const huge = await ask('POST /connection/uploads', { cookies: one, body: { ...upload, pem: 'x'.repeat(60_001) } });
    assert.deepEqual([huge.status, huge.body['place']], [400, 'body.pem']);
    const larger = await ask('POST /connection/uploads', { cookies: one, body: { ...upload, pem: 'x'.repeat(70_000) } });
    assert.equal(larger.status, 413, 'more is not even read');
    const whose = await ask('POST /connection/uploads', { cookies: one, body: { what: 'peer-jws', pem: PEM, reason: 'r' } });
    assert.equal(whose.body['place'], 'body.peer');
  });

  test('what may be given away comes as a file; of a key that is not there, nothing', async () => {
    const { ask, as } = await openPortal(notedDoor().around);
    const cookies = await as('one', 'viewer');
    const given = await ask('GET /connection/keys/k-1/file?part=chain', { cookies });
    assert.equal(given.text, PEM);
    assert.match(String(given.headers['content-disposition']), /attachment; filename="bank-chain\.pem"/);
    assert.equal((await ask('GET /connection/keys/k-2/file?part=chain', { cookies })).status, 404);
    assert.equal((await ask('GET /connection/keys/k-2', { cookies })).status, 404);
    assert.equal((await ask('GET /connection/keys/k-1/file?part=private-key', { cookies })).status, 400);
  });

  test('a readiness test is begun by an engineer, one that pays by an administrator alone; no party stands in the audit log', async () => {
    const { told, around } = notedDoor();
    const { ask, as, store } = await openPortal(around);
    const [engineer, administrator] = [await as('one', 'engineer'), await as('two', 'administrator')];
    const party = 'MSISDN:27713803912';
    assert.equal((await ask('POST /connection/test', { cookies: engineer, body: { party, reason: 'after the change' } })).status, 200);
    const paying = { party, payer: 'MSISDN:27713803911', amount: '1.00', currency: 'USD', reason: 'go-live' };
    assert.equal((await ask('POST /connection/test/payment', { cookies: engineer, body: paying })).status, 403);
    assert.equal((await ask('POST /connection/test/payment', { cookies: administrator, body: paying })).status, 200);
    assert.deepEqual(told[1]?.[1], { party, payment: { amount: '1.00', currency: 'USD', payer: paying.payer } });
    const { run } = (await ask('GET /connection/test', { cookies: engineer })).body;
    assert.deepEqual([run?.['running'], run?.['passed'], Object.keys(run?.['steps'] ?? {}).length], [false, true, 2]);
    const log = JSON.stringify(await store.entries({ limit: 50, action: 'connection.tested' }));
    assert.ok(log.includes('go-live') && !log.includes('27713803912'));
  });

  test('a connector is loaded anew, and a promotion written, with an entry before and after', async () => {
    const kinds: string[] = [];
    const { ask, as, store } = await openPortal({
      reloadConnector: async () => ({ kind: 'refused', version: 'v1', problems: ['a fault'] }),
      promotion: {
        environments: ['pilot', 'live'],
        compare: async (from, to) => ({ from, to, differences: [] }),
        write: async (from, to) => {
          kinds.push(`${from} ${to}`);
          return { copied: ['limits.inFlightPayments'] };
        },
      },
    });
    const [engineer, administrator] = [await as('one', 'engineer'), await as('two', 'administrator')];
    const reloaded = await ask('POST /connector/reload', { cookies: engineer, body: { reason: 'new fees' } });
    assert.deepEqual([reloaded.status, reloaded.body['state'], reloaded.body['kind']], [200, 'done', 'refused']);
    const known = await ask('GET /connection/promotion', { cookies: engineer });
    assert.deepEqual(known.body, { environment: 'production', environments: ['pilot', 'live'] });
    const wish = { from: 'pilot', to: 'live', reason: 'tried for a month' };
    assert.equal((await ask('POST /connection/promotion', { cookies: engineer, body: wish })).status, 403);
    assert.equal((await ask('POST /connection/promotion', { cookies: administrator, body: wish })).status, 200);
    assert.deepEqual(kinds, ['pilot live']);
    const actions = (await store.entries({ limit: 10 })).map(({ action }) => action);
    assert.deepEqual(actions.slice(0, 4), ['promotion.done', 'promotion.begun', 'reload-connector.done', 'reload-connector.begun']);
  });
});

describe('alarms', () => {
  test('one is acknowledged until it comes anew, muted for hours, and both are taken back', async () => {
    let since = Date.UTC(2026, 2, 12, 8);
    const alarm = () => ({ id: 'hub', code: 'HUB_NOT_ANSWERING', reason: 'silence', since });
    const { ask, as, time } = await openPortal({ alarms: async () => [alarm()] });
    const cookies = await as('one', 'operator');
    const marks = async () => {
      const { acknowledged, muted } = Object.values((await ask('GET /alarms', { cookies })).body['alarms'] ?? {})[0] ?? {};
      return [acknowledged?.['by'], muted?.['by']];
    };
    const body = { id: 'hub', code: 'HUB_NOT_ANSWERING', reason: 'called them' };
    assert.equal((await ask('POST /alarms/acknowledge', { cookies, body })).status, 204);
    assert.deepEqual(await marks(), ['user:one', undefined]);
    since = time.now() + 60_000;
    assert.deepEqual(await marks(), [undefined, undefined], 'it came anew: nobody has seen it yet');
    since = time.now() - 1;
    assert.equal((await ask('POST /alarms/mute', { cookies, body: { ...body, hours: 2 } })).status, 204);
    assert.deepEqual(await marks(), ['user:one', 'user:one']);
    assert.equal((await ask('POST /alarms/unmute', { cookies, body })).status, 204);
    assert.deepEqual(await marks(), [undefined, undefined]);
  });
});

test('what was typed into the one box is tried as an amount, too', () => {
  const amounts = (text: string): unknown => guesses(text).find(({ as }) => as === 'amount')?.filter;
  assert.deepEqual(amounts('25'), { amount: '25' });
  assert.deepEqual(amounts('1,250.50'), { amount: '1250.50' });
  assert.deepEqual(amounts('USD 25.5'), { amount: '25.5', currency: ['USD'] });
  assert.deepEqual(amounts('1 250 000 XOF'), { amount: '1250000', currency: ['XOF'] });
  for (const other of ['25.55555', 'USD 25 USD', '25 apples', '-3', '1,25', '01KAV2M0G7C6Q4Z1X9R8T5W3YB'])
    assert.equal(amounts(other), undefined, other);
  assert.deepEqual(
    guesses('27713803912').map(({ as }) => as),
    ['id', 'party', 'amount'],
  );
});

test('a readiness test whose process has ended is told as ended, and another may be begun', async () => {
  const { told, around } = notedDoor();
  const door = around.connection() as unknown as { test: unknown };
  door.test = async () => new Promise(() => {});
  const { ask, as, time } = await openPortal(around);
  const cookies = await as('one', 'engineer');
  const begin = () => ask('POST /connection/test', { cookies, body: { reason: 'again' } });
  assert.equal((await begin()).status, 200);
  assert.equal((await begin()).body['code'], 'NOT_ALLOWED_NOW');
  await time.advance(180_000);
  const { run } = (await ask('GET /connection/test', { cookies })).body;
  assert.deepEqual([run?.['running'], run?.['failed']], [false, 'the process that made it has ended']);
  assert.equal((await begin()).status, 200);
  assert.deepEqual(told, []);
});
