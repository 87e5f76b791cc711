import { writeExactJson } from '../codec/json.ts';
import type { CoreEvent, PersonActed } from './events.ts';
import { after, follow } from './follow.ts';
import type { CoreInput } from './inputs.ts';
import { AGAIN, EXPIRES, HINT, PROOF, renewKey } from './owed.ts';
import { ASKS, ATTEMPTS, callMs, KEY_MARGIN_MS, type RunningConnector, stepOf, takes } from './settings.ts';
import { type CoreState, type EffectState, isOpen } from './state.ts';

type Events = readonly CoreEvent[];
type Of<T extends CoreInput['type']> = Extract<CoreInput, { type: T }>;

/** What a call that moves money came to. */
export function called(running: RunningConnector, state: CoreState, { key, judgement, next }: Of<'called'>, now: number): Events {
  const effect = Object.values(state.effects).find(({ name, attempt }) => key === `call:${name}:${attempt}`);
  if (effect?.status !== 'started') return [];
  const { name } = effect;
  switch (judgement.kind) {
    case 'ok':
      return ended(
        running,
        state,
        { type: 'effect-ended', at: now, effect: name, outcome: 'ok', by: 'answer', facts: writeExactJson(judgement.facts) },
        next,
        now,
      );
    case 'refused': {
      const keeps = stepOf(running, effect.operation, name)?.settle.key?.keepsRefusals === true;
      if (effect.unsettled && !keeps)
        return unknown(running, effect, `a repeat was refused (${judgement.code}), which says nothing about the call before`, now);
      const { kind: _kind, ...refusal } = judgement;
      return ended(
        running,
        state,
        { type: 'effect-ended', at: now, effect: name, outcome: 'refused', by: 'answer', ...refusal },
        next,
        now,
      );
    }
    case 'pending':
      return [{ type: 'effect-pending', at: now, effect: name, facts: writeExactJson(judgement.facts) }];
    case 'not-sent':
      // a call before it may have been executed: that this one was not sent proves nothing of that
      return effect.unsettled
        ? unknown(running, effect, judgement.reason, now)
        : [{ type: 'effect-not-sent', at: now, effect: name, reason: judgement.reason }];
    case 'unknown':
      return unknown(running, effect, judgement.reason, now);
  }
}

/** The end of an effect, and how its operation goes on where that is known and nothing else has happened. */
function ended(running: RunningConnector, state: CoreState, event: CoreEvent, next: Of<'called'>['next'], now: number): Events {
  const operation = state.running;
  if (next === undefined || next.basis !== state.events || operation === undefined || state.stuck !== undefined) return [event];
  return [event, ...follow(running, after(state, [event]), operation, next.end, now)];
}

/** Nobody knows. Where only repeats can settle it, a person is told after some. */
function unknown(running: RunningConnector, { name, operation, attempt }: EffectState, reason: string, now: number): Events {
  const event: CoreEvent = { type: 'effect-unknown', at: now, effect: name, reason };
  const settle = stepOf(running, operation, name)?.settle;
  if (attempt !== ASKS || settle?.ask !== undefined || settle?.reverse !== undefined) return [event];
  return [event, exception(name, `the core does not tell after ${attempt} calls: ${reason}`, now)];
}

function exception(effect: string, reason: string, at: number): CoreEvent {
  return { type: 'exception-raised', at, effect, code: 'CORE_EFFECT_UNKNOWN', reason };
}

/** A process that is gone had begun it, or its performer threw: it may have been executed. */
export function interrupted(state: CoreState, key: string, now: number): Events {
  const effect = Object.values(state.effects).find(({ name, attempt }) => key === `call:${name}:${attempt}`);
  if (effect?.status !== 'started') return [];
  return [{ type: 'effect-unknown', at: now, effect: effect.name, reason: 'the process ended while the core was called' }];
}

// ---- enquiries

/** What an enquiry says: found is the end, and absent is it only as proof. */
export function asked(running: RunningConnector, state: CoreState, { key, judgement, proven }: Of<'asked'>, now: number): Events {
  const effect = Object.values(state.effects).find(({ name, attempt, asks, hints }) =>
    [...['ask:', PROOF, AGAIN].map((kind) => `${kind}${name}:${attempt}:${asks}`), `${HINT}${name}:${attempt}:${hints}`].includes(key),
  );
  if (effect === undefined || (effect.status !== 'unknown' && effect.status !== 'pending')) return [];
  const { name, asks } = effect;
  const said = (what: 'pending' | 'absent' | 'no-answer', reason: string): Events => {
    const event: CoreEvent = { type: 'effect-asked', at: now, effect: name, said: what, reason };
    if (key.startsWith(HINT)) return [{ ...event, hinted: true }];
    return asks + 1 >= ASKS && state.exception?.code !== 'CORE_EFFECT_UNKNOWN'
      ? [event, exception(name, `${asks + 1} enquiries did not settle it: ${reason}`, now)]
      : [event];
  };
  switch (judgement.kind) {
    case 'found':
      return [{ type: 'effect-ended', at: now, effect: name, outcome: 'ok', by: 'enquiry', facts: writeExactJson(judgement.facts) }];
    case 'refused': {
      const { kind: _kind, ...refusal } = judgement;
      return [{ type: 'effect-ended', at: now, effect: name, outcome: 'refused', by: 'enquiry', ...refusal }];
    }
    case 'pending':
      return said('pending', 'the core has not decided');
    case 'no-answer':
      return said('no-answer', judgement.reason);
    case 'absent': {
      if (effect.status === 'pending')
        return [{ type: 'effect-unknown', at: now, effect: name, reason: 'the core took it, and knows it no more' }];
      const proof = key.startsWith(PROOF) && effect.quiet;
      if (!proof) return said('absent', 'the core does not know it, and may still execute it');
      if (!proven) return said('absent', 'the core does not know it, and this enquiry has never yet found anything');
      return neverThere(running, state, effect, 'enquiry', 'the core never executed it', now);
    }
  }
}

/** Proven: none of its calls was executed, and none will be. It is begun again while it is wanted; else it is over. */
function neverThere(
  running: RunningConnector,
  state: CoreState,
  effect: EffectState,
  by: 'enquiry' | 'not-sent',
  reason: string,
  now: number,
): Events {
  const over: Events = [{ type: 'effect-ended', at: now, effect: effect.name, outcome: 'reversed', by, reason }];
  if (state.running !== effect.operation) return over;
  if (takes(effect.operation) && effect.attempt >= ATTEMPTS) return over;
  return startAgain(running, state, { ...effect, unsettled: false }, now, true) ?? over;
}

/** Another call with the first one's request. Undefined: its operation has no time left for one. */
function startAgain(running: RunningConnector, state: CoreState, effect: EffectState, now: number, proven = false): Events | undefined {
  const { name, operation, attempt, unsettled } = effect;
  const step = stepOf(running, operation, name);
  if (step === undefined) return undefined;
  // what settles an unknown call is not bound to the time of the payment; what begins is
  const { deadline: ofPayment = Number.POSITIVE_INFINITY } = state.operations[operation] ?? {};
  const until = unsettled ? Number.POSITIVE_INFINITY : ofPayment;
  if (now >= until) return undefined;
  const deadline = Math.min(now + callMs(running, step), until);
  return [{ type: 'effect-started', at: now, effect: name, operation, attempt: attempt + 1, deadline, ...(proven && { proven }) }];
}

/** So many callbacks about one effect are listened to; then it is asked in its own time. */
const HINTS = 20;

/** The core has called back about an effect: it is asked. Of one that is over, or that is to be asked already, nothing follows. */
export function calledBack(state: CoreState, { callback, reference }: Of<'called-back'>, now: number): Events {
  const effect = Object.values(state.effects).find((one) => one.key === reference && one.awaits === callback && isOpen(one));
  if (effect === undefined || effect.hinted || effect.hints >= HINTS) return [];
  return [{ type: 'effect-hinted', at: now, effect: effect.name, callback }];
}

// ---- timers

/** It is time: the quiet time is over, a call may be repeated, or a hold ends soon. */
export function due(running: RunningConnector, state: CoreState, key: string, now: number): Events {
  for (const effect of Object.values(state.effects)) {
    const { name, attempt } = effect;
    if (key === `quiet:${name}:${attempt}`)
      return effect.status === 'unknown' && !effect.quiet ? [{ type: 'effect-quiet', at: now, effect: name }] : [];
    if (key === `again:${name}:${attempt}`) return isOpen(effect) ? again(running, state, effect, now) : [];
    if (key === `${EXPIRES}${name}:${effect.renewals}`) {
      const why = effect.renewalFailures === 0 ? '' : `; it could not be renewed: ${effect.reason ?? 'no answer'}`;
      const reason = `the core lets go of ${name} soon, and the payment has no outcome${why}`;
      return [{ type: 'exception-raised', at: now, effect: name, code: 'CORE_HOLD_EXPIRES', reason }];
    }
  }
  return [];
}

function again(running: RunningConnector, state: CoreState, effect: EffectState, now: number): Events {
  if (effect.status === 'not-sent') {
    const reason = effect.reason ?? 'it was not sent';
    return neverThere(running, state, effect, 'not-sent', reason, now);
  }
  if (effect.status !== 'unknown') return [];
  const key = stepOf(running, effect.operation, effect.name)?.settle.key;
  if (key === undefined) return [];
  if (now < effect.firstStartedAt + key.keptForMs - KEY_MARGIN_MS) return startAgain(running, state, effect, now) ?? [];
  const { ask, reverse } = stepOf(running, effect.operation, effect.name)?.settle ?? {};
  const over: CoreEvent = { type: 'key-ended', at: now, effect: effect.name };
  if (ask !== undefined || reverse !== undefined) return [over];
  return [over, exception(effect.name, 'the core forgets its key now, so that it cannot be repeated, and it cannot be asked', now)];
}

/** What came of having the core keep a hold for longer. Once the payment has its outcome it does not matter. */
export function renewed(state: CoreState, { key, until, ok, reason }: Of<'renewed'>, now: number): Events {
  const effect = Object.values(state.effects).find((one) => key === renewKey(one));
  if (effect?.status !== 'ok' || Object.keys(state.operations).length > 1) return [];
  const { name } = effect;
  return [ok ? { type: 'hold-renewed', at: now, effect: name, until } : { type: 'renewal-failed', at: now, effect: name, reason }];
}

// ---- reversals and persons

/** What a reversal came to. One that is not taken is sent again. */
export function reversed(running: RunningConnector, state: CoreState, { key, ok, reason }: Of<'reversed'>, now: number): Events {
  const effect = Object.values(state.effects).find(({ name, reversals }) => key === `reverse:${name}:${reversals}`);
  if (effect?.status !== 'unknown' || !effect.quiet) return [];
  const { name, operation, firstStartedAt } = effect;
  if (ok) return [{ type: 'effect-ended', at: now, effect: name, outcome: 'reversed', by: 'reversal', reason: 'it was taken back' }];
  const failed: CoreEvent = { type: 'reversal-failed', at: now, effect: name, reason };
  const forMs = stepOf(running, operation, name)?.settle.reverse?.forMs ?? 0;
  if (now < firstStartedAt + forMs || state.exception !== undefined) return [failed];
  return [failed, exception(name, `the core does not take it back: ${reason}`, now)];
}

/** What a person has done by hand is over: nothing is begun for it any more. Only of what is stuck, or whose connector is not there. */
export function doneByHand(state: CoreState, { operation, person }: Of<'done-by-hand'>, isForeign: boolean, now: number): Events {
  if (state.running !== operation || (state.stuck === undefined && !isForeign)) return [];
  return [
    acted(`${operation} was done by hand`, person, now),
    { type: 'operation-ended', at: now, operation, ended: { kind: 'reply', reply: '{}', facts: '{}' } },
  ];
}

/**
 * What a person says of an effect that nobody else could settle, of the call that they looked at. Everything else goes on from there. That it was executed
 * stays true through later calls under the same key; nothing else does.
 */
export function resolved(
  running: RunningConnector,
  state: CoreState,
  { effect: name, attempt, as, facts = '{}', person }: Of<'resolve'>,
  now: number,
): Events {
  const effect = state.effects[name];
  if (effect === undefined || !isOpen(effect) || effect.status === 'started') return [];
  const byKey = stepOf(running, effect.operation, name)?.settle.key !== undefined;
  if (as === 'ok' && byKey ? attempt > effect.attempt : attempt !== effect.attempt) return [];
  const who = acted(`${name} was ${as === 'ok' ? 'executed' : 'not executed'}`, person, now);
  if (as === 'ok') return [who, { type: 'effect-ended', at: now, effect: name, outcome: 'ok', by: 'person', facts }];
  return [who, { type: 'effect-ended', at: now, effect: name, outcome: 'refused', by: 'person', code: '2001' }];
}

function acted(what: string, { by, reason }: PersonActed, at: number): CoreEvent {
  return { type: 'person-acted', at, what, by, reason };
}
