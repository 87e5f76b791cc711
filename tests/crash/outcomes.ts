import assert from 'node:assert/strict';
import type { ProcessScheme } from '../scheme/process-scheme.ts';

/**
 * Amounts of the payments that the hub has committed, each of which the payer's core knows as COMPLETED; and of no other
 * does it. The hub's word is the truth that all books are held against.
 */
export async function committedAtHub({ scheme, payer }: Pick<ProcessScheme, 'scheme' | 'payer'>): Promise<string[]> {
  const committed: string[] = [];
  for (const { transferId, state, amount } of payer.core.payer.all(10_000)) {
    const transfer = transferId === undefined ? undefined : await scheme.hub.findTransfer(transferId);
    assert.equal(state, transfer?.state === 'COMMITTED' ? 'COMPLETED' : state === 'ABORTED' ? 'ABORTED' : 'ERROR_OCCURRED');
    if (transfer?.state === 'COMMITTED') committed.push(amount);
  }
  return committed;
}
