import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../scheme/waiting.ts';
import { type ConnectedProduct, startConnectedProduct } from './connected-product.ts';

let product: ConnectedProduct;
before(async () => {
  product = await startConnectedProduct();
});
after(() => product?.stop());

/** Much longer than any turn takes, on a machine that others use as well; without the limits each costs seconds or minutes. */
const longestLagMs = 1_000;
/** Without the limits one answer takes longer than that, and whoever asks for the metrics waits for its end. */
const attackMs = 2_000;

/** The longest time for which nothing else had its turn in the product, since it was asked the last time. */
async function lagMs(): Promise<number> {
  const [, seconds = ''] = /^nodejs_eventloop_lag_max_seconds (\S+)/m.exec(await product.ask('/metrics')) ?? [];
  return Number(seconds) * 1_000;
}

/** `more` are the other members of the action. */
const attacks: readonly (readonly [name: string, operation: string, action: Record<string, unknown>])[] = [
  ['texts over which readers of PEM take minutes, everywhere', '*', { kind: 'odd-pem' }],
  ['a list of peers of 5 MB', 'GET /dfsps/jwscerts', { kind: 'long-list', bytes: 5_000_000 }],
  ['a list of 2,000 peers, all new', 'GET /dfsps/jwscerts', { kind: 'long-list', bytes: 1_300_000 }],
  ['a list of enrolments of 40 MB', '*', { kind: 'long-list', bytes: 40_000_000 }],
  ['answers byte by byte', '*', { kind: 'drip', ms: 1 }],
  ['answers without end', '*', { kind: 'endless' }],
  ['lists with holes', '*', { kind: 'holes' }],
  ['lists that are none', '*', { kind: 'not-a-list' }],
  ['pages instead of JSON', '*', { kind: 'garbage' }],
  ['connections that break', '*', { kind: 'reset' }],
  ['an identity provider that sends without end', 'POST /token', { kind: 'endless' }],
];

describe('a Connection Manager that attacks delays no payment', () => {
  for (const [name, operation, action] of attacks)
    test(`with ${name}`, async (t) => {
      const { faults, revokeTokens } = product.connectionManager.operator;
      if (operation === 'POST /token') revokeTokens();
      const fault = faults.add({ operation, nth: 1, action: action as never });
      t.after(() => faults.remove(fault.id));
      await lagMs();
      const looking = [product.ask('/connection/look', 'POST').catch(() => ''), pause(attackMs)];
      await Promise.race(looking);
      await until('it is attacked', () => faults.list().some(({ struck }) => struck > 0), 60_000);
      await pause(500);
      const lag = await lagMs();
      t.diagnostic(`longest lag ${lag.toFixed(0)} ms`);
      assert.ok(lag < longestLagMs, `${lag} ms`);
    });

  test('and within two minutes of its end every condition is Ready again by itself', async (t) => {
    product.connectionManager.operator.faults.remove();
    let seen = '';
    const ready = async (): Promise<boolean> => {
      seen = await product.ask('/connection');
      const { conditions } = JSON.parse(seen) as { conditions: { state: string }[] };
      return conditions.length > 0 && conditions.every(({ state }) => state === 'Ready');
    };
    const from = performance.now();
    await until('everything is ready', ready, 120_000).catch((error: Error) => assert.fail(`${error.message}: ${seen}`));
    t.diagnostic(`after ${(performance.now() - from).toFixed(0)} ms`);
  });
});
