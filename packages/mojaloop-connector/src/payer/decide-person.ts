import { openContradictions } from '../transfer/contradiction.ts';
import { inquiry } from '../transfer/message.ts';
import { type AllowedAction, type PersonInput, personActed } from '../transfer/person.ts';
import { NOTHING, type PayerDecision } from './decision.ts';
import type { PayerSettings } from './settings.ts';
import { isFinal, type PayerState, prepareExpiration } from './state.ts';

/**
 * What a person may do now about a payment that we make. Settling is for exceptions alone, and only when the prepare has expired:
 * before, the hub may still move the money (docs/money-rules.md, 4).
 */
export function allowedPayerActions(settings: PayerSettings, state: PayerState, now: number): readonly AllowedAction[] {
  const contradicted = openContradictions(state).length > 0;
  // a prepare may have left that a restored journal has forgotten
  const neverLeft = state.prepare === undefined && state.restoredAt === undefined;
  if (neverLeft && !contradicted) return [];
  const ask: AllowedAction = { action: 'ask-hub' };
  // the hub has a word about what never left: a person settles it when it cannot go on any more
  if (neverLeft && !isFinal(state)) return [ask];
  const expired = now >= prepareExpiration(state) + settings.clockSkewMs;
  const settles = contradicted || (state.exception !== undefined && expired && !isFinal(state));
  return settles ? [ask, { action: 'settle', as: ['COMMITTED', 'ABORTED'] }] : [ask];
}

/** A person asks the hub now, or says how the payment ended. */
export function personOnPayer(settings: PayerSettings, state: PayerState, input: PersonInput, now: number): PayerDecision {
  const acted = personActed(allowedPayerActions(settings, state, now), state, input, now);
  if (acted === undefined) return NOTHING;
  return acted.act.action === 'ask-hub' ? { events: [acted], courtesies: [inquiry(settings, state.transferId, now)] } : { events: [acted] };
}
