import { JournalUnavailable } from '@payment-manager/journal';
import {
  type HttpHandler,
  type HttpRequest,
  type HttpResponse,
  type Match,
  router,
  type Tracing,
  type World,
} from '@payment-manager/runtime';
import { validatorOf } from '@payment-manager/runtime/schema-check';
import type { Validator } from 'typebox/compile';
import type { Call, Route } from '../api-pages/route.ts';
import type { ConnectorSettings } from '../transfer/connector-settings.ts';
import type { PayerDoor } from '../transfer/payer-door.ts';
import type { SendDoor } from '../transfer/send-door.ts';
import { errorAnswer, OUTBOUND_BODY_BYTES_MAX, outcomeUnknown, requestRefused } from './answers.ts';
import { documentRoutes } from './document-routes.ts';
import { helperRoutes } from './helper-routes.ts';
import { type BodyReader, bodyReader, idempotencyKey, isJsonContent, traceOf } from './requests.ts';
import { sendRoutes } from './send-routes.ts';
import { transferRoutes } from './transfer-routes.ts';

/** What serving any routes needs. */
interface ServedDeps extends Pick<World, 'clock' | 'log' | 'metrics' | 'tracing'> {
  readonly settings: Pick<ConnectorSettings, 'extraCurrencies'>;
}

/** What the API needs. */
export interface OutboundDeps extends ServedDeps {
  readonly door: PayerDoor;
  /** Payments of our own customers, where the core connector makes them. */
  readonly sends?: SendDoor | undefined;
  readonly settings: Pick<ConnectorSettings, 'fspId' | 'extraCurrencies' | 'deduplicateHomeTransactionId'>;
  /** Key of an error's extension whose value replaces `statusCode` in error bodies (the SDK's OUTBOUND_ERROR_STATUSCODE_EXTENSION_KEY). */
  readonly errorCodeExtensionKey?: string;
}

const BUCKETS_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** All operations: the SDK's (docs/protocol.md, 16.2 and 16.3), and the API's own description. */
function outboundRoutes(deps: OutboundDeps): readonly Route[] {
  const { door, sends, settings } = deps;
  const ofSends = sends === undefined ? [] : sendRoutes(sends);
  const answers = { errorCodeKey: deps.errorCodeExtensionKey, deduplicates: settings.deduplicateHomeTransactionId };
  const working = [...transferRoutes(door, answers), ...ofSends, ...helperRoutes(door, settings.fspId)];
  return [...working, ...documentRoutes(working)];
}

/**
 * The API that the DFSP calls, a drop-in for the Mojaloop SDK's outbound API. Every request is checked in this order:
 * path, method, path values, Idempotency-Key, Content-Type, JSON, schema; what fails there is answered 400 (413 for a
 * body over 1 MiB) and nothing is begun. The answers are in `answers.ts`; what they mean is in README.md.
 *
 * @example
 * const outbound = outboundApi({ door, settings, clock, log, metrics });
 * await startHttpServer({ host, port, handler: outbound, maxBodyBytes: OUTBOUND_BODY_BYTES_MAX, refuse: outboundRefusal }, log);
 */
export function outboundApi(deps: OutboundDeps): HttpHandler {
  return served(outboundRoutes(deps), deps);
}

/** `/sendmoney` alone, with the same checks and answers, and its own description: for a core connector that stands by itself. */
export function sendMoneyApi(deps: ServedDeps & { readonly sends: SendDoor }): HttpHandler {
  const working = sendRoutes(deps.sends);
  return served([...working, ...documentRoutes(working)], deps);
}

function served(routes: readonly Route[], deps: ServedDeps): HttpHandler {
  const find = router(routes);
  const entries = new Map(routes.map((route) => [route, entryOf(route, deps.settings.extraCurrencies)]));
  const seconds = deps.metrics.histogram(
    'pm_outbound_request_seconds',
    "Requests of the DFSP, by operation and status; waiting for the payment's outcome included",
    BUCKETS_SECONDS,
    ['operation', 'status'],
  );

  return async (request) => {
    const startedMs = deps.clock.monotonic();
    const found = find(request.method, request.target);
    const route = found.kind === 'route' ? found.route : undefined;
    const response = route === undefined ? unmatched(found) : await answer(route, found.kind === 'route' ? found.params : {}, request);
    const operation = route === undefined ? 'none' : `${route.method} ${route.path}`;
    seconds.observe((deps.clock.monotonic() - startedMs) / 1000, { operation, status: String(response.status) });
    return response;
  };

  async function answer(route: Route, params: Call['params'], request: HttpRequest): Promise<HttpResponse> {
    const call = checked(route, entries.get(route)!, params, request, deps.tracing);
    if ('refused' in call) return call.refused;
    try {
      return await route.handle(call);
    } catch (error) {
      // the store is out of reach or full: a state of the world, not a defect; what is open goes on by itself
      if (error instanceof JournalUnavailable) return notRecorded(route);
      deps.log.error('outbound: handler failed', {
        operation: `${route.method} ${route.path}`,
        error: error instanceof Error ? error.name : 'unknown',
        where: whereOf(error),
      });
      return handlerFailed(route, params['transferId']);
    }
  }
}

/** What is compiled once for each route. */
interface Entry {
  readonly params: ReadonlyMap<string, Validator>;
  readonly readBody?: BodyReader;
}

function entryOf(route: Route, extraCurrencies: readonly string[]): Entry {
  const params = new Map(Object.entries(route.params ?? {}).map(([name, schema]) => [name, validatorOf(schema)]));
  return route.body === undefined ? { params } : { params, readBody: bodyReader(route.body, extraCurrencies) };
}

function checked(
  route: Route,
  entry: Entry,
  params: Call['params'],
  request: HttpRequest,
  tracing: Tracing | undefined,
): Call | { readonly refused: HttpResponse } {
  for (const [name, validator] of entry.params)
    if (!validator.Check(params[name])) return { refused: requestRefused(`${name} in the path has the wrong format.`) };
  let call: Call = { params, body: undefined };
  if (route.startsPayment === true) {
    const key = idempotencyKey(request.headers);
    if (key === false) return { refused: requestRefused('Idempotency-Key is not 1 to 255 printable ASCII characters.') };
    const trace = traceOf(request.headers) ?? (tracing && { traceparent: tracing.begin() });
    call = { ...call, ...(key !== undefined && { idempotencyKey: key }), ...(trace !== undefined && { trace }) };
  }
  if (entry.readBody === undefined) return call;
  if (request.body.length > OUTBOUND_BODY_BYTES_MAX)
    return { refused: requestRefused(`The body is larger than ${OUTBOUND_BODY_BYTES_MAX} bytes.`, 413) };
  if (!isJsonContent(request.headers)) return { refused: requestRefused('Content-Type is not application/json.') };
  const read = entry.readBody(request.body);
  return read.ok ? { ...call, body: read.body } : { refused: requestRefused(read.message) };
}

/** As in the SDK, a path that does not exist and a method that is not served are 400. */
function unmatched(found: Match<Route>): HttpResponse {
  if (found.kind === 'no-method') return requestRefused(`This path serves ${found.allowed.join(' and ')} only.`);
  if (found.kind === 'malformed') return requestRefused('The path is not percent-encoded properly.');
  return requestRefused('There is no such path. GET /openapi.json lists all; GET /docs is for reading.');
}

/** Where money may have been set in motion, a failure of ours is not a "no" (docs/money-rules.md, 4). */
function handlerFailed(route: Route, transferId: string | undefined): HttpResponse {
  const { stateField = 'transferState' } = route;
  if (route.mayMoveMoney !== true) return errorAnswer({ status: 500, message: 'An internal error occurred.', stateField });
  const next = transferId === undefined ? 'repeat the very same request with its Idempotency-Key' : `ask with GET /transfers/${transferId}`;
  return outcomeUnknown(`An internal error occurred. Whether money moves is not known: do not pay again, ${next}.`, stateField, transferId);
}

/** The request could not be recorded, so nothing follows from it that we know of: come again, with the very same request (docs/money-rules.md, 2). */
function notRecorded({ stateField = 'transferState' }: Route): HttpResponse {
  const message = 'The request cannot be recorded now. Repeat the very same request, with its Idempotency-Key.';
  return errorAnswer({ status: 503, message, stateField, headers: { 'retry-after': '2' } });
}

/** The innermost frames, without the message: that could repeat what a person sent. */
function whereOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const frames = error.stack?.split('\n').filter((line) => line.startsWith('    at '));
  return frames
    ?.slice(0, 3)
    .map((frame) => frame.trim())
    .join(' < ');
}
