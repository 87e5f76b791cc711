import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

/** What the next ID token is, where it is not right. */
export interface Forged {
  readonly claims?: Readonly<Record<string, unknown>>;
  /** `stranger`: signed by a key that the provider does not publish; `secret`: with the client’s secret; `none`: not at all. */
  readonly signedBy?: 'provider' | 'stranger' | 'secret' | 'none';
  /** Instead of an answer of the token endpoint. */
  readonly status?: number;
  readonly token?: string;
}

/** A provider that says whatever it is told to: for what no real one would issue. */
export async function forgingProvider(clientId: string, secret: string) {
  let next: Forged = {};
  let nonce = '';
  const [own, stranger] = [await generateKeyPair('RS256'), await generateKeyPair('RS256')];
  const jwk = { ...(await exportJWK(own.publicKey)), alg: 'RS256', use: 'sig', kid: 'own' };
  const idToken = async (issuer: string): Promise<string> => {
    if (next.token !== undefined) return next.token;
    const now = Math.floor(Date.now() / 1_000);
    const claims = {
      iss: issuer,
      aud: clientId,
      sub: 'sub-amara',
      iat: now,
      exp: now + 60,
      nonce,
      groups: ['pm-operations'],
      ...next.claims,
    };
    const [signedBy, encoded] = [next.signedBy ?? 'provider', (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url')];
    if (signedBy === 'none') return `${encoded({ alg: 'none' })}.${encoded(claims)}.`;
    if (signedBy === 'secret') return new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.from(secret));
    const key = signedBy === 'provider' ? own.privateKey : stranger.privateKey;
    return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'own' }).sign(key);
  };
  const http = createServer((request, response) => {
    const issuer = `http://localhost:${(http.address() as AddressInfo).port}`;
    const answer = (body: object, status = 200): void =>
      void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (request.url === '/.well-known/openid-configuration')
      return answer({
        ...{ issuer, authorization_endpoint: `${issuer}/auth`, token_endpoint: `${issuer}/token`, jwks_uri: `${issuer}/jwks` },
        ...{ response_types_supported: ['code'], id_token_signing_alg_values_supported: ['RS256'], subject_types_supported: ['public'] },
      });
    if (request.url?.startsWith('/auth?') === true) {
      const asked = new URL(request.url, issuer).searchParams;
      nonce = asked.get('nonce') ?? '';
      return void response.writeHead(302, { location: `${asked.get('redirect_uri')}?code=c-1&state=${asked.get('state')}` }).end();
    }
    if (request.url === '/jwks') return answer({ keys: [jwk] });
    request.resume();
    void idToken(issuer).then((id_token) => answer({ access_token: 'a', token_type: 'Bearer', id_token }, next.status));
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  return {
    issuer: `http://localhost:${(http.address() as AddressInfo).port}`,
    /** Somebody was there, and is led back with a code; the token for it will be so. */
    visited(address: string, portal: string, forged: Forged): URL {
      next = forged;
      const asked = new URL(address).searchParams;
      nonce = asked.get('nonce') ?? '';
      return new URL(`${portal}/sign-in/return?code=c-1&state=${asked.get('state')}`);
    },
    /** Of whoever comes by a browser. */
    says(forged: Forged): void {
      next = forged;
    },
    async close(): Promise<void> {
      http.closeAllConnections();
      await new Promise<void>((resolve) => http.close(() => resolve()));
    },
  };
}
