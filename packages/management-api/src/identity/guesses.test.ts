import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DEVICE, openPortal, PASSWORD } from '../../test/portal.ts';
import type { Problem } from '../server/problem.ts';
import { guess } from './pauses.ts';
import { withCode, wrongSignIn } from './sign-in.ts';

const STEP_MS = 30_000;
const portal = await openPortal();
const { ask, enrolled, inTwoSteps, code, time, store } = portal;

/** How often each is there. */
function count(all: readonly (string | number)[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const one of all) counts[one] = (counts[one] ?? 0) + 1;
  return counts;
}

/** The store takes its time to answer, so that what comes at once has read before any of it writes. */
function slow(): typeof portal.signIn {
  const get: typeof store.get = (...asked) => new Promise((done) => setImmediate(() => done(store.get(...asked))));
  return { ...portal.signIn, store: { ...store, get } };
}

/** What becomes of codes that come from as many addresses, all at once. */
async function atOnce(ticket: string, codes: readonly string[]) {
  const deps = slow();
  const tried = codes.map((typed, n) => withCode(deps, ticket, typed, { address: `10.2.${n}.1`, userAgent: 'test', cookies: {} }));
  return count((await Promise.allSettled(tried)).map((one) => (one.status === 'fulfilled' ? 'in' : String(one.reason?.shown?.code))));
}

describe('guesses', () => {
  test('judges one of fifty codes that come at once on one ticket, and a right one still gets in by a new try', async () => {
    const { secret } = await enrolled('nia', 'viewer');
    await time.advance(2 * STEP_MS);
    const ticket = String((await ask('POST /sign-in', { body: { name: 'nia', password: PASSWORD } })).body['ticket']);
    const wrong = Array.from({ length: 50 }, (_, n) => String(100_000 + n));
    assert.deepEqual(await atOnce(ticket, wrong), { SIGN_IN_FAILED: 1, CHANGED_MEANWHILE: 49 });
    assert.equal((await store.entries({ limit: 100, action: 'sign-in.failed', target: 'user:nia' })).length, 1);
    assert.equal((await inTwoSteps('nia', PASSWORD, code(secret))).status, 200);
  });

  test('judges recovery codes in the same way, and leaves one ticket alive outside the browsers of before', async () => {
    const { recoveryCodes, cookies } = await enrolled('obi', 'viewer');
    const known = { cookies: { [DEVICE]: cookies[DEVICE] ?? '' }, from: '10.3.0.9' };
    const first = async (more: Parameters<typeof ask>[1]) =>
      String((await ask('POST /sign-in', { ...more, body: { name: 'obi', password: PASSWORD } })).body['ticket']);
    const [own, former, ticket] = [await first(known), await first({ from: '10.3.0.1' }), await first({ from: '10.3.0.2' })];
    assert.deepEqual(await atOnce(former, recoveryCodes.slice(0, 2)), { TICKET_OVER: 2 });
    assert.deepEqual(await atOnce(ticket, recoveryCodes.slice(0, 5)), { in: 1, CHANGED_MEANWHILE: 4 });
    const entered = await ask('POST /sign-in/code', { ...known, body: { ticket: own, code: recoveryCodes[9] } });
    assert.equal(entered.status, 200, 'the ticket of the browser of before is ended by nobody else');
  });

  test('counts wrong codes over all addresses: who knows the password finds pauses that double, and the owner’s browser none', async () => {
    const { cookies, secret } = await enrolled('pemba', 'viewer');
    let pause = 0;
    for (let n = 0; n < 30; n++) {
      const from = `10.4.${n}.1`;
      const { body } = await ask('POST /sign-in', { body: { name: 'pemba', password: PASSWORD }, from });
      const tried = await ask('POST /sign-in/code', { body: { ticket: body['ticket'], code: '000000' }, from });
      if (tried.status !== 429) continue;
      pause = Number(tried.body['retryAfter']);
      await time.advance(pause * 1_000);
    }
    assert.ok(pause >= 32, `${pause} s`);
    const known = { cookies: { [DEVICE]: cookies[DEVICE] ?? '' }, from: '10.4.99.1' };
    assert.equal((await inTwoSteps('pemba', PASSWORD, code(secret), known)).status, 200);
  });

  test('judges no more of many that come at once, wherever something is guessed, than come before the first pause', async () => {
    const place = { user: 'qadir', address: '10.6.0.1', device: 'a browser of before' };
    let judged = 0;
    const wrong = async (): Promise<never> => {
      judged += 1;
      throw wrongSignIn();
    };
    await Promise.allSettled(Array.from({ length: 20 }, () => guess(slow(), place, 'code', wrong)));
    assert.equal(judged, 5);
    await assert.rejects(guess(portal.signIn, place, 'code', wrong), ({ shown }: Problem) => shown.code === 'PAUSED');
    await time.advance(STEP_MS);
    assert.equal(await guess(portal.signIn, place, 'code', async () => 'right'), 'right');
  });

  test('a sign-in with a right password leaves no count and no pause behind', async () => {
    await enrolled('rosa', 'viewer');
    const before = store.db.prepare("SELECT id, body FROM mgmt_kept WHERE kind = 'attempts'").all();
    for (let n = 0; n < 8; n++)
      assert.equal((await ask('POST /sign-in', { body: { name: 'rosa', password: PASSWORD }, from: '10.5.0.1' })).status, 200);
    assert.deepEqual(store.db.prepare("SELECT id, body FROM mgmt_kept WHERE kind = 'attempts'").all(), before);
  });
});
