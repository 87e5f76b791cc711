import type { HttpOutcome, OutgoingRequest } from '@payment-manager/runtime';
import type { Value, ValueObject } from '../expression/value.ts';
import type { Authentication } from '../language/backend.ts';
import type { Template } from '../language/operation.ts';
import { withNames } from '../run/answer.ts';
import { fill, textIn } from '../run/fill.ts';
import { answered } from './outcomes.ts';

const LASTS_MS = 300_000;

/** Who may call the scripted core: tokens that it gave and that have not ended, or the one secret that the settings hold. */
export class Tokens {
  /** Log-ins that were asked for. */
  logIns = 0;
  /** What it answers to a log-in: a token; a refusal; or an answer without one. */
  mode: 'gives' | 'refuses' | 'empty' = 'gives';
  readonly #auth: Authentication | undefined;
  readonly #cfg: ValueObject;
  readonly #base: string;
  readonly #form: Template | undefined;
  readonly #valid = new Map<string, number>();
  readonly #salt: string;

  constructor(auth: Authentication | undefined, cfg: ValueObject, base: string, form: Template | undefined, salt: string) {
    this.#auth = auth;
    this.#cfg = cfg;
    this.#base = base;
    this.#form = form;
    this.#salt = salt;
  }

  /** Does the core give tokens? */
  get used(): boolean {
    return this.#auth?.kind === 'oauth2' || this.#auth?.kind === 'login';
  }

  isFor({ url, method }: OutgoingRequest): boolean {
    const auth = this.#auth;
    if (method !== 'POST') return false;
    if (auth?.kind === 'login') return url === `${this.#base}${auth.path}`;
    return auth?.kind === 'oauth2' && url === textIn(auth.tokenUrl, withNames(Object.create(null), { cfg: this.#cfg }), 'the token URL');
  }

  give(_request: OutgoingRequest, now: number): HttpOutcome {
    this.logIns++;
    if (this.mode === 'refuses') return answered(401, object({ error: 'invalid_client' }));
    if (this.mode === 'empty') return answered(200, object({}));
    const token = `${this.#salt}-token-${this.logIns}`;
    this.#valid.set(token, now + LASTS_MS);
    if (this.#form !== undefined) return answered(200, fill(this.#form, withNames(Object.create(null), { token })));
    return answered(200, object({ access_token: token, token_type: 'Bearer', expires_in: String(LASTS_MS / 1_000) }));
  }

  /** Tokens that were given before are no longer accepted. */
  revoke(): void {
    this.#valid.clear();
  }

  accepts({ headers, url }: OutgoingRequest, now: number): boolean {
    const auth = this.#auth;
    const names = withNames(Object.create(null), { cfg: this.#cfg });
    switch (auth?.kind) {
      case undefined:
        return true;
      case 'basic': {
        const pair = `${textIn(auth.user, names, 'the user')}:${textIn(auth.password, names, 'the password')}`;
        return headers['authorization'] === `Basic ${Buffer.from(pair).toString('base64')}`;
      }
      case 'apiKey': {
        const value = textIn(auth.value, names, 'the key') ?? '';
        const given = auth.header === undefined ? new URL(url).searchParams.get(auth.query ?? '') : headers[auth.header.toLowerCase()];
        return given === value;
      }
      case 'hmac':
        return /^[0-9a-f]{64}$/.test(headers[auth.header.toLowerCase()] ?? '');
      case 'jws':
        return /^[\w-]+\.\.[\w-]+$/.test(headers[auth.header.toLowerCase()] ?? '');
      case 'oauth2':
        return this.#isValid((headers['authorization'] ?? '').replace(/^Bearer /, ''), now);
      case 'login':
        return this.#isValid((headers[auth.header.toLowerCase()] ?? '').slice(auth.prefix.length), now);
    }
  }

  #isValid(token: string, now: number): boolean {
    return (this.#valid.get(token) ?? 0) > now;
  }
}

function object(members: Readonly<Record<string, Value>>): ValueObject {
  return Object.assign(Object.create(null), members) as ValueObject;
}
