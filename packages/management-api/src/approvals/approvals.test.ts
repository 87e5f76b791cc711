import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ExceptionsDoor, PaymentDetail, Resolution } from '@payment-manager/mojaloop-connector';
import { openPortal } from '../../test/portal.ts';
import { doOrAsk } from './approvals.ts';

const resolved: Resolution[] = [];
const detail = {
  payment: { id: 't-1', exceptions: [] },
  known: {},
  history: [],
  allowed: [{ action: 'settle', as: ['COMMITTED', 'ABORTED'] }, { action: 'ask-hub' }],
} as unknown as PaymentDetail;
const desk = {
  exception: async (id: string) => (id === 't-1' ? detail : undefined),
  resolve: async (one: Resolution) => {
    resolved.push(one);
    return { kind: 'done', detail };
  },
} as unknown as ExceptionsDoor;

const ACT = { action: 'resolve', as: 'ABORTED', reason: 'the hub’s operator says so' };

describe('four eyes', () => {
  test('what is asked for is done when a second person agrees, once, exactly as it was asked', async () => {
    const { ask, as } = await openPortal({ desk }, ['resolve-exception']);
    const [one, two, three] = [await as('one', 'operator'), await as('two', 'operator'), await as('three', 'operator')];
    const asked = await ask('POST /exceptions/t-1/act', { cookies: one, body: ACT });
    assert.deepEqual([asked.status, asked.body['state']], [202, 'waiting']);
    assert.equal(resolved.length, 0);
    const line = `POST /approvals/${asked.body['approval']}/decide`;
    const yes = { yes: true, reason: 'seen the ticket' };
    const own = await ask(line, { cookies: one, body: yes });
    assert.deepEqual([own.status, own.body['code']], [403, 'NOT_PERMITTED'], 'nobody approves what they asked for');
    const both = await Promise.all([ask(line, { cookies: two, body: yes }), ask(line, { cookies: three, body: yes })]);
    assert.deepEqual(both.map(({ status }) => status).sort(), [200, 409]);
    assert.deepEqual(
      resolved.map(({ id, act, reason }) => [id, act, reason]),
      [['t-1', { action: 'settle', as: 'ABORTED' }, ACT.reason]],
    );
    assert.match(resolved[0]?.by ?? '', /^user:one, approved by user:(two|three)$/);
  });

  test('whoever may not do it does not approve it, nor does a machine, nor two users of one machine between them', async () => {
    const { ask, as } = await openPortal({ desk }, ['resolve-exception']);
    const admin = await as('root', 'administrator');
    const local = (name: string) => ({ headers: { 'x-test-local': 'yes', 'x-pm-user': name } });
    const asked = await ask('POST /exceptions/t-1/act', { ...local('ops'), body: ACT });
    const line = `POST /approvals/${asked.body['approval']}/decide`;
    const yes = { yes: true, reason: 'yes' };
    assert.equal((await ask(line, { ...local('night'), body: yes })).status, 403);
    assert.equal((await ask(line, { cookies: await as('eng', 'engineer'), body: yes })).status, 403);
    const { key } = (await ask('POST /api-keys', { cookies: admin, body: { name: 'bot', role: 'operator', days: 3, reason: 'x' } })).body;
    assert.equal((await ask(line, { headers: { authorization: `Bearer ${key}` }, body: yes })).status, 403);
    assert.equal((await ask(line, { cookies: admin, body: { yes: false, reason: 'no' } })).body['state'], 'refused');
    assert.equal((await ask(line, { cookies: admin, body: yes })).body['code'], 'NOT_ALLOWED_NOW');
  });

  test('nobody is two persons by a key that they made, nor by the socket of the machine', async () => {
    const { ask, as } = await openPortal({ desk }, ['resolve-exception']);
    const [root, chief, one] = [await as('root', 'administrator'), await as('chief', 'administrator'), await as('one', 'operator')];
    const local = (name: string) => ({ headers: { 'x-test-local': 'yes', 'x-pm-user': name } });
    const yes = { yes: true, reason: 'yes' };
    const decided = async (id: unknown, who: Parameters<typeof ask>[1]) => {
      const { status, body } = await ask(`POST /approvals/${id}/decide`, { ...who, body: yes });
      return [status, body['code'] ?? body['state']];
    };
    const { key } = (await ask('POST /api-keys', { cookies: root, body: { name: 'bot', role: 'operator', days: 3, reason: 'x' } })).body;
    const byKey = (await ask('POST /exceptions/t-1/act', { headers: { authorization: `Bearer ${key}` }, body: ACT })).body['approval'];
    assert.deepEqual(await decided(byKey, { cookies: root }), [403, 'NOT_PERMITTED'], 'who made the key');
    assert.deepEqual(await decided(byKey, { cookies: chief }), [200, 'done']);
    const again = (await ask('POST /exceptions/t-1/act', { headers: { authorization: `Bearer ${key}` }, body: ACT })).body['approval'];
    assert.equal((await ask(`POST /approvals/${again}/withdraw`, { cookies: chief })).status, 403);
    assert.equal((await ask(`POST /approvals/${again}/withdraw`, { cookies: root })).status, 204, 'who made the key takes it back');
    const bySocket = (await ask('POST /exceptions/t-1/act', { ...local('root'), body: ACT })).body['approval'];
    assert.deepEqual(await decided(bySocket, { cookies: root }), [403, 'NOT_PERMITTED'], 'who is called so on the machine');
    assert.deepEqual(await decided(bySocket, { cookies: one }), [200, 'done']);
    const byOne = (await ask('POST /exceptions/t-1/act', { cookies: one, body: ACT })).body['approval'];
    assert.deepEqual(await decided(byOne, local('anything')), [403, 'NOT_PERMITTED'], 'whoever may open the socket');
    assert.deepEqual(await decided(byOne, { cookies: chief }), [200, 'done']);
  });

  test('a payment waits for one wish at a time, and anything else for one that is the same, also of two at the same moment', async () => {
    const { ask, as, deps, time } = await openPortal({ desk }, ['resolve-exception', 'rotate-keys']);
    const [one, two] = [await as('one', 'operator'), await as('two', 'operator')];
    const asked = (cookies: typeof one, more: object = {}) => ask('POST /exceptions/t-1/act', { cookies, body: { ...ACT, ...more } });
    const both = await Promise.all([asked(one), asked(two, { as: 'COMMITTED' })]);
    assert.deepEqual(both.map(({ status }) => status).sort(), [202, 409]);
    const refused = both.find(({ status }) => status === 409);
    assert.equal(refused?.body['code'], 'ALREADY_ASKED');
    const waiting = both.find(({ status }) => status === 202)?.body['approval'];
    const no = { cookies: await as('root', 'administrator'), body: { yes: false, reason: 'no' } };
    assert.equal((await ask(`POST /approvals/${waiting}/decide`, no)).body['state'], 'refused');
    assert.equal((await asked(two)).status, 202, 'once it was decided');
    await time.advance(73 * 3_600_000);
    assert.equal((await asked(await as('two', 'operator'))).status, 202, 'once it is over');

    const get: typeof deps.approvals.store.get = (...of) =>
      new Promise((done) => setImmediate(() => done(deps.approvals.store.get(...of))));
    const slow = { ...deps.approvals, store: { ...deps.approvals.store, get } };
    const actor = { kind: 'user', name: 'eng', roles: ['engineer'], sessionId: '' } as const;
    const wish = (values: object) => ({ action: 'rotate-keys', target: 'key:jws', values, reason: 'old' }) as const;
    const same = await Promise.allSettled([
      doOrAsk(slow, actor, wish({ do: 'renew', what: 'jws' })),
      doOrAsk(slow, actor, wish({ what: 'jws', do: 'renew' })),
      doOrAsk(slow, actor, wish({ do: 'activate', what: 'jws' })),
    ]);
    assert.deepEqual(same.map((found) => (found.status === 'fulfilled' ? found.value.kind : found.reason.shown.code)).sort(), [
      'ALREADY_ASKED',
      'waiting',
      'waiting',
    ]);
  });

  test('nothing is asked for again while it is being done, nor while it waits since the version before', async () => {
    let finish = (): void => {};
    const slow = { ...desk, resolve: () => new Promise((done) => (finish = () => done({ kind: 'done', detail }))) };
    const { ask, as, store, time } = await openPortal({ desk: slow as unknown as ExceptionsDoor }, ['resolve-exception']);
    const [one, two] = [await as('one', 'operator'), await as('two', 'operator')];
    const asked = async () => (await ask('POST /exceptions/t-1/act', { cookies: one, body: ACT })).body;
    const { approval } = await asked();
    store.db.exec("DELETE FROM mgmt_kept WHERE kind = 'wish'");
    assert.equal((await asked())['code'], 'ALREADY_ASKED', 'a wish without a place');
    const again = async () => String((await asked())['code'] ?? 'waiting');
    await ask(`POST /approvals/${approval}/withdraw`, { cookies: one });
    const next = (await asked())['approval'];
    const done = ask(`POST /approvals/${next}/decide`, { cookies: two, body: { yes: true, reason: 'yes' } });
    while ((await store.list('approval', { limit: 9, now: time.now() })).every(({ body }) => !body.includes('"approved"')))
      await new Promise(setImmediate);
    assert.equal(await again(), 'ALREADY_ASKED', 'while it is being done');
    finish();
    assert.equal((await done).body['state'], 'done');
    assert.equal(await again(), 'waiting');
  });

  test('it is over after three days, is taken back by who asked, and asking the hub waits for nobody', async () => {
    const { ask, as, time } = await openPortal({ desk }, ['resolve-exception']);
    const asked = await ask('POST /exceptions/t-1/act', { cookies: await as('one', 'operator'), body: ACT });
    await time.advance(73 * 3_600_000);
    const late = await ask(`POST /approvals/${asked.body['approval']}/decide`, {
      cookies: await as('two', 'operator'),
      body: { yes: true, reason: 'x' },
    });
    assert.equal(late.body['code'], 'NOT_ALLOWED_NOW');
    const one = await as('one', 'operator');
    const again = await ask('POST /exceptions/t-1/act', { cookies: one, body: ACT });
    assert.equal((await ask(`POST /approvals/${again.body['approval']}/withdraw`, { cookies: await as('two', 'operator') })).status, 403);
    assert.equal((await ask(`POST /approvals/${again.body['approval']}/withdraw`, { cookies: one })).status, 204);
    const before = resolved.length;
    assert.equal((await ask('POST /exceptions/t-1/act', { cookies: one, body: { action: 'ask-hub', reason: 'where is it' } })).status, 200);
    assert.equal(resolved.length, before + 1);
  });

  test('many at once: each is shown before, and one that is not allowed stops no other', async () => {
    const { ask, as } = await openPortal({ desk });
    const cookies = await as('one', 'operator');
    const body = { action: 'resolve', as: 'COMMITTED', ids: ['t-1', 't-2'] };
    const preview = Object.values((await ask('POST /exceptions/bulk/preview', { cookies, body })).body['payments'] ?? {});
    assert.deepEqual(
      preview.map((one) => one['allowed']),
      [true, false],
    );
    const done = Object.values(
      (await ask('POST /exceptions/bulk', { cookies, body: { ...body, reason: 'report of today' } })).body['payments'] ?? {},
    );
    assert.deepEqual(
      done.map((one) => one['state']),
      ['done', 'failed'],
    );
  });

  test('notes and an owner stay with the payment, and are in the audit log', async () => {
    const { ask, as } = await openPortal({ desk });
    const cookies = await as('one', 'operator');
    assert.equal((await ask('POST /exceptions/t-1/notes', { cookies, body: { text: 'called the hub' } })).status, 204);
    assert.equal((await ask('PUT /exceptions/t-1/owner', { cookies, body: { owner: 'user:one' } })).status, 204);
    const care = (await ask('GET /exceptions/t-1', { cookies })).body['care'];
    assert.deepEqual([care?.['owner'], Object.values(care?.['notes'] ?? {}).map((one) => one['text'])], ['user:one', ['called the hub']]);
  });
});
