import { JournalUnavailable } from '@payment-manager/journal';
import type {
  AllowedAction,
  ExceptionsDoor,
  FinalState,
  PaymentDetail,
  PaymentFacts,
  PaymentsPage,
  PersonAction,
  Resolution,
  Role,
} from '@payment-manager/mojaloop-connector';
import type { HttpRequest, HttpResponse } from '@payment-manager/runtime';
import { answer } from '../access/answer.ts';

export interface PaymentRoutesDeps {
  readonly desk: ExceptionsDoor;
  /** Whether persons may act here: only where the API listens on this machine alone, since nobody signs in. */
  readonly mayAct: boolean;
}

const ID_LONGEST = 64;
const PAGE_LARGEST = 1000;
/** An Idempotency-Key, or a homeTransactionId. */
const ANY_ID_LONGEST = 255;

/**
 * What operators ask about single payments, and what they do:
 *
 * - `GET /exceptions/{transferId}`: everything that is known of a payment, and the actions allowed now; `?flow=payer|payee`
 * - `POST /exceptions/{transferId}`: `{action, as?, confirmed?, reason, by, flow?}`; `action` is `ask-hub`, `ask-core`, `resend-outcome` or
 *   `resolve`, which in the flows and in the journal is called `settle`
 * - `GET /payments?id=ANY&fsp=`: the payments that have this id as any of their ids; `fsp`: who asked, for quoteIds of others
 * - `GET /payments?from=INSTANT&to=INSTANT&limit=&after=`: payments by their last event, for reconciliation
 *
 * Undefined: none of these paths.
 */
export async function paymentRoutes(deps: PaymentRoutesDeps, request: HttpRequest): Promise<HttpResponse | undefined> {
  const { pathname, searchParams } = new URL(request.target, 'http://operations');
  const [, resource, id, more] = pathname.split('/');
  if (more !== undefined || !((resource === 'exceptions' && id !== undefined) || (resource === 'payments' && id === undefined)))
    return undefined;
  if (id !== undefined && !/^[0-9A-Za-z-]{1,64}$/.test(id))
    return answer(400, { code: 'BAD_ID', message: `An id has 1 to ${ID_LONGEST} letters, digits or dashes.` });
  try {
    if (id === undefined && request.method === 'GET') return await (searchParams.has('id') ? byId : listed)(deps, searchParams);
    if (id === undefined) return onlyMethods('GET');
    if (request.method === 'GET') return await shown(deps, id, roleOf(searchParams.get('flow') ?? undefined));
    return request.method === 'POST' ? await resolved(deps, id, request) : onlyMethods('GET, POST');
  } catch (error) {
    if (error instanceof RangeError) return answer(400, { code: 'BAD_REQUEST', message: `Refused: ${error.message}.` });
    if (error instanceof JournalUnavailable)
      return answer(503, { code: error.code, message: 'The journal cannot store or read now; whether the action was taken is not known.' });
    throw error;
  }
}

function onlyMethods(allow: string): HttpResponse {
  return answer(405, { code: 'METHOD_NOT_ALLOWED', message: `Only ${allow}.` }, { allow });
}

async function shown(deps: PaymentRoutesDeps, id: string, flow: Role | undefined): Promise<HttpResponse> {
  const detail = await deps.desk.exception(id, flow);
  return detail === undefined ? unknownPayment() : answer(200, shownDetail(detail));
}

function unknownPayment(): HttpResponse {
  return answer(404, { code: 'UNKNOWN_PAYMENT', message: 'No payment has this transferId.' });
}

async function resolved(deps: PaymentRoutesDeps, id: string, request: HttpRequest): Promise<HttpResponse> {
  const refusal = refuseActor(deps, request);
  if (refusal !== undefined) return refusal;
  const result = await deps.desk.resolve(readResolution(id, request.body));
  switch (result.kind) {
    case 'done':
      return answer(200, shownDetail(result.detail));
    case 'missing':
      return unknownPayment();
    case 'not-allowed':
      return answer(409, { code: 'NOT_ALLOWED_NOW', message: notAllowed(result.allowed), allowed: shownAllowed(result.allowed) });
  }
}

function notAllowed(allowed: readonly AllowedAction[]): string {
  const words = allowed.map((one) => (one.action === 'settle' ? `resolve as ${one.as.join(' or ')}` : one.action));
  return words.length === 0
    ? 'This payment does not need a person; no action is allowed now.'
    : `This is not allowed with this payment now; allowed: ${words.join(', ')}.`;
}

/** Why this request may not do anything. Browsers send forms anywhere without asking; none of them sends JSON, and each names the page's origin. */
export function refuseActor(deps: Pick<PaymentRoutesDeps, 'mayAct'>, { headers }: HttpRequest): HttpResponse | undefined {
  if (headers['origin'] !== undefined || headers['sec-fetch-site'] !== undefined)
    return answer(403, { code: 'FROM_A_BROWSER', message: 'Web pages may not act here.' });
  if (!/^application\/json(;|$)/.test(headers['content-type'] ?? ''))
    return answer(415, { code: 'NOT_JSON', message: 'The content type must be application/json.' });
  if (!deps.mayAct) return answer(403, { code: 'NOT_LOCAL', message: 'Persons may act only where operations.host is a loopback address.' });
  return undefined;
}

function readResolution(id: string, body: Uint8Array): Resolution {
  const json = readObject(body);
  const reason = json['reason'];
  const by = json['by'];
  if (typeof reason !== 'string' || typeof by !== 'string') throw new RangeError('reason and by must be texts');
  const flow = roleOf(json['flow']);
  return { id, ...(flow !== undefined && { flow }), act: readAct(json), reason, by };
}

/** @throws RangeError when it is none. */
export function readObject(body: Uint8Array): Readonly<Record<string, unknown>> {
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    throw new RangeError('the body is not JSON');
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw new RangeError('the body is not a JSON object');
  return json as Readonly<Record<string, unknown>>;
}

function readAct(json: Readonly<Record<string, unknown>>): PersonAction {
  const { action, as, confirmed = false } = json;
  switch (action) {
    case 'ask-hub':
    case 'ask-core':
      return { action };
    case 'resend-outcome':
      if (typeof confirmed !== 'boolean') throw new RangeError('confirmed must be true or false');
      return { action, confirmed };
    case 'resolve':
      return { action: 'settle', as: readFinal(as) };
    default:
      throw new RangeError('action must be ask-hub, ask-core, resend-outcome or resolve');
  }
}

function readFinal(as: unknown): FinalState {
  if (as !== 'COMMITTED' && as !== 'ABORTED') throw new RangeError('as must be COMMITTED or ABORTED');
  return as;
}

function roleOf(flow: unknown): Role | undefined {
  if (flow !== undefined && flow !== 'payer' && flow !== 'payee') throw new RangeError('flow must be payer or payee');
  return flow;
}

// ---- lists

async function byId({ desk }: PaymentRoutesDeps, query: URLSearchParams): Promise<HttpResponse> {
  const id = query.get('id') ?? '';
  const fsp = query.get('fsp') ?? undefined;
  if (id === '' || id.length > ANY_ID_LONGEST) throw new RangeError(`id must have 1 to ${ANY_ID_LONGEST} characters`);
  return answer(200, { payments: await desk.find(id, fsp) });
}

async function listed(deps: PaymentRoutesDeps, query: URLSearchParams): Promise<HttpResponse> {
  const limit = Number(query.get('limit') ?? PAGE_LARGEST);
  if (!Number.isInteger(limit) || limit < 1 || limit > PAGE_LARGEST)
    throw new RangeError(`limit must be a whole number from 1 to ${PAGE_LARGEST}`);
  const after = readCursor(query.get('after'));
  const page = await deps.desk.payments({
    fromMs: readInstant(query.get('from'), 'from'),
    toMs: readInstant(query.get('to'), 'to'),
    limit,
    ...(after !== undefined && { after }),
  });
  return answer(200, { payments: page.payments.map(shownFacts), ...(page.next !== undefined && { next: cursorOf(page.next) }) });
}

function readInstant(text: string | null, name: string): number {
  const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/.test(text ?? '') ? Date.parse(text ?? '') : Number.NaN;
  if (Number.isNaN(instant)) throw new RangeError(`${name} must be an instant like 2026-11-24T00:00:00.000Z`);
  return instant;
}

function cursorOf({ updatedAt, recordId }: NonNullable<PaymentsPage['next']>): string {
  return `${updatedAt}.${recordId}`;
}

function readCursor(text: string | null): PaymentsPage['next'] | undefined {
  if (text === null) return undefined;
  const [, updatedAt, recordId] = /^(\d{1,16})\.([0-9A-Za-z-]{1,64})$/.exec(text) ?? [];
  if (updatedAt === undefined || recordId === undefined) throw new RangeError('after must be the value of next in the previous page');
  return { updatedAt: Number(updatedAt), recordId };
}

// ---- how it is shown

function shownFacts({ startedAt, settled, ...facts }: PaymentFacts): object {
  return {
    ...facts,
    startedAt: instant(startedAt),
    ...(settled !== undefined && { resolved: { ...settled, at: instant(settled.at) } }),
  };
}

function shownDetail({ payment, known, history, allowed }: PaymentDetail): object {
  return {
    payment: shownFacts(payment),
    known,
    history: history.map(({ at, who, what }) => ({ at: instant(at), who, what })),
    allowed: shownAllowed(allowed),
  };
}

function shownAllowed(allowed: readonly AllowedAction[]): readonly object[] {
  return allowed.map((one) => (one.action === 'settle' ? { ...one, action: 'resolve' } : one));
}

function instant(ms: number): string {
  return new Date(ms).toISOString();
}
