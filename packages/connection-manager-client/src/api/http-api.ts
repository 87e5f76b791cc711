import type { HttpClient, HttpOutcome, Secret, TokenSource } from '@payment-manager/runtime';
import { jsonRequest } from '@payment-manager/runtime/calls';
import { type Content, contentOf } from './answer.ts';
import { ConnectionFault } from './connection-fault.ts';
import { type ConnectionManagerApi, MOST_PEERS } from './connection-manager-api.ts';
import { fieldsOf, textOf } from './fields.ts';
import { addressesIn, caIn, enrollmentIn, enrollmentsIn, jwsKeyIn, jwsKeysIn, readEnrollment, serverCertificateIn, urlIn } from './read.ts';

export interface ConnectionManagerApiOptions {
  /** Base address with its path, such as `https://mcm.scheme.example/pm4mlapi`. */
  readonly url: string;
  readonly http: HttpClient;
  /** Absent: the server asks for no token, as in tests. */
  readonly token?: TokenSource;
  /** Of one call. Default 30,000: a server that makes keys takes its time. */
  readonly timeoutMs?: number;
}

/** Of most answers, in bytes. */
const MOST_BYTES = 1_048_576;

/**
 * Of the answer to a GET. A key with its member's name has 1 to 2 KB, so 2,000 of them fit; an enrolment has some 8 KB, and all there ever were
 * are listed: enough for five years of certificates of a day.
 */
function mostBytesOf(path: string): number {
  if (path.endsWith('/jwscerts')) return 4 * MOST_BYTES;
  return /\/enrollments\/(?:in|out)bound$/.test(path) ? 16 * MOST_BYTES : MOST_BYTES;
}

/** The scheme's Connection Manager over HTTP. */
export function connectionManagerApi({ url, http, token, timeoutMs = 30_000 }: ConnectionManagerApiOptions): ConnectionManagerApi {
  const base = url.replace(/\/+$/, '');
  const send = (method: string, path: string, body: unknown, bearer: Secret<string> | undefined): Promise<HttpOutcome> =>
    http.request(
      jsonRequest({
        maxAnswerBytes: method === 'GET' ? mostBytesOf(path) : MOST_BYTES,
        method,
        url: `${base}${path}`,
        headers: bearer === undefined ? {} : { authorization: `Bearer ${bearer.reveal()}` },
        json: body,
        timeoutMs,
      }),
    );
  /** One new token after a refusal, and no more: what a new token does not cure is not the token. */
  const call = async (method: string, path: string, body?: unknown): Promise<Content> => {
    const first = await token?.token();
    let outcome = await send(method, path, body, first);
    if (token && outcome.kind === 'answer' && (outcome.status === 401 || outcome.status === 403)) {
      token.invalidate();
      const second = await token.token();
      if (second !== first) outcome = await send(method, path, body, second);
    }
    return contentOf(outcome, `${method} ${path}`);
  };
  const get = (path: string): Promise<Content> => call('GET', path);
  const post = (path: string, body: unknown): Promise<Content> => call('POST', path, body);
  const of = (fspId: string): string => `/dfsps/${encodeURIComponent(fspId)}`;

  return {
    url: base,
    async dfsps() {
      return bounded(listed(await get('/dfsps'), 'GET /dfsps'), 'GET /dfsps').flatMap((one) => textOf(fieldsOf(one)['id']) ?? []);
    },
    async hubCa() {
      return caIn(there(await get('/hub/ca'), 'GET /hub/ca'));
    },
    async hubServerCertificate() {
      return unlessAbsent(await get('/hub/servercerts'), serverCertificateIn);
    },
    async dfspCa(fspId) {
      return caIn(there(await get(`${of(fspId)}/ca`), `GET ${of(fspId)}/ca`));
    },
    async publishDfspCa(fspId, ca) {
      return caIn(there(await rsaOnly(post(`${of(fspId)}/ca`, ca)), `POST ${of(fspId)}/ca`));
    },
    async inboundEnrollments(fspId) {
      const path = `${of(fspId)}/enrollments/inbound`;
      return enrollmentsIn(listedIfAny(await get(path), `GET ${path}`));
    },
    async requestClientCertificate(fspId, csr) {
      const path = `${of(fspId)}/enrollments/inbound`;
      return readEnrollment(single(enrollmentIn(there(await post(path, { clientCSR: csr }), `POST ${path}`)), `POST ${path}`));
    },
    async outboundEnrollments(fspId) {
      const path = `${of(fspId)}/enrollments/outbound`;
      return enrollmentsIn(listedIfAny(await get(path), `GET ${path}`));
    },
    async uploadHubClientCertificate(fspId, id, certificate) {
      const path = `${of(fspId)}/enrollments/outbound/${id}/certificate`;
      return readEnrollment(single(enrollmentIn(there(await post(path, { certificate }), `POST ${path}`)), `POST ${path}`));
    },
    async serverCertificate(fspId) {
      return unlessAbsent(await get(`${of(fspId)}/servercerts`), serverCertificateIn);
    },
    async publishServerCertificate(fspId, certificate) {
      const path = `${of(fspId)}/servercerts`;
      return serverCertificateIn(there(await rsaOnly(post(path, certificate)), `POST ${path}`));
    },
    async jwsKeys() {
      return jwsKeysIn(bounded(listedIfAny(await get('/dfsps/jwscerts'), 'GET /dfsps/jwscerts'), 'GET /dfsps/jwscerts'));
    },
    async publishJwsKey(fspId, key) {
      const path = `${of(fspId)}/jwscerts`;
      return jwsKeyIn(there(await post(path, key), `POST ${path}`));
    },
    async egress(fspId) {
      return unlessAbsent(await get(`${of(fspId)}/endpoints/egress`), addressesIn);
    },
    async publishEgress(fspId, addresses) {
      there(await post(`${of(fspId)}/endpoints/egress`, { ipList: addresses }), `POST ${of(fspId)}/endpoints/egress`);
    },
    async ingress(fspId) {
      return unlessAbsent(await get(`${of(fspId)}/endpoints/ingress`), urlIn);
    },
    async publishIngress(fspId, ingressUrl) {
      there(await post(`${of(fspId)}/endpoints/ingress`, { url: ingressUrl }), `POST ${of(fspId)}/endpoints/ingress`);
    },
    async reportStates(fspId, states) {
      there(await post(`${of(fspId)}/states`, states), `POST ${of(fspId)}/states`);
    },
  };
}

/** Certificates with other keys than RSA make the server fail, without saying why. */
async function rsaOnly(call: Promise<Content>): Promise<Content> {
  return call.catch((error: unknown) => {
    if (!(error instanceof ConnectionFault) || error.code !== 'SERVER_ERROR') throw error;
    const { code, message, nextStep, complaints, retryAfterMs } = error;
    const advice = 'If our keys are not RSA (connectionManager.keyAlgorithm), that is why: it takes no others.';
    throw new ConnectionFault(code, message, `${nextStep} ${advice}`, complaints, retryAfterMs);
  });
}

/** What must be there: a DFSP without its own record is not registered. */
function there(content: Content, what: string): unknown {
  if (content.kind === 'content') return content.value;
  throw new ConnectionFault(
    'NOT_FOUND',
    `The Connection Manager knows nothing of ${what} (404).`,
    'Ask the hub whether this DFSP is registered there, and check the configured fspId.',
  );
}

function unlessAbsent<Value>(content: Content, read: (value: unknown) => Value): Value | undefined {
  return content.kind === 'absent' ? undefined : read(content.value);
}

/** "There is none" of a list is an empty one: its contract has that answer for the first who comes. */
function listedIfAny(content: Content, what: string): readonly unknown[] {
  return content.kind === 'absent' ? [] : listed(content, what);
}

function listed(content: Content, what: string): readonly unknown[] {
  const value = there(content, what);
  if (Array.isArray(value)) return value;
  throw new ConnectionFault(
    'GARBAGE',
    `The Connection Manager's answer to ${what} is not a list.`,
    "Check that the URL leads to the Connection Manager; if it does, tell the hub's operator.",
  );
}

/** A scheme has some hundred members. Of a longer list nothing is taken: which of it would be true? */
function bounded(list: readonly unknown[], what: string): readonly unknown[] {
  if (list.length <= MOST_PEERS) return list;
  throw new ConnectionFault(
    'GARBAGE',
    `The Connection Manager's answer to ${what} has ${list.length} entries; ${MOST_PEERS} is the limit.`,
    "Nothing of it is taken, and nobody is removed. Tell the hub's operator.",
  );
}

function single<Value>(values: readonly Value[], what: string): Value {
  const [value] = values;
  if (value !== undefined) return value;
  throw new ConnectionFault(
    'GARBAGE',
    `The Connection Manager's answer to ${what} is not what it should be.`,
    "Check that the URL leads to the Connection Manager; if it does, tell the hub's operator.",
  );
}
