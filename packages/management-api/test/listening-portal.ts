import type { AddressInfo } from 'node:net';
import { createSealer, recordedLog, systemClock, systemRandom } from '@payment-manager/runtime';
import type { Role } from '../src/access/permissions.ts';
import type { ApprovedAction } from '../src/approvals/approved-actions.ts';
import { newLink } from '../src/identity/links.ts';
import { newSession } from '../src/identity/sessions.ts';
import type { SignInDeps } from '../src/identity/sign-in.ts';
import { totpCode } from '../src/identity/totp.ts';
import { newUser, type User } from '../src/identity/user.ts';
import { everyRoute } from '../src/openapi.ts';
import { allDoings } from '../src/routes/all-doings.ts';
import type { RouteDeps, Surroundings } from '../src/routes/deps.ts';
import { buildApp } from '../src/server/app.ts';
import type { Brand } from '../src/server/brand.ts';
import { cookieName } from '../src/server/cookies.ts';
import { endServer, listenAt, webServer } from '../src/server/listen.ts';
import { type PortalProcess, portalFiles } from '../src/server/portal-files.ts';
import type { SingleSignOn } from '../src/single-sign-on/sign-in-by-provider.ts';
import { commit, putOf } from '../src/store/kept.ts';
import { memoryStore } from './memory-store.ts';
import { nothingAround } from './portal.ts';

export { PORTAL_COLOURS } from '@payment-manager/configuration';
export type { PaymentQueries, ReadRow } from '@payment-manager/read-model';
export { figuresOf } from '@payment-manager/read-model';
export { may, type Permission, ROLES, type Role } from '../src/access/permissions.ts';
export type { Asked } from '../src/reconciliation/statement-source.ts';
export type { Surroundings } from '../src/routes/deps.ts';
export { type Brand, openBrand } from '../src/server/brand.ts';
export { portalFiles } from '../src/server/portal-files.ts';
export { linkAccount } from '../src/single-sign-on/linked-accounts.ts';
export { openIdProvider } from '../src/single-sign-on/provider.ts';
export { nothingAround } from './portal.ts';
export { totpCode };

/** API and portal on a port of this machine, on real tables in memory: what a browser opens. */
export async function listenPortal(
  around: Partial<Surroundings>,
  portal: URL,
  needed: readonly ApprovedAction[] = [],
  singleSignOn?: SingleSignOn,
  portals: PortalProcess['portals'] = [],
  brand?: Brand,
) {
  const store = memoryStore();
  const key = new Uint8Array(32).fill(3);
  const surroundings = { ...nothingAround, ...around };
  const log = recordedLog();
  const world = { clock: systemClock, random: systemRandom, log };
  const signIn: SignInDeps = {
    ...world,
    store,
    sandbox: surroundings.sandbox,
    sealer: createSealer(Buffer.from(key), systemRandom),
    deviceKey: key,
    cost: { memoryKib: 64, passes: 1 },
  };
  let origin = '';
  const deps: RouteDeps = {
    signIn,
    around: surroundings,
    singleSignOn,
    party: () => ({ origin, name: `Payment Manager ${surroundings.fspId}` }),
    approvals: { ...signIn, needed, doing: allDoings(surroundings) },
  };
  const { fspId, environment, sandbox } = surroundings;
  const cookies = { secure: false, port: (): number => (app.server.address() as AddressInfo).port };
  const app = await buildApp({
    keeping: signIn,
    routes: everyRoute(deps),
    log,
    https: false,
    proxied: false,
    cookies,
    origins: () => [origin],
    isLocal: () => false,
    portal: {
      files: portalFiles(portal),
      ...(brand && { brand }),
      process: { fspId, environment, sandbox, portals, ...(singleSignOn && { singleSignOn: singleSignOn.settings.label }) },
    },
    serverFactory: await webServer(undefined),
  });
  await app.ready();
  await listenAt(app.server, { host: '127.0.0.1', port: 0 });
  origin = `http://localhost:${cookies.port()}`;
  /** What makes a user, where there is none of that name. */
  const userOf = async (name: string, shownName: string, roles: readonly Role[]) => {
    const now = systemClock.now();
    const kept = await store.get('user', name, now);
    return kept === undefined ? [putOf<User>('user', name, undefined, newUser(name, shownName, roles, now))] : [];
  };
  return {
    url: origin,
    log,
    deps,
    /** A link for a new user: `welcome` to enrol, `sandbox` straight in. */
    async link(name: string, shownName: string, purpose: 'welcome' | 'sandbox', ...roles: readonly Role[]): Promise<string> {
      const { token, puts } = await newLink(signIn, name, purpose);
      await commit(signIn, [...puts, ...(await userOf(name, shownName, roles))], []);
      return `${origin}/welcome#${token}`;
    },
    /** The cookie of somebody who is signed in, without the way in. */
    async session(name: string, shownName: string, ...roles: readonly Role[]): Promise<{ name: string; value: string; url: string }> {
      const { token, puts } = await newSession(signIn, name, 'passkey', { address: '127.0.0.1', userAgent: 'test' });
      await commit(signIn, [...puts, ...(await userOf(name, shownName, roles))], []);
      return { name: cookieName(cookies, 'session'), value: token, url: origin };
    },
    async close(): Promise<void> {
      await endServer(app.server);
      await app.close();
    },
  };
}
