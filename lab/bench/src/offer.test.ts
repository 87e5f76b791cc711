import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom, virtualTime } from '@payment-manager/runtime';
import { Declined, NotAccepted } from '@payment-manager/sandbox';
import { offer } from './offer.ts';

const refusal = (status: number, afterMs: number, headers = { 'retry-after': '1' }) =>
  new NotAccepted('POST /transfers', { kind: 'answer', status, headers, body: new Uint8Array() }, afterMs);

test('an offered load comes at its rate, however long each takes; refusals are told apart from failures', async () => {
  const time = virtualTime();
  let nth = 0;
  let underWay = 0;
  let most = 0;
  const begin = async (): Promise<void> => {
    const mine = ++nth;
    if (mine % 4 === 0) throw refusal(503, mine % 8 === 0 ? 3 : 7);
    if (mine % 10 === 1) throw refusal(400, 1);
    if (mine % 10 === 3) throw new Declined('2003', 'transfers');
    if (mine % 10 === 5) throw new Declined('5105', 'transfers');
    most = Math.max(most, ++underWay);
    await new Promise<void>((resolve) => void time.after(4_000, resolve));
    underWay--;
  };
  const running = offer(begin, { what: 'pay', perSecond: 100, ms: 10_000 }, { clock: time, timers: time, random: seededRandom(3) });
  await time.advance(15_000);
  const { offered, accepted, refused, declined, failed, latenciesMs, refusalsMs, failures } = await running;
  assert.ok(Math.abs(offered - 1_000) < 100, String(offered));
  assert.ok(most > 100, 'those that are under way hold up nobody');
  assert.equal(accepted + refused + declined + failed, offered);
  assert.equal(refused, Math.floor(offered / 4));
  assert.ok(latenciesMs.every((ms) => Math.abs(ms - 4_000) < 1));
  assert.deepEqual([refusalsMs[0], refusalsMs.at(-1)], [3, 7]);
  assert.equal(declined, Math.floor((offered + 7) / 10));
  const [notAccepted, error] = [Math.floor((offered + 9) / 10), Math.floor((offered + 5) / 10)];
  assert.deepEqual(failures, { 'POST /transfers was not accepted': notAccepted, 'error 5105 for transfers': error });
  assert.equal(failed, notAccepted + error);
});
