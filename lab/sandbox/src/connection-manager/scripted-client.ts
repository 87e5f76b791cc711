import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import type { HttpClient } from '@payment-manager/runtime';
import * as x509 from '@peculiar/x509';
import { exportKey, makeKeys, RSA } from './certificates/certificate.ts';
import type { ConnectionManagerServer } from './connection-manager-server.ts';

/** An answer as a client sees it. */
export interface Told {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** Parsed; undefined when it is not JSON. */
  readonly json: unknown;
}

/** How one call differs from the usual one. */
export interface CallOptions {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Default: the client's own token; `undefined`: none. */
  readonly token?: string | undefined;
  /** Default `/api`. */
  readonly prefix?: string;
}

/** A DFSP's client that does what a test says, for the sandbox's own tests. */
export interface ScriptedClient {
  readonly token: string;
  call(operation: string, options?: CallOptions): Promise<Told>;
}

const TIMEOUT_MS = 15_000;

/** Asks for a token. */
export async function askToken(http: HttpClient, tokenUrl: string, form: Readonly<Record<string, string>>): Promise<Told> {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  return told(
    await http.request({ method: 'POST', url: tokenUrl, headers, body: new URLSearchParams(form).toString(), timeoutMs: TIMEOUT_MS }),
  );
}

/** Logs in, and calls as `GET /hub/ca` says. A body that is a text goes as it is, anything else as JSON. */
export async function scriptedClient(
  http: HttpClient,
  server: ConnectionManagerServer,
  clientId: string,
  secret: string,
): Promise<ScriptedClient> {
  const login = await askToken(http, server.tokenUrl, { grant_type: 'client_credentials', client_id: clientId, client_secret: secret });
  const { access_token: own = '' } = (login.json ?? {}) as { access_token?: string };
  const origin = new URL(server.url).origin;
  return {
    token: own,
    async call(operation, options = {}) {
      const [method = '', path = ''] = operation.split(' ');
      const token = 'token' in options ? options.token : own;
      const { body } = options;
      const headers = {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...options.headers,
      };
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      const url = `${origin}${options.prefix ?? '/api'}${path}`;
      return told(await http.request({ method, url, headers, timeoutMs: TIMEOUT_MS, ...(text !== undefined && { body: text }) }));
    },
  };
}

function told(outcome: Awaited<ReturnType<HttpClient['request']>>): Told {
  if (outcome.kind === 'failed') return { status: 0, headers: {}, text: outcome.code, json: undefined };
  const text = Buffer.from(outcome.body).toString('utf8');
  return { status: outcome.status, headers: outcome.headers, text, json: parsed(text) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A request with its key. */
export interface ScriptedRequest {
  readonly csr: string;
  readonly privateKey: string;
  readonly keys: webcrypto.CryptoKeyPair;
}

/** Makes a certificate request; `bits` 0 is an EC key. */
export async function makeRequest(
  name: string,
  options: { readonly bits?: number; readonly dns?: readonly string[] } = {},
): Promise<ScriptedRequest> {
  const { bits = 2048, dns = [] } = options;
  const ec = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
  const keys =
    bits === 0 ? ((await webcrypto.subtle.generateKey(ec, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair) : await makeKeys(bits);
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name,
    keys,
    signingAlgorithm: bits === 0 ? ec : RSA,
    extensions: dns.length === 0 ? [] : [new x509.SubjectAlternativeNameExtension(dns.map((value) => ({ type: 'dns', value })))],
  });
  return { csr: request.toString('pem'), privateKey: await exportKey(keys.privateKey), keys };
}

/** A CA certificate that is not as it should be: expired, no CA at all, or with an EC key. */
export async function makeOddCa(oddity: 'expired' | 'no-ca' | 'ec', now: number): Promise<string> {
  const { keys } = await makeRequest('CN=odd', { bits: oddity === 'ec' ? 0 : 2048 });
  const end = oddity === 'expired' ? now - 86_400_000 : now + 86_400_000;
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: '01',
    name: `CN=odd CA ${oddity}`,
    notBefore: new Date(now - 2 * 86_400_000),
    notAfter: new Date(end),
    signingAlgorithm: oddity === 'ec' ? ({ name: 'ECDSA', hash: 'SHA-256' } as const) : RSA,
    keys,
    extensions: [new x509.BasicConstraintsExtension(oddity !== 'no-ca', undefined, true)],
  });
  return certificate.toString('pem');
}
