import type { Flow, Projection } from '@payment-manager/engine';
import type { Attention, Claim } from '@payment-manager/journal';
import { decideCore } from './decide.ts';
import type { CoreEvent, Side } from './events.ts';
import type { CoreAction, CoreInput } from './inputs.ts';
import { isForeign, owedByCore } from './owed.ts';
import type { RunningConnector } from './settings.ts';
import { applyCore, type CoreState, isOpen } from './state.ts';

export type CoreFlow = Flow<CoreState, CoreInput, CoreEvent, CoreAction>;

/** The kind of the records at the core. */
export const CORE_KIND = 'core';

/** What a payment has at the core: one record for each side. */
export function coreFlow(running: RunningConnector): CoreFlow {
  const owed = (state: CoreState) => owedByCore(running, state);
  return {
    kind: CORE_KIND,
    apply: applyCore,
    decide: (state, input, now) => decideCore(running, state, input, now),
    claims: (event) => (event.type === 'operation-begun' ? [coreClaim(event.side, event.transferId)] : []),
    owed,
    project: (state) => project(running, state, owed(state)),
  };
}

function project(connector: RunningConnector, state: CoreState, owed: readonly CoreAction[]): Projection<CoreAction> {
  return {
    owed,
    open: owed.length > 0 || isForeignAndOpen(connector, state),
    awaited: state.running !== undefined && state.stuck === undefined,
    topics: [],
    attention: attentionOf(connector, state),
    stage: stageOf(state),
    label: state.transferId,
  };
}

/** One record for each side of a transfer: a DFSP may pay itself. */
export function coreClaim(side: Side, transferId: string): Claim {
  return { kind: 'core', scope: side, value: transferId };
}

function stageOf({ running, stuck }: CoreState): string {
  if (stuck !== undefined) return 'stuck';
  return running === undefined ? 'resting' : running;
}

/** Something goes on that only the version of the connector can end with which it was begun. */
function isForeignAndOpen(connector: RunningConnector, state: CoreState): boolean {
  const { running } = state;
  if (running !== undefined && isForeign(connector, state, running)) return true;
  return Object.values(state.effects).some((effect) => isOpen(effect) && isForeign(connector, state, effect.operation));
}

function attentionOf(connector: RunningConnector, state: CoreState): readonly Attention[] {
  const found = [state.stuck, state.exception].flatMap((one): readonly Attention[] =>
    one === undefined ? [] : [{ level: 'exception', code: one.code, reason: one.reason, since: one.since }],
  );
  if (!isForeignAndOpen(connector, state) || state.stuck !== undefined) return found;
  const since = Object.values(state.operations).at(-1)?.begunAt ?? 0;
  const reason = 'it was begun with another version of the connector, which has to be put back to end it';
  return [...found, { level: 'exception', code: 'CORE_EFFECT_STUCK', reason, since }];
}
