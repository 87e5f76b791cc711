import assert from 'node:assert/strict';
import { machineSpeed } from '@payment-manager/runtime/test-machine';
import { until } from '../scheme/waiting.ts';
import type { ReplicaWorld } from './replica-world.ts';

/** Well below what a caller waits; by the machine's own speed. */
const AT_ONCE_MS = 1_500;

/** While PostgreSQL is away: each replica that runs says so when asked for its health, and refuses new payments at once, with the reason. */
export async function refusedWhileAway({ payer }: ReplicaWorld): Promise<void> {
  const [replica] = payer.replicas.filter(({ process }) => process !== undefined);
  assert.ok(replica?.process !== undefined);
  const { outbound, operations } = replica.process.urls;
  await until('the replica has seen it', async () => (await fetch(`${operations}/health/ready`)).status === 503, 2_000);
  const from = machineSpeed.now();
  const response = await fetch(`${outbound}/transfers`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      homeTransactionId: crypto.randomUUID(),
      from: { idType: 'MSISDN', idValue: '27713803911' },
      to: { idType: 'MSISDN', idValue: '27713803912' },
      amountType: 'SEND',
      currency: 'USD',
      amount: '0.5',
      transactionType: 'TRANSFER',
    }),
  });
  const ms = machineSpeed.now() - from;
  const text = await response.text();
  assert.equal(response.status, 503, text);
  assert.ok(response.headers.has('retry-after'), 'a refusal says when to come again');
  assert.match(text, /cannot be recorded/);
  assert.ok(ms < AT_ONCE_MS, `refused after ${Math.round(ms)} ms`);
}
