import type { Sealer } from '@payment-manager/runtime';
import { writeExactJson } from '../codec/json.ts';
import { bodyText, callText, kindOfCall, namespacesOf, statusText } from '../fixture/request-content.ts';
import type { CoreEvent, Ended } from '../record/events.ts';
import { openStart } from '../record/sealed-start.ts';
import type { CoreState, EffectState, OperationState } from '../record/state.ts';
import { baseOf } from '../record/walk.ts';
import { type End, interpret } from '../run/interpret.ts';
import type { StartEffect } from '../run/money.ts';
import type { OperationReplay } from './operation-replay.ts';
import { replayEffect } from './replay-effect.ts';

/** Each money step begins at most once. */
const STARTS_MAX = 100;

/** Goes over an operation's steps until its answer, or to where nobody can tell how it goes on. */
export function replayOperation(of: OperationReplay): void {
  const { name, state, told, views } = of;
  const then = state.operations[name] as OperationState;
  told.line(name, ` ${then.input}`);
  const begun = new Set<string>();
  for (let starts = 0; starts < STARTS_MAX; starts++) {
    const end = walked(of, begun);
    if (end === undefined) return;
    if (end.kind !== 'start') {
      ended(of, then, end, begun);
      return;
    }
    begun.add(end.effect);
    const view = replayEffect(of, end, state.effects[end.effect]);
    if (view === undefined) return;
    views.set(end.effect, view);
  }
}

/** The record's effects of the operation that were not gone over yet, in their order. */
function left({ state, name }: OperationReplay, begun: ReadonlySet<string>): readonly EffectState[] {
  return Object.values(state.effects).filter((effect) => effect.operation === name && !begun.has(effect.name));
}

/** Goes over the steps at the instant at which the next effect of the record was drawn. Undefined: a read's answer is not known. */
function walked(of: OperationReplay, begun: ReadonlySet<string>): End | undefined {
  const { running, operation, name, state, views, answers, told, sealer } = of;
  const { begunAt, input, deadline, ended: over } = state.operations[name] as OperationState;
  const [next] = left(of, begun);
  const now = next === undefined ? begunAt : drawnAt(sealer, state, next);
  const untilMs = next?.firstStartedAt ?? (over === undefined ? Number.POSITIVE_INFINITY : endedAt(of));
  const { transferId } = state;
  const base = baseOf(running, { transferId, input, deadline }, now);
  const steps = interpret({ connector: running.connector, operation, base, transferId, effects: views, now });
  let at = steps.next();
  while (at.done !== true) {
    const { request } = at.value;
    const answer = answers.to(request, untilMs);
    told.line(`> ${kindOfCall(request)}`, callText(request, namespacesOf(running.connector, request)));
    if (answer === undefined) {
      told.line('< (not kept)');
      told.isUnknown(`${name}: how it goes on is not known, for no answer is kept to ${kindOfCall(request)}`, callText(request, {}));
      return undefined;
    }
    told.line(`< ${statusText(answer)}`, bodyText(answer));
    at = steps.next(answer);
  }
  return at.value;
}

function endedAt({ events, name }: OperationReplay): number {
  return events.findLast((event) => event.type === 'operation-ended' && event.operation === name)?.at ?? Number.POSITIVE_INFINITY;
}

/** What was drawn says when; where nothing was, it does not matter to the millisecond. */
function drawnAt(sealer: Sealer, { side, transferId }: CoreState, effect: EffectState): number {
  const { drawn } = openStart(sealer, effect.sealed, { side, transferId, effect: effect.name });
  const at = Date.parse(String(drawn['startedAt']));
  return Number.isNaN(at) ? effect.firstStartedAt : at;
}

function ended(of: OperationReplay, then: OperationState, end: Exclude<End, StartEffect>, begun: ReadonlySet<string>): void {
  const { name, told, events } = of;
  const now = endText(end);
  told.line(
    `= ${END_NAMES[end.kind]}`,
    end.kind === 'reply' ? ` ${writeExactJson(end.reply)} and the facts ${writeExactJson(end.facts)}` : undefined,
  );
  for (const { name: effect } of left(of, begun)) told.differs(`${name}: ${effect} was begun, and would not be`);
  const before = then.ended === undefined ? stuckText(events, name) : endedText(then.ended);
  told.differs(`${name}: its end`, { before, now });
}

function stuckText(events: readonly CoreEvent[], name: string): string {
  return events.some((event) => event.type === 'stuck' && event.operation === name) ? 'stuck' : 'nothing yet';
}

/** What an end is called where its values are not shown. */
const END_NAMES = { reply: 'the reply', refused: 'a refusal', failed: 'a refusal', stuck: 'stuck', waits: 'nothing yet' } as const;

function endedText(end: Ended): string {
  return end.kind === 'reply' ? `the reply ${end.reply} and the facts ${end.facts}` : `the refusal ${end.code}`;
}

function endText(end: Exclude<End, StartEffect>): string {
  switch (end.kind) {
    case 'reply':
      return endedText({ kind: 'reply', reply: writeExactJson(end.reply), facts: writeExactJson(end.facts) });
    case 'refused':
    case 'failed':
      return `the refusal ${end.code}`;
    case 'stuck':
      return 'stuck';
    case 'waits':
      return 'nothing yet';
  }
}
