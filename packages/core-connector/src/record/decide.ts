import type { Decision } from '@payment-manager/engine';
import { asked, called, doneByHand, due, interrupted, resolved, reversed } from './decide-effect.ts';
import type { CoreEvent } from './events.ts';
import { failedAgain, follow } from './follow.ts';
import type { BeginInput, CoreAction, CoreInput } from './inputs.ts';
import { excludedBy, type RunningConnector } from './settings.ts';
import { applyCore, type CoreState } from './state.ts';

export type CoreDecision = Decision<CoreEvent, CoreAction>;
const NOTHING: CoreDecision = { events: [] };

/** What an input means for the record that a payment has at the core. */
export function decideCore(running: RunningConnector, state: CoreState | undefined, input: CoreInput, now: number): CoreDecision {
  if (input.type === 'begin') return begin(running, state, input, now);
  if (state === undefined) return NOTHING;
  switch (input.type) {
    case 'advanced': {
      // what was worked out from an earlier state is worked out anew, under another key: it may not count
      if (state.running === undefined || state.stuck !== undefined) return NOTHING;
      if (input.basis !== state.events) return { events: [failedAgain(state.running, 'the record went on meanwhile', now)] };
      return { events: follow(running, state, state.running, input.end, now) };
    }
    case 'called':
      return { events: called(running, state, input, now) };
    case 'asked':
      return { events: asked(running, state, input, now) };
    case 'reversed':
      return { events: reversed(running, state, input, now) };
    case 'due':
      return { events: due(running, state, input.key, now) };
    case 'resolve':
      return { events: resolved(state, input, now) };
    case 'done-by-hand':
      return { events: doneByHand(state, input.operation, now) };
    case 'interrupted':
      return { events: interrupted(state, input.key, now) };
  }
}

/** An operation begins once, and not after its contrary, nor after its time. Whoever asked sees in the record what became of it. */
function begin(running: RunningConnector, state: CoreState | undefined, input: BeginInput, now: number): CoreDecision {
  const { operation, deadline, worked } = input;
  if (state?.operations[operation] !== undefined) return NOTHING;
  if (excludedBy(operation).some((other) => state?.operations[other] !== undefined)) return NOTHING;
  // whoever asked has given up then, and counts on it that nothing comes any more
  if (deadline !== undefined && now >= deadline) return NOTHING;
  const begun: CoreEvent = {
    type: 'operation-begun',
    at: now,
    transferId: input.transferId,
    side: input.side,
    operation,
    hash: input.hash,
    version: running.version,
    input: input.input,
    ...(deadline !== undefined && { deadline }),
  };
  if (worked === undefined || worked.basis !== (state?.events ?? 0)) return { events: [begun] };
  return { events: [begun, ...follow(running, applyCore(state, begun), operation, worked.end, now)] };
}
