import type { flows } from '@payment-manager/mojaloop-connector';
import type { PayeeNode } from './payee-node.ts';
import { restoreKey } from './payee-restored.ts';
import type { KeyNumberMax } from './record.ts';

type Payee = flows.PayeeState;

/** Stages in which the core's call that reserves or credits is still to come, or under way. None comes back. */
const BEFORE_CORE = new Set<flows.PayeeStage>(['quoting', 'quoted', 'quote-refused', 'calling-core']);

/**
 * The state less what decides nothing from here on, so that states that differ in nothing else are explored once. `./pm explore --check-merging`
 * compares what follows from each state that is merged with what follows from the one that is explored instead.
 */
export function payeeForgets(state: Payee): object {
  if (BEFORE_CORE.has(state.stage)) return state;
  const { rung, askedAt, callback, doubt, confirmation, notification, core, ...kept } = state;
  return {
    ...kept,
    core: coreOf(state),
    // the ladder ends with the hub's word, and with a person's
    ...(!isDecided(state) && { rung: Math.min(rung, 1), asked: askedAt !== undefined }),
    ...(state.outcome === undefined && { callback, doubt }),
    ...(state.stage === 'acknowledged' && { confirmation }),
    ...(notification && { notification: notificationOf(state, notification) }),
  };
}

const isDecided = ({ outcome, settled }: Payee): boolean => outcome !== undefined || settled !== undefined;

/** How often it was called and asked counts as long as it is called and asked. */
function coreOf({ stage, core }: Payee): object {
  const { attempt, did, forgotten, quiet, asks } = core;
  return { did, forgotten, called: attempt > 0, ...(stage === 'core-unknown' && { quiet, asks }) };
}

/** A core that was never heard to take the transfer is told ABORTED a few times; else the number of an attempt is a matter of time. */
function notificationOf({ stage, core }: Payee, notification: NonNullable<Payee['notification']>): object {
  if (stage === 'commit-first') return notification;
  const { mayHaveRun: _over, attempt, ...kept } = notification;
  if (notification.status === 'acknowledged') return kept;
  const counts = notification.state === 'ABORTED' && core.did === undefined;
  return { ...kept, attempt: counts ? attempt : Math.min(attempt, 2) };
}

/** The number of a question to the hub, and of an attempt to tell the core where it decides nothing: the first, or another one. */
export function payeeKeyNumbers({ stage, core }: Payee): KeyNumberMax {
  return (key) => {
    if (key.startsWith('send:ask:') || key.startsWith('core:held:')) return 1;
    if (!key.startsWith('core:notify:') || stage === 'commit-first') return 4;
    return key.startsWith('core:notify:ABORTED:') && core.did === undefined ? 4 : 2;
  };
}

/** What of the world around it still counts. */
export function payeeWorldLeft(node: PayeeNode): readonly unknown[] {
  const { record, hub, letters, core, person, lied, doubted, jumpedMs } = node;
  const { state } = record;
  const { stage } = state;
  const { booked, effects, called, resumed, repeats, calledTwice } = core;
  return [
    hub,
    letters,
    [booked, effects, calledTwice],
    ...(BEFORE_CORE.has(stage) ? [called, repeats] : []),
    BEFORE_CORE.has(stage) || stage === 'commit-first' ? resumed : '',
    person,
    lied,
    isDecided(state) || doubted,
    jumpedMs > 0,
    ...restoreKey(node),
  ];
}
