import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, beforeEach, describe, test } from 'node:test';
import {
  type ClientCredentialsOptions,
  ConnectionFault,
  type ConnectionManagerApi,
  clientCredentials,
  connectionManagerApi,
} from '@payment-manager/connection-manager-client';
import { createHttpClient, type PooledHttpClient, Secret, systemClock } from '@payment-manager/runtime';

/** The bytes of an answer, as the real server sends them: chunked, pretty-printed, or as the case says. */
interface RawAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is pretty-printed JSON; a text is sent as it is. */
  readonly body?: unknown;
}

let server: Server;
let http: PooledHttpClient;
let api: ConnectionManagerApi;
let answer: (request: IncomingMessage & { body: string }) => RawAnswer = () => ({});
let seen: { method: string; url: string; headers: IncomingMessage['headers']; body: string }[] = [];

before(async () => {
  server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const body = Buffer.concat(parts).toString();
      seen.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body });
      const {
        status = 200,
        headers = { 'content-type': 'application/json; charset=utf-8' },
        body: content = '',
      } = answer(Object.assign(request, { body }));
      response.writeHead(status, headers);
      response.write(typeof content === 'string' ? content : JSON.stringify(content, undefined, 2));
      response.end();
    });
  });
  server.keepAliveTimeout = 50;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  http = createHttpClient();
  api = connectionManagerApi({ url: `${origin()}/pm4mlapi/`, http });
});
after(async () => {
  await http.close();
  server.close();
});
beforeEach(() => {
  seen = [];
});

const origin = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

/** What a call brings, or the code and the words of its fault. */
async function outcome(call: (api: ConnectionManagerApi) => Promise<unknown>): Promise<unknown> {
  try {
    return await call(api);
  } catch (error) {
    assert.ok(error instanceof ConnectionFault, String(error));
    assert.notEqual(error.nextStep, '');
    return `${error.code}: ${error.message} -> ${error.nextStep}`;
  }
}

const unchecked = { validationState: undefined, validations: [] };
const notFound = (message: string) => ({ status: 404, body: { payload: { id: 'NotFoundError', message }, message } });
const byValidator = (status: number, message: string, path = '/api/x') => ({ status, body: { message, errors: [{ path, message }] } });
const enrolment = { csrInfo: { subject: { CN: 'a' } }, csr: 'REQUEST' };

const bodies: readonly [string, RawAnswer, (api: ConnectionManagerApi) => Promise<unknown>, unknown][] = [
  [
    'a hub without a CA is VALID and has no rootCertificate key',
    { body: { validationState: 'VALID', type: 'INTERNAL' } },
    (one) => one.hubCa(),
    { rootCertificate: undefined, intermediateChain: undefined, validationState: 'VALID', validations: [] },
  ],
  [
    'a hub CA has no intermediateChain key',
    { body: { rootCertificate: 'PEM', validationState: 'VALID', type: 'INTERNAL' } },
    (one) => one.hubCa(),
    { rootCertificate: 'PEM', intermediateChain: undefined, validationState: 'VALID', validations: [] },
  ],
  [
    'the hub has no server certificate: a secret that Vault has not got, without words',
    notFound(''),
    (one) => one.hubServerCertificate(),
    undefined,
  ],
  [
    'the hub’s server certificate has its chain as a list, and a serial number with colons',
    {
      body: {
        serverCertificate: 'LEAF',
        rootCertificate: 'ROOT',
        intermediateChain: ['INT', 'ROOT'],
        serverCertificateInfo: { serialNumber: '3a:4b' },
      },
    },
    (one) => one.hubServerCertificate(),
    { serverCertificate: 'LEAF', rootCertificate: 'ROOT', intermediateChain: 'INT\nROOT', ...unchecked },
  ],
  [
    'our CA is not set: null and NOT_AVAILABLE',
    { body: { rootCertificate: null, intermediateChain: null, validations: [], validationState: 'NOT_AVAILABLE' } },
    (one) => one.dfspCa('a'),
    { rootCertificate: undefined, intermediateChain: undefined, validationState: 'NOT_AVAILABLE', validations: [] },
  ],
  [
    'our CA was erased by an empty post: two empty texts, and VALID',
    { body: { rootCertificate: '', intermediateChain: '', validations: [], validationState: 'VALID' } },
    (one) => one.dfspCa('a'),
    { rootCertificate: undefined, intermediateChain: undefined, validationState: 'VALID', validations: [] },
  ],
  [
    'enrolments are in the order of texts, and a validation has a state instead of a result, a list as its code, or nothing',
    {
      body: [
        { id: 11, ...enrolment, state: 'CSR_LOADED', validations: null },
        {
          id: 9,
          ...enrolment,
          state: 'CERT_SIGNED',
          certificate: 'CERTIFICATE',
          certInfo: { notAfter: '2030-01-01T00:00:00.000Z' },
          validationState: 'INVALID',
          validations: [
            {
              validationCode: 'CERTIFICATE_VALIDITY',
              performed: true,
              result: 'VALID',
              state: 'INVALID',
              message: 'not valid now',
              data: null,
            },
            { validationCode: ['A', 'B'], result: 'INVALID', message: 'no', messageTemplate: 'x' },
            {},
          ],
        },
        { state: 'CSR_LOADED' },
      ],
    },
    (one) => one.inboundEnrollments('a'),
    [
      {
        id: 9,
        csr: 'REQUEST',
        asked: undefined,
        certificate: 'CERTIFICATE',
        state: 'CERT_SIGNED',
        validationState: 'INVALID',
        validations: [
          { code: 'CERTIFICATE_VALIDITY', result: 'VALID', message: 'not valid now' },
          { code: 'A, B', result: 'INVALID', message: 'no' },
        ],
      },
      { id: 11, csr: 'REQUEST', asked: undefined, certificate: undefined, state: 'CSR_LOADED', ...unchecked },
    ],
  ],
  [
    'the hub’s request has CRLF, no validations and no state of them',
    { body: [{ id: 12, csr: 'A\r\nB\r\n', csrInfo: {}, state: 'CSR_LOADED' }] },
    (one) => one.outboundEnrollments('a'),
    [{ id: 12, csr: 'A\r\nB\r\n', asked: undefined, certificate: undefined, state: 'CSR_LOADED', ...unchecked }],
  ],
  ['nobody has a key yet, said by 404', notFound(''), (one) => one.jwsKeys(), []],
  ['we have no request yet, said by 404', notFound(''), (one) => one.inboundEnrollments('a'), []],
  ['the hub has none yet, said by 404', notFound(''), (one) => one.outboundEnrollments('a'), []],
  ['we have no server certificate there', notFound(''), (one) => one.serverCertificate('a'), undefined],
  ['no egress was posted', notFound('Endpoint configuration not found!'), (one) => one.egress('a'), undefined],
  ['an empty egress was posted', { body: { id: 1, dfspId: 'a', state: 'NOT_STARTED' } }, (one) => one.egress('a'), []],
  [
    'egress without ports, with a description, and never beyond NOT_STARTED',
    {
      body: {
        id: 1,
        state: 'NOT_STARTED',
        createdBy: 'x',
        ipList: [
          { address: '10.0.0.1/32', description: 'd' },
          { address: '10.0.0.2', ports: ['443', 80] },
        ],
      },
    },
    (one) => one.egress('a'),
    [
      { address: '10.0.0.1/32', ports: [] },
      { address: '10.0.0.2', ports: ['443', '80'] },
    ],
  ],
  ['no ingress was posted', notFound('Endpoint configuration not found!'), (one) => one.ingress('a'), undefined],
  ['an empty ingress was posted', { body: { id: 2, state: 'NOT_STARTED', url: '' } }, (one) => one.ingress('a'), ''],
  [
    'the list of keys: a foreign one without a name, none with a date, INVALID ones, an id twice, null',
    {
      body: [
        { publicKey: 'K1', validationState: 'VALID', validations: [] },
        {
          dfspId: 'b',
          publicKey: 'K2',
          validationState: 'INVALID',
          validations: [{ validationCode: ['X', 'Y'], result: 'INVALID', message: 'm' }],
        },
        { dfspId: 'b', publicKey: 'K3', createdAt: 0 },
        null,
      ],
    },
    async (one) =>
      (await one.jwsKeys()).map(({ dfspId, publicKey, createdAt, validationState }) => [dfspId, publicKey, createdAt, validationState]),
    [
      [undefined, 'K1', undefined, 'VALID'],
      ['b', 'K2', undefined, 'INVALID'],
      ['b', 'K3', 0, undefined],
      [undefined, undefined, undefined, undefined],
    ],
  ],
  ['states are answered with code 0 whatever comes of them', { body: { code: 0 } }, (one) => one.reportStates('a', {}), undefined],
  [
    'who has no role of a DFSP sees all, the hub too, and isProxy is no boolean',
    { body: [{ id: 'a', name: 'A', isProxy: null, securityGroup: null }, { id: 'switch', isProxy: 1 }, { id: 'b', isProxy: 0 }, {}] },
    (one) => one.dfsps(),
    ['a', 'switch', 'b'],
  ],
];

const refusals: readonly [string, RawAnswer, (api: ConnectionManagerApi) => Promise<unknown>, RegExp][] = [
  [
    'no, bad or expired token',
    byValidator(401, 'Authentication required'),
    (one) => one.dfsps(),
    /^REFUSED: .*Authentication required.* -> .*token server/,
  ],
  [
    'another DFSP’s path',
    byValidator(401, 'user does not have the required role Application/DFSP:a'),
    (one) => one.dfspCa('a'),
    /^REFUSED: .*required role Application\/DFSP:a.* -> .*give this client's account the role/,
  ],
  [
    'an operation of the hub’s people',
    byValidator(401, 'user does not have the required roles [ pta ]'),
    (one) => one.hubCa(),
    /^REFUSED: .*required roles.* -> .*the role/,
  ],
  [
    'a DFSP that is not there',
    byValidator(401, 'DFSP with id a not found'),
    (one) => one.dfspCa('a'),
    /^REFUSED: .* -> Ask the hub to register/,
  ],
  [
    'its database is down, which is 401 as well',
    byValidator(401, 'connect ECONNREFUSED 10.0.0.7:3306'),
    (one) => one.jwsKeys(),
    /^REFUSED: .*ECONNREFUSED 10\.0\.0\.7:3306.* -> .*when its own database fails/,
  ],
  [
    'its Vault token is lost: 500, the payload a text',
    { status: 500, body: { payload: 'Error', message: 'permission denied' } },
    (one) => one.hubCa(),
    /^SERVER_ERROR: .*permission denied/,
  ],
  [
    'an exception without words',
    { status: 500, body: { payload: 'TypeError', message: '' } },
    (one) => one.jwsKeys(),
    /^SERVER_ERROR: .*nothing more/,
  ],
  [
    'a CA with an EC key is 500 without saying why',
    { status: 500, body: { payload: 'Error', message: 'Cannot read public key. OID is not RSA.' } },
    (one) => one.publishDfspCa('a', { rootCertificate: 'x', intermediateChain: '' }),
    /^SERVER_ERROR: .* -> .*not RSA \(connectionManager\.keyAlgorithm\)/,
  ],
  [
    'so is a server certificate',
    { status: 500, body: { payload: 'Error', message: 'Cannot read public key. OID is not RSA.' } },
    (one) => one.publishServerCertificate('a', { rootCertificate: 'x', intermediateChain: '', serverCertificate: 'y' }),
    /^SERVER_ERROR: .* -> .*not RSA/,
  ],
  [
    'a request with an EC key is 400, with the reason inside',
    {
      status: 400,
      body: {
        payload: {
          id: 'ValidationError',
          message: 'Could not parse the CSR content',
          validationErrors: { id: 'ValidationError', payload: { message: 'Cannot read public key. OID is not RSA.' } },
        },
        message: 'Could not parse the CSR content',
      },
    },
    (one) => one.requestClientCertificate('a', 'x'),
    /^INVALID: .*Could not parse the CSR content \| Cannot read public key\. OID is not RSA\./,
  ],
  [
    'nothing in a server certificate is 422',
    { status: 422, body: { payload: { id: 'InvalidEntityError', message: 'No server certificate' }, message: 'No server certificate' } },
    (one) => one.publishServerCertificate('a', { rootCertificate: '', intermediateChain: '', serverCertificate: '' }),
    /^INVALID: .*No server certificate/,
  ],
  [
    'several faults of a body are joined in the message, and told once each',
    {
      status: 400,
      body: {
        message: 'request/body/ipList must NOT have fewer than 1 items, request/body must NOT have additional properties',
        errors: [
          { path: '/body/ipList', message: 'must NOT have fewer than 1 items', errorCode: 'minItems.openapi.validation' },
          { path: '/body/x', message: 'must NOT have additional properties' },
        ],
      },
    },
    (one) => one.publishEgress('a', []),
    /^INVALID: .*\(400\)\. It says: \/body\/ipList: must NOT have fewer than 1 items \| \/body\/x: must NOT have additional properties ->/,
  ],
  [
    'an enrolment that the server has lost',
    notFound(''),
    (one) => one.uploadHubClientCertificate('a', 12, 'x'),
    /^NOT_FOUND: .*enrollments\/outbound\/12/,
  ],
  ['a path of a list that is none', byValidator(404, 'not found'), (one) => one.jwsKeys(), /^NOT_FOUND: .* -> Check the configured URL/],
  ['a path that is none', byValidator(404, 'not found', '/api/dfsps'), (one) => one.dfsps(), /^NOT_FOUND: .* -> Check the configured URL/],
  ['another method', byValidator(405, 'PUT method not allowed'), (one) => one.dfsps(), /^NOT_FOUND: .*not allowed/],
  [
    'another content type',
    byValidator(415, 'unsupported media type text/plain'),
    (one) => one.publishIngress('a', 'x'),
    /^INVALID: .*media type/,
  ],
  [
    'too much',
    { status: 413, body: { message: 'request entity too large' } },
    (one) => one.publishIngress('a', 'x'),
    /^INVALID: .*too large/,
  ],
  [
    'JSON that is none',
    { status: 400, body: { message: 'Unexpected token' } },
    (one) => one.publishIngress('a', 'x'),
    /^INVALID: .*Unexpected token/,
  ],
  [
    'not implemented',
    { status: 501, body: { payload: { id: 'NotImplementedError', message: 'no' }, message: 'no' } },
    (one) => one.dfsps(),
    /^SERVER_ERROR: .*no/,
  ],
  [
    'unhealthy',
    { status: 503, headers: { 'retry-after': '7' }, body: { status: 'unhealthy', database: 'disconnected', error: 'x' } },
    (one) => one.dfsps(),
    /^SERVER_ERROR: .*It says: x/,
  ],
  ['a list that is an object', { body: { rows: [] } }, (one) => one.outboundEnrollments('a'), /^GARBAGE: .*not a list/],
  ['no body where a list should be', { headers: { 'content-length': '0' } }, (one) => one.jwsKeys(), /^GARBAGE: .*not a list/],
  ['no body where an enrolment should be', {}, (one) => one.requestClientCertificate('a', 'x'), /^GARBAGE: .*not what it should be/],
  ['a log-in page behind a redirect', { status: 302, headers: { location: '/auth/login' } }, (one) => one.dfsps(), /^GARBAGE: .*302/],
  [
    'a log-in page',
    { headers: { 'content-type': 'text/html' }, body: '<!doctype html><html></html>' },
    (one) => one.hubCa(),
    /^GARBAGE: .*not JSON/,
  ],
];

describe('what the scheme’s Connection Manager really answers, byte by byte', () => {
  for (const [name, raw, call, expected] of bodies)
    test(`${name}: it is read as that`, async () => {
      answer = () => raw;
      assert.deepEqual(await outcome(call), expected);
    });

  for (const [name, raw, call, words] of refusals)
    test(`${name}: the reason is told with what to do`, async () => {
      answer = () => raw;
      assert.match(String(await outcome(call)), words);
    });

  test('what we send is what its validator takes: path behind any prefix, content type, no query, no member more than the contract has', async () => {
    answer = ({ method }) => ({ body: method === 'GET' ? [] : { id: 1, csr: 'x', state: 'CSR_LOADED' } });
    const states = { DFSP_CA: { status: 'completed', lastUpdated: '2026-01-01T00:00:00.000Z', stateDescription: 'IN_ORDER' } } as const;
    await api.publishEgress('a', [{ address: '10.0.0.1/32', ports: ['443', '8000-8010'] }]);
    await api.publishIngress('a', 'https://x');
    await api.reportStates('a', states);
    await api.requestClientCertificate('a', 'CSR');
    await api.uploadHubClientCertificate('a', 12, 'CERT');
    await api.publishJwsKey('a', { publicKey: 'K', createdAt: 1_763_970_000 });
    await api.publishDfspCa('a', { rootCertificate: 'R', intermediateChain: '' });
    await api.publishServerCertificate('a', { rootCertificate: 'R', intermediateChain: '', serverCertificate: 'S' });
    await api.dfsps();
    assert.deepEqual(
      seen.map(({ method, url, body }) => `${method} ${url} ${body}`),
      [
        'POST /pm4mlapi/dfsps/a/endpoints/egress {"ipList":[{"address":"10.0.0.1/32","ports":["443","8000-8010"]}]}',
        'POST /pm4mlapi/dfsps/a/endpoints/ingress {"url":"https://x"}',
        `POST /pm4mlapi/dfsps/a/states ${JSON.stringify(states)}`,
        'POST /pm4mlapi/dfsps/a/enrollments/inbound {"clientCSR":"CSR"}',
        'POST /pm4mlapi/dfsps/a/enrollments/outbound/12/certificate {"certificate":"CERT"}',
        'POST /pm4mlapi/dfsps/a/jwscerts {"publicKey":"K","createdAt":1763970000}',
        'POST /pm4mlapi/dfsps/a/ca {"rootCertificate":"R","intermediateChain":""}',
        'POST /pm4mlapi/dfsps/a/servercerts {"rootCertificate":"R","intermediateChain":"","serverCertificate":"S"}',
        'GET /pm4mlapi/dfsps ',
      ],
    );
    for (const { method, headers } of seen) {
      assert.equal(headers['content-type'], method === 'POST' ? 'application/json' : undefined);
      assert.equal(headers['accept'], 'application/json');
    }
  });

  test('a server that closes idle connections soon costs no call', async () => {
    answer = () => ({ body: [] });
    for (const pauseMs of [0, 40, 50, 60, 45, 55, 100]) {
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
      assert.deepEqual(await api.jwsKeys(), []);
    }
  });

  test('401 that a new token cures is cured by one, and one that it does not cure by none more, however often it is asked', async () => {
    let logIns = 0;
    let accepted = 'token-2';
    answer = ({ url, headers }) => {
      if (url?.endsWith('/token')) {
        logIns += 1;
        return { body: { access_token: `token-${logIns}`, expires_in: 300 } };
      }
      return headers['authorization'] === `Bearer ${accepted}` ? { body: [] } : byValidator(401, 'Authentication required');
    };
    let now = 0;
    const options: ClientCredentialsOptions = {
      tokenUrl: `${origin()}/realms/dfsps/protocol/openid-connect/token`,
      clientId: 'a',
      secret: async () => new Secret('s'),
      http,
      clock: { ...systemClock, monotonic: () => now },
    };
    const withToken = connectionManagerApi({ url: origin(), http, token: clientCredentials(options) });
    await assert.rejects(withToken.jwsKeys(), { code: 'REFUSED' });
    assert.equal(logIns, 1, 'a token of this minute is not replaced');
    now += 61_000;
    assert.deepEqual(await withToken.jwsKeys(), []);
    assert.equal(logIns, 2);
    accepted = 'none';
    now += 61_000;
    for (let n = 0; n < 50; n++) await assert.rejects(withToken.jwsKeys(), { code: 'REFUSED' });
    assert.equal(logIns, 3);
  });
});
