import type { AddressInfo } from 'node:net';
import { type Config, otherPortal } from '@payment-manager/configuration';
import { loadTlsCredentials } from '@payment-manager/configuration/files';
import { type AlarmEntry, createSealer, every, type HttpClient, serverTls, type World } from '@payment-manager/runtime';
import type { ApprovalsDeps } from './approvals/approvals.ts';
import type { ApprovedAction } from './approvals/approved-actions.ts';
import { keepFirstLink } from './first-link.ts';
import { administratorLink, anyAdministrator, linkUrl } from './identity/links.ts';
import { PASSWORD_COST } from './identity/password-hash.ts';
import type { SignInDeps } from './identity/sign-in.ts';
import { managementSocket } from './management-socket.ts';
import { everyRoute } from './openapi.ts';
import { watchPositions } from './positions/position-watch.ts';
import { pullDaily } from './reconciliation/daily-pull.ts';
import { allDoings } from './routes/all-doings.ts';
import type { RouteDeps, Surroundings } from './routes/deps.ts';
import { mutedAlarms } from './routes/health-routes.ts';
import { compareDepsOf } from './routes/reconciliation-routes.ts';
import { buildApp } from './server/app.ts';
import { openBrand } from './server/brand.ts';
import { endServer, listenAt, localDoor, useTls, webServer } from './server/listen.ts';
import { portalFiles } from './server/portal-files.ts';
import { Problem } from './server/problem.ts';
import { openSingleSignOn } from './single-sign-on/open.ts';
import { openManagementStore } from './store/open-store.ts';

export interface ManagementOptions {
  readonly config: Config;
  readonly world: World;
  /** 32 bytes of which the keys of what is sealed here are made; see `keyFor`. */
  readonly key: Uint8Array;
  readonly around: Surroundings;
  /** Reaches the provider of single sign-on; absent: none is configured. */
  readonly providerClient?: HttpClient;
  /** The disk failed: the process must end. */
  readonly onFatal?: (error: Error) => void;
}

/** The management API of a process. */
export interface RunningManagement {
  /** Where people open the portal. */
  readonly url: string;
  /** Positions that come near their caps, statements that do not come. */
  alarms(): readonly AlarmEntry[];
  close(): Promise<void>;
}

const TLS_EVERY_MS = 60_000;
/** What `./pm portal build` makes. */
const PORTAL = new URL('../../portal/built/', import.meta.url);

/**
 * Opens store, port and socket. Where nobody can administrate yet, a link for the first administrator is left in a file of the data folder. Rejects with
 * DatabaseUnavailable, CredentialsInvalid, or what the system says of the port; then nothing is left open.
 */
export async function startManagement({
  config,
  world,
  key,
  around,
  providerClient,
  onFatal,
}: ManagementOptions): Promise<RunningManagement> {
  const { management, sandbox, fspId } = config;
  const { clock, random, timers } = world;
  const log = world.log.child({ api: 'management' });
  const opened: (() => Promise<void> | void)[] = [];
  const closeAll = async (): Promise<void> => {
    for (const close of opened.reverse()) await close();
  };
  try {
    const store = await openManagementStore(config, { log, random }, onFatal);
    opened.push(() => store.close());
    const signIn: SignInDeps = {
      store,
      clock,
      random,
      log,
      sandbox,
      sealer: createSealer(Buffer.from(key), random),
      deviceKey: key,
      cost: PASSWORD_COST,
    };
    let origin = management.publicUrl === undefined ? '' : new URL(management.publicUrl).origin;
    const deps: RouteDeps = {
      signIn,
      around,
      singleSignOn: providerClient && (await openSingleSignOn(config, providerClient)),
      approvals: approvalsOf(management.approvals, signIn, around),
      party: () => ({ origin, name: `Payment Manager ${fspId}` }),
    };
    const https = management.tls.enabled || management.tlsEndedBy !== undefined;
    around.alerts?.useMutes(() => mutedAlarms(signIn));
    const door = localDoor();
    const app = await buildApp({
      keeping: signIn,
      routes: everyRoute(deps),
      log,
      https,
      proxied: management.tlsEndedBy !== undefined,
      cookies: { secure: https, port: () => (app.server.address() as AddressInfo).port },
      origins: () => [origin],
      isLocal: (request) => door.isLocal(request),
      portal: {
        files: portalFiles(PORTAL),
        brand: await openBrand(management.brand, log),
        process: { fspId, environment: config.environment, sandbox, portals: othersOf(management.portals), ...shownProvider(deps) },
      },
      serverFactory: await webServer(await tlsOf(config)),
    });
    await app.ready();
    opened.push(() => app.close());
    await listenAt(app.server, management);
    opened.push(() => endServer(app.server));
    if (origin === '') origin = `http://localhost:${(app.server.address() as AddressInfo).port}`;
    await door
      .open(managementSocket(config), (request, response) => app.routing(request, response))
      .catch((error: unknown) =>
        log.warn('the command line cannot reach the management API', { code: 'MANAGEMENT_SOCKET_UNUSABLE', reason: String(error) }),
      );
    opened.push(() => door.close());
    if (management.tls.enabled) opened.push(renewTls(config, app.server, { timers, log }));
    const positions = watchPositions({
      ...{ keeping: signIn, timers, payments: around.payments, businessDay: around.businessDay },
      warnPercent: around.positionWarnPercent,
    });
    opened.push(() => positions.stop());
    const pulls = pullDaily({ ...compareDepsOf(deps), timers, daily: false, afterDayMs: 0, ...around.statements });
    opened.push(() => pulls.stop());
    if (!sandbox) await leaveFirstLink(signIn, (token) => keepFirstLink(config, linkUrl(origin, token), log));
    return { url: origin, alarms: () => [...positions.alarms(), ...pulls.alarms()], close: closeAll };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

/** What the sign-in page says of the provider. */
function shownProvider({ singleSignOn }: RouteDeps): { readonly singleSignOn?: string } {
  return singleSignOn === undefined ? {} : { singleSignOn: singleSignOn.settings.label };
}
/** Each was looked at when the configuration was read. */
const othersOf = (portals: readonly string[]) => portals.map(otherPortal).filter((portal) => portal !== undefined);

/** One of several that start at once makes it. */
async function leaveFirstLink(signIn: SignInDeps, keep: (token: string) => Promise<void>): Promise<void> {
  if (await anyAdministrator(signIn)) return;
  const token = await administratorLink(signIn, 'system').catch((error: unknown) => {
    if (error instanceof Problem) return undefined;
    throw error;
  });
  if (token !== undefined) await keep(token);
}

function approvalsOf(needed: readonly string[], signIn: SignInDeps, around: Surroundings): ApprovalsDeps {
  return {
    ...signIn,
    needed: needed as readonly ApprovedAction[],
    doing: allDoings(around),
  };
}

async function tlsOf({ management: { tls } }: Config) {
  if (!tls.enabled) return undefined;
  const { certificateFile = '', keyFile = '' } = tls;
  return serverTls((await loadTlsCredentials('management', { certificateFile, keyFile })).credentials, false);
}

/** A certificate that was put in the place of the old one is presented within a minute; one that cannot be used is not. */
function renewTls(config: Config, server: import('node:http').Server, { timers, log }: Pick<World, 'timers' | 'log'>): () => void {
  let failed = '';
  const look = async (): Promise<void> => {
    try {
      const tls = await tlsOf(config);
      if (tls !== undefined) useTls(server, tls);
      failed = '';
    } catch (error) {
      if (failed !== String(error))
        log.warn('the certificate of the management API cannot be read again; the one of before is presented', { reason: String(error) });
      failed = String(error);
    }
  };
  const looking = every(TLS_EVERY_MS, timers, look);
  return () => looking.stop();
}
