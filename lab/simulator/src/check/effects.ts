import { PAYEE } from '../scenario/parties.ts';
import type { World } from '../world/world.ts';

const POSTINGS_MAX = 100_000;

/** One effective reserve, then one commit or one release per transfer (promise 2), as the books of the payee's core tell. */
export function checkEffects(world: World): void {
  const { violations, excuses } = world.observer;
  const first = new Map<string, number>();
  const second = new Map<string, string[]>();
  for (const { key } of world.cores[PAYEE].ledger.postings(POSTINGS_MAX)) {
    const [kind, transferId = '', , step = ''] = key.split('/');
    if (kind !== 'transfer') continue;
    if (step === 'reserve' || step === 'credit') first.set(transferId, (first.get(transferId) ?? 0) + 1);
    else second.set(transferId, [...(second.get(transferId) ?? []), step]);
  }
  for (const [transferId, count] of first) {
    if (count > 1) violations.report('one-effect', `the core booked transfer ${transferId} ${count} times`);
  }
  for (const [transferId, steps] of second) {
    if (steps.length > 1 && (first.get(transferId) ?? 0) <= 1)
      violations.report('one-effect', `transfer ${transferId} ended as ${steps.join(' and ')}`);
  }
  for (const fspId of ['greenbank', 'bluewallet'] as const) {
    try {
      world.cores[fspId].ledger.assertBalanced();
    } catch (error) {
      violations.report('money', `the books of ${fspId}: ${String(error)}`);
    }
  }
  void excuses;
}
