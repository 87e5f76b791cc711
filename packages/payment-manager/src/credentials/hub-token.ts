import { clientCredentials, type TokenSource } from '@payment-manager/connection-manager-client';
import type { Clock, HttpOutcome, OutgoingRequest, PooledHttpClient, Secret } from '@payment-manager/runtime';
import type { Environment } from '@payment-manager/vault';
import type { Config } from '../config/schema.ts';
import { clientSecretOf, clientTrusting } from './token-server.ts';

/**
 * The client to the hub, with a bearer token on every request where `hub.oauth` says so. Nothing is asked for at the start: a token server
 * that is away makes requests fail, each as not sent.
 *
 * @throws CredentialsInvalid for a CA file that cannot be read
 */
export async function withHubToken(
  client: PooledHttpClient,
  config: Config,
  clock: Clock,
  environment: Environment | undefined,
): Promise<PooledHttpClient> {
  const source = await openHubTokens(config, clock, environment);
  if (source === undefined) return client;
  return {
    ...bearerClient(client, source.tokens, clock),
    async close() {
      await Promise.all([client.close(), source.close()]);
    },
  };
}

/** The secret in the vault that is used where the configuration gives none. */
export const hubSecretId = 'hub-oauth';

/** Where tokens for the hub come from; undefined when it asks for none. @throws CredentialsInvalid for a CA file that cannot be read */
export async function openHubTokens(
  config: Config,
  clock: Clock,
  environment: Environment | undefined,
): Promise<{ readonly tokens: TokenSource; close(): Promise<void> } | undefined> {
  const { tokenUrl, clientId = config.fspId, clientSecret, scope, caFile } = config.hub.oauth;
  if (tokenUrl === undefined) return undefined;
  const http = await clientTrusting(caFile, 'hub.oauth.caFile');
  const tokens = clientCredentials({
    tokenUrl,
    clientId,
    secret: clientSecretOf(clientSecret, { key: 'hub.oauth.clientSecret', id: hubSecretId, environment }),
    http,
    clock,
    timeoutMs: config.timeouts.hubHttpMs,
    ...(scope !== undefined && { scope }),
  });
  return { tokens, close: () => http.close() };
}

/** Brings a token with every request. A refusal (401) is answered once with another token, if there is another: nothing came of the first. */
export function bearerClient(client: PooledHttpClient, tokens: TokenSource, clock: Pick<Clock, 'monotonic'>): PooledHttpClient {
  const send = (request: OutgoingRequest, token: Secret<string>, timeoutMs: number): Promise<HttpOutcome> =>
    client.request({ ...request, headers: { ...request.headers, authorization: `Bearer ${token.reveal()}` }, timeoutMs });
  return {
    async request(request) {
      const ends = clock.monotonic() + request.timeoutMs;
      const left = (): number => Math.max(0, ends - clock.monotonic());
      try {
        const first = await tokens.token();
        const outcome = await send(request, first, left());
        if (outcome.kind !== 'answer' || outcome.status !== 401) return outcome;
        tokens.invalidate();
        const second = await tokens.token().catch(() => first);
        return second === first ? outcome : await send(request, second, left());
      } catch {
        return noToken(request);
      }
    },
    load: () => client.load(),
    setCredentials: (credentials) => client.setCredentials(credentials),
    close: () => client.close(),
  };
}

function noToken({ url }: OutgoingRequest): HttpOutcome {
  return {
    kind: 'failed',
    phase: 'connect',
    sent: false,
    code: 'TOKEN_UNAVAILABLE',
    message: `The request to ${new URL(url).origin} was not sent: there is no token for it.`,
    advice: 'Check the token server (`hub.oauth`), and the client id and secret that it is asked with.',
  };
}
