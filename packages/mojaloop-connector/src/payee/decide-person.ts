import { openContradictions } from '../transfer/contradiction.ts';
import { inquiry } from '../transfer/message.ts';
import { type AllowedAction, type FinalState, type PersonInput, personActed } from '../transfer/person.ts';
import { NOTHING, type PayeeDecision } from './decision.ts';
import type { PayeeEvent } from './events.ts';
import { expirationOf, owedByPayee } from './owed.ts';
import type { PayeeSettings } from './settings.ts';
import type { PayeeState } from './state.ts';

/** What a person may do now about a transfer that we receive. */
export function allowedPayeeActions(settings: PayeeSettings, state: PayeeState, now: number): readonly AllowedAction[] {
  if (state.prepare === undefined) return [];
  const allowed: AllowedAction[] = [{ action: 'ask-hub' }];
  if (settings.core.transferAskable && (state.core.attempt > 0 || state.core.forgotten === true)) allowed.push({ action: 'ask-core' });
  const outcome = outcomeToTell(settings, state);
  if (outcome !== undefined)
    allowed.push({
      action: 'resend-outcome',
      outcome,
      needsConfirmation: needsConfirmation(settings, state, outcome),
      seen: `${outcome} ${state.notification?.attempt ?? 0} ${state.notification?.status ?? 'not told'}`,
    });
  const as = settlements(settings, state, now);
  if (as.length > 0) allowed.push({ action: 'settle', as });
  return allowed;
}

/** What the core could be told once more: a final outcome, of a transfer that it has taken, when no such call is under way. */
function outcomeToTell(settings: PayeeSettings, state: PayeeState): FinalState | undefined {
  const { core, notification } = state;
  const outcome = state.settled?.as ?? state.outcome?.state;
  if (outcome === undefined || notification?.status === 'started') return undefined;
  // a handler that does not look at the state would book an ABORTED (docs/money-rules.md, 1)
  if (outcome === 'ABORTED') return settings.core.notificationReadsState && (core.did ?? notification) !== undefined ? outcome : undefined;
  return core.did === 'reserve' || notification?.state === 'COMMITTED' ? outcome : undefined;
}

/** A repeat may book twice, the contrary of what was told may be refused, and only the hub's word needs no second look. */
function needsConfirmation(settings: PayeeSettings, state: PayeeState, outcome: FinalState): boolean {
  const contrary = state.notification !== undefined && state.notification.state !== outcome;
  return !settings.core.notificationRepeatable || contrary || state.outcome?.state !== outcome;
}

/** How an exception may be settled now: never against the hub's word, nor before the transfer has expired. */
function settlements(settings: PayeeSettings, state: PayeeState, now: number): readonly FinalState[] {
  if (state.stage === 'calling-core') return [];
  if (openContradictions(state).length > 0) return ['COMMITTED', 'ABORTED'];
  const unconfirmed = state.stage === 'acknowledged' && owedByPayee(settings, state).length === 0;
  if (state.exception === undefined && !unconfirmed) return [];
  if (state.outcome !== undefined) return [state.outcome.state];
  if (now < expirationOf(state) + settings.clockSkewMs) return [];
  // without our fulfilment the hub cannot have committed; a restored journal may have forgotten that one left
  return state.fulfil === undefined && state.core.forgotten !== true ? ['ABORTED'] : ['COMMITTED', 'ABORTED'];
}

/** A person asks hub or core now, has the core told once more, or says how the transfer ended. */
export function personOnPayee(settings: PayeeSettings, state: PayeeState, input: PersonInput, now: number): PayeeDecision {
  const acted = personActed(allowedPayeeActions(settings, state, now), state, input, now);
  if (acted === undefined || state.prepare === undefined) return NOTHING;
  const { transferId } = state.prepare;
  switch (acted.act.action) {
    case 'ask-hub':
      return { events: [acted], courtesies: [inquiry(settings, transferId, now)] };
    case 'ask-core':
      return {
        events: [acted],
        courtesies: [{ key: PERSON_ASKS_CORE, type: 'core-ask', repeatable: true, transferId, begunAt: state.quotedAt }],
      };
    case 'resend-outcome':
      return { events: [acted, resent(settings, state, now)] };
    case 'settle':
      return { events: [acted] };
  }
}

/** Key of a question to the core that a person asks; its answer is kept whatever the transfer's stage. */
export const PERSON_ASKS_CORE = 'courtesy:core-ask';

/** A number that no other attempt bears: one that waits for its turn has the next one. */
function resent(settings: PayeeSettings, state: PayeeState, now: number): PayeeEvent {
  const outcome = outcomeToTell(settings, state);
  if (outcome === undefined) throw new Error('there is no outcome to tell');
  const attempt = state.notification === undefined ? 1 : state.notification.attempt + 2;
  return { type: 'notification-started', at: now, attempt, state: outcome, resent: true };
}
