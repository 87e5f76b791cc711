import Type, { type TSchema } from 'typebox';
import { PERMISSIONS } from './access/permissions.ts';
import { allRoutes } from './routes/all-routes.ts';
import type { RouteDeps } from './routes/deps.ts';
import { localRoutes } from './routes/local-routes.ts';
import { type Route, route } from './server/route.ts';

/** As every answer other than 2xx is. */
const PROBLEM = Type.Object({
  code: Type.String({ description: 'Stable; docs/errors.md' }),
  message: Type.String({ description: 'One sentence for people' }),
  place: Type.Optional(Type.String({ description: 'Where it is wrong, like body.reason' })),
  expected: Type.Optional(Type.String()),
  advice: Type.Optional(Type.String({ description: 'What to do' })),
  retryAfter: Type.Optional(Type.Integer({ description: 'Seconds' })),
});

/** Every route there is, that of the document among them. */
export function everyRoute(deps: RouteDeps): readonly Route[] {
  const document = route({
    method: 'GET',
    path: '/openapi.json',
    permission: 'overview:read',
    summary: 'This document',
    handle: async () => openApiDocument(),
  });
  return [...allRoutes(deps), ...localRoutes(deps), document];
}

/** The same, for who looks at them; nothing of these may be called. */
export function documentedRoutes(): readonly Route[] {
  const none = { signIn: {}, around: {}, approvals: {}, party: () => ({ origin: '', name: '' }) } as unknown as RouteDeps;
  return everyRoute(none);
}

/** The API as an OpenAPI 3.1 document, made of its routes. */
export function openApiDocument(routes: readonly Route[] = documentedRoutes()): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes) {
    const path = `/api${route.path.replace(/:(\w+)/g, '{$1}')}`;
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Management API of Payment Manager',
      version: '1',
      description:
        'What the portal is made of. People sign in and send a cookie; machines send `Authorization: Bearer KEY`; users of the machine use the socket in the data folder. Amounts are decimal text, instants milliseconds since the epoch. Whatever is not done is told in one shape.',
    },
    servers: [{ url: '/' }],
    paths,
    components: {
      schemas: { Problem: PROBLEM },
      responses: {
        Problem: { description: 'Not done', content: { 'application/json': { schema: { $ref: '#/components/schemas/Problem' } } } },
      },
      securitySchemes: { session: { type: 'apiKey', in: 'cookie', name: '__Host-pm-session' }, key: { type: 'http', scheme: 'bearer' } },
    },
  };
}

function operationOf({ method, path, permission, summary, params, query, body, answer }: Route): object {
  return {
    operationId: `${method.toLowerCase()}${path.replace(/[^A-Za-z]+(.)?/g, (_all, letter: string = '') => letter.toUpperCase())}`,
    summary,
    'x-permission': permission,
    ...(permission === 'anybody' || permission === 'local'
      ? { security: [] }
      : { 'x-roles': PERMISSIONS[permission], security: [{ session: [] }, { key: [] }] }),
    ...((params ?? query) !== undefined && { parameters: [...parametersOf(params, 'path'), ...parametersOf(query, 'query')] }),
    ...(body !== undefined && { requestBody: { required: true, content: { 'application/json': { schema: body } } } }),
    responses: {
      '200': { description: 'Done', ...(answer !== undefined && { content: { 'application/json': { schema: answer } } }) },
      default: { $ref: '#/components/responses/Problem' },
    },
  };
}

function parametersOf(schema: TSchema | undefined, place: 'path' | 'query'): readonly object[] {
  const { properties = {}, required = [] } = (schema ?? {}) as {
    readonly properties?: Record<string, TSchema>;
    readonly required?: readonly string[];
  };
  return Object.entries(properties).map(([name, one]) => ({ name, in: place, required: required.includes(name), schema: one }));
}
