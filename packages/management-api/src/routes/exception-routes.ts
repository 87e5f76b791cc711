import type { CoreAct, PaymentDetail, PaymentFacts, PersonAction } from '@payment-manager/mojaloop-connector';
import Type, { type Static } from 'typebox';
import { type Actor, actorName } from '../access/actor.ts';
import { type Doing, doOrAsk, type Outcome } from '../approvals/approvals.ts';
import type { AuditAction } from '../audit/actions.ts';
import { notFound, notNow, Problem } from '../server/problem.ts';
import { type Route, route } from '../server/route.ts';
import { closed, ID, REASON, words } from '../server/schemas.ts';
import { commit, load, putOf } from '../store/kept.ts';
import type { RouteDeps, Surroundings } from './deps.ts';
import { type Care, listExceptions, type WaitingWish, wishes } from './exception-list.ts';
import { answerOf } from './outcome.ts';

/** Ask, and nothing changes; the others say how money ended, and may need four eyes. */
const ASKING = ['ask-hub', 'ask-core'] as const;
/** Of these it counts what was looked at. */
const OF_SOMETHING = ['resend-outcome', 'core-executed', 'core-not-executed', 'core-done'] as const;

const ACT = {
  action: Type.Enum([...ASKING, ...OF_SOMETHING, 'resolve']),
  as: Type.Optional(Type.Enum(['COMMITTED', 'ABORTED'])),
  confirmed: Type.Optional(Type.Boolean()),
  facts: Type.Optional(Type.String({ maxLength: 2_000 })),
  /** What was looked at, as `allowed` has it. */
  seen: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
  flow: Type.Optional(Type.Enum(['payer', 'payee'])),
};
const ACT_BODY = closed(ACT);
type Act = Static<typeof ACT_BODY>;
/** For many at once: what the core calls one of them is of no other, and each is looked at by itself. */
const { facts: _facts, seen: _seen, ...OF_MANY } = ACT;
const IDS = Type.Array(ID, { minItems: 1, maxItems: 100, uniqueItems: true });

const NOTES_MAX = 200;

/** `GET /exceptions/:id` */
export interface ShownExceptionDetail extends PaymentDetail {
  readonly care: Care;
  readonly waiting?: WaitingWish;
}

/** What an action would be done to, before anything is done. */
export type Preview = { readonly id: string; readonly allowed: boolean; readonly why: string } & Partial<
  Pick<PaymentFacts, 'flow' | 'amount' | 'currency' | 'hub' | 'core'>
> & {
    /** What the core would be told, where the action tells it. */
    readonly outcome?: string;
    /** Somebody must have looked whether the core has booked already. */
    readonly needsConfirmation?: boolean;
    /** Which thing it would be done to. */
    readonly seen?: string;
  };

/** What needs a person: the list, notes, owners, and what is done about it, one by one or many at once. */
export function exceptionRoutes(deps: RouteDeps): readonly Route[] {
  const { around, signIn } = deps;
  return [
    route({
      method: 'GET',
      path: '/exceptions',
      permission: 'exceptions:read',
      summary: 'Payments that need a person, the oldest first, with owner and number of notes',
      query: closed({ limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000 })) }),
      handle: ({ query: { limit = 100 } }) => listExceptions(deps, limit),
    }),
    route({
      method: 'GET',
      path: '/exceptions/:id',
      permission: 'exceptions:read',
      summary: 'What hub, journal and core say of a payment, its history, its notes, and what may be done now',
      params: closed({ id: ID }),
      query: closed({ flow: ACT.flow }),
      async handle({ params, query }): Promise<ShownExceptionDetail> {
        const detail = await around.desk.exception(params.id, query.flow);
        if (detail === undefined) throw notFound('payment');
        const waiting = (await wishes(deps.approvals)).get(`payment:${params.id}`);
        const care = (await load<Care>(signIn, 'note', params.id))?.value ?? { notes: [] };
        return { ...detail, care, ...(waiting !== undefined && { waiting }) };
      },
    }),
    ...careRoutes(deps),
    route({
      method: 'POST',
      path: '/exceptions/:id/act',
      permission: 'exceptions:resolve',
      summary: 'Does what is allowed now, or asks for four eyes (202)',
      params: closed({ id: ID }),
      body: closed({ ...ACT, reason: REASON }),
      handle: async ({ actor, params, body: { reason, ...act } }) => answerOf(await acted(deps, actor, params.id, act, reason)),
    }),
    route({
      method: 'POST',
      path: '/exceptions/bulk/preview',
      permission: 'exceptions:read',
      summary: 'What an action would be done to, with amounts, before anything is done',
      body: closed({ ...OF_MANY, ids: IDS }),
      handle: async ({ body: { ids, ...act } }) => ({
        payments: await Promise.all(ids.map((id) => preview(around, id, act))),
      }),
    }),
    route({
      method: 'POST',
      path: '/exceptions/bulk',
      permission: 'exceptions:resolve',
      summary: 'The same action for many, each for itself: one that is not allowed stops no other',
      perMinute: 10,
      body: closed({ ...OF_MANY, ids: IDS, reason: REASON }),
      async handle({ actor, body: { ids, reason, ...act } }) {
        const results: object[] = [];
        for (const id of ids) results.push({ id, ...(await acted(deps, actor, id, act, reason).then(shownState, failedAs)) });
        return { payments: results };
      },
    }),
  ];
}

function careRoutes({ around, signIn }: RouteDeps): readonly Route[] {
  const change = async (id: string, actor: Actor, change: (care: Care) => Care, action: AuditAction, after: object): Promise<void> => {
    if ((await around.desk.exception(id)) === undefined) throw notFound('payment');
    const kept = await load<Care>(signIn, 'note', id);
    await commit(
      signIn,
      [putOf('note', id, kept, change(kept?.value ?? { notes: [] }))],
      [{ actor: actorName(actor), action, target: `payment:${id}`, after }],
    );
  };
  return [
    route({
      method: 'POST',
      path: '/exceptions/:id/notes',
      permission: 'exceptions:note',
      summary: 'Writes a note',
      params: closed({ id: ID }),
      body: closed({ text: words(2_000) }),
      async handle({ actor, params, body: { text } }) {
        const note = { at: signIn.clock.now(), by: actorName(actor), text };
        await change(params.id, actor, (care) => ({ ...care, notes: [...care.notes, note].slice(-NOTES_MAX) }), 'exception.noted', {
          text,
        });
      },
    }),
    route({
      method: 'PUT',
      path: '/exceptions/:id/owner',
      permission: 'exceptions:note',
      summary: 'Says who looks after it; without an owner: nobody',
      params: closed({ id: ID }),
      body: closed({ owner: Type.Optional(words(100)) }),
      async handle({ actor, params, body: { owner } }) {
        await change(params.id, actor, ({ notes }) => ({ notes, ...(owner !== undefined && { owner }) }), 'exception.owned', { owner });
      },
    }),
  ];
}

async function acted({ approvals, around, signIn }: RouteDeps, actor: Actor, id: string, act: Act, reason: string): Promise<Outcome> {
  if (act.action === 'resolve' && act.as === undefined)
    throw new Problem(400, {
      code: 'REQUEST_INVALID',
      message: '`as` is missing.',
      place: 'body.as',
      expected: 'COMMITTED or ABORTED',
      advice: 'Say how the payment ended.',
    });
  const target = `payment:${id}`;
  if (act.action === 'ask-hub' || act.action === 'ask-core') {
    await commit(signIn, [], [{ actor: actorName(actor), action: `exception.${act.action}`, target, reason }]);
    return { kind: 'done', result: await resolveException(around)({ id, act }, { by: actorName(actor), reason }) };
  }
  const now = await preview(around, id, act);
  if (!now.allowed) throw notNow(now.why, 'Look at the payment again: it shows what is allowed.');
  // who agrees agrees to what was looked at: where something else stands by then, nothing is done
  const seen: Act = { ...act, ...(now.seen !== undefined && { seen: now.seen }) };
  return doOrAsk(approvals, actor, { action: 'resolve-exception', target, values: { id, act: seen }, reason });
}

/** Whether the action is among those that are allowed now, and about how much money it is. */
async function preview({ desk }: Surroundings, id: string, { action, as, seen, flow: asked }: Act): Promise<Preview> {
  const detail = await desk.exception(id, asked);
  if (detail === undefined) return { id, allowed: false, why: 'There is no such payment.' };
  const wanted = action === 'resolve' ? 'settle' : action;
  const found = detail.allowed.find((one) => one.action === wanted);
  const of = found !== undefined && 'seen' in found ? found.seen : undefined;
  const isSame = seen === undefined || seen === of;
  const allowed = found !== undefined && isSame && (found.action !== 'settle' || (as !== undefined && found.as.includes(as)));
  const { flow, amount, currency, hub, core } = detail.payment;
  return {
    ...{ id, allowed, why: allowed ? '' : 'This is not allowed with this payment now.', flow, hub, core },
    ...(amount !== undefined && { amount }),
    ...(currency !== undefined && { currency }),
    ...(of !== undefined && { seen: of }),
    ...(found?.action === 'resend-outcome' && { outcome: found.outcome, needsConfirmation: found.needsConfirmation }),
  };
}

/** Does it: the values are those that were approved. */
export function resolveException({ desk }: Pick<Surroundings, 'desk'>): Doing {
  return async (values, { by, reason }) => {
    const { id, act } = values as { readonly id: string; readonly act: Act };
    // a wish of a version that kept none; nothing is done to whatever stands now
    if ((OF_SOMETHING as readonly string[]).includes(act.action) && act.seen === undefined)
      throw notNow('It was asked for when it was not kept yet what was looked at.', 'Look at it again, and ask again.');
    const result = await desk.resolve({
      id,
      ...(act.flow !== undefined && { flow: act.flow }),
      act: actOf(act),
      reason,
      by,
    });
    if (result.kind === 'missing') throw notFound('payment');
    if (result.kind === 'not-allowed') throw notNow('This is not allowed with this payment now.', 'Look at it again.');
    return result.detail.payment;
  };
}

function actOf({ action, as, confirmed = false, facts, seen }: Act): PersonAction | CoreAct {
  const of = seen === undefined ? {} : { seen };
  switch (action) {
    case 'resolve':
      return { action: 'settle', as: as ?? 'ABORTED' };
    case 'resend-outcome':
      return { action, confirmed, ...of };
    case 'core-executed':
      return { action, ...of, ...(facts !== undefined && { facts }) };
    case 'core-not-executed':
    case 'core-done':
      return { action, ...of };
    default:
      return { action };
  }
}

function shownState(outcome: Outcome): object {
  return outcome.kind === 'done' ? { state: 'done' } : { state: 'waiting', approval: outcome.approval };
}

function failedAs(error: unknown): object {
  if (!(error instanceof Problem)) throw error;
  return { state: 'failed', ...error.shown };
}
