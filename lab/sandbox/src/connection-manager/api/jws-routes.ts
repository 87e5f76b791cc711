import { allKeys, type ExternalJws, putExternalJws, putHubJws, putJws, removeJws } from '../jws-keys.ts';
import type { DfspRecord, JwsRecord } from '../records.ts';
import { type Call, NOTHING, ok } from '../server-parts.ts';
import { EXTERNAL_JWS_RULE, JWS_RULE } from './body-rules.ts';
import { problem } from './problem.ts';
import type { Route } from './route.ts';

const SCOPES = ['mta', 'pta'] as const;
const OWN_PATH = '/dfsps/{dfspId}/jwscerts';

/** JWS keys: nothing but a missing key or a date that is not a number is refused. There is no PUT. */
export const jwsRoutes: readonly Route[] = [
  { method: 'GET', path: '/dfsps/jwscerts', scopes: ['mta', 'pta', 'dfsp'], handle: ({ parts }) => ok(allKeys(parts)) },
  { method: 'GET', path: OWN_PATH, scopes: SCOPES, handle: (call) => ok(ownKey(call.dfsp())) },
  {
    method: 'POST',
    path: OWN_PATH,
    scopes: SCOPES,
    body: JWS_RULE,
    handle(call) {
      const { publicKey, createdAt } = call.body as { publicKey: string; createdAt?: number };
      return ok(putJws(call.parts, call.dfsp(), publicKey, createdAt));
    },
  },
  {
    method: 'DELETE',
    path: OWN_PATH,
    scopes: SCOPES,
    handle(call) {
      removeJws(call.parts, call.dfsp());
      return NOTHING;
    },
  },
  {
    method: 'POST',
    path: '/external-dfsps/jwscerts',
    scopes: SCOPES,
    body: EXTERNAL_JWS_RULE,
    handle: ({ parts, body }) => ok(putExternalJws(parts, body as unknown as ExternalJws[])),
  },
  { method: 'GET', path: '/hub/jwscerts', scopes: SCOPES, handle: hubKey },
  {
    method: 'POST',
    path: '/hub/jwscerts',
    scopes: SCOPES,
    body: JWS_RULE,
    handle({ parts, body }) {
      const { publicKey, createdAt } = body as { publicKey: string; createdAt?: number };
      return ok(putHubJws(parts, publicKey, createdAt));
    },
  },
];

function ownKey({ jws }: DfspRecord): JwsRecord {
  if (!jws) throw problem('NotFoundError', '');
  return jws;
}

function hubKey({ parts }: Call) {
  const hub = parts.book.dfsp(parts.hubId);
  if (!hub?.jws) throw problem('NotFoundError', '');
  return ok(hub.jws);
}
