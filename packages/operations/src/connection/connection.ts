import type { Config } from '@payment-manager/configuration';
import { addressOf, hubServers, publicEndpoint } from '@payment-manager/configuration/addresses';
import {
  type Condition,
  type ConnectionManagerClient,
  type Renewable,
  startConnectionManagerClient,
} from '@payment-manager/connection-manager-client';
import { wantedOf } from '@payment-manager/connection-manager-client/onboarding';
import { type LoadedKeys, moreHubCas, type WatchedTls, watchTls } from '@payment-manager/credentials';
import { type ManagerDoor, openManagerInWorker } from '@payment-manager/credentials/manager-api';
import { alone, type Leadership } from '@payment-manager/database';
import type { AlarmEntry, Repeated, Timers, World } from '@payment-manager/runtime';
import type { Environment, Vault } from '@payment-manager/vault';
import { countAlarms } from '../alarms/alarm-counts.ts';
import { configuredLead } from '../configured-lead.ts';
import { type KeptTest, lastTest } from '../readiness-test/kept-test.ts';
import { clientAlarm, endingAlarm, servedAlarm } from './alarm-entries.ts';
import { hubServes } from './hub-serves.ts';
import { watchOverlaps } from './overlaps.ts';
import { pinsOf } from './pins.ts';
import { type LookedAt, type Served, type ServedWatch, watchServed } from './served.ts';
import { watchTrustChanges } from './trust-changes.ts';

export interface ConnectionDeps extends Omit<World, 'failpoints' | 'signatures'> {
  readonly vault: Vault;
  readonly keys: LoadedKeys;
  /** Where our own server listens; undefined: in another process, which looks at it. */
  readonly inboundPort: number | undefined;
  /** Another process keeps us connected: this one only looks at what is served, and asks that one for keys of peers. */
  readonly seekPeers?: (() => Promise<void>) | undefined;
}

/** How this DFSP stands towards the scheme, and what keeps it connected. */
export interface Connection {
  readonly environment: Environment;
  /** The scheme's Connection Manager; undefined: there is none. */
  readonly api: ManagerDoor['api'] | undefined;
  /** Whether this process is the one that acts. */
  leads(): boolean;
  /** Empty without a Connection Manager. */
  conditions(): readonly Condition[];
  served(): readonly Served[];
  /** What the vault has not got yet. */
  missing(): readonly string[];
  alarms(): readonly AlarmEntry[];
  /** The last readiness test, undefined when there was none. */
  lastTest(): Promise<KeptTest | undefined>;
  /** Looks at everything now. */
  look(): Promise<void>;
  /** Asks the scheme for keys of peers now; undefined: there is no Connection Manager. */
  readonly seekPeers: (() => Promise<void>) | undefined;
  /** Begins a renewal; undefined: there is no Connection Manager. */
  readonly renew: ((artefact: Renewable, by: string) => Promise<void>) | undefined;
  stop(): Promise<void>;
}

/**
 * Starts what keeps this DFSP connected: the Connection Manager's client, where one is configured, under a lead that only one of several
 * replicas has, and the looks at what is really served.
 *
 * @throws CredentialsInvalid, DatabaseUnavailable
 */
export async function startConnection(config: Config, deps: ConnectionDeps): Promise<Connection> {
  const { vault, keys, seekPeers } = deps;
  const environment = vault.environment(config.environment);
  const moreCas = await moreHubCas(config);
  const around: Around = { ...deps, environment, hubServes: hubServes(hubOrigins(config), () => keys.hub?.snapshot(), moreCas) };
  const manager = seekPeers === undefined ? await openManagerInWorker(config, environment, deps) : undefined;
  const led = { name: environment.name, what: 'the connection to the scheme' };
  const leadership = await (manager === undefined
    ? alone
    : configuredLead(config, led, deps).catch(async (error: unknown) => {
        await manager.close();
        throw error;
      }));
  const proxied = publicEndpoint(config) && (await watchTls('inbound', environment, deps));
  const served = watchServed(targetsOf(config, keys, deps.inboundPort, proxied), { ...deps, settleMs: 2 * config.vault.pollMs + 500 });
  const client = manager && startClient(config, around, manager, leadership, () => presentedSeen(served));
  if (client) keys.seekPeersWith(() => client.look('PEER_JWS'));
  if (seekPeers) keys.seekPeersWith(seekPeers);
  const overlaps = client || seekPeers ? undefined : startOverlaps(config, around);
  void served.look();
  const changes = await watchTrustChanges(environment, vault, deps);
  const unwatch = vault.onChange(({ environment: changed, purpose }) => {
    if (changed !== environment.name || purpose === 'peer-jws') return;
    if (purpose === 'tls-server' || purpose === 'dfsp-ca') void proxied?.readAgain();
    served.lookSoon();
  });
  const alarms = (): readonly AlarmEntry[] => [
    ...changes.alarms(),
    ...(client?.alarms() ?? []).map(clientAlarm),
    ...served
      .served()
      .filter(({ state }) => state === 'Failed')
      .map(servedAlarm),
    ...served.served().flatMap((one) => endingAlarm(one, deps.clock.now())),
  ];
  const counting = countAlarms(alarms, { metrics: deps.metrics, timers: deps.timers });
  return {
    environment,
    api: manager?.api,
    leads: () => leadership.leads(),
    conditions: () => client?.conditions() ?? [],
    served: () => served.served(),
    missing: () => keys.missing(),
    alarms,
    lastTest: () => lastTest(environment, config),
    async look() {
      await Promise.all([client?.look(), served.look()]);
    },
    seekPeers: client && (() => client.look('PEER_JWS')),
    renew: client && ((artefact, by) => client.renew(artefact, by)),
    async stop() {
      unwatch();
      changes.stop();
      proxied?.stop();
      counting.stop();
      overlaps?.stop();
      served.stop();
      // A step that waits for a server that does not answer is safe to leave, as a kill would.
      await Promise.race([Promise.all([client?.stop(), manager?.close()]), after(LEAVING_MS, deps.timers)]);
      await leadership.stop();
    },
  };
}

interface Around extends ConnectionDeps {
  readonly environment: Environment;
  readonly hubServes: (cas: string) => Promise<boolean>;
}

/** Leaving waits no longer for the Connection Manager. */
const LEAVING_MS = 2_000;

function after(ms: number, timers: Timers): Promise<void> {
  return new Promise((resolve) => void timers.after(ms, resolve));
}

function startClient(
  config: Config,
  deps: Around,
  manager: ManagerDoor,
  leadership: Leadership,
  presentedAtProxy: () => boolean | undefined,
): ConnectionManagerClient {
  const { pollMs, propagationMs, overlapMs } = config.connectionManager;
  return startConnectionManagerClient({
    ...deps,
    api: manager.api,
    wanted: wantedOf(config),
    pins: pinsOf(config),
    leads: () => leadership.leads(),
    pollMs,
    propagationMs,
    overlapMs,
    presentedAtProxy,
  });
}

/** Whether the proxy was seen to present what is in use; undefined: there is none, or it cannot be seen. */
function presentedSeen(served: ServedWatch): boolean | undefined {
  const seen = served.served().find(({ where }) => where === 'proxy');
  return seen?.certificate && seen.state === 'Ready';
}

/** What was replaced by hand has nobody else who ends it. */
function startOverlaps(config: Config, deps: Around): Repeated {
  const { pollMs, overlapMs } = config.connectionManager;
  return watchOverlaps({ ...deps, wanted: wantedOf(config), pollMs, overlapMs });
}

/** The hub's servers that speak TLS. */
function hubOrigins(config: Config): readonly URL[] {
  return hubServers(config)
    .map((url) => new URL(url))
    .filter(({ protocol }) => protocol === 'https:');
}

/** Our own server, or the proxy before it, and each server of the hub's. */
function targetsOf(
  config: Config,
  keys: LoadedKeys,
  inboundPort: number | undefined,
  proxied: WatchedTls | undefined,
): readonly LookedAt[] {
  const { inbound } = config;
  const everywhere: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };
  const publicUrl = publicEndpoint(config);
  const { inbound: own, hub: towardsHub } = keys;
  return [
    ...(own && inboundPort !== undefined
      ? [{ where: 'inbound' as const, host: everywhere[inbound.host] ?? inbound.host, port: inboundPort, snapshot: own.snapshot }]
      : []),
    ...(publicUrl && proxied ? [{ where: 'proxy' as const, ...addressOf(publicUrl), snapshot: proxied.snapshot }] : []),
    ...(towardsHub ? hubOrigins(config).map((origin) => hubTarget(origin, towardsHub.snapshot)) : []),
  ];
}

function hubTarget(origin: URL, snapshot: LookedAt['snapshot']): LookedAt {
  return { where: 'hub', ...addressOf(origin), snapshot };
}
