import { parseExactJson, writeExactJson } from '../codec/json.ts';
import type { Namespaces } from '../codec/xml.ts';
import { emptyObject, equal, isObject, type Value, type ValueObject } from '../expression/value.ts';
import { bodyText, callText, contentOf, kindOfCall, namespacesOf, statusText } from '../fixture/request-content.ts';
import type { CoreEvent } from '../record/events.ts';
import { openStart } from '../record/sealed-start.ts';
import { stepOf } from '../record/settings.ts';
import { type EffectState, isOpen, type OperationState } from '../record/state.ts';
import { baseOf } from '../record/walk.ts';
import { withNames } from '../run/answer.ts';
import { viewOf } from '../run/interpret.ts';
import { judgeMoney, type MoneyJudgement } from '../run/judge.ts';
import type { EffectView, StartEffect } from '../run/money.ts';
import { type RenderedRequest, requestName } from '../run/render.ts';
import type { OperationReplay } from './operation-replay.ts';
import type { Told } from './told.ts';

/** An effect as this connector would begin it, beside that of then. Undefined: how it goes on is not known. */
export function replayEffect(of: OperationReplay, start: StartEffect, then: EffectState | undefined): EffectView | undefined {
  const { told, name, state, sealer } = of;
  const namespaces = namespacesOf(of.running.connector, start.request);
  const amount = start.amount === undefined ? '' : ` ${start.amount.toString()}`;
  const kind = stepOf(of.running, name, start.effect)?.kind ?? '';
  told.line(`* ${start.effect}: ${kind}${amount} under ${start.key}`);
  told.line(`> ${kindOfCall(start.request)}`, callText(start.request, namespaces));
  if (then === undefined || then.operation !== name) {
    told.line('< (it was not begun then)');
    told.differs(`${name}: ${start.effect} was not begun, and would be`);
    return undefined;
  }
  const { request } = openStart(sealer, then.sealed, { side: state.side, transferId: state.transferId, effect: then.name });
  otherStart(told, { start, then, request, namespaces });
  const view = outcome(of, start, then, request);
  if (view === undefined) return undefined;
  if (view.status === 'open') told.isUnknown(`${name}: what became of ${then.name} was not known`);
  return view;
}

interface Starts {
  readonly start: StartEffect;
  readonly then: EffectState;
  /** Of then. */
  readonly request: RenderedRequest;
  readonly namespaces: Namespaces;
}

function otherStart(told: Told, { start, then, request, namespaces }: Starts): void {
  const { effect } = start;
  told.differs(`${effect}: the key`, { before: then.key, now: start.key });
  told.differs(`${effect}: the amount`, { before: then.amount ?? 'none', now: start.amount?.toString() ?? 'none' });
  told.differs(`${effect}: the back end`, { before: request.to, now: start.request.to });
  told.differs(`${effect}: the call`, { before: requestName(request), now: requestName(start.request) });
  told.differs(`${effect}: the header`, { before: headersText(request), now: headersText(start.request) });
  otherContent(told, effect, contentOf(request, namespaces), contentOf(start.request, namespaces));
}

function headersText(request: RenderedRequest): string {
  return request.kind === 'http' ? JSON.stringify(Object.fromEntries(request.headers)) : '{}';
}

/** Member by member, where both have members. */
function otherContent(told: Told, effect: string, before: Value, now: Value): void {
  const compare = (what: string, one: Value, other: Value): void => {
    if (!equal(one, other)) told.differs(`${effect}: ${what}`, { before: valueText(one), now: valueText(other) });
  };
  if (!isObject(before) || !isObject(now)) compare('the body', before, now);
  else for (const member of new Set([...Object.keys(before), ...Object.keys(now)])) compare(`body.${member}`, before[member], now[member]);
}

function valueText(value: Value): string {
  return value === undefined ? 'missing' : writeExactJson(value);
}

/** With the answer of then, where it decided and is kept, as this connector understands it; else as it was taken then. */
function outcome(of: OperationReplay, start: StartEffect, then: EffectState, request: RenderedRequest): EffectView | undefined {
  const { told, name, answers, events } = of;
  const end = events.findLast((event): event is EffectEnded => event.type === 'effect-ended' && event.effect === then.name);
  const recorded = recordedView(then, start);
  const answer = end?.by === 'answer' ? answers.to(request, end.at) : undefined;
  if (answer === undefined) {
    told.line(`< (${end?.by === 'answer' ? 'not kept' : (end?.by ?? 'no answer')})`);
    told.line(`~ ${then.name}: ${recorded.status}, as it was then`);
    told.isUnknown(
      end === undefined || end.by === 'answer'
        ? `${name}: what the core answered to ${then.name} is not kept; it is taken as it was then`
        : `${name}: ${then.name} was settled by ${end.by}; it is taken as it was then`,
    );
    return recorded;
  }
  told.line(`< ${statusText(answer)}`, bodyText(answer));
  const judged = judgementView(judge(of, start, answer), name, start);
  const [before, now] = [viewText(recorded), judged.view === undefined ? judged.says : viewText(judged.view)];
  told.line(`~ ${then.name}: ${judged.view?.status ?? judged.says}`, judged.view === undefined ? undefined : factsText(judged.view));
  told.differs(`${name}: ${then.name}`, { before, now });
  return judged.view;
}

type EffectEnded = Extract<CoreEvent, { type: 'effect-ended' }>;

function recordedView(then: EffectState, start: StartEffect): EffectView {
  const { operation, status, facts, code, message } = then;
  return {
    operation,
    status: isOpen(then) ? 'open' : (status as EffectView['status']),
    kept: start.kept,
    ...(facts !== undefined && status === 'ok' && { facts: parseExactJson(facts) as ValueObject }),
    ...(code !== undefined && { code }),
    ...(message !== undefined && { message }),
  };
}

function viewText(view: EffectView): string {
  return `${view.status}${factsText(view)}`;
}

function factsText({ status, facts, code }: EffectView): string {
  if (status === 'ok') return ` ${writeExactJson(facts ?? emptyObject())}`;
  return code === undefined ? '' : ` ${code}`;
}

function judge(of: OperationReplay, start: StartEffect, answer: Parameters<typeof judgeMoney>[2]): MoneyJudgement {
  const { running, state, name, views } = of;
  const step = stepOf(running, name, start.effect);
  if (step === undefined) return { kind: 'unknown', reason: 'the connector has no such effect' };
  const { input, deadline, begunAt } = state.operations[name] as OperationState;
  const base = baseOf(running, { transferId: state.transferId, input, deadline }, begunAt);
  const root = withNames(withNames(base, start.kept), {
    key: start.key,
    amount: start.amount,
    effect: start.drawn,
    of: step.of === undefined ? undefined : viewOf(views.get(step.of)),
  });
  return judgeMoney(step, root, answer, running.connector.errors);
}

/** No view: the core would have been asked, or called again, and nobody knows what it would have said. */
function judgementView(
  judgement: MoneyJudgement,
  operation: string,
  { kept }: StartEffect,
): { readonly view?: EffectView; readonly says: string } {
  switch (judgement.kind) {
    case 'ok':
      return { view: { operation, status: 'ok', kept, facts: judgement.facts }, says: 'ok' };
    case 'refused': {
      const { code, message } = judgement;
      return { view: { operation, status: 'refused', kept, code, ...(message !== undefined && { message }) }, says: 'refused' };
    }
    case 'pending':
      return { says: 'pending' };
    default:
      return { says: `${judgement.kind}: ${judgement.reason}` };
  }
}
