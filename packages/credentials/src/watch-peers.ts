import { createPublicKey, type KeyObject } from 'node:crypto';
import type { AlarmEntry, World } from '@payment-manager/runtime';
import type { Environment } from '@payment-manager/vault';
import { openPart, type Part } from './part.ts';

/** The public keys of the scheme's members, by FSP id (the hub's under the hub's id). */
export interface PeerKeys {
  /** The keys that verify now, newest first: none, one, or two while one follows another. */
  keysOf(fspId: string): readonly KeyObject[];
  /**
   * Reads that peer's keys again; true when they have changed within the last second, so that it is worth verifying once more. Concurrent
   * calls share one look, and it is rate limited (docs/money-rules.md, 5).
   */
  refresh(fspId: string): Promise<boolean>;
}

/** The keys of the scheme's members out of the vault: those in use, and those that retire. */
export interface WatchedPeers extends PeerKeys {
  /** Gives a way to ask the scheme for peers' keys, for signatures that do not verify with those that are known. */
  seekWith(seek: () => Promise<void>): void;
  /** Reads one peer's keys again. Never rejects. */
  readAgain(fspId: string): Promise<void>;
  /** How many have a key that verifies. */
  known(): number;
  /** Keys that cannot be read. */
  alarms(): readonly AlarmEntry[];
}

/** Where no signature is verified. */
export const noPeers: PeerKeys = { keysOf: () => [], refresh: () => Promise.resolve(false) };

interface Known {
  readonly ids: string;
  readonly keys: readonly KeyObject[];
}

interface Peer extends Part<Known> {
  /** Monotonic. */
  changedAt: number;
}

const MAX_PEERS = 10_000;
/** A flood of messages with broken signatures must not become a flood of reads. */
const LOOK_EVERY_MS = 1_000;
const MAX_LOOKS_AT_ONCE = 64;
/** The scheme is asked more seldom, and by one for all; a message waits for it no longer than this. */
const SEEK_EVERY_MS = 5_000;
const SEEK_PATIENCE_MS = 2_000;
const ID_FORM = /^[\x21-\x2e\x30-\x7e]{1,64}$/;

/**
 * Peers' keys out of the vault, ready-made, because every message asks for them. All keys of a peer that the vault trusts are
 * tried, its present one first; when the overlap of an old one ends is the vault's to say, and outlives a restart.
 *
 * @throws VaultError when the vault cannot be read
 */
export async function watchPeers(
  environment: Environment,
  world: Pick<World, 'clock' | 'timers' | 'log' | 'metrics'>,
): Promise<WatchedPeers> {
  const { clock, log } = world;
  const peers = new Map<string, Promise<Peer>>();
  const opened = new Map<string, Peer>();
  const looking = new Map<string, Promise<void>>();
  const lookedAt = new Map<string, number>();
  const gauge = world.metrics.gauge('pm_peer_keys', 'Peers with a key that verifies');
  const known = (): number => [...opened.values()].filter((peer) => peer.current().keys.length > 0).length;

  let started = false;
  const open = async (fspId: string): Promise<Peer> => {
    const read = async (): Promise<Known> => {
      const trusted = await environment.trust.trusted('peer-jws', fspId);
      return { ids: trusted.map(({ id }) => id).join(' '), keys: trusted.map(({ publicKey }) => createPublicKey(publicKey)) };
    };
    const changed = ({ keys }: Known): void => {
      const peer = opened.get(fspId);
      if (peer) peer.changedAt = clock.monotonic();
      gauge.set(known());
      if (keys.length > 0) log.info('peer keys changed', { fspId, keys: keys.length });
      else log.warn('peer keys removed: distrusted from now on', { fspId });
    };
    const part = await openPart({ about: `the keys of ${fspId}`, read, same: (a, b) => a.ids === b.ids, changed }, world);
    const peer: Peer = { ...part, changedAt: started ? clock.monotonic() : Number.NEGATIVE_INFINITY };
    opened.set(fspId, peer);
    gauge.set(known());
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
    if (!peers.has(fspId) && peers.size >= MAX_PEERS) return;
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
  const sought = async (): Promise<boolean> => {
    if (seek === undefined) return false;
    if (seeking === undefined && clock.monotonic() - soughtAt >= SEEK_EVERY_MS) {
      soughtAt = clock.monotonic();
      seeking = seek()
        .catch(() => {})
        .finally(() => {
          seeking = undefined;
        });
    }
    if (seeking === undefined) return false;
    const waited = Promise.withResolvers<void>();
    const timer = world.timers.after(SEEK_PATIENCE_MS, waited.resolve);
    await Promise.race([seeking, waited.promise]);
    timer.cancel();
    return true;
  };
  /** Anybody may call himself anything: only who has keys is remembered. What cannot be read is told by who watches the vault. */
  const readPeer = async (fspId: string): Promise<void> => {
    const peer = opened.get(fspId);
    if (peer) return peer.readAgain();
    const trusted = await environment.trust.trusted('peer-jws', fspId).catch(() => []);
    if (trusted.length > 0) await readAgain(fspId);
  };
  const look = (fspId: string): Promise<void> => {
    const running = looking.get(fspId);
    if (running) return running;
    const now = clock.monotonic();
    if (now - (lookedAt.get(fspId) ?? Number.NEGATIVE_INFINITY) < LOOK_EVERY_MS || looking.size >= MAX_LOOKS_AT_ONCE)
      return Promise.resolve();
    if (lookedAt.size >= MAX_PEERS) lookedAt.clear();
    lookedAt.set(fspId, now);
    const started = readPeer(fspId).finally(() => looking.delete(fspId));
    looking.set(fspId, started);
    return started;
  };
  const refresh = async (fspId: string): Promise<boolean> => {
    await look(fspId);
    if (!changedLately(fspId) && (await sought())) await opened.get(fspId)?.readAgain();
    return changedLately(fspId);
  };
  /** The poll may have seen the change an instant before: that counts, too, for the one who asks may have used the old key. */
  const changedLately = (fspId: string): boolean => {
    const peer = opened.get(fspId);
    return peer !== undefined && clock.monotonic() - peer.changedAt < LOOK_EVERY_MS;
  };

  for (const fspId of (await environment.trust.ids('peer-jws')).slice(0, MAX_PEERS)) await peerOf(fspId);
  started = true;
  return {
    keysOf: (fspId) => opened.get(fspId)?.current().keys ?? [],
    refresh: (fspId) => (ID_FORM.test(fspId) ? refresh(fspId) : Promise.resolve(false)),
    readAgain,
    known,
    seekWith(way) {
      seek = way;
    },
    alarms: () => [...opened.values()].flatMap((peer) => peer.alarms()),
  };
}
