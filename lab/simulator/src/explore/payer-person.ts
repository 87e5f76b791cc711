import { flows } from '@payment-manager/mojaloop-connector';
import type { Step } from './explore.ts';
import type { PayerNode, Surroundings } from './payer-node.ts';
import { take } from './record.ts';

/**
 * What a person may do about a payment, as `./pm exceptions resolve` allows it now: ask the hub, once, and settle what is before
 * them, once. Who settles may be wrong: from then on the truth is theirs to answer for.
 */
export function payerPersonSteps(world: Surroundings, node: PayerNode): readonly Step<PayerNode>[] {
  const { state, now } = node.record;
  return flows.allowedPayerActions(world.settings, state, now).flatMap((allowed): readonly Step<PayerNode>[] => {
    if (allowed.action === 'settle') return state.settled !== undefined ? [] : allowed.as.map((as) => settled(world, node, as));
    if (allowed.action !== 'ask-hub' || world.person === 'settles' || node.personAsked || node.asking) return [];
    return [{ ...acts(world, node, 'a person asks the hub', { action: 'ask-hub' }, { asking: true, personAsked: true }), mishap: true }];
  });
}

function settled(world: Surroundings, node: PayerNode, as: flows.FinalState): Step<PayerNode> {
  return { ...acts(world, node, `a person settles it as ${as}`, { action: 'settle', as }, { lied: true }), mishap: true };
}

function acts(world: Surroundings, node: PayerNode, label: string, act: flows.PersonAction, change: Partial<PayerNode>): Step<PayerNode> {
  const input: flows.PayerInput = { type: 'person', act, reason: 'explored', by: 'explorer', nonce: '1' };
  return { label, to: { ...node, ...change, record: take(world.flow, node.record, input).record } };
}
