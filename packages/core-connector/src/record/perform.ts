import type { Perform } from '@payment-manager/engine';
import type { World } from '@payment-manager/runtime';
import { parseExactJson, writeExactJson } from '../codec/json.ts';
import { Decimal } from '../expression/decimal.ts';
import type { ValueObject } from '../expression/value.ts';
import type { MoneyStep } from '../language/operation.ts';
import { isThere, withNames } from '../run/answer.ts';
import { draw } from '../run/drawn.ts';
import { viewOf } from '../run/interpret.ts';
import { type AskJudgement, judgeAsk, judgeMoney, judgeReversal, type MoneyJudgement, reasonOf } from '../run/judge.ts';
import { asRepeat, enquiryAfter, render, withDrawn } from '../run/render.ts';
import type { CoreEvent } from './events.ts';
import type { AskAction, CallAction, CoreAction, CoreInput, RenewAction, ReverseAction, Worked } from './inputs.ts';
import { openStart } from './sealed-start.ts';
import { callMs, stepOf } from './settings.ts';
import { applyCore, type CoreState, type EffectState } from './state.ts';
import { type ConnectorVersions, versionOf } from './versions.ts';
import { baseOf, type WalkDeps, walk } from './walk.ts';

export interface PerformDeps extends Pick<WalkDeps, 'sealer' | 'clock'>, Pick<World, 'failpoints' | 'timers'> {
  readonly versions: ConnectorVersions;
  /** Enquiries that have once found a known effect: only of these does "absent" prove anything. */
  readonly proofs: EnquiryProofs;
  /** By which trace the calls for a record are known. */
  readonly traceOf?: (state: Pick<CoreState, 'side' | 'transferId'>) => string | undefined;
}

/** Names of enquiries, with the version of the connector in them. Neither rejects. */
export interface EnquiryProofs {
  has(enquiry: string): boolean | Promise<boolean>;
  add(enquiry: string): unknown;
}

/** What doing something for a record needs: all of the version that it runs with. */
type ActDeps = WalkDeps & Pick<PerformDeps, 'failpoints' | 'timers' | 'proofs' | 'traceOf'> & { readonly trying: Set<string> };

/** Does what a record at the core owes. */
export function performCore({ versions, ...common }: PerformDeps): Perform<CoreAction, CoreInput> {
  const { proofs } = common;
  const trying = new Set<string>();
  return async (action, { resumed, signal }) => {
    if (action.type === 'timer') return { type: 'due', key: action.key };
    const version = versions.of(versionOf(action.state));
    // nothing is owed for a record whose version is not there
    if (version === undefined) throw new Error('the version of the connector is not there any more');
    const deps: ActDeps = { ...common, ...version, trying };
    switch (action.type) {
      case 'advance': {
        const { state, operation, key } = action;
        return { type: 'advanced', key, ...(await workedOut(deps, state, operation)) };
      }
      case 'call':
        return call(deps, action, signal);
      case 'ask': {
        const judgement = await ask(deps, action);
        const { effect, state, key } = action;
        return { type: 'asked', key, judgement, proven: await proofs.has(enquiryOf(deps, state, effect)) };
      }
      case 'reverse':
        return reverse(deps, action, resumed);
      case 'renew':
        return renewHold(deps, action);
    }
  };
}

/** How the running operation goes on, from the state as it is. */
async function workedOut(deps: WalkDeps & Pick<PerformDeps, 'traceOf'>, state: CoreState, operation: string): Promise<Worked> {
  const { input = '{}', deadline } = state.operations[operation] ?? {};
  const { side, transferId, effects, events } = state;
  return { basis: events, end: await walk(deps, { side, transferId, operation, input, deadline, effects, trace: deps.traceOf?.(state) }) };
}

/** A call that moves money: what was journalled is sent, and its answer is judged. */
async function call(deps: ActDeps, { effect: name, state, key }: CallAction, signal: AbortSignal): Promise<CoreInput> {
  const { effect, step, root, request } = placeOf(deps, state, name);
  const { clock, backEnds, failpoints, running } = deps;
  if (clock.now() >= effect.deadline)
    return { type: 'called', key, judgement: { kind: 'not-sent', reason: 'there was no time left for the call' } };
  failpoints.hit('core.before.call');
  const about = { ids: [state.transferId], attempt: effect.attempt, trace: deps.traceOf?.(state) };
  const answer = await backEnds.call(effect.unsettled ? asRepeat(request) : request, effect.deadline, 'money', about);
  failpoints.hit('core.after.call');
  const judgement = isThere(answer)
    ? whatIsThere(await ask(deps, { effect: name, state }))
    : judgeMoney(step, root, answer, running.connector.errors);
  // the first that is done shows whether this enquiry can find it; nothing waits for that
  const enquiry = step.settle.ask;
  if (judgement.kind === 'ok' && enquiry !== undefined)
    void tryEnquiry(deps, { effect: name, state }, enquiry.quietMs, signal).catch(() => {});
  if (judgement.kind !== 'ok' || state.running === undefined) return { type: 'called', key, judgement };
  // how it goes on is worked out before the end is written: both are one append
  const end: CoreEvent = { type: 'effect-ended', at: clock.now(), effect: name, outcome: 'ok', by: 'answer', facts: '{}' };
  const after = withFacts(applyCore(state, end), name, judgement.facts);
  const { end: next } = await workedOut(deps, after, state.running);
  return { type: 'called', key, judgement, next: { basis: state.events, end: next } };
}

/** The reference is there already: by an earlier call of this effect if what stands there is of it, else by nobody knows whom. */
function whatIsThere(found: AskJudgement): MoneyJudgement {
  if (found.kind === 'found') return { kind: 'ok', facts: found.facts };
  return {
    kind: 'unknown',
    reason: found.kind === 'no-answer' ? found.reason : `the core has the reference already, and says ${found.kind}`,
  };
}

function withFacts(state: CoreState, name: string, facts: ValueObject): CoreState {
  const effect = state.effects[name] as EffectState;
  return { ...state, effects: { ...state.effects, [name]: { ...effect, facts: writeExactJson(facts) } } };
}

/** Under which name it is known that an enquiry has once found something. */
function enquiryOf({ running }: WalkDeps, { effects }: CoreState, effect: string): string {
  return `${running.version} ${effects[effect]?.operation} ${effect}`;
}

/** Pauses before what is known to be there is asked about, again where it was not found: a core's search may lag behind its books. */
const TRY_PAUSES_MS = [0, 500, 2_000, 8_000];

/**
 * Asks about an effect that is known to be there, until the enquiry has once found something: one effect at a time for each enquiry, a few times, and
 * within half of its quiet time, since what is found only later shows nothing about an "absent" after it. Nothing of it is stored: where it ends with a process, the
 * next payment begins another.
 */
async function tryEnquiry(deps: ActDeps, of: Pick<AskAction, 'effect' | 'state'>, quietMs: number, signal: AbortSignal): Promise<void> {
  const { proofs, trying, clock, timers } = deps;
  const enquiry = enquiryOf(deps, of.state, of.effect);
  if (trying.has(enquiry)) return;
  trying.add(enquiry);
  const until = clock.monotonic() + quietMs / 2;
  try {
    for (const pauseMs of TRY_PAUSES_MS) {
      if (clock.monotonic() + pauseMs > until) return;
      if (pauseMs > 0) await new Promise<void>((goOn) => void timers.after(pauseMs, goOn));
      if (signal.aborted) return;
      if ((await proofs.has(enquiry)) || (await ask(deps, of)).kind === 'found') return;
    }
  } finally {
    trying.delete(enquiry);
  }
}

/** Asks what became of an effect. That one was found once in time shows that this enquiry can find. */
async function ask(
  deps: WalkDeps & Pick<PerformDeps, 'proofs' | 'traceOf'>,
  { effect: name, state }: Pick<AskAction, 'effect' | 'state'>,
): Promise<AskJudgement> {
  const { effect, step, root, request: start } = placeOf(deps, state, name);
  const { ask: enquiry } = step.settle;
  if (enquiry === undefined) return { kind: 'no-answer', reason: 'it cannot be asked' };
  try {
    const request = enquiryAfter(start, render(enquiry.call, root));
    const deadline = deps.clock.now() + callMs(deps.running, { ...step, call: enquiry.call });
    const answer = await deps.backEnds.call(request, deadline, 'read', { ids: [state.transferId], trace: deps.traceOf?.(state) });
    const amount = effect.amount === undefined ? undefined : Decimal.parse(effect.amount);
    const judgement = judgeAsk(enquiry, root, amount, answer, deps.running.connector.errors);
    // what is found within the quiet time of its first call shows that it would be; what is found only later may have been missed until then
    const age = deps.clock.now() - effect.firstStartedAt;
    if (judgement.kind === 'found' && age >= 0 && age <= enquiry.quietMs) await deps.proofs.add(enquiryOf(deps, state, name));
    return judgement;
  } catch (error) {
    return { kind: 'no-answer', reason: reasonOf(error) };
  }
}

/**
 * Takes back what may be there. What is drawn for it is of the instant at which its quiet time was over, which is journalled: each repeat is the
 * same message. `resumed`: a process that is gone may have sent it.
 */
async function reverse(deps: ActDeps, { effect: name, state, key }: ReverseAction, resumed: boolean): Promise<CoreInput> {
  const { effect, step, root } = placeOf(deps, state, name);
  const { reverse: reversal } = step.settle;
  if (reversal === undefined) return { type: 'reversed', key, ok: false, reason: 'it cannot be taken back' };
  try {
    const first = withDrawn(render(reversal.call, root), draw(state.transferId, `${name}-reversal`, effect.quietAt));
    const request = effect.reversals > 0 || resumed ? asRepeat(first) : first;
    const deadline = deps.clock.now() + callMs(deps.running, { ...step, call: reversal.call });
    const about = { ids: [state.transferId], attempt: effect.reversals + 1, trace: deps.traceOf?.(state) };
    const answer = await deps.backEnds.call(request, deadline, 'money', about);
    return { type: 'reversed', key, ...judgeReversal(reversal.ok, root, answer) };
  } catch (error) {
    return { type: 'reversed', key, ok: false, reason: reasonOf(error) };
  }
}

/** Has the core keep a hold for longer. Each repeat of one renewal is the same message: until when follows from the hold and the renewals before. */
async function renewHold(deps: WalkDeps, { effect: name, state, key, until }: RenewAction): Promise<CoreInput> {
  const { effect, step, root } = placeOf(deps, state, name);
  const { renew } = step;
  const failed = (reason: string): CoreInput => ({ type: 'renewed', key, until, ok: false, reason });
  if (renew === undefined) return failed('it cannot be renewed');
  try {
    const facts = effect.facts === undefined ? undefined : (parseExactJson(effect.facts) as ValueObject);
    const of = viewOf({ operation: effect.operation, status: 'ok', ...(facts !== undefined && { facts }) });
    const renewal = Decimal.of(BigInt(effect.renewals + 1));
    const names = withNames(root, { of, until: new Date(until).toISOString(), renewal });
    const deadline = deps.clock.now() + callMs(deps.running, { ...step, call: renew.call });
    const about = { ids: [state.transferId], attempt: effect.renewalFailures + 1 };
    const answer = await deps.backEnds.call(render(renew.call, names), deadline, 'money', about);
    return { type: 'renewed', key, until, ...judgeReversal(renew.ok, names, answer) };
  } catch (error) {
    return failed(reasonOf(error));
  }
}

interface Place {
  readonly effect: EffectState;
  readonly step: MoneyStep;
  readonly root: ValueObject;
  readonly request: ReturnType<typeof openStart>['request'];
}

/** An effect with its step, the request that was journalled, and the names that its predicates know: those of its start, not of now. */
function placeOf({ running, sealer }: WalkDeps, state: CoreState, name: string): Place {
  const effect = state.effects[name] as EffectState;
  const step = stepOf(running, effect.operation, name);
  if (step === undefined) throw new Error(`the connector has no effect ${name}`);
  const { side, transferId } = state;
  const { request, drawn, kept } = openStart(sealer, effect.sealed, { side, transferId, effect: name });
  const { input = '{}', deadline } = state.operations[effect.operation] ?? {};
  const of = step.of === undefined ? undefined : state.effects[step.of];
  const facts = of?.facts === undefined ? undefined : (parseExactJson(of.facts) as ValueObject);
  const base = baseOf(running, { transferId, input, deadline }, effect.firstStartedAt);
  const root = withNames(withNames(base, kept), {
    key: effect.key,
    amount: effect.amount === undefined ? undefined : Decimal.parse(effect.amount),
    effect: drawn,
    of: of && viewOf({ operation: of.operation, status: 'ok', ...(facts !== undefined && { facts }) }),
  });
  return { effect, step, root, request };
}
