import type { flows } from '@payment-manager/mojaloop-connector';
import { expirationOf, type PayerNode } from './payer-node.ts';
import { crash } from './record.ts';
import type { Mark } from './restored.ts';

/** The process ends, and another one begins on the copy. What has left, and what the hub knows, stays. */
export function putBack(flowOf: (mark: Mark) => flows.PayerFlow, node: PayerNode, copy: flows.PayerState): PayerNode {
  const { copy: _used, ...rest } = node;
  const at = node.record.now + 1;
  const mark = { at, standing: true };
  const record = crash(flowOf(mark), { state: copy, durable: copy, lazy: [], answered: [], now: at }, (key) => ({
    type: 'interrupted' as const,
    key,
  }));
  const forgottenExpiration = expirationOf(node);
  return { ...rest, record, mark, ...(forgottenExpiration !== undefined && { forgottenExpiration }) };
}
