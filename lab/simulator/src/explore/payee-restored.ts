import type { flows } from '@payment-manager/mojaloop-connector';
import type { Forgotten, PayeeNode } from './payee-node.ts';
import { crash } from './record.ts';
import type { Mark } from './restored.ts';

/** What is left of a restore in a key. */
export function restoreKey({ mark, forgotten }: PayeeNode): readonly unknown[] {
  return mark === undefined ? [] : [mark.standing, forgotten?.fulfil, forgotten?.told, forgotten?.prepare?.hash];
}

/** The process ends, and another one begins on the copy. The hub and the core remember what the journal has forgotten. */
export function putBack(flowOf: (mark: Mark) => flows.PayeeFlow, node: PayeeNode, copy: flows.PayeeState): PayeeNode {
  const { copy: _used, ...rest } = node;
  const { state } = node.record;
  const at = node.record.now + 1;
  const mark = { at, standing: true };
  const { called: _ended, ...core } = node.core;
  const record = crash(flowOf(mark), { state: copy, durable: copy, lazy: [], answered: [], now: at }, (key) => ({
    type: 'interrupted' as const,
    key,
  }));
  const { prepare, prepareHash: hash, prepareAsked: asked } = state;
  const forgotten: Forgotten = {
    ...(prepare !== undefined && hash !== undefined && asked !== undefined && { prepare: { type: 'prepare', prepare, hash, asked } }),
    ...(state.fulfil !== undefined && { fulfil: state.fulfil.transferState }),
    told: core.booked === 'committed' || core.booked === 'released',
  };
  // an error of the hub that the copy has not is forgotten, too: the report of the hub tells how it ended
  const doubted = copy.doubt !== undefined;
  return { ...rest, record, mark, forgotten, doubted, core: { ...core, resumed: false, repeats: false } };
}
