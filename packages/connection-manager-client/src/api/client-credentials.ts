import type { GivenToken, HttpClient, HttpOutcome, Secret, TokenSource, World } from '@payment-manager/runtime';
import { jsonIn, Secret as SecretText, tokenCache } from '@payment-manager/runtime/calls';
import { transportFault } from './answer.ts';
import { ConnectionFault } from './connection-fault.ts';
import { type Fields, fieldsOf, numberOf, spoken } from './fields.ts';

export interface ClientCredentialsOptions extends Pick<World, 'clock'> {
  /** The token endpoint of the identity provider. */
  readonly tokenUrl: string;
  readonly clientId: string;
  /** Asked for at each log-in, so that a new one is used without a restart. */
  readonly secret: () => Promise<Secret<string>>;
  readonly http: HttpClient;
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

const DEFAULT_LIFETIME_MS = 60_000;
/** A token has 16 KiB at most. */
const MOST_TOKEN_BYTES = 65_536;

/** OAuth 2.0 client credentials (RFC 6749, section 4.4), with one token for all (`tokenCache`). Faults are a `ConnectionFault`. */
export function clientCredentials(options: ClientCredentialsOptions): TokenSource {
  return tokenCache({ ...options, logIn: () => requestToken(options) });
}

async function requestToken(options: ClientCredentialsOptions): Promise<GivenToken> {
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
    maxAnswerBytes: MOST_TOKEN_BYTES,
  });
  const answer = tokenAnswer(outcome, password);
  const token = answer['access_token'];
  const kind = answer['token_type'];
  if (typeof token !== 'string' || !/^[\x21-\x7e]{1,16384}$/.test(token) || (typeof kind === 'string' && !/^bearer$/i.test(kind)))
    throw garbage();
  const seconds = numberOf(Number(answer['expires_in'] ?? Number.NaN));
  const lifetimeMs = seconds !== undefined && seconds > 0 ? seconds * 1_000 : DEFAULT_LIFETIME_MS;
  return { token: new SecretText(token), lifetimeMs, askedAt };
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
  const value = jsonIn(body);
  if (value === undefined && status >= 200 && status < 300) throw garbage();
  const content = fieldsOf(value);
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
