import type { Exemption } from '@payment-manager/configuration';
import type { Connector, ExceptionsDoor, RestoredDesk } from '@payment-manager/mojaloop-connector';
import type { BusinessDaySettings, HttpHandler, HttpResponse, RefusalReason, World } from '@payment-manager/runtime';
import { answer } from '../access/answer.ts';
import type { Pruner } from '../retention/prune-records.ts';
import { configurationRoutes, type RunningConfiguration } from './configuration-route.ts';
import { type ConnectionNow, connectionRoutes } from './connection-route.ts';
import { connectorRoute, type RunningCoreConnector } from './connector-route.ts';
import { type MessagesDoor, messagesRoutes } from './messages-routes.ts';
import { paymentRoutes } from './payment-routes.ts';
import { pruneRoute } from './prune-route.ts';
import { idIn, limitIn } from './query.ts';
import type { Readiness } from './readiness.ts';
import { restoredRoutes } from './restored-route.ts';
import type { Route } from './route.ts';
import { serveRoutes } from './serve-routes.ts';

export interface OperationsDeps extends Pick<World, 'metrics'> {
  readonly identity: Identity;
  readiness(): Promise<Readiness>;
  /** What needs a person, and what somebody should look at; `id` is a transferId. */
  readonly exceptions: Connector['exceptions'];
  readonly alarms: Connector['alarms'];
  readonly desk: ExceptionsDoor;
  readonly restored: RestoredDesk;
  readonly prune: Pruner;
  readonly connection: ConnectionNow;
  /** Absent: nobody asks for messages here. */
  readonly messages?: MessagesDoor;
  readonly coreConnector?: RunningCoreConnector;
  readonly configuration?: RunningConfiguration;
  /** Whether persons may act here: only where the API listens on this machine alone, since nobody signs in. */
  readonly mayAct: boolean;
}

/** Who answers, so that nobody acts on the payments of another environment. */
export interface Identity {
  readonly fspId: string;
  readonly environment: string;
  /** When a day begins, for whoever compares days. */
  readonly businessDay?: BusinessDaySettings;
  /** Checks that the configuration lifts. */
  readonly exemptions?: readonly Exemption[];
}

type AttentionEntry = Awaited<ReturnType<Connector['alarms']>>[number];

/** Largest body: a reason of 500 characters of any script, and the rest. */
export const OPERATIONS_BODY_BYTES = 8192;

const DEFAULT_LIMIT = 100;
const ID_LONGEST = 64;

/**
 * The API for operators: health, metrics, and what needs a person.
 *
 * - `GET /health/live`: 200 while the process answers, and who it is
 * - `GET /health/ready`: 200 when it can take payments, else 503; with its parts
 * - `GET /metrics`: Prometheus text
 * - `GET /exceptions`, `GET /alarms`: `?id=TRANSFER_ID`, `?limit=1…1000` (default 100)
 * - `GET|POST /exceptions/{id}`, `GET /payments`: see `paymentRoutes`
 * - `POST /journal/prune`: see `pruneRoute`
 * - `GET|POST /journal/restored`: see `restoredRoutes`
 * - `POST /payments/{id}/messages`, `POST /messages/erase`: see `messagesRoutes`
 * - `POST /connector/reload`: see `connectorRoute`
 * - `GET /configuration/changes`, `POST /configuration/reload`: see `configurationRoutes`
 * - `GET /connection`, `POST /connection/look`, `POST /connection/renew`: see `connectionRoutes`
 */
export function operationsApi(deps: OperationsDeps): HttpHandler {
  const { desk, prune, restored, connection, messages, mayAct } = deps;
  const routes = [
    ...ownRoutes(deps),
    ...paymentRoutes(desk),
    pruneRoute(prune),
    ...restoredRoutes(restored),
    ...connectionRoutes(connection),
    ...(messages === undefined ? [] : messagesRoutes(messages)),
    connectorRoute(deps.coreConnector),
    ...configurationRoutes(deps.configuration),
  ];
  return serveRoutes(routes, mayAct);
}

/** What the server itself refuses, in the words of this API. */
export function refuseOperations(reason: RefusalReason): HttpResponse {
  const status = reason === 'overloaded' || reason === 'closing' ? 503 : reason === 'handler-failed' ? 500 : 400;
  return answer(status, { code: reason.toUpperCase().replaceAll('-', '_'), message: `Refused: ${reason.replaceAll('-', ' ')}.` });
}

/** What the routes of every process with a journal look at. */
export type OwnDeps = Pick<OperationsDeps, 'identity' | 'metrics' | 'readiness' | 'exceptions' | 'alarms'>;

/** Health, metrics, exceptions and alarms. */
export function ownRoutes(deps: OwnDeps): readonly Route[] {
  const { identity, metrics, readiness } = deps;
  return [
    { method: 'GET', path: '/health/live', handle: async () => answer(200, { status: 'live', ...identity }) },
    {
      method: 'GET',
      path: '/health/ready',
      async handle() {
        const { ready, parts } = await readiness();
        return answer(ready ? 200 : 503, { status: ready ? 'ready' : 'not ready', parts, exemptions: identity.exemptions });
      },
    },
    {
      method: 'GET',
      path: '/metrics',
      handle: async () => ({
        status: 200,
        headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' },
        body: await metrics.text(),
      }),
    },
    { method: 'GET', path: '/exceptions', handle: ({ query }) => attention('exceptions', deps, query) },
    { method: 'GET', path: '/alarms', handle: ({ query }) => attention('alarms', deps, query) },
  ];
}

/** What was asked for is not echoed: an answer that shows an id means that there is something about it. */
async function attention(kind: 'exceptions' | 'alarms', deps: OwnDeps, query: URLSearchParams): Promise<HttpResponse> {
  const limit = limitIn(query, DEFAULT_LIMIT, { code: 'BAD_LIMIT' });
  const id = idIn(query, ID_LONGEST, { code: 'BAD_ID' });
  const rows = await deps[kind]({ limit, ...(id !== undefined && { id }) });
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
