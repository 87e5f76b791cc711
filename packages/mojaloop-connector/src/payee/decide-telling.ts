import type { MoneyOutcome } from '../core-client/core-door.ts';
import { fulfil, refused } from './core-events.ts';
import { NOTHING, type PayeeDecision } from './decision.ts';
import type { PayeeEvent } from './events.ts';
import type { AskResult, PayeeInput } from './inputs.ts';
import { commitEnds, tellPauseMs } from './owed.ts';
import type { PayeeSettings } from './settings.ts';
import type { PayeeState } from './state.ts';

type NotificationFailed = Extract<PayeeEvent, { type: 'notification-failed' }>;

/** The core's answer to a notification. */
export function coreTold(
  settings: PayeeSettings,
  state: PayeeState,
  { key, outcome, mayHaveRun }: Omit<Extract<PayeeInput, { type: 'core-told' }>, 'type'>,
  now: number,
): PayeeDecision {
  const { notification } = state;
  if (notification === undefined || notification.status === 'acknowledged') return NOTHING;
  const attempt = notification.status === 'failed' ? notification.attempt + 1 : notification.attempt;
  if (key !== `core:notify:${notification.state}:${attempt}`) return NOTHING;
  if (outcome.kind === 'ok' || holdsNothing(settings, state, attempt, outcome)) return told(settings, state, attempt, now);
  const reason = outcome.kind === 'rejected' ? `${outcome.refusal.code} ${outcome.refusal.description}` : outcome.reason;
  // what a process that is gone may have told is not undone by an answer to the repeat
  const kind = mayHaveRun === true && state.stage === 'commit-first' ? 'unknown' : outcome.kind;
  const failed: NotificationFailed = { type: 'notification-failed', at: now, attempt, kind, reason };
  const again = settings.core.notificationRepeatable || kind === 'not-sent';
  const commits = state.stage === 'commit-first' && state.settled === undefined && notification.resent !== true;
  if (commits && (!again || now + tellPauseMs(attempt + 1) >= commitEnds(settings, state))) return commitOver(state, failed, now);
  if (settings.core.notificationRepeatable) return { events: [failed] };
  if (again) return { events: [failed, { type: 'notification-started', at: now, attempt: attempt + 1, state: notification.state }] };
  // that it may hold money which the hub has aborted stands above that it was not told so, and is not over when it is told
  if (state.exception?.code === 'CORE_MAY_HAVE_CREDITED' || state.exception?.code === 'CORE_CREDITED_HUB_ABORTED')
    return { events: [failed] };
  const why = `the core may not know that the transfer is ${notification.state}: ${reason}`;
  return { events: [failed, { type: 'exception-raised', at: now, code: 'CORE_NOT_TOLD', reason: why }] };
}

/**
 * Transfers 1.0: the core had to book before the hub learns the fulfilment, and the time for it is over. Proven not to have booked, it is
 * released as soon as the hub has aborted; else a person has to know, and it is told nothing more (docs/money-rules.md, 3).
 */
function commitOver(state: PayeeState, failed: NotificationFailed, now: number): PayeeDecision {
  const mayHaveRun = failed.kind === 'unknown' || state.notification?.mayHaveRun === true;
  if (!mayHaveRun) return { events: [failed, { type: 'commit-withdrawn', at: now }] };
  const reason = 'the core was told COMMITTED and may have booked; its time was over before it said so, and the hub has got no fulfilment';
  const held: PayeeEvent = { type: 'commit-held', at: now };
  return { events: [failed, held, { type: 'exception-raised', at: now, code: 'CORE_OUTCOME_UNKNOWN', reason }] };
}

/** What the core says of a transfer that it may have booked too late. That it holds the money is not proof: the call may still run. */
export function heldCoreAsked(state: PayeeState, result: AskResult, now: number): PayeeDecision {
  if (state.settled !== undefined) return NOTHING;
  if (result.kind === 'executed' && result.mode === 'credit') return bookedTooLate(state.notification?.attempt ?? 1, now);
  if (result.kind === 'aborted') return { events: [refused({ code: '5105', description: 'the core aborted the transfer' }, now)] };
  return {
    events: [
      {
        type: 'core-asked',
        at: now,
        attempt: state.core.asks,
        found: result.kind === 'not-found' || result.kind === 'pending' ? result.kind : 'no-answer',
      },
    ],
  };
}

function bookedTooLate(attempt: number, now: number): PayeeDecision {
  return {
    events: [
      { type: 'notification-acknowledged', at: now, attempt },
      { type: 'core-transfer-ok', at: now, mode: 'credit', late: true },
      { type: 'exception-raised', at: now, code: 'CORE_CREDITED_TOO_LATE', reason: 'the core booked the transfer after its time was over' },
    ],
  };
}

/** How often a core must say that it does not know a transfer before it is believed: it may execute a call late that we gave up. */
const NOT_KNOWN_TIMES = 3;

/** A core that was never heard to take the transfer, and does not know it long after its call was over, has nothing to release. */
function holdsNothing(settings: PayeeSettings, state: PayeeState, attempt: number, outcome: MoneyOutcome<object>): boolean {
  if (state.notification?.state !== 'ABORTED' || state.core.did !== undefined) return false;
  if (outcome.kind !== 'rejected' || outcome.refusal.code !== '3208') return false;
  return attempt >= NOT_KNOWN_TIMES || !settings.core.notificationRepeatable;
}

function told(settings: PayeeSettings, state: PayeeState, attempt: number, now: number): PayeeDecision {
  const acknowledged: PayeeEvent = { type: 'notification-acknowledged', at: now, attempt };
  if (state.stage !== 'commit-first' || state.settled !== undefined) return { events: [acknowledged], lazy: state.exception === undefined };
  // transfers 1.0: the core has booked; now the hub may learn the fulfilment, if it is not too late
  return now < commitEnds(settings, state) ? { events: [acknowledged, fulfil('COMMITTED', {}, now)] } : bookedTooLate(attempt, now);
}
