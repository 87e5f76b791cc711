import type { HttpClient } from '@payment-manager/runtime';
import * as oidc from 'openid-client';
import type { Claims } from './roles-from-claims.ts';
import type { SingleSignOnSettings } from './settings.ts';

/** What a sign-in was begun with; each is made anew for each, and counts once. */
export interface Begun {
  readonly state: string;
  readonly nonce: string;
  /** Of PKCE. */
  readonly verifier: string;
}

/** What the provider says of who came back. */
export interface Identified {
  readonly subject: string;
  readonly claims: Claims;
  /** Shown to the provider at the sign-out. */
  readonly idToken: string;
}

/** The provider could not be asked. */
export class ProviderDown extends Error {}
/** What came back does not prove anything. The message is for the log. */
export class NotProven extends Error {}

export interface IdentityProvider {
  /** Where the browser goes. @throws ProviderDown */
  addressOf(begun: Begun, returnTo: string): Promise<string>;
  /** Who came back to this address, with the code in it. @throws ProviderDown, NotProven */
  identify(returned: URL, begun: Begun): Promise<Identified>;
  /** Where the browser ends the session at the provider, too; undefined: it offers nothing of the kind. @throws ProviderDown */
  signOutAddress(idToken: string, returnTo: string): Promise<string | undefined>;
}

const TIMEOUT_MS = 10_000;
const ANSWER_BYTES_MAX = 262_144;
const CLOCK_SKEW_SECONDS = 30;

/**
 * A provider of OpenID Connect: authorization code with PKCE, the ID token verified with the provider’s keys. What the provider publishes is read for each
 * sign-in anew, so keys and addresses may change at any moment; a sign-in is rare.
 */
export function openIdProvider(settings: SingleSignOnSettings, client: HttpClient): IdentityProvider {
  const known = async (): Promise<oidc.Configuration> => {
    const { issuer, clientId, clientSecret, insecure } = settings;
    const metadata = { [oidc.clockTolerance]: CLOCK_SKEW_SECONDS };
    try {
      const found = await oidc.discovery(new URL(issuer), clientId, metadata, undefined, {
        [oidc.customFetch]: fetchBy(client),
        timeout: TIMEOUT_MS / 1_000,
        ...(insecure && { execute: [oidc.allowInsecureRequests] }),
      });
      const server = found.serverMetadata();
      const configuration = new oidc.Configuration(server, clientId, metadata, authenticationOf(server, clientSecret?.reveal()));
      configuration[oidc.customFetch] = fetchBy(client);
      configuration.timeout = TIMEOUT_MS / 1_000;
      if (insecure) oidc.allowInsecureRequests(configuration);
      // the token comes over TLS from the provider itself; that it has signed it is looked at all the same
      oidc.enableNonRepudiationChecks(configuration);
      return configuration;
    } catch (error) {
      throw new ProviderDown(reasonOf(error));
    }
  };
  return {
    async addressOf({ state, nonce, verifier }, returnTo) {
      const configuration = await known();
      const { scopes, acr } = settings;
      const address = oidc.buildAuthorizationUrl(configuration, {
        ...{ redirect_uri: returnTo, scope: [...new Set(['openid', ...scopes])].join(' '), state, nonce },
        ...{ code_challenge: await oidc.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' },
        ...(acr.length > 0 && { acr_values: acr.join(' ') }),
      });
      return address.href;
    },
    async identify(returned, { state, nonce, verifier }) {
      const configuration = await known();
      try {
        const tokens = await oidc.authorizationCodeGrant(configuration, returned, {
          ...{ expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, idTokenExpected: true },
        });
        const claims = tokens.claims();
        if (claims === undefined || tokens.id_token === undefined) throw new NotProven('there is no ID token');
        return { subject: claims.sub, claims, idToken: tokens.id_token };
      } catch (error) {
        if (error instanceof ProviderUnanswered || (error as Error).cause instanceof ProviderUnanswered)
          throw new ProviderDown(reasonOf(error));
        throw error instanceof NotProven ? error : new NotProven(reasonOf(error));
      }
    },
    async signOutAddress(idToken, returnTo) {
      const configuration = await known();
      if (configuration.serverMetadata().end_session_endpoint === undefined) return undefined;
      return oidc.buildEndSessionUrl(configuration, { post_logout_redirect_uri: returnTo, id_token_hint: idToken }).href;
    },
  };
}

function authenticationOf(server: oidc.ServerMetadata, secret: string | undefined): oidc.ClientAuth {
  if (secret === undefined) return oidc.None();
  const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
  return methods.includes('client_secret_basic') ? oidc.ClientSecretBasic(secret) : oidc.ClientSecretPost(secret);
}

class ProviderUnanswered extends Error {}

/** Its requests go by our own client: with our CAs, our limits, and to no other address than the one that is asked. */
function fetchBy(client: HttpClient): oidc.CustomFetch {
  return async (url, { method, headers, body }) => {
    const outcome = await client.request({
      ...{ method, url, headers: { ...headers }, timeoutMs: TIMEOUT_MS, maxAnswerBytes: ANSWER_BYTES_MAX },
      ...(body !== undefined && body !== null && { body: String(body) }),
    });
    if (outcome.kind === 'failed') throw new ProviderUnanswered(outcome.code);
    const empty = outcome.status === 204 || outcome.status === 304 || outcome.body.length === 0;
    return new Response(empty ? null : new Uint8Array(outcome.body), { status: outcome.status, headers: outcome.headers });
  };
}

/** Its own words are in it, but no token and no code. */
function reasonOf(error: unknown): string {
  const { code, message, cause } = error as Error & { readonly code?: string };
  const inner = cause instanceof Error ? `: ${cause.message}` : '';
  return `${code ?? 'error'} ${message}${inner}`.slice(0, 300);
}
