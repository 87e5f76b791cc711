import { X509Certificate } from 'node:crypto';
import type { Condition, Renewable } from '@payment-manager/connection-manager-client';
import type { HttpResponse } from '@payment-manager/runtime';
import type { Environment, KeyRecord } from '@payment-manager/vault';
import { oneLine } from '@payment-manager/vault/one-line';
import Type from 'typebox';
import { answer } from '../access/answer.ts';
import type { Connection } from '../connection/connection.ts';
import type { Served } from '../connection/served.ts';
import { type KeptTest, stillPassed } from '../readiness-test/kept-test.ts';
import { words } from './read-body.ts';
import { type Route, withBody } from './route.ts';

/** Undefined while it starts. `none`: keys are files, there is no vault. `elsewhere`: the process with the role `management` keeps us connected. */
export type ConnectionNow = () => Connection | 'none' | 'elsewhere' | undefined;

const RENEWABLES: readonly Renewable[] = ['DFSP_CLIENT_CERT', 'DFSP_SERVER_CERT', 'DFSP_JWS', 'DFSP_CA', 'HUB_CLIENT_CERT'];
const RENEWAL = Type.Object({ artefact: Type.Enum([...RENEWABLES]), by: words(100) });
const OWN_PURPOSES = ['tls-client', 'tls-server', 'jws-signing', 'dfsp-ca'] as const;
const PEERS_SHOWN = 1_000;

/**
 * How this DFSP stands towards the scheme:
 *
 * - `GET /connection`: conditions, keys and certificates, what is really served, what is missing
 * - `POST /connection/look`: looks at everything now, then as above
 * - `POST /connection/renew`: `{artefact, by}`; 202 when it has begun, the conditions tell the rest
 */
export function connectionRoutes(now: ConnectionNow): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/connection',
      handle: () => withConnection(now, async (connection) => answer(200, await shownConnection(connection))),
    },
    {
      method: 'POST',
      path: '/connection/look',
      acts: true,
      handle: () =>
        withConnection(now, async (connection) => {
          await connection.look();
          return answer(200, await shownConnection(connection));
        }),
    },
    withBody({
      method: 'POST',
      path: '/connection/renew',
      acts: true,
      body: RENEWAL,
      handle: ({ body: { artefact, by } }) => withConnection(now, (connection) => renewed(connection, artefact, by)),
    }),
  ];
}

async function withConnection(now: ConnectionNow, then: (connection: Connection) => Promise<HttpResponse>): Promise<HttpResponse> {
  const connection = now();
  if (connection === undefined) return answer(503, { code: 'STARTING', message: 'The connection to the scheme is being started.' });
  if (connection === 'elsewhere') {
    const message = 'This process has the role `payments`; ask the one with the role `management`, which keeps us connected to the scheme.';
    return answer(409, { code: 'CONNECTION_ELSEWHERE', message });
  }
  if (connection !== 'none') return then(connection);
  const message = 'There is no vault: keys are the files that the configuration names (`vault.store`).';
  return answer(404, { code: 'NO_VAULT', message });
}

async function renewed(connection: Connection, artefact: Renewable, by: string): Promise<HttpResponse> {
  if (connection.renew === undefined) {
    const message = 'There is no Connection Manager: renew by hand, see docs/onboarding.md.';
    return answer(409, { code: 'NO_CONNECTION_MANAGER', message });
  }
  await connection.renew(artefact, by);
  return answer(202, { artefact, begun: true });
}

// ---- how it is shown: what may be known, named member by member

/** How it stands, with everything that may be known of it. */
export async function shownConnection(connection: Connection): Promise<object> {
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
