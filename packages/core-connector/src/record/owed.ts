import type { CoreAction, TimerAction } from './inputs.ts';
import { pauseMs, REPEATS, type RunningConnector, stepOf, takes } from './settings.ts';
import { type CoreState, type EffectState, isOpen } from './state.ts';

/** What a record at the core still has to do, with the version of the connector that it began with. */
export function owedByCore(running: RunningConnector, state: CoreState): readonly CoreAction[] {
  if (state.stuck !== undefined) return [];
  const owed: CoreAction[] = [];
  let waits = false;
  for (const name in state.effects) {
    const effect = state.effects[name] as EffectState;
    if (isOpen(effect)) {
      waits = true;
      owed.push(...settle(running, state, effect));
    } else owed.push(...expiry(running, state, effect));
  }
  if (!waits) owed.push(...advance(state));
  return owed;
}

function advance(state: CoreState): readonly CoreAction[] {
  const { running: operation } = state;
  if (operation === undefined) return [];
  const { failures = 0, failedAt } = state.operations[operation] ?? {};
  const settled = Object.keys(state.effects).length;
  return [
    {
      key: `advance:${operation}:${settled}:${failures}`,
      type: 'advance',
      repeatable: true,
      operation,
      state,
      ...(failedAt !== undefined && { notBefore: failedAt + pauseMs(failures) }),
    },
  ];
}

function settle(running: RunningConnector, state: CoreState, effect: EffectState): readonly CoreAction[] {
  const step = stepOf(running, effect.operation, effect.name);
  if (step === undefined) return [];
  const { name, attempt, status, since, asks } = effect;
  const base = { effect: name, state };
  const again: TimerAction = { key: `again:${name}:${attempt}`, type: 'timer', repeatable: true, notBefore: since + pauseMs(attempt - 1) };
  if (status === 'started') return [{ ...base, key: `call:${name}:${attempt}`, type: 'call', repeatable: false }];
  if (status === 'not-sent') return [again];
  const { key, ask, reverse } = step.settle;
  if (status === 'pending') {
    // a core that calls back is waited for, until it has
    const patienceMs = effect.hints > 0 ? 0 : (step.awaits?.patienceMs ?? 0);
    const notBefore = Math.max(since, effect.askedAt ?? 0) + Math.max(pauseMs(asks), patienceMs);
    if (ask === undefined) return [];
    if (effect.hinted) return askHinted(effect, base);
    // under another key than before: what waits with patience is not what is asked without
    const askKey = `${effect.hints > 0 ? AGAIN : 'ask:'}${name}:${attempt}:${asks}`;
    return [{ ...base, key: askKey, type: 'ask', repeatable: true, notBefore }];
  }
  const otherwise = ask ?? reverse;
  const wanted = state.running === effect.operation;
  // what is not there, and of which "not there" is no proof, is settled by its key again, whatever was repeated before
  const repeats = attempt <= REPEATS || (effect.missed && !takes(effect.operation));
  if (key !== undefined && !effect.keyEnded && (otherwise === undefined || (wanted && repeats))) return [again];
  if (otherwise === undefined) return [];
  const quiet: readonly CoreAction[] = effect.quiet
    ? []
    : [{ key: `quiet:${name}:${attempt}`, type: 'timer', repeatable: true, lasts: quietMs(effect, otherwise.quietMs) }];
  if (ask !== undefined) return [...quiet, ...askNow(effect, base), ...askHinted(effect, base)];
  const notBefore = effect.reversedAt === undefined ? 0 : effect.reversedAt + Math.min(pauseMs(effect.reversals), reverse?.everyMs ?? 0);
  if (!effect.quiet) return quiet;
  return [{ ...base, key: `reverse:${name}:${effect.reversals}`, type: 'reverse', repeatable: true, notBefore }];
}

/** The core has called back: it is asked at once. What it says is found out as by any enquiry, and "absent" is no proof. */
function askHinted(
  { name, attempt, hinted, hints }: EffectState,
  base: { readonly effect: string; readonly state: CoreState },
): readonly CoreAction[] {
  return hinted ? [{ ...base, key: `${HINT}${name}:${attempt}:${hints}`, type: 'ask', repeatable: true }] : [];
}

/** Begins the key of an enquiry because the core has called back. */
export const HINT = 'hint:';
/** Begins the key of an enquiry about what is pending, once the core has called back. */
export const AGAIN = 'later:';

/** Soon once, for what it has done; then, after the quiet time, in answer to which "absent" is proof. */
function askNow(effect: EffectState, base: { readonly effect: string; readonly state: CoreState }): readonly CoreAction[] {
  const { name, attempt, asks, since, askedAt } = effect;
  const soon = askedAt === undefined || askedAt < since;
  if (!effect.quiet && !soon) return [];
  const notBefore = Math.max(since, askedAt ?? 0) + pauseMs(asks);
  return [{ ...base, key: `${effect.quiet ? PROOF : 'ask:'}${name}:${attempt}:${asks}`, type: 'ask', repeatable: true, notBefore }];
}

/** Begins the key of an enquiry after the quiet time. */
export const PROOF = 'proof:';
/** So much later than a call's deadline, at most, its end is written down. */
const END_SEEN_MS = 1_000;

/** How long from its being unknown on the core may still execute a call. One whose end nobody saw may have had all of its time from there. */
function quietMs({ since, deadline, startedAt }: EffectState, afterMs: number): number {
  const over = since > deadline + END_SEEN_MS ? since + (deadline - startedAt) : Math.max(deadline, since);
  return over - since + afterMs;
}

/** A hold whose payment has no outcome: half of its time before it ends it is renewed, where it can be; a tenth before, a person is told. */
function expiry(running: RunningConnector, state: CoreState, effect: EffectState): readonly CoreAction[] {
  const { name, kind, status, expiresAt, firstStartedAt, renewals, renewalFailures: failures, renewalFailedAt } = effect;
  const decided = Object.keys(state.operations).length > 1;
  if (kind !== 'hold' || status !== 'ok' || expiresAt === undefined || decided) return [];
  const { renew, expiresMs = expiresAt - firstStartedAt } = stepOf(running, effect.operation, name) ?? {};
  const common = { repeatable: true, background: true } as const;
  const owed: CoreAction[] = [];
  if (state.exception === undefined)
    owed.push({ ...common, key: `${EXPIRES}${name}:${renewals}`, type: 'timer', notBefore: expiresAt - Math.round(expiresMs / 10) });
  const due = expiresAt - Math.round(expiresMs / 2);
  const until = due + expiresMs;
  if (renew === undefined || state.exception?.code === 'CORE_HOLD_EXPIRES' || until > firstStartedAt + renew.forMs) return owed;
  // once it has failed after the hold’s end there is nothing left to be kept
  if (renewalFailedAt !== undefined && renewalFailedAt >= expiresAt) return owed;
  const notBefore = renewalFailedAt === undefined ? due : Math.max(due, renewalFailedAt + pauseMs(failures));
  owed.push({ ...common, key: renewKey(effect), type: 'renew', effect: name, state, until, notBefore });
  return owed;
}

/** Begins the key of the timer that ends when a person is to be told that a hold ends. */
export const EXPIRES = 'expires:';

/** Under which key a hold is renewed: each try has its own. */
export function renewKey({ name, renewals, renewalFailures }: EffectState): string {
  return `renew:${name}:${renewals}:${renewalFailures}`;
}
