import type { Clock, HttpHandler, HttpRequest, HttpResponse, Random } from '@payment-manager/runtime';
import { type Engine, keyValueOne, keyValueTwo } from './key-value.ts';
import { openPki, type Pki, type PkiRole } from './pki.ts';
import { type LoginSettings, openTokens, type Tokens } from './tokens.ts';
import { answer, refuse, VaultRefusal } from './vault-answer.ts';

export interface VaultServerOptions {
  readonly login: LoginSettings;
  /** Mounts `kv1` and `kv2` are always there, and `pki` with these roles. */
  readonly roles: Readonly<Record<string, PkiRole>>;
  readonly clock: Pick<Clock, 'now'>;
  readonly random: Pick<Random, 'bytes'>;
}

/** A small HashiCorp Vault for tests and demonstrations: log-in, tokens that expire, KV 1 and 2, and a PKI with real certificates. */
export interface VaultServer {
  readonly handler: HttpHandler;
  /** The PKI's root, PEM. */
  readonly certificate: string;
  /** Another root signs from now on. */
  renewCa(): Promise<void>;
  /** As after a restart: 503 to everything until it is false again. */
  sealed: boolean;
  /** The next requests that change something are carried out, and their answers lost. */
  loseAnswers: number;
  revokeTokens(): void;
  readonly logins: number;
}

/** Opens a server as one function; everything is kept in memory. */
export async function openVaultServer(options: VaultServerOptions): Promise<VaultServer> {
  const tokens = openTokens(options.login, options.clock, options.random);
  const pki = await openPki(options.roles, options.clock, options.random);
  const engines: Readonly<Record<string, Engine>> = { kv1: keyValueOne(), kv2: keyValueTwo() };
  const server: VaultServer = {
    get certificate() {
      return pki.certificate;
    },
    renewCa: () => pki.renew(),
    sealed: false,
    loseAnswers: 0,
    revokeTokens: () => tokens.revokeAll(),
    get logins() {
      return tokens.logins;
    },
    async handler(request) {
      const response = await answered(request, server.sealed, tokens, pki, engines);
      const changes = request.method !== 'GET' && !request.target.startsWith('/v1/auth/');
      if (changes && server.loseAnswers > 0) {
        server.loseAnswers--;
        return { status: 502, reset: true };
      }
      return response;
    },
  };
  return server;
}

async function answered(
  request: HttpRequest,
  sealed: boolean,
  tokens: Tokens,
  pki: Pki,
  engines: Readonly<Record<string, Engine>>,
): Promise<HttpResponse> {
  try {
    if (sealed) throw new VaultRefusal(503, 'Vault is sealed');
    const url = new URL(request.target, 'http://vault');
    if (!url.pathname.startsWith('/v1/')) throw new VaultRefusal(404);
    const path = decodeURI(url.pathname.slice('/v1/'.length));
    const body = bodyOf(request);
    const token = request.headers['x-vault-token'];
    const login = /^auth\/([^/]+)\/login$/.exec(path)?.[1];
    if (login !== undefined) return answer(tokens.login(login, body));
    if (path === 'sys/health') return answer({ initialized: true, sealed: false, standby: false });
    tokens.check(token);
    if (path === 'auth/token/renew-self') return answer(tokens.renew(token));
    return await routed(request, path, url.searchParams.get('list') === 'true', body, pki, engines);
  } catch (error) {
    if (error instanceof VaultRefusal) return refuse(error);
    throw error;
  }
}

async function routed(
  request: HttpRequest,
  path: string,
  list: boolean,
  body: Readonly<Record<string, unknown>>,
  pki: Pki,
  engines: Readonly<Record<string, Engine>>,
): Promise<HttpResponse> {
  const mount = /^sys\/internal\/ui\/mounts\/([^/]+)$/.exec(path)?.[1];
  if (mount !== undefined) {
    if (!Object.hasOwn(engines, mount)) throw new VaultRefusal(403, 'preflight capability check returned 403');
    return answer({ data: { type: 'kv', path: `${mount}/`, options: mount === 'kv2' ? { version: '2' } : null } });
  }
  if (path === 'pki/cert/ca') return answer({ data: { certificate: pki.certificate } });
  if (path === 'pki/cert/ca_chain') return answer({ data: { certificate: pki.certificate, ca_chain: pki.certificate } });
  const [, verb, role = ''] = /^pki\/(sign|issue)\/([^/]+)$/.exec(path) ?? [];
  if (verb === 'sign' && body['csr'] === undefined) throw new VaultRefusal(400, 'missing csr');
  if (verb !== undefined) return answer(await pki.issue(role, verb === 'issue' ? { ...body, csr: undefined } : body));
  const [, name = '', below = ''] = /^([^/]+)\/(.*)$/.exec(path) ?? [];
  const engine = Object.hasOwn(engines, name) ? engines[name] : undefined;
  if (!engine) throw new VaultRefusal(403, 'permission denied');
  return engine(request, below, list, body);
}

function bodyOf({ body }: HttpRequest): Record<string, unknown> {
  if (body.length === 0) return {};
  try {
    return JSON.parse(Buffer.from(body).toString('utf8')) as Record<string, unknown>;
  } catch {
    throw new VaultRefusal(400, 'failed to parse JSON input');
  }
}
