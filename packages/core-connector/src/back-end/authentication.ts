import { createHmac } from 'node:crypto';
import type { Clock, TokenSource } from '@payment-manager/runtime';
import type { ValueObject } from '../expression/value.ts';
import type { Authentication, HttpBackend } from '../language/backend.ts';
import { jwsSigner, type Unsigned } from './jws.ts';
import { needed } from './setting.ts';
import { type AuthenticationDeps, loginTokens, oauthTokens } from './tokens.ts';

/** What says who we are: headers, and what stands in the query. */
export interface Credentials {
  readonly headers: Readonly<Record<string, string>>;
  readonly query?: string;
}

/** How a back end is told who we are. */
export interface Authenticator {
  /** @throws TokenRefused when there is no token. */
  credentials(request: Unsigned): Promise<Credentials>;
  /** The core did not accept them: the next request asks for new ones. False: there are no others. */
  renew(): boolean;
}

/** Makes the authenticator of a back end. `root` has `cfg`. @throws RenderFailed, EvaluationFailed for settings that cannot be used. */
export function authenticator({ auth, ...backend }: HttpBackend, root: ValueObject, base: string, deps: AuthenticationDeps): Authenticator {
  switch (auth?.kind) {
    case undefined:
      return fixed({});
    case 'basic': {
      const pair = `${needed(auth.user, root, 'the user')}:${needed(auth.password, root, 'the password')}`;
      return fixed({ authorization: `Basic ${Buffer.from(pair, 'utf8').toString('base64')}` });
    }
    case 'apiKey': {
      const value = needed(auth.value, root, 'the API key');
      return auth.header !== undefined
        ? fixed({ [auth.header.toLowerCase()]: value })
        : fixed({}, `${encodeURIComponent(auth.query ?? '')}=${encodeURIComponent(value)}`);
    }
    case 'oauth2':
      return withToken(oauthTokens(auth, root, deps), 'authorization', 'Bearer ');
    case 'login':
      return withToken(loginTokens(auth, root, base, backend.timeouts.totalMs, deps), auth.header.toLowerCase(), auth.prefix);
    case 'hmac':
      return signed(auth, needed(auth.secret, root, 'the signing secret'), deps.clock);
    case 'jws': {
      const keyId = auth.keyId === undefined ? undefined : needed(auth.keyId, root, 'the key id');
      const sign = jwsSigner(auth, needed(auth.key, root, 'the signing key'), keyId, deps.clock);
      return { credentials: async (request) => ({ headers: { [auth.header.toLowerCase()]: sign(request) } }), renew: () => false };
    }
  }
}

function fixed(headers: Readonly<Record<string, string>>, query?: string): Authenticator {
  const credentials: Credentials = { headers, ...(query !== undefined && { query }) };
  return { credentials: async () => credentials, renew: () => false };
}

function withToken(tokens: TokenSource, header: string, prefix: string): Authenticator {
  return {
    credentials: async () => ({ headers: { [header]: `${prefix}${(await tokens.token()).reveal()}` } }),
    renew() {
      tokens.invalidate();
      return true;
    },
  };
}

function signed({ header, timestampHeader, over }: Extract<Authentication, { kind: 'hmac' }>, secret: string, clock: Clock): Authenticator {
  return {
    async credentials({ method, path, body }) {
      const timestamp = new Date(clock.now()).toISOString();
      const parts = { method, path, timestamp, body: body ?? '' };
      const signature = createHmac('sha256', secret)
        .update(over.map((part) => parts[part]).join('\n'))
        .digest('hex');
      return {
        headers: {
          [header.toLowerCase()]: signature,
          ...(timestampHeader !== undefined && { [timestampHeader.toLowerCase()]: timestamp }),
        },
      };
    },
    renew: () => false,
  };
}
