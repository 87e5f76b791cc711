import type { CoreEvent, Ended } from './events.ts';
import type { RecordedEnd } from './inputs.ts';
import { callMs, type RunningConnector, stepOf, takes, undoOf } from './settings.ts';
import { applyCore, type CoreState, isOpen } from './state.ts';

/** What follows from where a walk over the steps of the running operation has ended. */
export function follow(
  running: RunningConnector,
  state: CoreState,
  operation: string,
  end: RecordedEnd,
  now: number,
): readonly CoreEvent[] {
  switch (end.kind) {
    case 'reply':
      return [{ type: 'operation-ended', at: now, operation, ended: end }];
    case 'refused':
      return takes(operation)
        ? refuse(running, state, operation, end, now)
        : [stuck(operation, `it refuses (${end.code}), and the hub has decided`, now)];
    case 'failed': {
      if (!takes(operation)) return [failedAgain(operation, end.reason, now)];
      const { code, reason: message, silent } = end;
      return refuse(running, state, operation, { kind: 'refused', code, message, ...(silent && { silent }) }, now);
    }
    case 'start':
      return start(running, state, operation, end, now);
    case 'waits': {
      const effect = state.effects[end.effect];
      return effect !== undefined && isOpen(effect) ? [] : [stuck(operation, `it waits for ${end.effect}, which has ended`, now)];
    }
    case 'stuck':
      return [stuck(operation, end.reason, now)];
  }
}

function start(
  running: RunningConnector,
  state: CoreState,
  operation: string,
  { effect, key, amount, sealed }: Extract<RecordedEnd, { kind: 'start' }>,
  now: number,
): readonly CoreEvent[] {
  const step = stepOf(running, operation, effect);
  if (step === undefined || state.effects[effect] !== undefined)
    return [stuck(operation, `${effect} cannot be started: it was, or is not there`, now)];
  const { deadline = Number.POSITIVE_INFINITY } = state.operations[operation] ?? {};
  if (now >= deadline) return refuse(running, state, operation, { kind: 'refused', code: '3303', message: 'there was no time left' }, now);
  return [
    {
      type: 'effect-started',
      at: now,
      effect,
      operation,
      attempt: 1,
      deadline: Math.min(now + callMs(running, step), deadline),
      first: {
        kind: step.kind,
        key,
        ...(amount !== undefined && { amount }),
        ...(step.awaits && { awaits: step.awaits.callback }),
        sealed,
        ...(step.kind === 'hold' && step.expiresMs !== undefined && { expiresAt: now + step.expiresMs }),
      },
    },
  ];
}

/** The other side is told no, and what was taken is given back: the refusal and the beginning of the undo are one append. */
export function refuse(running: RunningConnector, state: CoreState, operation: string, ended: Ended, now: number): readonly CoreEvent[] {
  const over: CoreEvent = { type: 'operation-ended', at: now, operation, ended };
  const taken = Object.values(state.effects).some((effect) => effect.operation === operation && (effect.status === 'ok' || isOpen(effect)));
  const undo = undoOf(operation);
  if (!taken || state.operations[undo] !== undefined) return [over];
  const { transferId, side, operations } = state;
  const input = operations[operation]?.input ?? '{}';
  const { version } = running;
  return [over, { type: 'operation-begun', at: now, transferId, side, operation: undo, hash: '', version, input, undoes: operation }];
}

/** A person has to look. */
export function stuck(operation: string, reason: string, at: number): CoreEvent {
  return { type: 'stuck', at, operation, reason };
}

/** What has to be done is gone over again after a pause. */
export function failedAgain(operation: string, reason: string, at: number): CoreEvent {
  return { type: 'operation-failed', at, operation, reason };
}

/** The state after some events. */
export function after(state: CoreState, events: readonly CoreEvent[]): CoreState {
  return events.reduce<CoreState>((so, event) => applyCore(so, event), state);
}
