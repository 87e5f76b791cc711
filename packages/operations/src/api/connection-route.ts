import { X509Certificate } from 'node:crypto';
import type { Condition, Renewable } from '@payment-manager/connection-manager-client';
import { ConnectionFault } from '@payment-manager/connection-manager-client/fault';
import type { HttpRequest, HttpResponse } from '@payment-manager/runtime';
import type { Environment, KeyRecord } from '@payment-manager/vault';
import { VaultError } from '@payment-manager/vault/error';
import { oneLine } from '@payment-manager/vault/one-line';
import { answer } from '../access/answer.ts';
import type { Connection } from '../connection/connection.ts';
import type { Served } from '../connection/served.ts';
import { type KeptTest, stillPassed } from '../readiness-test/kept-test.ts';
import { readObject, refuseActor } from './payment-routes.ts';

export interface ConnectionRouteDeps {
  /** Undefined while it starts. `none`: keys are files, there is no vault. */
  readonly connection: () => Connection | 'none' | undefined;
  readonly mayAct: boolean;
}

const RENEWABLES: readonly Renewable[] = ['DFSP_CLIENT_CERT', 'DFSP_SERVER_CERT', 'DFSP_JWS', 'DFSP_CA', 'HUB_CLIENT_CERT'];
const OWN_PURPOSES = ['tls-client', 'tls-server', 'jws-signing', 'dfsp-ca'] as const;
const PEERS_SHOWN = 1_000;
const NAME_LONGEST = 100;

/**
 * How this DFSP stands towards the scheme:
 *
 * - `GET /connection`: conditions, keys and certificates, what is really served, what is missing
 * - `POST /connection/look`: looks at everything now, then as above
 * - `POST /connection/renew`: `{artefact, by}`; 202 when it has begun, the conditions tell the rest
 *
 * Undefined: none of these paths.
 */
export async function connectionRoute(deps: ConnectionRouteDeps, request: HttpRequest): Promise<HttpResponse | undefined> {
  const { pathname } = new URL(request.target, 'http://operations');
  const wanted = methods[pathname];
  if (wanted === undefined) return undefined;
  if (request.method !== wanted) return answer(405, { code: 'METHOD_NOT_ALLOWED', message: `Only ${wanted}.` }, { allow: wanted });
  const refusal = wanted === 'POST' ? refuseActor(deps, request) : undefined;
  if (refusal !== undefined) return refusal;
  const connection = deps.connection();
  if (connection === undefined) return answer(503, { code: 'STARTING', message: 'The connection to the scheme is being started.' });
  if (connection === 'none')
    return answer(404, {
      code: 'NO_VAULT',
      message: 'There is no vault: keys are the files that the configuration names (`vault.store`).',
    });
  try {
    if (pathname === '/connection/renew') return await renewed(connection, request);
    if (pathname === '/connection/look') await connection.look();
    return answer(200, await shown(connection));
  } catch (error) {
    return refused(error);
  }
}

const methods: Readonly<Record<string, 'GET' | 'POST'>> = Object.assign(Object.create(null), {
  '/connection': 'GET',
  '/connection/look': 'POST',
  '/connection/renew': 'POST',
});

function refused(error: unknown): HttpResponse {
  if (error instanceof RangeError) return answer(400, { code: 'BAD_REQUEST', message: `Refused: ${error.message}.` });
  if (error instanceof VaultError) return answer(503, { code: error.code, message: error.message });
  if (error instanceof ConnectionFault) return answer(502, { code: error.code, message: error.message, nextStep: error.nextStep });
  throw error;
}

async function renewed(connection: Connection, request: HttpRequest): Promise<HttpResponse> {
  const { artefact, by } = readObject(request.body);
  if (!RENEWABLES.includes(artefact as Renewable)) throw new RangeError(`artefact must be one of ${RENEWABLES.join(', ')}`);
  if (typeof by !== 'string' || by.trim() === '' || by.length > NAME_LONGEST)
    throw new RangeError(`by must be a name of 1 to ${NAME_LONGEST} characters`);
  if (connection.renew === undefined)
    return answer(409, {
      code: 'NO_CONNECTION_MANAGER',
      message: 'There is no Connection Manager: renew by hand, see docs/onboarding.md.',
    });
  await connection.renew(artefact as Renewable, by);
  return answer(202, { artefact, begun: true });
}

// ---- how it is shown: what may be known, named member by member

async function shown(connection: Connection): Promise<object> {
  const { environment } = connection;
  return {
    environment: environment.name,
    connectionManager: connection.renew !== undefined,
    leads: connection.leads(),
    missing: connection.missing(),
    ...shownTest(await connection.lastTest(), connection),
    conditions: connection.conditions().map(shownCondition),
    served: connection.served().map(shownServed),
    keys: (await Promise.all(OWN_PURPOSES.map((purpose) => environment.keys.list(purpose)))).flat().map(shownKey),
    hubCa: (await environment.trust.list('hub-ca', 'hub')).map(shownKey),
    peers: await shownPeers(environment),
  };
}

/** Connected: everything is in order, and a readiness test said so of what is in use now. */
function shownTest(test: KeptTest | undefined, connection: Connection): object {
  const inOrder = connection.missing().length === 0 && connection.conditions().every(({ state }) => state === 'Ready');
  const outcome = test && (test.changed.length > 0 ? 'stale' : test.passed ? 'passed' : 'failed');
  return {
    connected: inOrder && stillPassed(test),
    readinessTest: test && { ...test, at: instant(test.at), outcome },
  };
}

function shownCondition({ artefact, state, reason, message, nextStep, since, nextAttempt, details }: Condition): object {
  return {
    artefact,
    state,
    reason,
    message,
    nextStep,
    since: instant(since),
    nextAttempt: nextAttempt === undefined ? undefined : instant(nextAttempt),
    details,
  };
}

function shownServed({ certificate, since, lookedAt, ...rest }: Served): object {
  const { validFrom, validTo, ...named } = certificate ?? {};
  return {
    ...rest,
    ...(certificate && { certificate: { ...named, validFrom: instant(validFrom ?? 0), validTo: instant(validTo ?? 0) } }),
    since: instant(since),
    lookedAt: instant(lookedAt),
  };
}

function shownKey({ purpose, id, algorithm, state, since, inHsm, chain, history }: KeyRecord): object {
  const [made] = history;
  return {
    purpose,
    id,
    algorithm,
    state,
    since: instant(since),
    inHsm,
    madeBy: made?.by,
    why: history.at(-1)?.why,
    certificate: chain?.[0] === undefined ? undefined : shownCertificate(chain[0]),
  };
}

function shownCertificate(pem: string): object {
  const { subject, issuer, fingerprint256, subjectAltName, validFromDate, validToDate } = new X509Certificate(pem);
  return {
    subject: oneLine(subject),
    issuer: oneLine(issuer),
    names: subjectAltName,
    fingerprint: fingerprint256,
    validFrom: instant(validFromDate.getTime()),
    validTo: instant(validToDate.getTime()),
  };
}

async function shownPeers({ trust }: Environment): Promise<object[]> {
  const ids = (await trust.ids('peer-jws')).slice(0, PEERS_SHOWN);
  return Promise.all(ids.map(async (fspId) => ({ fspId, keys: (await trust.trusted('peer-jws', fspId)).map(shownKey) })));
}

function instant(ms: number): string {
  return new Date(ms).toISOString();
}
