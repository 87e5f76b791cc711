import type { Clock, Random } from '@payment-manager/runtime';
import { textOf, VaultRefusal } from './vault-answer.ts';

/** Who may log in, and for how long. */
export interface LoginSettings {
  readonly appRole?: { readonly roleId: string; readonly secretId: string };
  readonly kubernetes?: { readonly role: string; readonly jwt: string };
  /** Life of a token, seconds. */
  readonly ttlSeconds: number;
  /** However often it is renewed, a token ends then, seconds. */
  readonly maxTtlSeconds: number;
}

interface Token {
  readonly endsAt: number;
  expiresAt: number;
}

/** Tokens as Vault gives them: they expire, and can be renewed up to a limit. */
export interface Tokens {
  login(method: string, body: Readonly<Record<string, unknown>>): object;
  renew(token: string | undefined): object;
  /** @throws VaultRefusal 403 */
  check(token: string | undefined): void;
  /** As an operator who revokes everything. */
  revokeAll(): void;
  readonly logins: number;
}

/** Opens the tokens of one server. */
export function openTokens(settings: LoginSettings, clock: Pick<Clock, 'now'>, random: Pick<Random, 'bytes'>): Tokens {
  const tokens = new Map<string, Token>();
  let logins = 0;
  const denied = (): VaultRefusal => new VaultRefusal(403, 'permission denied');
  const find = (token: string | undefined): Token => {
    const found = tokens.get(token ?? '');
    if (!found || found.expiresAt <= clock.now()) throw denied();
    return found;
  };
  const told = (id: string, { expiresAt }: Token): object => ({
    auth: {
      client_token: id,
      lease_duration: Math.floor((expiresAt - clock.now()) / 1_000),
      renewable: true,
      policies: ['default', 'payment-manager'],
    },
  });
  return {
    login(method, body) {
      const { appRole, kubernetes } = settings;
      if (method === 'approle') {
        const right = textOf(body, 'role_id') === appRole?.roleId && textOf(body, 'secret_id') === appRole.secretId;
        if (!right) throw new VaultRefusal(400, 'invalid role or secret ID');
      } else if (method === 'kubernetes') {
        const right = textOf(body, 'role') === kubernetes?.role && textOf(body, 'jwt') === kubernetes.jwt;
        if (!right) throw denied();
      } else throw new VaultRefusal(404, `no handler for route "auth/${method}/login"`);
      logins++;
      const id = `hvs.${Buffer.from(random.bytes(24)).toString('base64url')}`;
      const now = clock.now();
      const token: Token = { endsAt: now + settings.maxTtlSeconds * 1_000, expiresAt: now + settings.ttlSeconds * 1_000 };
      tokens.set(id, token);
      return told(id, token);
    },
    renew(id) {
      const token = find(id);
      token.expiresAt = Math.min(clock.now() + settings.ttlSeconds * 1_000, token.endsAt);
      return told(id ?? '', token);
    },
    check(id) {
      find(id);
    },
    revokeAll() {
      tokens.clear();
    },
    get logins() {
      return logins;
    },
  };
}
