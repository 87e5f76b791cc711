import Type from 'typebox';
import { notFound, Problem, switchedOff } from '../server/problem.ts';
import { type Route, route, Streamed } from '../server/route.ts';
import { closed, ID } from '../server/schemas.ts';
import { type ConnectionDoor, PARTS } from './connection-door.ts';
import type { RouteDeps, Surroundings } from './deps.ts';

const OF_KEY = closed({ id: ID });

/** How this DFSP is connected to its scheme: steps, certificates, keys, requests. Nothing here changes anything. */
export function connectionRoutes({ around }: Pick<RouteDeps, 'around'>): readonly Route[] {
  const read = { permission: 'connection:read', method: 'GET' } as const;
  return [
    route({
      ...read,
      path: '/connection',
      summary: 'Steps of the connection, and what waits for whom',
      handle: async () => doorOf(around).status(),
    }),
    route({
      ...read,
      path: '/connection/progress',
      summary: 'The phases of the way into the scheme with their steps, and the last readiness test',
      handle: async () => doorOf(around).progress(),
    }),
    route({
      ...read,
      path: '/connection/certificates',
      summary: 'Certificates with state, dates and fingerprints, CAs among them',
      handle: async () => ({ certificates: await doorOf(around).certificates() }),
    }),
    route({
      ...read,
      path: '/connection/requests',
      summary: 'Our requests for certificates, the newest last, and what came of them',
      handle: async () => ({ requests: await doorOf(around).requests() }),
    }),
    route({
      ...read,
      path: '/connection/keys',
      summary: 'Keys, ours and peers’',
      handle: async () => ({ keys: await doorOf(around).keys() }),
    }),
    route({
      ...read,
      path: '/connection/keys/:id',
      summary: 'One key or CA, with every step of its life, who did it and why',
      params: OF_KEY,
      async handle({ params }) {
        const key = await doorOf(around).key(params.id);
        if (key === undefined) throw notFound('key');
        return key;
      },
    }),
    route({
      ...read,
      path: '/connection/keys/:id/file',
      summary: 'What may be given away of it: certificate with its issuers, request, public key (PEM), or a key set (JSON)',
      params: OF_KEY,
      query: closed({ part: Type.Enum([...PARTS]) }),
      async handle({ params, query: { part } }) {
        const given = await doorOf(around).give(params.id, part);
        if (given === undefined) throw notFound('key with that part');
        const type = part === 'jwks' ? 'application/jwk-set+json; charset=utf-8' : 'application/x-pem-file; charset=utf-8';
        return new Streamed(type, pieces(given.text), given.fileName);
      },
    }),
    route({
      method: 'POST',
      path: '/connection/look',
      permission: 'connection:test',
      summary: 'Looks at everything now, what is really served too',
      perMinute: 6,
      handle: async () => doorOf(around).look(),
    }),
  ];
}

async function* pieces(text: string): AsyncGenerator<string> {
  yield text;
}

/** @throws Problem `SWITCHED_OFF`, `STARTING` */
export function doorOf({ connection }: Surroundings): ConnectionDoor {
  const door = connection();
  if (door === 'none') throw switchedOff('Keys are files here; there is no vault to ask.', 'vault.store');
  if (door !== undefined) return door;
  throw new Problem(503, {
    code: 'STARTING',
    message: 'The connection to the scheme is being started.',
    advice: 'Repeat it in a moment.',
    retryAfter: 2,
  });
}
