import type { JournalEvent } from '@payment-manager/journal';
import type { CoreEvent } from './events.ts';
import { applyCore, type CoreState, isOpen, mapped, type PrunedCore } from './state.ts';

/**
 * The summary of a record whose events are to be pruned. Undefined: it is to stay, since its payment may go on: it was neither refused nor
 * has it its outcome, or something has not ended.
 */
export function prunedCore(events: readonly JournalEvent[]): PrunedCore | undefined {
  let state: CoreState | undefined;
  for (const event of events as readonly CoreEvent[]) state = applyCore(state, event);
  if (state === undefined || state.running !== undefined || state.exception !== undefined) return undefined;
  if (Object.values(state.effects).some(isOpen)) return undefined;
  const { transferId, side, operations, effects } = state;
  if (!Object.entries(operations).some(([name, { ended }]) => ended !== undefined && (!TAKES.includes(name) || ended.kind === 'refused')))
    return undefined;
  return {
    transferId,
    side,
    operations: mapped(operations, ({ begunAt, hash, version, undoes, ended }) => ({ begunAt, hash, version, undoes, ended })),
    effects: mapped(effects, ({ operation, kind, status, since, amount }) => ({ operation, kind, status, since, amount })),
  };
}

const TAKES: readonly string[] = ['transfer.prepare', 'send.hold'];
