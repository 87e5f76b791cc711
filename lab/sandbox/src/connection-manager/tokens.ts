import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock, HttpRequest, HttpResponse, Random } from '@payment-manager/runtime';

/** Who may ask for a token, and what it will say. */
export interface TokenClient {
  readonly clientSecret: string;
  /** Claim `groups`: `Application/PTA`, `Application/MTA`, `Application/DFSP:<id>`. */
  readonly groups: readonly string[];
}

export interface TokenOptions {
  readonly find: (clientId: string) => TokenClient | undefined;
  /** Life of a token, seconds; asked for each. */
  readonly seconds: () => number;
  readonly clock: Pick<Clock, 'now'>;
  readonly random: Pick<Random, 'bytes'>;
}

/** The identity provider beside the Connection Manager: realm `dfsps`, client credentials, JWTs that live for a short time. */
export interface Tokens {
  /** `POST …/protocol/openid-connect/token` */
  endpoint(request: Pick<HttpRequest, 'method' | 'headers' | 'body'>): HttpResponse;
  /** Groups of the bearer; undefined: no token, or one that is expired, revoked or not ours. */
  groups(authorization: string | undefined): readonly string[] | undefined;
  /** Every token given so far counts no more, as when the provider's signing key is replaced. */
  revokeAll(): void;
  /** Log-ins that succeeded: to see log-in storms. */
  readonly logins: number;
}

/** Clock tolerance of the real server. */
const TOLERANCE_S = 60;

/** Opens the tokens. Their signing key is made anew at each start, so a restart ends them all. */
export function openTokens({ find, seconds, clock, random }: TokenOptions): Tokens {
  let key = random.bytes(32);
  let logins = 0;
  const signed = (text: string): Buffer => createHmac('sha256', key).update(text).digest();
  const now = (): number => Math.floor(clock.now() / 1_000);

  return {
    endpoint(request) {
      if (request.method !== 'POST') return told(405, { error: 'RESTEASY003650: No resource method found, return 405 with Allow header' });
      const form = new URLSearchParams(Buffer.from(request.body).toString('utf8'));
      const { id, secret } = credentialsOf(form, request.headers['authorization']);
      if (form.get('grant_type') !== 'client_credentials')
        return told(400, { error: 'unsupported_grant_type', error_description: 'Unsupported grant_type' });
      const client = find(id);
      if (!client || !sameText(client.clientSecret, secret))
        return told(401, { error: 'invalid_client', error_description: 'Invalid client or Invalid client credentials' });
      logins++;
      const expiresIn = seconds();
      const head = encoded({ alg: 'HS256', typ: 'JWT' });
      const claims = encoded({
        sub: id,
        aud: 'connection-manager-api',
        groups: client.groups,
        iat: now(),
        exp: now() + expiresIn,
        jti: Buffer.from(random.bytes(12)).toString('hex'),
      });
      const token = `${head}.${claims}.${signed(`${head}.${claims}`).toString('base64url')}`;
      return told(200, {
        access_token: token,
        expires_in: expiresIn,
        refresh_expires_in: 0,
        token_type: 'Bearer',
        'not-before-policy': 0,
        scope: 'profile email',
      });
    },
    groups(authorization) {
      const [, head, claims, signature] = /^Bearer ([\w-]+)\.([\w-]+)\.([\w-]+)$/i.exec(authorization ?? '') ?? [];
      if (head === undefined || claims === undefined || signature === undefined) return undefined;
      const given = Buffer.from(signature, 'base64url');
      const right = signed(`${head}.${claims}`);
      if (given.length !== right.length || !timingSafeEqual(given, right)) return undefined;
      const { exp, groups } = JSON.parse(Buffer.from(claims, 'base64url').toString('utf8')) as { exp: number; groups: string[] };
      return exp + Math.min(TOLERANCE_S, seconds()) > now() ? groups : undefined;
    },
    revokeAll() {
      key = random.bytes(32);
    },
    get logins() {
      return logins;
    },
  };
}

/** In the form, or as basic authentication (RFC 6749 2.3.1). */
function credentialsOf(form: URLSearchParams, authorization: string | undefined): { id: string; secret: string } {
  const basic = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(authorization ?? '')?.[1];
  if (basic === undefined) return { id: form.get('client_id') ?? '', secret: form.get('client_secret') ?? '' };
  const [id = '', ...secret] = Buffer.from(basic, 'base64').toString('utf8').split(':');
  return { id: decoded(id), secret: decoded(secret.join(':')) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function sameText(a: string, b: string): boolean {
  const [one, other] = [a, b].map((text) => createHmac('sha256', 'compare').update(text).digest()) as [Buffer, Buffer];
  return timingSafeEqual(one, other);
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function told(status: number, content: object): HttpResponse {
  return { status, headers: { 'content-type': 'application/json', 'cache-control': 'no-store' }, body: JSON.stringify(content) };
}
