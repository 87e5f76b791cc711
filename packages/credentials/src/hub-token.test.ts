import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { TokenSource } from '@payment-manager/connection-manager-client';
import { type HttpOutcome, type OutgoingRequest, type PooledHttpClient, Secret, virtualTime } from '@payment-manager/runtime';
import { bearerClient } from './hub-token.ts';

const answer = (status: number): HttpOutcome => ({ kind: 'answer', status, headers: {}, body: new Uint8Array() });

/** A hub that lets in who brings one of the `good` tokens, and a token server that hands out `tokens`, one after each invalidation. */
function stage(good: readonly string[], tokens: readonly (string | Error)[]) {
  const seen: OutgoingRequest[] = [];
  const made = tokens.map((token) => (token instanceof Error ? token : new Secret(token)));
  let at = 0;
  const source: TokenSource = {
    async token() {
      const token = made[Math.min(at, made.length - 1)];
      if (token instanceof Error || token === undefined) throw token;
      return token;
    },
    invalidate: () => void at++,
  };
  const hub: PooledHttpClient = {
    async request(request) {
      seen.push(request);
      return answer(good.some((token) => request.headers['authorization'] === `Bearer ${token}`) ? 202 : 401);
    },
    load: () => ({ running: 0, waiting: 0 }),
    setCredentials() {},
    async close() {},
  };
  const client = bearerClient(hub, source, virtualTime());
  const ask = () => client.request({ method: 'POST', url: 'https://hub/quotes', headers: { date: 'now' }, body: 'b', timeoutMs: 1_000 });
  return { ask, seen };
}

describe('a bearer token towards the hub', () => {
  test('is brought with every request, and the request is otherwise as it was', async () => {
    const { ask, seen } = stage(['one'], ['one']);
    assert.deepEqual(await ask(), answer(202));
    assert.deepEqual(
      seen.map(({ headers, body }) => [headers, body]),
      [[{ date: 'now', authorization: 'Bearer one' }, 'b']],
    );
  });

  test('that is refused is replaced once; what a new one does not cure is told as the hub tells it', async () => {
    const cured = stage(['two'], ['one', 'two']);
    assert.deepEqual(await cured.ask(), answer(202));
    assert.equal(cured.seen.length, 2);
    const notCured = stage([], ['one', 'two', 'three']);
    assert.deepEqual(await notCured.ask(), answer(401));
    assert.equal(notCured.seen.length, 2);
    const noOther = stage([], ['one']);
    assert.deepEqual(await noOther.ask(), answer(401));
    assert.equal(noOther.seen.length, 1);
  });

  test('that cannot be had means that nothing was sent, and nothing that was said about it is told', async () => {
    const { ask, seen } = stage([], [new Error('canary')]);
    const outcome = await ask();
    assert.ok(outcome.kind === 'failed');
    assert.deepEqual([outcome.sent, outcome.code, seen.length], [false, 'TOKEN_UNAVAILABLE', 0]);
    assert.doesNotMatch(JSON.stringify(outcome), /canary/);
  });
});
