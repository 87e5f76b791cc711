import type { Decision } from '@payment-manager/engine';
import { isFromBefore, type Restored } from '@payment-manager/mojaloop-connector/core-client';
import { doubted, trusted } from './after-restore.ts';
import { asked, called, calledBack, doneByHand, due, interrupted, renewed, resolved, reversed } from './decide-effect.ts';
import type { CoreEvent } from './events.ts';
import { failedAgain, follow, stuck } from './follow.ts';
import type { BeginInput, CoreAction, CoreInput } from './inputs.ts';
import { excludedBy, type RunningConnector } from './settings.ts';
import { applyCore, type CoreState } from './state.ts';
import { type ConnectorVersions, versionOf } from './versions.ts';

export type CoreDecision = Decision<CoreEvent, CoreAction>;
const NOTHING: CoreDecision = { events: [] };

/** What the flow knows besides its records. `restored`: absent, the journal cannot have been put back. */
export interface CoreFlowDeps {
  readonly versions: ConnectorVersions;
  readonly restored?: Restored;
}

/** What an input means for the record that a payment has at the core. */
export function decideCore(
  { versions, restored }: CoreFlowDeps,
  state: CoreState | undefined,
  input: CoreInput,
  now: number,
): CoreDecision {
  const version = state === undefined ? undefined : versionOf(state);
  if (input.type === 'begin') return { events: begin(versions.of(version ?? input.version)?.running, state, input, restored, now) };
  if (state === undefined || version === undefined) return NOTHING;
  // what was done by hand needs no connector
  const running = versions.of(version)?.running;
  if (input.type === 'done-by-hand') return { events: doneByHand(state, input, running === undefined, now) };
  if (running === undefined) return NOTHING;
  const { events } = decideWith(running, trusted(state, restored), input, now);
  return { events: doubted(state, events, restored) };
}

function decideWith(
  running: RunningConnector,
  state: CoreState,
  input: Exclude<CoreInput, { type: 'begin' | 'done-by-hand' }>,
  now: number,
): CoreDecision {
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
    case 'renewed':
      return { events: renewed(state, input, now) };
    case 'due':
      return { events: due(running, state, input.key, now) };
    case 'called-back':
      return { events: calledBack(state, input, now) };
    case 'resolve':
      return { events: resolved(running, state, input, now) };
    case 'interrupted':
      return { events: interrupted(state, input.key, now) };
  }
}

/** An operation begins once, and not after its contrary, nor after its time. Whoever asked sees in the record what became of it. */
function begin(
  running: RunningConnector | undefined,
  state: CoreState | undefined,
  input: BeginInput,
  restored: Restored | undefined,
  now: number,
): readonly CoreEvent[] {
  const { operation, deadline, worked, paymentBegunAt } = input;
  if (state?.operations[operation] !== undefined) return [];
  if (excludedBy(operation).some((other) => state?.operations[other] !== undefined)) return [];
  // whoever asked has given up then, and counts on it that nothing comes any more
  if (deadline !== undefined && now >= deadline) return [];
  const begun: CoreEvent = {
    type: 'operation-begun',
    at: now,
    transferId: input.transferId,
    side: input.side,
    operation,
    hash: input.hash,
    version: state === undefined ? input.version : versionOf(state),
    input: input.input,
    ...(deadline !== undefined && { deadline }),
  };
  // the copy does not know what was begun for the payment, nor whether its outcome was told already
  if (state === undefined && paymentBegunAt !== undefined && isFromBefore(restored, paymentBegunAt))
    return [begun, stuck(operation, FORGOTTEN, now)];
  if (running === undefined || worked === undefined || worked.basis !== (state?.events ?? 0)) return [begun];
  const after = applyCore(state, begun);
  return [begun, ...doubted(after, follow(running, after, operation, worked.end, now), restored)];
}

const FORGOTTEN = 'the journal was put back to an older copy, which does not know what the core was told of this payment';
