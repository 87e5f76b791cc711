import { createPublicKey, type KeyObject } from 'node:crypto';
import type { Clock, Log, Metrics, Timers } from '@payment-manager/runtime';
import type { Environment } from '@payment-manager/vault';
import type { PeerKeys } from './peer-keys.ts';
import { openVaultPart, type VaultPart } from './vault-part.ts';

/** The keys of the scheme's members out of the vault: those in use, and those that retire. */
export interface VaultPeers extends PeerKeys {
  /** Gives a way to ask the scheme for peers' keys, for signatures that do not verify with those that are known. */
  seekWith(seek: () => Promise<void>): void;
  /** Reads one peer's keys again. Never rejects. */
  readAgain(fspId: string): Promise<void>;
}

export interface VaultPeersDeps {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  readonly metrics: Metrics;
}

interface Known {
  readonly ids: string;
  readonly keys: readonly KeyObject[];
}

interface Peer extends VaultPart<Known> {
  /** Monotonic. */
  changedAt: number;
}

const maxPeers = 10_000;
/** A flood of messages with broken signatures must not become a flood of reads. */
const refreshEveryMs = 1_000;
/** The scheme is asked more seldom, and by one for all; a message waits for it no longer than this. */
const seekEveryMs = 5_000;
const seekPatienceMs = 2_000;
const idForm = /^[\x21-\x2e\x30-\x7e]{1,64}$/;

/**
 * Peers' keys out of the vault, ready-made, because every message asks for them. All keys of a peer that the vault trusts are
 * tried, its present one first; when the overlap of an old one ends is the vault's to say, and outlives a restart.
 *
 * @throws VaultError when the vault cannot be read
 */
export async function watchVaultPeers(environment: Environment, deps: VaultPeersDeps): Promise<VaultPeers> {
  const { clock, log } = deps;
  const peers = new Map<string, Promise<Peer>>();
  const opened = new Map<string, Peer>();
  const refreshedAt = new Map<string, number>();
  const gauge = deps.metrics.gauge('pm_peer_keys', 'Peers with a key that verifies');
  const count = (): void => gauge.set([...opened.values()].filter((peer) => peer.current().keys.length > 0).length);

  let started = false;
  const open = async (fspId: string): Promise<Peer> => {
    const read = async (): Promise<Known> => {
      const trusted = await environment.trust.trusted('peer-jws', fspId);
      return { ids: trusted.map(({ id }) => id).join(' '), keys: trusted.map(({ publicKey }) => createPublicKey(publicKey)) };
    };
    const changed = ({ keys }: Known): void => {
      const peer = opened.get(fspId);
      if (peer) peer.changedAt = clock.monotonic();
      count();
      if (keys.length > 0) log.info('peer keys changed', { fspId, keys: keys.length });
      else log.warn('peer keys removed: distrusted from now on', { fspId });
    };
    const part = await openVaultPart(`the keys of ${fspId}`, read, (a, b) => a.ids === b.ids, changed, deps);
    const peer: Peer = { ...part, changedAt: started ? clock.monotonic() : Number.NEGATIVE_INFINITY };
    opened.set(fspId, peer);
    count();
    return peer;
  };
  const peerOf = (fspId: string): Promise<Peer> => {
    const known = peers.get(fspId);
    if (known) return known;
    const opening = open(fspId);
    peers.set(fspId, opening);
    opening.catch(() => peers.delete(fspId));
    return opening;
  };
  const readAgain = async (fspId: string): Promise<void> => {
    if (!peers.has(fspId) && peers.size >= maxPeers) return;
    try {
      const fresh = !peers.has(fspId);
      const peer = await peerOf(fspId);
      if (!fresh) await peer.readAgain();
    } catch {
      log.error('the vault cannot be read; a peer’s keys are not known yet', { fspId });
    }
  };
  let seek: (() => Promise<void>) | undefined;
  let seeking: Promise<void> | undefined;
  let soughtAt = Number.NEGATIVE_INFINITY;
  /** A peer that signs with its new key sooner than it should has published it already. */
  const sought = async (): Promise<void> => {
    if (seek === undefined) return;
    if (seeking === undefined && clock.monotonic() - soughtAt >= seekEveryMs) {
      soughtAt = clock.monotonic();
      seeking = seek()
        .catch(() => {})
        .finally(() => {
          seeking = undefined;
        });
    }
    if (seeking === undefined) return;
    const waited = Promise.withResolvers<void>();
    const timer = deps.timers.after(seekPatienceMs, waited.resolve);
    await Promise.race([seeking, waited.promise]);
    timer.cancel();
  };
  const refresh = async (fspId: string): Promise<boolean> => {
    const now = clock.monotonic();
    const last = refreshedAt.get(fspId);
    if (last === undefined || now - last >= refreshEveryMs) {
      if (refreshedAt.size >= maxPeers) refreshedAt.clear();
      refreshedAt.set(fspId, now);
      await opened.get(fspId)?.readAgain();
    }
    if (!changedLately(fspId)) {
      await sought();
      await opened.get(fspId)?.readAgain();
    }
    return changedLately(fspId);
  };
  const changedLately = (fspId: string): boolean => {
    const peer = opened.get(fspId);
    return peer !== undefined && clock.monotonic() - peer.changedAt < refreshEveryMs;
  };

  for (const fspId of (await environment.trust.ids('peer-jws')).slice(0, maxPeers)) await peerOf(fspId);
  started = true;
  return {
    keysOf: (fspId) => opened.get(fspId)?.current().keys ?? [],
    refresh: (fspId) => (idForm.test(fspId) ? refresh(fspId) : Promise.resolve(false)),
    readAgain,
    seekWith(way) {
      seek = way;
    },
    alarms: () => [...opened.values()].flatMap((peer) => peer.alarms()),
    stop() {},
  };
}
