import {
  type GivenToken,
  type HttpClient,
  type HttpOutcome,
  Secret,
  type TokenSource,
  tokenCache,
  type World,
} from '@payment-manager/runtime';
import { readBody } from '../codec/body.ts';
import { writeExactJson } from '../codec/json.ts';
import { Decimal } from '../expression/decimal.ts';
import { EvaluationFailed, isObject, memberOf, type Value, type ValueObject } from '../expression/value.ts';
import type { Authentication } from '../language/backend.ts';
import { withNames } from '../run/answer.ts';
import { fill, textIn } from '../run/fill.ts';
import { needed } from './setting.ts';

/** What authentication needs of the world. */
export interface AuthenticationDeps extends Pick<World, 'clock'> {
  readonly http: HttpClient;
  /** Told of each log-in; with the fault when it failed. */
  readonly onLogIn?: (fault?: unknown) => void;
}

/** There is no token. The text names the status, and nothing that a server said. */
export class TokenRefused extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'TokenRefused';
  }
}

const TIMEOUT_MS = 15_000;
/** Where an answer does not say how long its token is valid. */
const LIFETIME_MS = 60_000;
const ANSWER_MAX = 65_536;
/** A token that is refused is asked for anew, but not more often than this. */
const REFUSED_AGAIN_MS = 10_000;

type OAuth2 = Extract<Authentication, { kind: 'oauth2' }>;
type Login = Extract<Authentication, { kind: 'login' }>;

/** OAuth 2: client credentials, or a user's password (RFC 6749, 4.4 and 4.3) with its refresh token (6), which may change each time. */
export function oauthTokens(auth: OAuth2, root: ValueObject, deps: AuthenticationDeps): TokenSource {
  const url = needed(auth.tokenUrl, root, 'the token URL');
  let refresh: string | undefined;
  const exchange = async (grant: Readonly<Record<string, string>>): Promise<ValueObject> => {
    const { form, headers } = withClient(auth, root, grant);
    const outcome = await deps.http.request({
      method: 'POST',
      url,
      headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      body: form.toString(),
      timeoutMs: TIMEOUT_MS,
      maxAnswerBytes: ANSWER_MAX,
    });
    return tokenAnswer(outcome);
  };
  const first = (): Promise<ValueObject> => {
    const scope = auth.scope === undefined ? undefined : textIn(auth.scope, root, 'the scope');
    const more: Record<string, string> = scope === undefined || scope === '' ? {} : { scope };
    if (auth.grant === 'client_credentials') return exchange({ grant_type: 'client_credentials', ...more });
    const username = needed(auth.user ?? NOTHING, root, 'the user');
    return exchange({ grant_type: 'password', username, password: needed(auth.password ?? NOTHING, root, 'the password'), ...more });
  };
  const again = async (): Promise<ValueObject> => {
    const token = refresh;
    refresh = undefined;
    // a refresh token that has ended is no reason to have none: the log-in is done anew
    return token === undefined ? first() : exchange({ grant_type: 'refresh_token', refresh_token: token }).catch(first);
  };
  return tokenCache({
    clock: deps.clock,
    refusedAgainMs: REFUSED_AGAIN_MS,
    ...(deps.onLogIn && { onLogIn: deps.onLogIn }),
    async logIn() {
      const askedAt = deps.clock.monotonic();
      const answer = await again();
      const next = memberOf(answer, 'refresh_token');
      if (auth.grant === 'password' && typeof next === 'string' && next !== '') refresh = next;
      return given(memberOf(answer, 'access_token'), memberOf(answer, 'expires_in'), askedAt);
    },
  });
}

const NOTHING = { kind: 'text', text: '' } as const;

function withClient(auth: OAuth2, root: ValueObject, grant: Readonly<Record<string, string>>) {
  const form = new URLSearchParams(grant);
  const id = needed(auth.clientId, root, 'the client id');
  const secret = auth.clientSecret === undefined ? undefined : needed(auth.clientSecret, root, 'the client secret');
  const headers: Record<string, string> = {};
  if (secret === undefined || auth.secretIn === 'body') {
    form.set('client_id', id);
    if (secret !== undefined) form.set('client_secret', secret);
  } else {
    const pair = [id, secret].map((text) => new URLSearchParams([['', text]]).toString().slice(1)).join(':');
    headers['authorization'] = `Basic ${Buffer.from(pair).toString('base64')}`;
  }
  return { form, headers };
}

/** A log-in of the core's own: any body, and a token somewhere in the answer. */
export function loginTokens(auth: Login, root: ValueObject, base: string, timeoutMs: number, deps: AuthenticationDeps): TokenSource {
  return tokenCache({
    clock: deps.clock,
    refusedAgainMs: REFUSED_AGAIN_MS,
    ...(deps.onLogIn && { onLogIn: deps.onLogIn }),
    async logIn() {
      const askedAt = deps.clock.monotonic();
      const outcome = await deps.http.request({
        method: 'POST',
        url: `${base}${auth.path}`,
        headers: { 'content-type': 'application/json', accept: 'application/json' },
        body: writeExactJson(fill(auth.body, root)),
        timeoutMs,
        maxAnswerBytes: ANSWER_MAX,
      });
      const body = tokenAnswer(outcome);
      const headers = outcome.kind === 'answer' ? (Object.assign(Object.create(null), outcome.headers) as ValueObject) : undefined;
      const names = withNames(Object.create(null), { body, headers });
      try {
        return given(auth.token.evaluate(names), auth.expires?.evaluate(names), askedAt);
      } catch (error) {
        if (error instanceof EvaluationFailed) throw new TokenRefused('the answer to the log-in cannot be used');
        throw error;
      }
    },
  });
}

function tokenAnswer(outcome: HttpOutcome): ValueObject {
  if (outcome.kind === 'failed') throw new TokenRefused(`the token server cannot be asked: ${outcome.code}`);
  const { body, readable } = readBody(outcome.body, outcome.headers['content-type']);
  if (outcome.status !== 200 && outcome.status !== 201) throw new TokenRefused(`the token server answered HTTP ${outcome.status}`);
  if (!readable || !isObject(body)) throw new TokenRefused('the token server answered with a body that cannot be read');
  return body;
}

function given(token: Value, seconds: Value, askedAt: number): GivenToken {
  if (typeof token !== 'string' || !/^[\x21-\x7e]{1,16384}$/.test(token))
    throw new TokenRefused('the answer of the token server holds no token');
  const lasts = seconds instanceof Decimal || typeof seconds === 'string' ? Number(seconds.toString()) : Number.NaN;
  return { token: new Secret(token), lifetimeMs: lasts > 0 ? lasts * 1_000 : LIFETIME_MS, askedAt };
}
