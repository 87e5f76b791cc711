import type { Flow, Projection } from '@payment-manager/engine';
import type { Attention } from '@payment-manager/journal';
import { trusted } from './after-restore.ts';
import { CORE_KIND, coreClaims } from './claims.ts';
import { type CoreFlowDeps, decideCore } from './decide.ts';
import type { CoreEvent } from './events.ts';
import type { CoreAction, CoreInput } from './inputs.ts';
import { owedByCore } from './owed.ts';
import { applyCore, type CoreState, isOpen } from './state.ts';
import { versionOf } from './versions.ts';

export type CoreFlow = Flow<CoreState, CoreInput, CoreEvent, CoreAction>;

/** What a payment has at the core: one record for each side. A record whose version of the connector is not there does nothing. */
export function coreFlow({ versions, restored }: CoreFlowDeps): CoreFlow {
  const owed = (state: CoreState): readonly CoreAction[] => {
    const version = versions.of(versionOf(state));
    return version === undefined ? [] : owedByCore(version.running, trusted(state, restored));
  };
  return {
    kind: CORE_KIND,
    // the payment's own record tells how it goes; what the core was told is in its history
    changesLogged: 'debug',
    apply: applyCore,
    decide: (state, input, now) => decideCore({ versions, ...(restored && { restored }) }, state, input, now),
    claims: coreClaims,
    owed,
    project: (state) => project(state, versions.of(versionOf(state)) === undefined, owed(state)),
  };
}

function project(state: CoreState, foreign: boolean, owed: readonly CoreAction[]): Projection<CoreAction> {
  return {
    owed,
    open: owed.length > 0 || (foreign && goesOn(state)),
    awaited: state.running !== undefined && state.stuck === undefined,
    topics: [],
    attention: attentionOf(state, foreign),
    stage: stageOf(state),
    label: state.transferId,
  };
}

function stageOf({ running, stuck }: CoreState): string {
  if (stuck !== undefined) return 'stuck';
  return running === undefined ? 'resting' : running;
}

/** Something has not ended: an operation, or an effect of which nobody knows what became of it. */
export function goesOn({ running, stuck, effects }: CoreState): boolean {
  return (running !== undefined && stuck === undefined) || Object.values(effects).some(isOpen);
}

function attentionOf(state: CoreState, foreign: boolean): readonly Attention[] {
  const found = [state.stuck, state.exception].flatMap((one): readonly Attention[] =>
    one === undefined ? [] : [{ level: 'exception', code: one.code, reason: one.reason, since: one.since }],
  );
  if (!foreign || state.stuck !== undefined || !goesOn(state)) return found;
  const since = Object.values(state.operations).at(-1)?.begunAt ?? 0;
  return [...found, { level: 'exception', code: 'CORE_EFFECT_STUCK', reason: foreignReason(state), since }];
}

/** Why nobody goes on with a record. */
export function foreignReason(state: CoreState): string {
  return `it was begun with version ${versionOf(state)} of the connector, which is not there or cannot be run: nothing is done for it until it is put back`;
}
