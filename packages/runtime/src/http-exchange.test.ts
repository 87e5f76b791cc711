import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Dispatcher } from 'undici';
import type { HttpOutcome } from './http.ts';
import { Exchange } from './http-client.ts';

/** A pool whose connection is made when the test says so. */
function exchangeOn(timeoutMs: number) {
  let handler: Dispatcher.DispatchHandler | undefined;
  let released = 0;
  const aborts: string[] = [];
  const dispatcher = {
    dispatch(_options: unknown, given: Dispatcher.DispatchHandler) {
      handler = given;
      return true;
    },
  } as Dispatcher;
  const outcome = new Promise<HttpOutcome>((resolve) => {
    const exchange = new Exchange('http://hub', '/', { method: 'POST', url: 'http://hub/', headers: {}, timeoutMs }, 100, resolve);
    exchange.dispatchOn(dispatcher, () => released++);
  });
  const controller = {
    abort(reason: Error) {
      aborts.push(reason.message);
      handler?.onResponseError?.(controller, reason);
    },
  } as Dispatcher.DispatchController;
  const start = () => handler?.onRequestStart?.(controller, undefined);
  return { outcome, start, aborts, released: () => released };
}

const facts = (outcome: HttpOutcome) => outcome.kind === 'failed' && [outcome.code, outcome.sent];

test('a request whose time is over while its connection is made is never sent, and its place is given back then', async () => {
  const { outcome, start, aborts, released } = exchangeOn(1);
  const keepAlive = setTimeout(() => {}, 1_000);
  assert.deepEqual(facts(await outcome), ['CONNECT_TIMEOUT', false]);
  clearTimeout(keepAlive);
  assert.deepEqual([aborts.length, released()], [0, 0]);
  start();
  assert.deepEqual([aborts.length, released()], [1, 1]);
});

test('a request that the pool would begin a second time is given up: the first copy may have arrived', async () => {
  const { outcome, start, aborts, released } = exchangeOn(60_000);
  start();
  assert.equal(aborts.length, 0);
  start();
  assert.deepEqual(facts(await outcome), ['CONNECTION_LOST', true]);
  assert.deepEqual([aborts.length, released()], [1, 1]);
});
