import type { HttpHandler, HttpRequest, HttpResponse } from '@payment-manager/runtime';
import { underFault } from '../faults/faulty-answer.ts';
import { timestamp } from '../onboarding.ts';
import { ok, type Reply, type ServerParts } from '../server-parts.ts';
import { checkAccess, rolesOf } from './access.ts';
import { faultsOf } from './body-rule.ts';
import { certificateRoutes } from './certificate-routes.ts';
import { dfspRoutes } from './dfsp-routes.ts';
import { endpointRoutes } from './endpoint-routes.ts';
import { hubRoutes } from './hub-routes.ts';
import { jwsRoutes } from './jws-routes.ts';
import { json, Problem, problem, refusedByValidator, unreadable } from './problem.ts';
import { findRoute, type Match, type Route } from './route.ts';

const routes: readonly Route[] = [
  {
    method: 'GET',
    path: '/health',
    scopes: [],
    handle: ({ parts }) => ok({ status: 'healthy', timestamp: timestamp(parts), database: 'connected' }),
  },
  ...hubRoutes,
  ...dfspRoutes,
  ...jwsRoutes,
  ...certificateRoutes,
  ...endpointRoutes,
];

/** What the DFSPs' clients call, behind any prefix, and the identity provider's token endpoint. */
export function connectionManagerApi(parts: ServerParts): HttpHandler {
  return async (request) => {
    // Not `new URL`, which takes `//a` for a host and throws at others.
    const [pathname = '', search = ''] = request.target.split('?');
    const searchParams = new URLSearchParams(search);
    if (/\/realms\/[^/]+\/protocol\/openid-connect\/token$/.test(pathname))
      return underFault(parts, 'POST /token', undefined, async () => parts.tokens.endpoint(request));
    if (/\/auth\/profile$/.test(pathname)) return json(401, { error: 'Not authenticated' });
    try {
      const body = parsedBody(request);
      const { route, params } = routed(request.method, pathname);
      return await underFault(parts, `${route.method} ${route.path}`, params['dfspId'], async () =>
        told(await answered({ route, params }, { request, pathname, searchParams, body }, parts)),
      );
    } catch (error) {
      if (error instanceof Problem) return json(error.status, error.body);
      throw error;
    }
  };
}

interface Arrived {
  readonly request: HttpRequest;
  readonly pathname: string;
  readonly searchParams: URLSearchParams;
  readonly body: unknown;
}

/** Checks in the real server's order: token, content type, query, body; path and method were before. */
async function answered({ route, params }: Match, arrived: Arrived, parts: ServerParts): Promise<Reply> {
  const groups = parts.tokens.groups(arrived.request.headers['authorization']);
  const roles = groups && rolesOf(groups);
  checkAccess(route, params['dfspId'], roles, parts.book, arrived.pathname);
  checkContentType(route, arrived);
  const query = checkedQuery(route, arrived.searchParams);
  checkBody(route, arrived.body);
  return route.handle({
    parts,
    params,
    query,
    body: (arrived.body ?? {}) as Readonly<Record<string, unknown>>,
    roles: roles ?? [],
    dfsp() {
      const { dfspId = '' } = params;
      const dfsp = parts.book.dfsp(dfspId);
      if (!dfsp) throw problem('NotFoundError', `DFSP with id ${dfspId} not found`);
      return dfsp;
    },
  });
}

function told({ status, content }: Reply): HttpResponse {
  return content === undefined ? { status, headers: { 'content-type': 'application/json' } } : json(status, content);
}

function isJson({ headers }: HttpRequest): boolean {
  return /^application\/json\b/i.test(headers['content-type'] ?? '');
}

/** @throws Problem 400 for JSON that is none, before anything else is looked at */
function parsedBody(request: HttpRequest): unknown {
  if (request.body.length === 0 || !isJson(request)) return undefined;
  try {
    const body: unknown = JSON.parse(Buffer.from(request.body).toString('utf8'));
    if (typeof body === 'object' && body !== null) return body;
  } catch {
    // told below
  }
  throw unreadable(400, 'Unexpected token in JSON at position 0');
}

function routed(method: string, pathname: string): Match {
  const match = findRoute(routes, method, pathname);
  if (match === undefined) throw refusedByValidator(404, [{ path: pathname, message: 'not found' }]);
  if (match === 'other-method') throw refusedByValidator(405, [{ path: pathname, message: `${method} method not allowed` }]);
  return match;
}

function checkContentType(route: Route, { request, pathname }: Arrived): void {
  if (!route.body || isJson(request)) return;
  const message = `unsupported media type ${request.headers['content-type'] ?? 'undefined'}`;
  throw refusedByValidator(415, [{ path: pathname, message }]);
}

function checkedQuery(route: Route, searchParams: URLSearchParams): Record<string, string> {
  const query: Record<string, string> = {};
  for (const [name, value] of searchParams) {
    const path = `.query.${name}`;
    if (!route.query?.includes(name)) throw refusedByValidator(400, [{ path, message: `Unknown query parameter '${name}'` }]);
    if (value === '') throw refusedByValidator(400, [{ path, message: `Empty value found for query parameter '${name}'` }]);
    query[name] = value;
  }
  return query;
}

function checkBody(route: Route, body: unknown): void {
  if (!route.body) return;
  const [first, ...more] =
    body === undefined
      ? [{ path: '.body', message: "request should have required property 'body'", errorCode: 'required.openapi.validation' }]
      : faultsOf(body, route.body);
  if (first) throw refusedByValidator(400, [first, ...more]);
}
