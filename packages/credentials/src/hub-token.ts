import type { Config } from '@payment-manager/configuration';
import type { TokenSource } from '@payment-manager/connection-manager-client';
import { clientCredentials } from '@payment-manager/connection-manager-client/client-credentials';
import type { AlarmEntry, Clock, HttpOutcome, OutgoingRequest, PooledHttpClient, Secret, World } from '@payment-manager/runtime';
import type { Environment } from '@payment-manager/vault';
import { type HubTokenWatch, watchHubToken } from './hub-token-watch.ts';
import { clientSecretOf, clientTrusting } from './token-server.ts';

/** A client to the hub, and what is wrong with its tokens. */
export interface HubClient {
  readonly client: PooledHttpClient;
  alarms(): readonly AlarmEntry[];
}

/**
 * The client to the hub, with a bearer token on every request where `hub.oauth` says so. Nothing is asked for at the start: a token server
 * that is away makes requests fail, each as not sent.
 *
 * @throws CredentialsInvalid for a CA file that cannot be read
 */
export async function withHubToken(
  client: PooledHttpClient,
  config: Config,
  world: Pick<World, 'clock' | 'log' | 'metrics'>,
  environment: Environment | undefined,
): Promise<HubClient> {
  const watch = watchHubToken(world);
  const source = await openHubTokens(config, world.clock, environment, watch.loggedIn);
  if (source === undefined) return { client, alarms: () => [] };
  const close = async (): Promise<void> => {
    await Promise.all([client.close(), source.close()]);
  };
  return { client: { ...bearerClient(client, source.tokens, world.clock, watch), close }, alarms: watch.alarms };
}

/** A payment may hang on it, so it is shorter than towards the Connection Manager, and still no storm. */
const REFUSED_AGAIN_MS = 5_000;

/** The secret in the vault that is used where the configuration gives none. */
export const HUB_SECRET_ID = 'hub-oauth';

/** Where tokens for the hub come from; undefined when it asks for none. @throws CredentialsInvalid for a CA file that cannot be read */
export async function openHubTokens(
  config: Config,
  clock: Clock,
  environment: Environment | undefined,
  onLogIn?: (fault?: unknown) => void,
): Promise<{ readonly tokens: TokenSource; close(): Promise<void> } | undefined> {
  const { tokenUrl, clientId = config.fspId, clientSecret, scope, caFile } = config.hub.oauth;
  if (tokenUrl === undefined) return undefined;
  const http = await clientTrusting(caFile, 'hub.oauth.caFile');
  const tokens = clientCredentials({
    tokenUrl,
    clientId,
    secret: clientSecretOf(clientSecret, { key: 'hub.oauth.clientSecret', id: HUB_SECRET_ID, environment }),
    http,
    clock,
    timeoutMs: config.timeouts.hubHttpMs,
    secretIn: 'header',
    refusedAgainMs: REFUSED_AGAIN_MS,
    ...(scope !== undefined && { scope }),
    ...(onLogIn !== undefined && { onLogIn }),
  });
  return { tokens, close: () => http.close() };
}

/**
 * Brings a token with every request. A refusal (401) proves that the hub has not taken it, so it is sent once more with another token, if
 * there is another; if there is none now, it was not sent.
 */
export function bearerClient(
  client: PooledHttpClient,
  tokens: TokenSource,
  clock: Pick<Clock, 'monotonic'>,
  watch?: Pick<HubTokenWatch, 'answered'>,
): PooledHttpClient {
  /** Undefined: there was no time left to send it. */
  const send = async (request: OutgoingRequest, token: Secret<string>, ends: number): Promise<HttpOutcome | undefined> => {
    const timeoutMs = ends - clock.monotonic();
    if (timeoutMs <= 0) return undefined;
    return client.request({ ...request, headers: { ...request.headers, authorization: `Bearer ${token.reveal()}` }, timeoutMs });
  };
  /** Undefined: there is none. Why, is told where tokens are asked for. */
  const tokenNow = (): Promise<Secret<string> | undefined> => tokens.token().catch(() => undefined);
  const withToken = async (request: OutgoingRequest): Promise<HttpOutcome | undefined> => {
    const ends = clock.monotonic() + request.timeoutMs;
    const first = await tokenNow();
    const outcome = first && (await send(request, first, ends));
    if (!isRefusal(outcome)) return outcome;
    tokens.invalidate();
    const second = await tokenNow();
    return second === first ? outcome : second && send(request, second, ends);
  };
  return {
    async request(request) {
      const outcome = await withToken(request);
      if (outcome?.kind === 'answer') watch?.answered(isRefusal(outcome));
      return outcome ?? noToken(request);
    },
    load: () => client.load(),
    setCredentials: (credentials) => client.setCredentials(credentials),
    close: () => client.close(),
  };
}

function isRefusal(outcome: HttpOutcome | undefined): boolean {
  return outcome?.kind === 'answer' && outcome.status === 401;
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
