import type { CoreAct, ExceptionsDoor, FinalState, PaymentDetail, PersonAction, Role } from '@payment-manager/mojaloop-connector';
import type { HttpResponse } from '@payment-manager/runtime';
import Type, { type Static } from 'typebox';
import { answer } from '../access/answer.ts';
import { cursorIn, cursorOf, shownAllowed, shownDetail, shownFacts } from './payment-shown.ts';
import { idIn, instantIn, LIMIT_MAX, limitIn, wordIn } from './query.ts';
import { ID_PATTERN, words } from './read-body.ts';
import { type Call, RequestRefused, type Route, withBody } from './route.ts';

/** An Idempotency-Key, or a homeTransactionId. */
const ANY_ID_LONGEST = 255;
const ROLES: readonly Role[] = ['payer', 'payee'];
const FINAL_STATES: readonly FinalState[] = ['COMMITTED', 'ABORTED'];

/** What each action says besides: why, who, and in which role of the payment. */
const SAID = { reason: words(500), by: words(100), flow: Type.Optional(Type.Enum([...ROLES])) };

/** What somebody looked at before, as `allowed` has it: where something else stands now, nothing is done. */
const SEEN = { seen: Type.String({ minLength: 1, maxLength: 100 }) };

const ACTION_BODY = {
  member: 'action',
  of: {
    'ask-hub': Type.Object({ action: Type.Literal('ask-hub'), ...SAID }),
    'ask-core': Type.Object({ action: Type.Literal('ask-core'), ...SAID }),
    'resend-outcome': Type.Object({
      action: Type.Literal('resend-outcome'),
      confirmed: Type.Optional(Type.Boolean()),
      ...SEEN,
      ...SAID,
    }),
    'core-executed': Type.Object({
      action: Type.Literal('core-executed'),
      facts: Type.Optional(Type.String({ maxLength: 2_000 })),
      ...SEEN,
      ...SAID,
    }),
    'core-not-executed': Type.Object({ action: Type.Literal('core-not-executed'), ...SEEN, ...SAID }),
    'core-done': Type.Object({ action: Type.Literal('core-done'), ...SEEN, ...SAID }),
    resolve: Type.Object({ action: Type.Literal('resolve'), as: Type.Enum([...FINAL_STATES]), ...SAID }),
  },
} as const;

type ActionBody = Static<(typeof ACTION_BODY)['of'][keyof (typeof ACTION_BODY)['of']]>;

/**
 * What operators ask about single payments, and what they do:
 *
 * - `GET /exceptions/{id}`: everything that is known of a payment, and the actions allowed now; `?flow=payer|payee`
 * - `POST /exceptions/{id}`: `{action, as?, seen?, confirmed?, facts?, reason, by, flow?}`; `seen` comes from `allowed` of what was looked at, and goes with
 *   all actions that have one there; `action` is `ask-hub`, `ask-core`, `resend-outcome`, of a
 *   record at the core `core-executed`, `core-not-executed` or `core-done`, or `resolve`, which in the flows and in the journal is called `settle`
 * - `GET /payments?id=ANY&fsp=`: the payments that have this id as any of their ids; `fsp`: who asked, for quoteIds of others
 * - `GET /payments?from=INSTANT&to=INSTANT&limit=&after=`: payments by their last event, for reconciliation
 */
export function paymentRoutes(desk: ExceptionsDoor): readonly Route[] {
  const path = '/exceptions/{id}';
  return [
    {
      method: 'GET',
      path,
      async handle({ params, query }) {
        const detail = await desk.exception(transferIdIn(params), wordIn(query, 'flow', ROLES));
        return detail === undefined ? unknownPayment() : answer(200, shownDetail(detail));
      },
    },
    withBody({
      method: 'POST',
      path,
      acts: true,
      body: ACTION_BODY,
      whenNotStored: 'whether the action was taken is not known',
      handle: ({ params, body }) => resolved(desk, transferIdIn(params), body),
    }),
    { method: 'GET', path: '/payments', handle: ({ query }) => (query.has('id') ? byId : listed)(desk, query) },
  ];
}

const IS_ID = new RegExp(ID_PATTERN);

function transferIdIn(params: Call['params']): string {
  const id = params['id'] ?? '';
  if (!IS_ID.test(id)) throw new RequestRefused('An id has 1 to 64 letters, digits or dashes.', { code: 'BAD_ID' });
  return id;
}

function unknownPayment(): HttpResponse {
  return answer(404, { code: 'UNKNOWN_PAYMENT', message: 'No payment has this transferId.' });
}

async function resolved(desk: ExceptionsDoor, id: string, body: ActionBody): Promise<HttpResponse> {
  const { flow, reason, by } = body;
  const result = await desk.resolve({ id, ...(flow !== undefined && { flow }), act: actOf(body), reason, by });
  switch (result.kind) {
    case 'done':
      return answer(200, shownDetail(result.detail));
    case 'missing':
      return unknownPayment();
    case 'not-allowed':
      return answer(409, { code: 'NOT_ALLOWED_NOW', message: notAllowed(result.allowed), allowed: shownAllowed(result.allowed) });
  }
}

function actOf(body: ActionBody): PersonAction | CoreAct {
  switch (body.action) {
    case 'resend-outcome':
      return { action: body.action, confirmed: body.confirmed ?? false, seen: body.seen };
    case 'resolve':
      return { action: 'settle', as: body.as };
    case 'core-executed':
      return { action: body.action, seen: body.seen, ...(body.facts !== undefined && { facts: body.facts }) };
    case 'core-not-executed':
    case 'core-done':
      return { action: body.action, seen: body.seen };
    case 'ask-hub':
    case 'ask-core':
      return { action: body.action };
  }
}

function notAllowed(allowed: PaymentDetail['allowed']): string {
  const actions = allowed.map((one) => (one.action === 'settle' ? `resolve as ${one.as.join(' or ')}` : one.action));
  return actions.length === 0
    ? 'This payment does not need a person; no action is allowed now.'
    : `This is not allowed with this payment now; allowed: ${actions.join(', ')}.`;
}

async function byId(desk: ExceptionsDoor, query: URLSearchParams): Promise<HttpResponse> {
  const id = idIn(query, ANY_ID_LONGEST) ?? '';
  return answer(200, { payments: await desk.find(id, query.get('fsp') ?? undefined) });
}

async function listed(desk: ExceptionsDoor, query: URLSearchParams): Promise<HttpResponse> {
  const limit = limitIn(query, LIMIT_MAX);
  const after = cursorIn(query.get('after'));
  const page = await desk.payments({
    fromMs: instantIn(query, 'from'),
    toMs: instantIn(query, 'to'),
    limit,
    ...(after !== undefined && { after }),
  });
  return answer(200, { payments: page.payments.map(shownFacts), ...(page.next !== undefined && { next: cursorOf(page.next) }) });
}
