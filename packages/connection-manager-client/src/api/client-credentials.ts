import type { Clock, HttpClient, HttpOutcome, Secret } from '@payment-manager/runtime';
import { Secret as SecretText } from '@payment-manager/runtime/calls';
import { transportFault } from './answer.ts';
import { ConnectionFault } from './connection-fault.ts';
import { type Fields, fieldsOf, numberOf, spoken } from './fields.ts';
import type { TokenSource } from './token-source.ts';

export interface ClientCredentialsOptions {
  /** The token endpoint of the identity provider. */
  readonly tokenUrl: string;
  readonly clientId: string;
  /** Asked for at each log-in, so that a new one is used without a restart. */
  readonly secret: () => Promise<Secret<string>>;
  readonly http: HttpClient;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly scope?: string;
  /** Where client id and secret stand: in the form, as default, or in the header (`Basic`), as every token server must allow (RFC 6749, section 2.3.1). */
  readonly secretIn?: 'form' | 'header';
  /** Within it of the last log-in, a refused token is no reason for another. Default 60,000. */
  readonly refusedAgainMs?: number;
  /** Of one log-in. Default 15,000. */
  readonly timeoutMs?: number;
  /** Called after each log-in; with the fault when there is no token. */
  readonly onLogIn?: (fault?: unknown) => void;
}

interface Held {
  readonly token: Secret<string>;
  readonly refreshAt: number;
  readonly endsAt: number;
}

const earliestMs = 30_000;
const defaultLifetimeMs = 60_000;
const longestPauseMs = 30_000;
/** A token has 16 KiB at most. */
const mostTokenBytes = 65_536;

/**
 * OAuth 2.0 client credentials (RFC 6749, section 4.4). A token is asked for when somebody needs one: once for all who wait, and before
 * the present one ends (30 seconds or a tenth of its life), while that is still handed out. After a failure it is not asked for at once
 * again, so that many callers make no storm; they get the same failure.
 */
export function clientCredentials(options: ClientCredentialsOptions): TokenSource {
  const { clock, refusedAgainMs = 60_000 } = options;
  let held: Held | undefined;
  let asking: Promise<Held> | undefined;
  let loggedInAt = Number.NEGATIVE_INFINITY;
  let failures = 0;
  let pause: { readonly until: number; readonly fault: unknown } | undefined;

  const logIn = async (): Promise<Held> => {
    try {
      held = await requestToken(options);
      loggedInAt = clock.monotonic();
      failures = 0;
      pause = undefined;
      options.onLogIn?.();
      return held;
    } catch (fault) {
      failures += 1;
      pause = { until: clock.monotonic() + Math.min(longestPauseMs, 500 * 2 ** Math.min(failures, 10)), fault };
      options.onLogIn?.(fault);
      throw fault;
    } finally {
      asking = undefined;
    }
  };
  const ask = (): Promise<Held> => {
    asking ??= logIn();
    return asking;
  };
  return {
    async token() {
      const now = clock.monotonic();
      const paused = pause !== undefined && now < pause.until;
      if (held && now < held.endsAt) {
        // Its failure is told to those who come when the present token has ended.
        if (now >= held.refreshAt && !paused) void ask().catch(() => undefined);
        return held.token;
      }
      if (paused && !asking) throw pause?.fault;
      return (await ask()).token;
    },
    invalidate() {
      if (clock.monotonic() - loggedInAt >= refusedAgainMs) held = undefined;
    },
  };
}

async function requestToken(options: ClientCredentialsOptions): Promise<Held> {
  const { tokenUrl, secret, http, clock, timeoutMs = 15_000 } = options;
  const password = (await secret()).reveal();
  const { headers, form } = questionOf(options, password);
  const askedAt = clock.monotonic();
  const outcome = await http.request({
    method: 'POST',
    url: tokenUrl,
    headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    body: form.toString(),
    timeoutMs,
    maxAnswerBytes: mostTokenBytes,
  });
  const answer = tokenAnswer(outcome, password);
  const token = answer['access_token'];
  const kind = answer['token_type'];
  if (typeof token !== 'string' || !/^[\x21-\x7e]{1,16384}$/.test(token) || (typeof kind === 'string' && !/^bearer$/i.test(kind)))
    throw garbage();
  const seconds = numberOf(Number(answer['expires_in'] ?? Number.NaN));
  const lifetimeMs = seconds !== undefined && seconds > 0 ? seconds * 1_000 : defaultLifetimeMs;
  const early = Math.min(earliestMs, lifetimeMs / 10);
  // The last stretch is not used: the token must still be valid when the request with it arrives.
  return { token: new SecretText(token), refreshAt: askedAt + lifetimeMs - 2 * early, endsAt: askedAt + lifetimeMs - early / 2 };
}

function questionOf({ clientId, scope, secretIn = 'form' }: ClientCredentialsOptions, password: string) {
  const form = new URLSearchParams({ grant_type: 'client_credentials', ...(scope !== undefined && { scope }) });
  if (secretIn === 'header') {
    const pair = [clientId, password].map((text) => new URLSearchParams([['', text]]).toString().slice(1)).join(':');
    return { form, headers: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` } };
  }
  form.set('client_id', clientId);
  form.set('client_secret', password);
  return { form, headers: {} };
}

function tokenAnswer(outcome: HttpOutcome, password: string): Fields {
  if (outcome.kind === 'failed') throw transportFault(outcome);
  const { status, body } = outcome;
  let content: Fields = {};
  try {
    content = fieldsOf(JSON.parse(Buffer.from(body).toString('utf8')));
  } catch {
    if (status >= 200 && status < 300) throw garbage();
  }
  if (status === 200) return content;
  // It is not to be expected that a server repeats the secret; it would stand in every log.
  const words = [content['error'], content['error_description']].map((word) => spoken(word).replaceAll(password, '[secret]'));
  const said = words.filter((word) => word !== '').join(': ');
  if (status >= 500 || status === 429)
    throw new ConnectionFault(
      'SERVER_ERROR',
      `The token server fails (${status}). ${said}`.trim(),
      'It is tried again; if it stays, tell its operator.',
    );
  throw new ConnectionFault(
    'TOKEN',
    `The token server gives no token (${status}). ${said}`.trim(),
    'Check the configured token URL, client id and client secret; the hub may have made a new secret.',
  );
}

function garbage(): ConnectionFault {
  return new ConnectionFault(
    'GARBAGE',
    "The token server's answer holds no bearer token.",
    'Check that the token URL is the token endpoint of the identity provider.',
  );
}
