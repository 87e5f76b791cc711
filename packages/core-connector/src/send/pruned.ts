import type { JournalEvent } from '@payment-manager/journal';
import type { SendEvent } from './events.ts';
import { applySend, type PrunedSend, type SendState } from './state.ts';

/** The summary of a record whose events are to be pruned. Undefined: it is to stay, since something is left to do, or a person has it. */
export function prunedSend(events: readonly JournalEvent[]): PrunedSend | undefined {
  let state: SendState | undefined;
  for (const event of events as readonly SendEvent[]) state = applySend(state, event);
  if (state === undefined || state.stage !== 'ended' || state.rejects || state.exception !== undefined) return undefined;
  const { request: _request, facts: _facts, trace: _trace, offer, ...kept } = state;
  // who was paid stands in the payment's own record, which is pruned by itself
  return { ...kept, ...(offer !== undefined && { offer: { ...offer, payee: { idType: '', idValue: '' } } }) };
}
