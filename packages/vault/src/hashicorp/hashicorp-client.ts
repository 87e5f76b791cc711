import { askJson, type HttpClient, Secret, type World } from '@payment-manager/runtime';
import { VaultError } from '../vault-error.ts';
import { type HashicorpLogin, loginRequest } from './login.ts';

export interface HashicorpOptions extends Pick<World, 'clock'> {
  /** `https://vault.example:8200`. Plain http only to this machine. */
  readonly url: string;
  readonly login: HashicorpLogin;
  /** With the CA that the server's certificate must come from. */
  readonly http: Pick<HttpClient, 'request'>;
  /** Namespace of Vault Enterprise or OpenBao. */
  readonly namespace?: string;
  /** For one request. Default 10,000. */
  readonly timeoutMs?: number;
}

/** What the server answered to a request that it understood. */
export interface HashicorpAnswer {
  readonly status: number;
  /** The parsed body; `{}` when there is none. */
  readonly content: Readonly<Record<string, unknown>>;
  /** What it says is wrong, bounded, without any secret of ours. Empty on success. */
  readonly complaint: string;
}

/** Requests to HashiCorp Vault or OpenBao, logged in. */
export interface HashicorpClient {
  /**
   * `path` is below `/v1/`. Resolves with 2xx, 400 and 404. Logs in when needed, and once more when the server denies what a fresh
   * log-in may allow.
   *
   * @throws VaultError `VAULT_REFUSED` when it denies that, `VAULT_UNAVAILABLE` when it cannot be reached, is sealed, or answers
   * nonsense; a change may have been made then.
   */
  request(method: 'GET' | 'POST', path: string, body?: object): Promise<HashicorpAnswer>;
}

interface Token {
  readonly value: Secret<string>;
  readonly renewable: boolean;
  /** From then on it is renewed before the next request: two thirds of its life. */
  readonly renewAt: number;
  readonly expiresAt: number;
}

const LARGEST_COMPLAINT = 300;

/** A client for one server. Needs no timer: a token is renewed when it is used late in its life, and replaced when it has ended. */
export function hashicorpClient(options: HashicorpOptions): HashicorpClient {
  return new LoggedInClient(options);
}

class LoggedInClient implements HashicorpClient {
  readonly #options: HashicorpOptions;
  readonly #base: string;
  #token: Token | undefined;
  #fetching: Promise<Token> | undefined;

  constructor(options: HashicorpOptions) {
    this.#options = options;
    this.#base = checkedUrl(options.url);
  }

  async request(method: 'GET' | 'POST', path: string, body?: object): Promise<HashicorpAnswer> {
    const used = await this.#currentToken();
    try {
      return await this.#send(method, path, body, used.value);
    } catch (error) {
      if (!(error instanceof VaultError) || error.code !== 'VAULT_REFUSED') throw error;
      // The token may have been revoked, or have ended by another clock than ours. Denied things are not done, so a repeat is safe.
      if (this.#token === used) this.#token = undefined;
      return this.#send(method, path, body, (await this.#currentToken()).value);
    }
  }

  async #send(method: string, path: string, body: object | undefined, own: Secret<string> | undefined): Promise<HashicorpAnswer> {
    const { http, namespace, timeoutMs = 10_000 } = this.#options;
    const outcome = await askJson(http, {
      method,
      url: `${this.#base}/v1/${path}`,
      headers: {
        'x-vault-request': 'true',
        ...(own ? { 'x-vault-token': own.reveal() } : {}),
        ...(namespace === undefined ? {} : { 'x-vault-namespace': namespace }),
      },
      json: body,
      timeoutMs,
    });
    if (outcome.kind === 'failed')
      throw new VaultError(
        'VAULT_UNAVAILABLE',
        `The vault's server ${this.#base} cannot be reached (${outcome.code}): ${outcome.message} ${outcome.advice}`,
      );
    return understood(this.#base, outcome.status, outcome.body.length === 0 ? {} : outcome.members, [own, ...secretsIn(body)]);
  }

  #asToken(answer: HashicorpAnswer): Token {
    const { client_token: value, lease_duration: seconds, renewable } = (answer.content['auth'] ?? {}) as Record<string, unknown>;
    if (answer.status >= 400 || typeof value !== 'string' || typeof seconds !== 'number')
      throw new VaultError(
        'VAULT_REFUSED',
        `The vault's server ${this.#base} refuses the log-in: ${answer.complaint || 'it gives no token'}. Check role and credentials.`,
      );
    // A token without end (0) is looked after once a day.
    const lifeMs = (seconds === 0 ? 86_400 : seconds) * 1_000;
    const now = this.#options.clock.now();
    return {
      value: new Secret(value),
      renewable: renewable === true,
      renewAt: now + (lifeMs * 2) / 3,
      expiresAt: seconds === 0 ? Number.POSITIVE_INFINITY : now + lifeMs,
    };
  }

  async #logIn(): Promise<Token> {
    const { login } = this.#options;
    const request = await loginRequest(login);
    if (request) return this.#asToken(await this.#send('POST', request.path, request.body, undefined));
    const given = 'token' in login ? login.token : new Secret('');
    const renewed = await this.#send('POST', 'auth/token/renew-self', {}, given).catch((error: unknown) => {
      if (error instanceof VaultError && error.code === 'VAULT_REFUSED') return undefined;
      throw error;
    });
    if (renewed && renewed.status < 400) return this.#asToken(renewed);
    // Not renewable (a root token, say): used as it is, for as long as the server takes it.
    return { value: given, renewable: false, renewAt: Number.POSITIVE_INFINITY, expiresAt: Number.POSITIVE_INFINITY };
  }

  async #renewed(old: Token): Promise<Token> {
    if (old.renewable && old.expiresAt > this.#options.clock.now()) {
      const answer = await this.#send('POST', 'auth/token/renew-self', {}, old.value).catch(() => undefined);
      const fresh = answer && answer.status < 400 ? this.#asToken(answer) : undefined;
      // Near the end of all renewals the server gives less and less: then it is time for a new one.
      if (fresh && fresh.expiresAt > old.expiresAt) return fresh;
    }
    return this.#logIn();
  }

  /** One log-in or renewal at a time, whoever waits for it. */
  #currentToken(): Promise<Token> {
    if (this.#fetching) return this.#fetching;
    const token = this.#token;
    if (token && this.#options.clock.now() < token.renewAt) return Promise.resolve(token);
    this.#fetching = (token ? this.#renewed(token) : this.#logIn())
      .then((fresh) => {
        this.#token = fresh;
        return fresh;
      })
      .finally(() => {
        this.#fetching = undefined;
      });
    return this.#fetching;
  }
}

function understood(
  base: string,
  status: number,
  content: HashicorpAnswer['content'] | undefined,
  secrets: readonly (Secret<string> | undefined)[],
): HashicorpAnswer {
  const complaint = status < 400 ? '' : complaintOf(content, secrets);
  if (status === 403 || status === 401)
    throw new VaultError('VAULT_REFUSED', `The vault's server ${base} denies it (${status}): ${complaint}. Check the policy of our role.`);
  const known = status === 400 || status === 404 || (status >= 200 && status < 300);
  if (!known)
    throw new VaultError(
      'VAULT_UNAVAILABLE',
      `The vault's server ${base} does not do it now (${status}): ${complaint}. See whether it is sealed.`,
    );
  if (content === undefined)
    throw new VaultError('VAULT_UNAVAILABLE', `The vault's server ${base} sends an answer that is not JSON. Check the URL.`);
  return { status, content, complaint };
}

/** The server's own words help a person; nobody knows what they quote, so what must not be told is cut out. */
function complaintOf(content: HashicorpAnswer['content'] | undefined, secrets: readonly (Secret<string> | undefined)[]): string {
  const errors = content?.['errors'];
  const texts = Array.isArray(errors) ? errors.filter((one) => typeof one === 'string') : [];
  let text = texts.join('; ').replace(/[^\P{C}]/gu, ' ');
  for (const secret of secrets) if (secret && secret.reveal() !== '') text = text.replaceAll(secret.reveal(), '[secret]');
  text = text
    .replace(/-----BEGIN[\s\S]*/, '[PEM]')
    .slice(0, LARGEST_COMPLAINT)
    .replace(/[.\s]+$/, '');
  return text === '' ? 'no reason given' : text;
}

/** Values of a body that may be secret, at any depth. */
function secretsIn(body: object | undefined): Secret<string>[] {
  return Object.entries(body ?? {}).flatMap(([name, value]) => {
    if (typeof value === 'object' && value !== null) return secretsIn(value);
    return typeof value === 'string' && ['secret_id', 'jwt', 'body'].includes(name) ? [new Secret(value)] : [];
  });
}

function checkedUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const local = url && ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname);
  if (!url || (url.protocol !== 'https:' && !(url.protocol === 'http:' && local)) || url.username !== '' || url.search !== '')
    throw new VaultError('VAULT_UNAVAILABLE', "The URL of the vault's server must be https://host:port (plain http to this machine only).");
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}
