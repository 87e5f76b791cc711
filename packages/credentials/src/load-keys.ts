import type { KeyObject } from 'node:crypto';
import type { Config } from '@payment-manager/configuration';
import type { CertificateStatus, TlsFiles } from '@payment-manager/configuration/files';
import type { AlarmEntry, Clock, Log, Metrics, Signatures, Timers } from '@payment-manager/runtime';
import { type PeerKeys, watchPeerKeys } from './peer-keys.ts';
import { type SigningKey, watchSigningKey } from './signing-key.ts';
import { type WatchDeps, type WatchedTls, watchTls } from './tls-watch.ts';

export interface LoadKeysDeps {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** Everything that proves who is who, loaded and watched. A side without TLS is undefined. */
export interface LoadedKeys {
  readonly inbound: WatchedTls | undefined;
  readonly outbound: WatchedTls | undefined;
  readonly hub: WatchedTls | undefined;
  readonly core: WatchedTls | undefined;
  signingKey(): KeyObject | undefined;
  /** Where that key signs by itself: then it is its public part only. Absent: it is the key. */
  readonly signatures?: Signatures;
  readonly peers: PeerKeys;
  /** Out of the vault only: gives a way to ask the scheme for peers' keys that are newer than those in the vault. */
  readonly seekPeersWith?: (seek: () => Promise<void>) => void;
  certificates(): readonly CertificateStatus[];
  /** What was given anew and cannot be used: what is in use stays. */
  alarms(): readonly AlarmEntry[];
  /** What is not there yet, in the vault or in files, for people: until then there is no connection to the scheme. */
  missing(): readonly string[];
  stop(): void;
}

/** Where no signature is verified. */
export const noPeers: PeerKeys = { keysOf: () => [], refresh: () => Promise.resolve(false), alarms: () => [], stop: () => {} };

/** Loads what the configuration names. @throws CredentialsInvalid naming the first file that cannot be used. */
export async function loadKeys(config: Config, deps: LoadKeysDeps): Promise<LoadedKeys> {
  const stops: { stop(): void }[] = [];
  const watchDeps = { ...deps, pollMs: config.files.pollMs };
  const side = async (name: string, tls: TlsFiles & { enabled: boolean; crlFile?: string }): Promise<WatchedTls | undefined> => {
    if (!tls.enabled) return undefined;
    const watched = await watchTls(name, onlyFiles(tls), watchDeps);
    stops.push(watched);
    const checked = await withCrl(name, watched, tls.crlFile, watchDeps);
    stops.push(checked);
    return checked;
  };
  const stop = (): void => {
    for (const one of stops) one.stop();
  };
  try {
    const inbound = await side('inbound', config.inbound.tls);
    const outbound = await side('outbound', config.outbound.tls);
    const hub = await side('hub', config.hub.tls);
    const core = await side('core', config.core.tls);
    let signing: SigningKey | undefined;
    if (config.jws.sign && config.jws.signingKeyFile !== undefined) {
      signing = await watchSigningKey(config.jws.signingKeyFile, watchDeps);
      stops.push(signing);
    }
    const folder = config.jws.peerKeysFolder;
    const peers = folder === undefined ? noPeers : await watchPeerKeys(folder, { ...watchDeps, overlapMs: config.jws.keyOverlapMs });
    stops.push(peers);
    return {
      inbound,
      outbound,
      hub,
      core,
      signingKey: () => signing?.current(),
      peers,
      certificates: () => [inbound, outbound, hub, core].flatMap((watched) => watched?.status() ?? []),
      missing: () => (config.jws.verify && peers.known?.() === 0 ? ['public key of a peer or of the hub in `jws.peerKeysFolder`'] : []),
      alarms: () => [inbound, outbound, hub, core, signing, peers].flatMap((watched) => watched?.alarms() ?? []),
      stop,
    };
  } catch (error) {
    stop();
    throw error;
  }
}

/** With what a file says that was revoked, where there is one; what reads it is loaded with it. @throws CredentialsInvalid */
export async function withCrl<T extends WatchedTls>(side: string, watched: T, crlFile: string | undefined, deps: WatchDeps): Promise<T> {
  if (crlFile === undefined) return watched;
  const { withRevocations } = await import('./watched-revocations.ts');
  return withRevocations(side, watched, crlFile, deps);
}

function onlyFiles({ certificateFile, keyFile, caFile }: TlsFiles): TlsFiles {
  return {
    ...(certificateFile === undefined ? {} : { certificateFile }),
    ...(keyFile === undefined ? {} : { keyFile }),
    ...(caFile === undefined ? {} : { caFile }),
  };
}
