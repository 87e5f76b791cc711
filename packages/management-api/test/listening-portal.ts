import type { AddressInfo } from 'node:net';
import { createSealer, recordedLog, systemClock, systemRandom } from '@payment-manager/runtime';
import type { Role } from '../src/access/permissions.ts';
import type { ApprovedAction } from '../src/approvals/approvals.ts';
import { newLink } from '../src/identity/links.ts';
import type { SignInDeps } from '../src/identity/sign-in.ts';
import { totpCode } from '../src/identity/totp.ts';
import { newUser, type User } from '../src/identity/user.ts';
import { everyRoute } from '../src/openapi.ts';
import { allDoings } from '../src/routes/all-doings.ts';
import type { RouteDeps, Surroundings } from '../src/routes/deps.ts';
import { buildApp } from '../src/server/app.ts';
import { endServer, listenAt, webServer } from '../src/server/listen.ts';
import { portalFiles } from '../src/server/portal-files.ts';
import { commit, putOf } from '../src/store/kept.ts';
import { memoryStore } from './memory-store.ts';
import { nothingAround } from './portal.ts';

export type { PaymentQueries, ReadRow } from '@payment-manager/read-model';
export type { Role } from '../src/access/permissions.ts';
export type { Surroundings } from '../src/routes/deps.ts';
export { portalFiles } from '../src/server/portal-files.ts';
export { nothingAround } from './portal.ts';
export { totpCode };

/** API and portal on a port of this machine, on real tables in memory: what a browser opens. */
export async function listenPortal(around: Partial<Surroundings>, portal: URL, needed: readonly ApprovedAction[] = []) {
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
    party: () => ({ origin, name: `Payment Manager ${surroundings.fspId}` }),
    approvals: { ...signIn, needed, doing: allDoings(surroundings) },
  };
  const { fspId, environment, sandbox } = surroundings;
  const app = await buildApp({
    keeping: signIn,
    routes: everyRoute(deps),
    log,
    https: false,
    proxied: false,
    cookies: { secure: false, port: () => (app.server.address() as AddressInfo).port },
    origins: () => [origin],
    isLocal: () => false,
    portal: { files: portalFiles(portal), process: { fspId, environment, sandbox } },
    serverFactory: await webServer(undefined),
  });
  await app.ready();
  await listenAt(app.server, { host: '127.0.0.1', port: 0 });
  origin = `http://localhost:${(app.server.address() as AddressInfo).port}`;
  return {
    url: origin,
    log,
    deps,
    /** A link for a new user: `welcome` to enrol, `sandbox` straight in. */
    async link(name: string, shownName: string, purpose: 'welcome' | 'sandbox', ...roles: readonly Role[]): Promise<string> {
      const { token, puts } = await newLink(signIn, name, purpose);
      const kept = await store.get('user', name, systemClock.now());
      const user = kept === undefined ? [putOf<User>('user', name, undefined, newUser(name, shownName, roles, systemClock.now()))] : [];
      await commit(signIn, [...puts, ...user], []);
      return `${origin}/welcome#${token}`;
    },
    async close(): Promise<void> {
      await endServer(app.server);
      await app.close();
    },
  };
}
