import {
  type AllowedCoreAct,
  type CoreAct,
  type CoreDesk,
  type CoreShown,
  isSeen,
  type SaidFact,
  saidFact,
} from '@payment-manager/mojaloop-connector/core-client';
import { JsonInvalid, parseExactJson } from '../codec/json.ts';
import { isObject, type ValueObject } from '../expression/value.ts';
import type { CoreRecords } from '../record/core-records.ts';
import { CORE_EXCEPTION_CODES, type CoreEvent } from '../record/events.ts';
import { goesOn } from '../record/flow.ts';
import type { CoreState, EffectState } from '../record/state.ts';
import { plainValues } from './plain-values.ts';

type Line = CoreShown['history'][number];

/** What people see of the records at the core, and what they do about one that nobody else can settle. No values: these may be persons' or secret. */
export function coreDesk(records: CoreRecords): CoreDesk {
  return {
    async shown(side, transferId) {
      const state = await records.state(side, transferId);
      if (state === undefined) return undefined;
      const exceptions = await records.attention(side, transferId);
      return {
        exceptions: CORE_EXCEPTION_CODES.filter((known) => exceptions.some(({ code }) => code === known)),
        known: [...Object.values(state.effects).map(effectLine), ...exceptions.map(({ code, reason }) => `exception ${code}: ${reason}`)],
        said: [...Object.values(state.effects).map(effectSaid), ...exceptions.map(({ code }) => saidFact('exception', { code }))],
        history: (await records.events(side, transferId)).flatMap((event) => historyLine(event)),
        allowed: allowedOf(state, exceptions.length > 0),
      };
    },
    askNow: (side, transferId) => records.askNow(side, transferId),
    async act(side, transferId, act, person) {
      const state = await records.state(side, transferId);
      const needed = state !== undefined && (await records.attention(side, transferId)).length > 0;
      const allowed =
        state && allowedOf(state, needed).find((one) => one.action === act.action && (isSeen(one, act) || isEarlier(one, act)));
      if (state === undefined || allowed === undefined) return false;
      const { what, seen } = allowed;
      if (act.action === 'core-done') return records.doneByHand(side, transferId, what, person);
      const facts = act.action === 'core-executed' ? factsOf(act.facts) : undefined;
      const as = act.action === 'core-executed' ? 'ok' : 'refused';
      return records.resolve(side, transferId, { effect: what, attempt: callOf(act.seen ?? seen), as, ...(facts && { facts }) }, person);
    },
  };
}

/** That a call was executed may stay true while it is called again: whether it does, its record decides. */
function isEarlier({ what, seen }: AllowedCoreAct, act: CoreAct): boolean {
  if (act.action !== 'core-executed' || act.seen === undefined) return false;
  return act.seen === `${what} ${callOf(act.seen)}` && callOf(act.seen) < callOf(seen);
}

/** Which call of an effect: `payee-hold 2` is the second. */
function callOf(seen: string): number {
  return Number(seen.split(' ').at(-1));
}

/** @throws RangeError */
function factsOf(text: string | undefined): ValueObject | undefined {
  if (text === undefined) return undefined;
  try {
    const facts = parseExactJson(text);
    if (isObject(facts)) return facts;
  } catch (error) {
    if (!(error instanceof JsonInvalid)) throw error;
  }
  throw new RangeError('facts must be a JSON object, like {"holdId":"H-1"}');
}

/** Only of what a person was told. An effect comes before its operation: when it is known, the operation goes on by itself. */
function allowedOf(state: CoreState, needed: boolean): readonly AllowedCoreAct[] {
  if (!needed) return [];
  const open = Object.values(state.effects).find(({ status }) => status === 'unknown' || status === 'pending' || status === 'not-sent');
  if (open !== undefined && state.stuck === undefined)
    return (['core-executed', 'core-not-executed'] as const).map((action) => ({
      action,
      what: open.name,
      seen: `${open.name} ${open.attempt}`,
    }));
  const { running, stuck } = state;
  return running !== undefined && (stuck !== undefined || goesOn(state)) ? [{ action: 'core-done', what: running, seen: running }] : [];
}

function effectLine({ name, kind, status, amount, attempt, code, reason }: EffectState): string {
  const more = [amount, attempt > 1 ? `attempt ${attempt}` : undefined, code, status === 'ok' ? undefined : reason].filter(
    (one) => one !== undefined,
  );
  return `${kind} ${name}: ${status}${more.length > 0 ? ` (${more.join('; ')})` : ''}`;
}

function effectSaid({ name, kind, status, amount, attempt, code }: EffectState): SaidFact {
  return saidFact('core-effect', { name, kind, status, amount, attempt, code });
}

function historyLine(event: CoreEvent): readonly Line[] {
  const { at } = event;
  const told = { event: `core:${event.type}`, values: plainValues(event) } as const;
  const us = (what: string): readonly Line[] => [{ at, who: 'us', what, ...told }];
  const core = (what: string): readonly Line[] => [{ at, who: 'core', what, ...told }];
  switch (event.type) {
    case 'operation-begun':
      return us(`${event.operation} begun${event.undoes === undefined ? '' : ` to undo ${event.undoes}`}`);
    case 'operation-failed':
      return us(`${event.operation} failed: ${event.reason}`);
    case 'operation-ended':
      return us(`${event.operation} ended: ${event.ended.kind === 'reply' ? 'done' : `refused (${event.ended.code})`}`);
    case 'person-acted':
      return [{ at, who: 'person', what: `${event.by}: ${event.what}: ${event.reason}`, ...told }];
    case 'stuck':
      return us(`${event.operation} is stuck: ${event.reason}`);
    case 'effect-started':
      return us(`${event.effect} called, attempt ${event.attempt}`);
    case 'effect-ended':
      return core(`${event.effect}: ${event.outcome}, by ${event.by}${event.outcome === 'refused' ? ` (${event.code})` : ''}`);
    case 'effect-unknown':
    case 'effect-not-sent':
      return us(`${event.effect}: ${event.type === 'effect-unknown' ? 'unknown' : 'not sent'}, ${event.reason}`);
    case 'effect-pending':
      return core(`${event.effect}: taken, and not decided`);
    case 'effect-hinted':
      return core(`${event.effect}: called back (${event.callback})`);
    case 'effect-asked':
      return core(`${event.effect} asked about: ${event.said}, ${event.reason}`);
    case 'hold-renewed':
      return core(`${event.effect} kept until ${new Date(event.until).toISOString()}`);
    case 'renewal-failed':
      return core(`${event.effect} not renewed: ${event.reason}`);
    case 'reversal-failed':
      return core(`${event.effect} not taken back: ${event.reason}`);
    case 'exception-raised':
      return us(`exception ${event.code}: ${event.reason}`);
    case 'effect-quiet':
    case 'key-ended':
      return [];
  }
}
