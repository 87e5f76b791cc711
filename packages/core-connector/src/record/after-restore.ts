import { isFromBefore, type Restored } from '@payment-manager/mojaloop-connector/core-client';
import type { CoreEvent } from './events.ts';
import { applyCore, type CoreState, type EffectState } from './state.ts';

/*
 * What a record means after the journal was put back to an older copy (docs/money-rules.md, 8): whatever it does not know may have been
 * done all the same. So nothing of a payment from before is begun as if for the first time. An effect that would start may have been
 * called: it is unknown from the first moment on, and is settled as any other (by its enquiry, its key or its reversal) before it is
 * called anew. That a call was not sent, and that a quiet time is over, is believed only if it was seen after the restore.
 */

const REASON = 'the journal was put back to an older copy: it may have been called before';

/** When the payment began, as far as its record knows. */
export function begunAt({ operations }: CoreState): number {
  return Object.values(operations)[0]?.begunAt ?? 0;
}

/** The record as it may be trusted: quiet times from before the restore count no more. */
export function trusted(state: CoreState, restored: Restored | undefined): CoreState {
  if (!isFromBefore(restored, begunAt(state))) return state;
  const old = Object.values(state.effects).filter(({ quiet, quietAt }) => quiet && isFromBefore(restored, quietAt));
  if (old.length === 0) return state;
  const effects = Object.fromEntries(old.map((effect) => [effect.name, { ...effect, quiet: false }]));
  return { ...state, effects: { ...state.effects, ...effects } };
}

/** What was decided for a payment from before a restore, with the doubt that it deserves. `before`: the state before the first of the events. */
export function doubted(before: CoreState, events: readonly CoreEvent[], restored: Restored | undefined): readonly CoreEvent[] {
  const since = begunAt(before);
  if (!isFromBefore(restored, since)) return events;
  const result: CoreEvent[] = [];
  let state = before;
  for (const event of events) {
    const effect = 'effect' in event ? state.effects[event.effect] : undefined;
    for (const one of doubt(event, effect, since, restored)) {
      result.push(one);
      state = applyCore(state, one);
    }
  }
  return result;
}

function doubt(event: CoreEvent, effect: EffectState | undefined, since: number, restored: Restored | undefined): readonly CoreEvent[] {
  const unknown = (name: string): CoreEvent => ({ type: 'effect-unknown', at: event.at, effect: name, reason: REASON });
  if (event.type === 'effect-started' && event.first !== undefined)
    return [{ ...event, first: { ...event.first, since } }, unknown(event.effect)];
  const old = effect?.status === 'not-sent' && isFromBefore(restored, effect.since);
  if (!old) return [event];
  // the last call that the copy knows was not sent; one after it, which it has forgotten, may have been
  if (event.type === 'effect-ended' && event.outcome === 'reversed') return [unknown(event.effect)];
  if (event.type === 'effect-started') {
    const { proven: _proven, ...again } = event;
    return [unknown(event.effect), again];
  }
  return [event];
}
