import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { Log } from '@payment-manager/runtime';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Actor } from '../access/actor.ts';
import type { Keeping } from '../store/kept.ts';
import { type Asked, actorOf, demandMay, demandOwnPage } from './authenticate.ts';
import { compileSchema } from './compile-schema.ts';
import { type CookieRules, cookieName, cookieOptions } from './cookies.ts';
import { answerOf } from './error-answers.ts';
import { network } from './network.ts';
import { addPortal, type PortalSite } from './portal-pages.ts';
import { Problem } from './problem.ts';
import { Answer, type Origin, type Route, Streamed } from './route.ts';
import { PERMISSIONS_POLICY, securityHeaders } from './security-headers.ts';

export interface AppOptions {
  readonly keeping: Keeping;
  readonly routes: readonly Route[];
  readonly log: Log;
  readonly cookies: CookieRules;
  /** Origins of our own pages: `https://portal.greenbank.example.org`. */
  readonly origins: () => readonly string[];
  readonly https: boolean;
  /** Whether a proxy before us says whom it speaks for. */
  readonly proxied: boolean;
  /** Connections that came through the socket of this machine. */
  readonly isLocal: (request: FastifyRequest['raw']) => boolean;
  /** The pages beside the API; absent: there are none. */
  readonly portal?: PortalSite;
  /** Makes the server that Fastify uses. */
  readonly serverFactory: (handler: (request: IncomingMessage, response: ServerResponse) => void) => Server;
}

const BODY_BYTES = 65_536;
/** A page that is live asks some forty times a minute, and a whole office may have one address. */
const PER_MINUTE = 2_400;

/** The API over HTTP: who asks, whether they may, whether it is well-formed, in this order, and only then a handler. */
export async function buildApp(options: AppOptions): Promise<FastifyInstance> {
  const { log, https, proxied } = options;
  const app = Fastify<Server>({
    serverFactory: (handler) => options.serverFactory(handler),
    bodyLimit: BODY_BYTES,
    requestTimeout: 30_000,
    forceCloseConnections: true,
    // the proxy alone reaches this address: what it says of who asked it is believed, and nothing of what it was told
    trustProxy: proxied ? (_address, hop) => hop === 0 : false,
    return503OnClosing: true,
    routerOptions: { maxParamLength: 200, caseSensitive: true },
    onProtoPoisoning: 'error',
    onConstructorPoisoning: 'error',
    schemaController: { compilersFactory: { buildValidator: () => compileSchema as never, buildSerializer: () => () => JSON.stringify } },
  });
  app.removeContentTypeParser('text/plain');
  app.setErrorHandler((error, _request, reply) => sendProblem(reply, error, log));
  app.setNotFoundHandler((_request, reply) =>
    sendProblem(
      reply,
      new Problem(404, { code: 'NOT_FOUND', message: 'There is nothing at this address.', advice: 'See /api/openapi.json.' }),
      log,
    ),
  );
  await app.register(import('@fastify/cookie'));
  await app.register(import('@fastify/helmet'), securityHeaders(https));
  await app.register(import('@fastify/rate-limit'), {
    max: PER_MINUTE,
    timeWindow: 60_000,
    // of the socket of this machine there is no address
    keyGenerator: (request) => network((request.ip as string | undefined) ?? 'local'),
    allowList: (request) => options.isLocal(request.raw),
    errorResponseBuilder: (_request, { ttl }) =>
      new Problem(429, {
        code: 'TOO_MANY_REQUESTS',
        message: 'Too many requests in a minute.',
        advice: 'Wait, then go on.',
        retryAfter: Math.ceil(ttl / 1_000),
      }),
  });
  app.addHook('onRequest', async (request, reply) => {
    reply.header('permissions-policy', PERMISSIONS_POLICY);
    reply.header('cache-control', 'no-store');
    if (!options.isLocal(request.raw)) demandOwnHost(request, options.origins());
  });
  for (const route of options.routes) addRoute(app, route, options);
  if (options.portal !== undefined) addPortal(app, options.portal);
  return app;
}

/** A page of a foreign site that gave itself our address (DNS rebinding) still bears the site’s name. */
function demandOwnHost({ headers }: FastifyRequest, origins: readonly string[]): void {
  if (origins.some((origin) => new URL(origin).host === headers.host?.toLowerCase())) return;
  throw new Problem(403, {
    code: 'FOREIGN_HOST',
    message: 'This is not called by that name.',
    place: 'header host',
    expected: 'the host of `management.publicUrl`',
    advice: 'Open the portal by its own address.',
  });
}

function addRoute(app: FastifyInstance, route: Route, options: AppOptions): void {
  const { params, query, body, bodyLimit, perMinute, permission } = route;
  app.route({
    method: route.method,
    url: `/api${route.path}`,
    ...(bodyLimit !== undefined && { bodyLimit }),
    ...(perMinute !== undefined && { config: { rateLimit: { max: perMinute } } }),
    schema: { ...(params && { params }), ...(query && { querystring: query }), ...(body && { body }) },
    // after the count of requests, and before the body is read
    preParsing: async (request, _reply, body) => {
      const asked = askedBy(request, options);
      demandOwnPage(asked, options.origins());
      const actor = permission === 'anybody' ? undefined : await actorOf(options.keeping, asked);
      demandMay(actor, permission);
      actors.set(request, actor);
      return body;
    },
    handler: async (request, reply) => {
      const ended = new AbortController();
      reply.raw.once('close', () => ended.abort());
      const call = {
        actor: actors.get(request),
        origin: originOf(request, options),
        params: request.params,
        query: request.query,
        body: request.body,
        signal: ended.signal,
      };
      return send(reply, await route.handle(call as never), options);
    },
  });
}

const actors = new WeakMap<FastifyRequest, Actor | undefined>();

function askedBy(request: FastifyRequest, { cookies, isLocal }: AppOptions): Asked {
  return {
    method: request.method,
    headers: request.headers,
    session: request.cookies[cookieName(cookies, 'session')],
    local: isLocal(request.raw),
    // a stream is begun anew by the browser, which says nothing of that
    byItself: request.headers['x-pm-by-itself'] !== undefined || request.routeOptions.url === '/api/live',
  };
}

function originOf(request: FastifyRequest, { cookies, isLocal }: AppOptions): Origin {
  return {
    address: isLocal(request.raw) ? 'local' : request.ip,
    userAgent: (request.headers['user-agent'] ?? '').slice(0, 200),
    cookies: {
      session: request.cookies[cookieName(cookies, 'session')],
      device: request.cookies[cookieName(cookies, 'device')],
      sso: request.cookies[cookieName(cookies, 'sso')],
    },
  };
}

function send(reply: FastifyReply, value: unknown, { cookies }: AppOptions): FastifyReply {
  if (value instanceof Streamed) {
    reply.type(value.type);
    if (value.fileName !== undefined) reply.header('content-disposition', `attachment; filename="${value.fileName}"`);
    return reply.send(Readable.from(value.pieces));
  }
  const { status, body, cookies: set } = value instanceof Answer ? value : new Answer(value === undefined ? 204 : 200, value);
  for (const cookie of set) {
    const name = cookieName(cookies, cookie.name);
    if (cookie.value === undefined) reply.clearCookie(name, cookieOptions(cookies, { name: cookie.name }));
    else reply.setCookie(name, cookie.value, cookieOptions(cookies, cookie));
  }
  reply.status(status);
  return body === undefined ? reply.send() : reply.type('application/json; charset=utf-8').send(JSON.stringify(body));
}

function sendProblem(reply: FastifyReply, error: unknown, log: Log): FastifyReply {
  const { status, shown } = answerOf(error, log);
  if (shown.retryAfter !== undefined) reply.header('retry-after', String(shown.retryAfter));
  return reply.status(status).type('application/json; charset=utf-8').send(JSON.stringify(shown));
}
