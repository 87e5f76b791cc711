import { type QuotesPostRequest, readTrace } from '@payment-manager/fspiop';
import {
  type CoreDoor,
  fromFspiopParty,
  type MoneyOutcome,
  type ReadOutcome,
  type Refusal,
} from '@payment-manager/mojaloop-connector/core-client';
import {
  type HttpHandler,
  type HttpRequest,
  type HttpResponse,
  type RefusalReason,
  type RequestHead,
  type Routed,
  router,
  type World,
} from '@payment-manager/runtime';
import { BodyInvalid, notificationOf, quoteOf, transferOf } from './bodies.ts';

export interface BackendApiDeps extends Pick<World, 'clock' | 'log' | 'metrics'> {
  /** The core behind the connector. */
  readonly core: CoreDoor;
  /** What is known of a transfer besides its state, for whoever asks; undefined: nothing. */
  readonly termsOf: (transferId: string) => Promise<object | undefined>;
  /** An operation is answered within this time. */
  readonly callMs: number;
}

/** Under this member of a price goes what was asked for, as JSON in a text: whoever calls gives it back with the transfer. */
const REQUEST = 'connectorRequest';
const BUCKETS_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

interface Call {
  readonly params: Readonly<Record<string, string>>;
  readonly request: HttpRequest;
}
interface Served extends Routed {
  readonly handle: (call: Call) => Promise<HttpResponse>;
}

/**
 * The backend API of the Mojaloop SDK (docs/protocol.md, 17), spoken for a connector in a process of its own: whoever calls a core like that may call
 * this. A refusal is HTTP 400 with an FSPIOP code, what is not there 404; 500 with a code of 2xxx means that nobody knows: it may be repeated, and is
 * asked about with `GET /transfers/{id}`. A repeat joins what is there.
 *
 * - `GET /`: it is there
 * - `GET /parties/{type}/{id}`, `…/{sub}`; `POST /quoterequests`
 * - `POST /transfers`, `PUT /transfers/{id}`, `GET /transfers/{id}`
 */
export function backendApi(deps: BackendApiDeps): HttpHandler {
  const { metrics, log, clock } = deps;
  const seconds = metrics.histogram(
    'pm_backend_request_seconds',
    'Requests to the backend API of a connector of its own process',
    BUCKETS_SECONDS,
    ['route', 'status'],
  );
  const find = router(routesOf(deps));
  return async (request) => {
    const begunAt = clock.monotonic();
    const found = find(request.method === 'HEAD' ? 'GET' : request.method, request.target);
    if (found.kind !== 'route') return notServed(found.kind);
    const { method, path } = found.route;
    let response: HttpResponse;
    try {
      response = await found.route.handle({ params: found.params, request });
    } catch (error) {
      if (!(error instanceof BodyInvalid)) throw error;
      log.warn('backend: a request cannot be used', { method, path, why: error.message });
      response = refused('3100', error.message, 400);
    }
    seconds.observe((clock.monotonic() - begunAt) / 1_000, { route: `${method} ${path}`, status: String(response.status) });
    return response;
  };
}

function routesOf(deps: BackendApiDeps): readonly Served[] {
  const { core, clock, callMs } = deps;
  const until = (): number => clock.now() + callMs;
  const party = async ({ params, request }: Call): Promise<HttpResponse> => {
    const { type = '', id = '', sub } = params;
    const key = { type, id, ...(sub !== undefined && { subId: sub }) };
    return read(await core.findParty(key, until(), traceIn(request)), (found) => partyBody(found, key));
  };
  return [
    { method: 'GET', path: '/', handle: async () => ({ status: 200 }) },
    { method: 'GET', path: '/parties/{type}/{id}', handle: party },
    { method: 'GET', path: '/parties/{type}/{id}/{sub}', handle: party },
    {
      method: 'POST',
      path: '/quoterequests',
      async handle({ request }) {
        const quote = quoteOf(json(request));
        const { quoteId, transactionId } = quote;
        return read(await core.quote({ quote }, until(), traceIn(request)), ({ raw }) => ({
          quoteId,
          transactionId,
          ...raw,
          [REQUEST]: JSON.stringify(quote),
        }));
      },
    },
    {
      method: 'POST',
      path: '/transfers',
      async handle({ request }) {
        const transfer = transferOf(json(request), requestOf);
        return moved(await core.transfer(transfer, transfer.transferId, until(), traceIn(request)), (value) => ({
          ...value,
          ...(value.extensionList && { extensionList: value.extensionList.extension }),
        }));
      },
    },
    { method: 'PUT', path: '/transfers/{id}', handle: (call) => told(deps, call, until()) },
    { method: 'GET', path: '/transfers/{id}', handle: ({ params }) => asked(deps, params['id'] ?? '', until()) },
  ];
}

/** The trace of whoever asks, as it came; one that is malformed is none. */
function traceIn({ headers }: Call['request']): string | undefined {
  return readTrace(headers)?.traceparent;
}

/** An outcome is answered 200 as soon as it is written: who tells it may go, and this process ends it, or tells a person. */
async function told({ core, clock }: BackendApiDeps, { params, request }: Call, deadline: number): Promise<HttpResponse> {
  const id = params['id'] ?? '';
  const notification = notificationOf(id, json(request), clock.now());
  if (notification === undefined) return refused('3100', 'the body tells no final state: COMMITTED or ABORTED', 400);
  const outcome = await core.notify(notification, `${id}:${notification.transferState}`, deadline, traceIn(request));
  if (outcome.kind !== 'unknown') return moved(outcome, () => ({}));
  const known = await core.ask(id, deadline);
  return known.kind === 'ok' ? answer(200, { goesOn: true }) : moved(outcome, () => ({}));
}

/** What goes on is RECEIVED in the words of the SDK; `personsTold` says that nobody else has to tell a person of it. */
async function asked({ core, termsOf }: BackendApiDeps, id: string, deadline: number): Promise<HttpResponse> {
  const outcome = await core.ask(id, deadline);
  const terms = outcome.kind === 'ok' ? await termsOf(id) : undefined;
  return read(outcome, ({ transferState, homeTransactionId }) => ({
    ...terms,
    transferId: id,
    ...(homeTransactionId !== undefined && { homeTransactionId }),
    ...(transferState === 'PENDING' ? { transferState: 'RECEIVED', personsTold: true } : { transferState }),
  }));
}

function requestOf(price: object): QuotesPostRequest | undefined {
  const { [REQUEST]: request } = price as Readonly<Record<string, unknown>>;
  if (typeof request !== 'string') return undefined;
  try {
    return JSON.parse(request) as QuotesPostRequest;
  } catch {
    throw new BodyInvalid(`quote.${REQUEST} is not what was given`);
  }
}

/** @throws BodyInvalid */
function json({ body }: HttpRequest): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw new BodyInvalid('the body is no JSON');
  }
}

function read<T>(outcome: ReadOutcome<T>, shown: (value: T) => object): HttpResponse {
  switch (outcome.kind) {
    case 'ok':
      return answer(200, shown(outcome.value));
    case 'rejected':
      return refusedBy(outcome.refusal, outcome.notFound ? 404 : 400);
    case 'failed':
      return refusedBy(outcome.refusal, 500);
  }
}

function moved<T>(outcome: MoneyOutcome<T>, shown: (value: T) => object): HttpResponse {
  switch (outcome.kind) {
    case 'ok':
      return answer(200, shown(outcome.value));
    case 'rejected':
      return refusedBy(outcome.refusal, 400);
    case 'not-sent':
      return refusedBy(outcome.refusal, 500);
    case 'unknown':
      return refused('2001', 'not known yet: ask with GET /transfers/{id}', 500);
  }
}

function refusedBy({ code, description }: Refusal, status: number): HttpResponse {
  return refused(code, description, status);
}

/** An error as the SDK reads it from a backend. */
function refused(statusCode: string, message: string, status: number): HttpResponse {
  return answer(status, { statusCode, message });
}

function notServed(why: 'no-path' | 'no-method' | 'malformed'): HttpResponse {
  return why === 'no-method'
    ? refused('3000', 'no such method here', 405)
    : refused('3002', 'there is no such path', why === 'no-path' ? 404 : 400);
}

function answer(status: number, body: object): HttpResponse {
  return { status, headers: { 'content-type': 'application/json; charset=utf-8' }, body: JSON.stringify(body) };
}

/** What the server itself refuses. 503: nothing of the request was done. */
export function refuseBackend(reason: RefusalReason): HttpResponse {
  if (reason === 'overloaded' || reason === 'closing') {
    const response = refused('2003', 'too much at once, or leaving: try again later', 503);
    return { ...response, headers: { ...response.headers, 'retry-after': '1' } };
  }
  if (reason === 'handler-failed') return refused('2001', 'something went wrong here', 500);
  return refused('3100', `refused: ${reason.replaceAll('-', ' ')}`, 400);
}

/** New work gives way first: outcomes and questions have the rest of the room. */
export function isNewWork({ method, target }: RequestHead): boolean {
  return target.startsWith('/parties/') || (method === 'POST' && /^\/(quoterequests|transfers|sendmoney)(\?|$)/.test(target));
}

type FoundParty = Extract<Awaited<ReturnType<CoreDoor['findParty']>>, { kind: 'ok' }>['value'];

/** A party in the terms of the SDK. */
function partyBody(party: FoundParty, key: { readonly type: string; readonly id: string; readonly subId?: string }): object {
  return { ...fromFspiopParty(party), idType: key.type, idValue: key.id, ...(key.subId !== undefined && { idSubValue: key.subId }) };
}
