import type { Exemption } from '@payment-manager/configuration';
import type { Connector } from '@payment-manager/mojaloop-connector';
import { type HttpHandler, type HttpResponse, type Metrics, type RefusalReason, type Routed, router } from '@payment-manager/runtime';
import { answer } from '../access/answer.ts';
import { type ConnectionRouteDeps, connectionRoute } from './connection-route.ts';
import { type PaymentRoutesDeps, paymentRoutes } from './payment-routes.ts';
import { type PruneRouteDeps, pruneRoute } from './prune-route.ts';
import type { Readiness } from './readiness.ts';
import { type RestoredRouteDeps, restoredRoute } from './restored-route.ts';

export interface OperationsDeps extends PaymentRoutesDeps, PruneRouteDeps, RestoredRouteDeps, ConnectionRouteDeps {
  readonly metrics: Metrics;
  readonly identity: Identity;
  readiness(): Promise<Readiness>;
  /** What needs a person, and what somebody should look at; `id` is a transferId. */
  readonly exceptions: Connector['exceptions'];
  readonly alarms: Connector['alarms'];
}

/** Who answers, so that nobody acts on the payments of another environment. */
export interface Identity {
  readonly fspId: string;
  readonly environment: string;
  /** Checks that the configuration lifts. */
  readonly exemptions?: readonly Exemption[];
}

type AttentionEntry = Awaited<ReturnType<Connector['alarms']>>[number];

/** Largest body: a reason of 500 characters of any script, and the rest. */
export const OPERATIONS_BODY_BYTES = 8192;

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1000;
const MAX_ID_LENGTH = 64;

/** What has files of its own, for the list that whoever mistypes is told. */
const FURTHER_PATHS = ['/exceptions/{id}', '/payments', '/connection', '/journal/prune', '/journal/restored'];

/**
 * The API for operators: health, metrics, and what needs a person.
 *
 * - `GET /health/live`: 200 while the process answers, and who it is
 * - `GET /health/ready`: 200 when it can take payments, else 503; with its parts
 * - `GET /metrics`: Prometheus text
 * - `GET /exceptions`, `GET /alarms`: `?id=TRANSFER_ID`, `?limit=1…1000` (default 100)
 * - `GET|POST /exceptions/{id}`, `GET /payments`: see `paymentRoutes`
 * - `POST /journal/prune`: see `pruneRoute`
 * - `GET|POST /journal/restored`: see `restoredRoute`
 * - `GET /connection`, `POST /connection/look`, `POST /connection/renew`: see `connectionRoute`
 */
export function operationsApi(deps: OperationsDeps): HttpHandler {
  return async (request) => {
    const { method, target } = request;
    const ofPayment = await paymentRoutes(deps, request);
    if (ofPayment !== undefined) return ofPayment;
    const pruned = await pruneRoute(deps, request);
    if (pruned !== undefined) return pruned;
    const ofRestore = await restoredRoute(deps, request);
    if (ofRestore !== undefined) return ofRestore;
    const ofConnection = await connectionRoute(deps, request);
    if (ofConnection !== undefined) return ofConnection;
    const { pathname, searchParams } = new URL(target, 'http://operations');
    const found = find(method === 'HEAD' ? 'GET' : method, pathname);
    if (found.kind === 'route') return found.route.handle(deps, searchParams);
    if (found.kind === 'no-method') return answer(405, { code: 'METHOD_NOT_ALLOWED', message: 'Only GET.' }, { allow: 'GET, HEAD' });
    return answer(404, { code: 'NOT_FOUND', message: `There is: ${[...routes.map(({ path }) => path), ...FURTHER_PATHS].join(', ')}.` });
  };
}

/** What the server itself refuses, in the words of this API. */
export function refuseOperations(reason: RefusalReason): HttpResponse {
  const status = reason === 'overloaded' || reason === 'closing' ? 503 : reason === 'handler-failed' ? 500 : 400;
  return answer(status, { code: reason.toUpperCase().replaceAll('-', '_'), message: `Refused: ${reason.replaceAll('-', ' ')}.` });
}

interface Route extends Routed {
  readonly handle: (deps: OperationsDeps, query: URLSearchParams) => Promise<HttpResponse>;
}

const routes: readonly Route[] = [
  { method: 'GET', path: '/health/live', handle: async ({ identity }) => answer(200, { status: 'live', ...identity }) },
  {
    method: 'GET',
    path: '/health/ready',
    async handle(deps) {
      const { ready, parts } = await deps.readiness();
      return answer(ready ? 200 : 503, { status: ready ? 'ready' : 'not ready', parts, exemptions: deps.identity.exemptions });
    },
  },
  {
    method: 'GET',
    path: '/metrics',
    handle: async (deps) => ({
      status: 200,
      headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' },
      body: await deps.metrics.text(),
    }),
  },
  { method: 'GET', path: '/exceptions', handle: (deps, query) => attention('exceptions', deps, query) },
  { method: 'GET', path: '/alarms', handle: (deps, query) => attention('alarms', deps, query) },
];

const find = router(routes);

/** What was asked for is not echoed: an answer that shows an id means that there is something about it. */
async function attention(kind: 'exceptions' | 'alarms', deps: OperationsDeps, query: URLSearchParams): Promise<HttpResponse> {
  const limit = Number(query.get('limit') ?? DEFAULT_LIMIT);
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) {
    return answer(400, { code: 'BAD_LIMIT', message: `limit must be a whole number from 1 to ${MAX_LIMIT}.` });
  }
  const id = query.get('id');
  if (id !== null && (id === '' || id.length > MAX_ID_LENGTH)) {
    return answer(400, { code: 'BAD_ID', message: `id must have 1 to ${MAX_ID_LENGTH} characters.` });
  }
  const rows = await deps[kind]({ limit, ...(id === null ? {} : { id }) });
  return answer(200, { [kind]: rows.map(shownRow) });
}

function shownRow(entry: AttentionEntry): object {
  return {
    payment: entry.id,
    ...('flow' in entry ? { flow: entry.flow } : {}),
    level: entry.level,
    code: entry.code,
    reason: entry.reason,
    since: new Date(entry.since).toISOString(),
    ...('momentary' in entry ? { momentary: true } : {}),
  };
}
