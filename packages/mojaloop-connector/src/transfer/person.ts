import type { Input } from '@payment-manager/engine';

/** How a payment ended, as far as money is concerned. */
export type FinalState = 'COMMITTED' | 'ABORTED';

/**
 * What a person may do about a payment.
 *
 * - `ask-hub`, `ask-core`: a question now, beside the ladder; moves no money.
 * - `resend-outcome`: the payee's core is told once more how the transfer ended. Where the core is not declared repeatable it may
 *   book twice, so `confirmed` says that the person has looked (docs/money-rules.md, 1), and `seen` at what, from what was allowed then: once
 *   the core was told again, it is something else. Absent: whatever stands.
 * - `settle`: the person has found out how it ended and has put the books right; the product does nothing more by itself.
 */
export type PersonAction =
  | { readonly action: 'ask-hub' }
  | { readonly action: 'ask-core' }
  | { readonly action: 'resend-outcome'; readonly confirmed: boolean; readonly seen?: string }
  | { readonly action: 'settle'; readonly as: FinalState };

/** An action that is allowed now. */
export type AllowedAction =
  | { readonly action: 'ask-hub' | 'ask-core' }
  | {
      readonly action: 'resend-outcome';
      /** What the core would be told. */
      readonly outcome: FinalState;
      readonly needsConfirmation: boolean;
      /** The outcome, how often the core was told of one, and what came of it. */
      readonly seen: string;
    }
  | { readonly action: 'settle'; readonly as: readonly FinalState[] };

/** A person acts. `nonce` tells whoever brought it whether it was taken. */
export interface PersonInput extends Input {
  readonly type: 'person';
  readonly act: PersonAction;
  readonly reason: string;
  readonly by: string;
  readonly nonce: string;
}

/** The same as it is kept for good: who did what, when and why. */
export interface PersonActed {
  readonly type: 'person-acted';
  readonly at: number;
  readonly act: PersonAction;
  readonly reason: string;
  readonly by: string;
  readonly nonce: string;
}

/** What a record remembers of persons. */
export interface PersonState {
  /** The last action that was taken, and how many there were. */
  readonly acted?: { readonly nonce: string; readonly count: number };
  /** A person has settled it: the record rests. What contradicts it later is shown again (docs/money-rules.md, 6). */
  readonly settled?: {
    readonly as: FinalState;
    readonly at: number;
    readonly by: string;
    readonly reason: string;
    /** Contradictions that were known then. */
    readonly contradictions: number;
  };
}

/** Actions kept per record, so that nobody's script fills the journal; settling is possible beyond. */
const ACTIONS_MAX = 200;

/** The event of an action, or undefined when it is not among the allowed ones. */
export function personActed(
  allowed: readonly AllowedAction[],
  state: PersonState,
  input: PersonInput,
  now: number,
): PersonActed | undefined {
  const { act, reason, by, nonce } = input;
  if (!isAllowed(allowed, act) || (act.action !== 'settle' && (state.acted?.count ?? 0) >= ACTIONS_MAX)) return undefined;
  return { type: 'person-acted', at: now, act, reason, by, nonce };
}

function isAllowed(allowed: readonly AllowedAction[], act: PersonAction): boolean {
  return allowed.some((one) => {
    if (one.action === 'settle') return act.action === 'settle' && one.as.includes(act.as);
    if (one.action === 'resend-outcome')
      return act.action === 'resend-outcome' && (act.confirmed || !one.needsConfirmation) && isSeen(one, act);
    return one.action === act.action;
  });
}

/** Whether what a person looked at is what stands now. */
export function isSeen(allowed: { readonly seen: string }, act: { readonly seen?: string }): boolean {
  return act.seen === undefined || act.seen === allowed.seen;
}

/** Notes what a person did; a settlement besides. `contradictions` are those that the record knows. */
export function withPerson(state: PersonState, event: PersonActed, contradictions: number): PersonState {
  const acted = { nonce: event.nonce, count: (state.acted?.count ?? 0) + 1 };
  if (event.act.action !== 'settle') return { acted };
  const { at, by, reason } = event;
  return { acted, settled: { as: event.act.as, at, by, reason, contradictions } };
}
