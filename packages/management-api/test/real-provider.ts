import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import Provider from 'oidc-provider';

/** A client that is registered there. */
export const CLIENT = { id: 'payment-manager', secret: 'a-secret-of-the-client-of-32-characters' };

/** Somebody at the provider. */
export interface Account {
  readonly sub: string;
  readonly groups: readonly string[];
  readonly acr?: string;
  readonly amr?: readonly string[];
}

/** A provider of OpenID Connect as others make it, on a port of this machine. Who comes is signed in as `account` without being asked. */
export async function realProvider(portal: string) {
  const who: { account: Account } = { account: { sub: 'sub-amara', groups: ['pm-operations'], acr: '2', amr: ['pwd', 'otp'] } };
  let server: Server | undefined;
  let provider: Provider;
  const http = createServer((request, response) => {
    if (request.url?.startsWith('/interaction/') === true)
      void finish(request, response).catch((error: Error) => response.writeHead(500).end(error.message));
    else void provider.callback()(request, response);
  });
  const finish = async (request: IncomingMessage, response: import('node:http').ServerResponse): Promise<void> => {
    const { sub, acr, amr } = who.account;
    const grant = new provider.Grant({ accountId: sub, clientId: CLIENT.id });
    grant.addOIDCScope('openid');
    await provider.interactionFinished(request, response, {
      login: { accountId: sub, ...(acr !== undefined && { acr }), ...(amr !== undefined && { amr: [...amr] }) },
      consent: { grantId: await grant.save() },
    });
  };
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  server = http;
  const issuer = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const open = async (): Promise<void> => {
    provider = new Provider(issuer, {
      clients: [
        {
          ...{ client_id: CLIENT.id, client_secret: CLIENT.secret, redirect_uris: [`${portal}/sign-in/return`] },
          post_logout_redirect_uris: [`${portal}/sign-in`],
        },
      ],
      adapter: Kept,
      ttl: { AccessToken: 60, AuthorizationCode: 60, Grant: 600, IdToken: 60, Interaction: 600, Session: 600 },
      jwks: { keys: [await newKey()] },
      claims: { openid: ['sub', 'groups', 'acr', 'amr'] },
      conformIdTokenClaims: false,
      acrValues: ['1', '2'],
      features: { devInteractions: { enabled: false }, rpInitiatedLogout: { enabled: true } },
      interactions: { url: (_context: unknown, { uid }: { readonly uid: string }) => `/interaction/${uid}` },
      cookies: { keys: ['planted'] },
      pkce: { required: () => true },
      findAccount: async (_context: unknown, sub: string) => ({ accountId: sub, claims: async () => ({ ...who.account, sub }) }),
    });
    provider.on('server_error', (_context: unknown, error: Error) => process.stderr.write(`${error.stack}\n`));
  };
  await open();
  return {
    issuer,
    /** Who comes next. */
    is(account: Partial<Account>): void {
      who.account = { ...who.account, ...account };
    },
    /** The keys are others from now on, all at once; what was begun goes on. */
    rotateKeys: open,
    /** What a browser does: follows the provider’s ways until it is led back to the portal. */
    async visit(address: string): Promise<URL> {
      const cookies = new Map<string, string>();
      let at = new URL(address);
      for (let steps = 0; steps < 10; steps++) {
        const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
        const answer = await fetch(at, { redirect: 'manual', headers: { cookie } });
        for (const one of answer.headers.getSetCookie()) {
          const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(one) ?? [];
          cookies.set(name, value);
        }
        const location = answer.headers.get('location');
        if (location === null) throw new Error(`led nowhere: ${answer.status} ${(await answer.text()).slice(0, 400)}`);
        at = new URL(location, at);
        if (at.href.startsWith(portal)) return at;
      }
      throw new Error('led on and on');
    },
    async close(): Promise<void> {
      server?.closeAllConnections();
      await new Promise<void>((resolve) => http.close(() => resolve()));
    },
  };
}

async function newKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  return { ...(await exportJWK(privateKey)), alg: 'RS256', use: 'sig', kid: `k-${Math.random()}` };
}

/** What the provider keeps, in memory; the same after its keys are others. */
class Kept {
  static readonly #all = new Map<string, { [name: string]: unknown }>();
  readonly #kind: string;
  constructor(kind: string) {
    this.#kind = kind;
  }
  async upsert(id: string, payload: object): Promise<void> {
    Kept.#all.set(`${this.#kind} ${id}`, { ...payload });
  }
  async find(id: string): Promise<object | undefined> {
    return Kept.#all.get(`${this.#kind} ${id}`);
  }
  async findByUid(uid: string): Promise<object | undefined> {
    return [...Kept.#all.values()].find((one) => one['uid'] === uid && one['kind'] === this.#kind);
  }
  async consume(id: string): Promise<void> {
    Object.assign(Kept.#all.get(`${this.#kind} ${id}`) ?? {}, { consumed: Math.floor(Date.now() / 1_000) });
  }
  async destroy(id: string): Promise<void> {
    Kept.#all.delete(`${this.#kind} ${id}`);
  }
  async revokeByGrantId(grantId: string): Promise<void> {
    for (const [key, one] of Kept.#all) if (one['grantId'] === grantId) Kept.#all.delete(key);
  }
}
