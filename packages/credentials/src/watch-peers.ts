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

type PeersWorld = Pick<World, 'clock' | 'timers' | 'log' | 'metrics'>;

/**
 * Peers' keys out of the vault, ready-made, because every message asks for them. All keys of a peer that the vault trusts are
 * tried, its present one first; when the overlap of an old one ends is the vault's to say, and outlives a restart.
 *
 * @throws VaultError when the vault cannot be read
 */
export async function watchPeers(environment: Environment, world: PeersWorld): Promise<WatchedPeers> {
  const peers = new VaultPeers(environment, world);
  await peers.start();
  const looks = new Looks(world.clock, (fspId) => peers.readKnown(fspId));
  const scheme = new SchemeQuestion(world);
  const refresh = async (fspId: string): Promise<boolean> => {
    await looks.look(fspId);
    if (!peers.changedLately(fspId) && (await scheme.asked())) await peers.readOpened(fspId);
    return peers.changedLately(fspId);
  };
  return {
    keysOf: (fspId) => peers.keysOf(fspId),
    refresh: (fspId) => (ID_FORM.test(fspId) ? refresh(fspId) : Promise.resolve(false)),
    readAgain: (fspId) => peers.readAgain(fspId),
    known: () => peers.known(),
    seekWith: (way) => scheme.askWith(way),
    alarms: () => peers.alarms(),
  };
}

/** The peers whose keys are known, each watched as a part of the vault. */
class VaultPeers {
  readonly #environment: Environment;
  readonly #world: PeersWorld;
  readonly #peers = new Map<string, Promise<Peer>>();
  readonly #opened = new Map<string, Peer>();
  readonly #gauge: ReturnType<World['metrics']['gauge']>;
  #started = false;

  constructor(environment: Environment, world: PeersWorld) {
    this.#environment = environment;
    this.#world = world;
    this.#gauge = world.metrics.gauge('pm_peer_keys', 'Peers with a key that verifies');
  }

  /** Reads all that the vault has. */
  async start(): Promise<void> {
    for (const fspId of (await this.#environment.trust.ids('peer-jws')).slice(0, MAX_PEERS)) await this.#peerOf(fspId);
    this.#started = true;
  }

  keysOf(fspId: string): readonly KeyObject[] {
    return this.#opened.get(fspId)?.current().keys ?? [];
  }

  known(): number {
    return [...this.#opened.values()].filter((peer) => peer.current().keys.length > 0).length;
  }

  alarms(): readonly AlarmEntry[] {
    return [...this.#opened.values()].flatMap((peer) => peer.alarms());
  }

  /** The poll may have seen the change an instant before: that counts, too, for the one who asks may have used the old key. */
  changedLately(fspId: string): boolean {
    const peer = this.#opened.get(fspId);
    return peer !== undefined && this.#world.clock.monotonic() - peer.changedAt < LOOK_EVERY_MS;
  }

  async readAgain(fspId: string): Promise<void> {
    if (!this.#peers.has(fspId) && this.#peers.size >= MAX_PEERS) return;
    try {
      const fresh = !this.#peers.has(fspId);
      const peer = await this.#peerOf(fspId);
      if (!fresh) await peer.readAgain();
    } catch {
      this.#world.log.error('the vault cannot be read; a peer’s keys are not known yet', { fspId });
    }
  }

  /** Anybody may call himself anything: only who has keys is remembered. What cannot be read is told by who watches the vault. */
  async readKnown(fspId: string): Promise<void> {
    const peer = this.#opened.get(fspId);
    if (peer) return peer.readAgain();
    const trusted = await this.#environment.trust.trusted('peer-jws', fspId).catch(() => []);
    if (trusted.length > 0) await this.readAgain(fspId);
  }

  /** Of one that is watched already. */
  async readOpened(fspId: string): Promise<void> {
    await this.#opened.get(fspId)?.readAgain();
  }

  #peerOf(fspId: string): Promise<Peer> {
    const known = this.#peers.get(fspId);
    if (known) return known;
    const opening = this.#open(fspId);
    this.#peers.set(fspId, opening);
    opening.catch(() => this.#peers.delete(fspId));
    return opening;
  }

  async #open(fspId: string): Promise<Peer> {
    const { clock, log } = this.#world;
    const read = async (): Promise<Known> => {
      const trusted = await this.#environment.trust.trusted('peer-jws', fspId);
      return { ids: trusted.map(({ id }) => id).join(' '), keys: trusted.map(({ publicKey }) => createPublicKey(publicKey)) };
    };
    const changed = ({ keys }: Known): void => {
      const peer = this.#opened.get(fspId);
      if (peer) peer.changedAt = clock.monotonic();
      this.#gauge.set(this.known());
      if (keys.length > 0) log.info('peer keys changed', { fspId, keys: keys.length });
      else log.warn('peer keys removed: distrusted from now on', { fspId });
    };
    const part = await openPart({ about: `the keys of ${fspId}`, read, same: (a, b) => a.ids === b.ids, changed }, this.#world);
    const peer: Peer = { ...part, changedAt: this.#started ? clock.monotonic() : Number.NEGATIVE_INFINITY };
    this.#opened.set(fspId, peer);
    this.#gauge.set(this.known());
    return peer;
  }
}

/** Looks at a peer's keys: one at a time for a peer, and not often. */
class Looks {
  readonly #clock: World['clock'];
  readonly #read: (fspId: string) => Promise<void>;
  readonly #looking = new Map<string, Promise<void>>();
  readonly #lookedAt = new Map<string, number>();

  constructor(clock: World['clock'], read: (fspId: string) => Promise<void>) {
    this.#clock = clock;
    this.#read = read;
  }

  look(fspId: string): Promise<void> {
    const running = this.#looking.get(fspId);
    if (running) return running;
    const now = this.#clock.monotonic();
    const before = this.#lookedAt.get(fspId) ?? Number.NEGATIVE_INFINITY;
    if (now - before < LOOK_EVERY_MS || this.#looking.size >= MAX_LOOKS_AT_ONCE) return Promise.resolve();
    if (this.#lookedAt.size >= MAX_PEERS) this.#lookedAt.clear();
    this.#lookedAt.set(fspId, now);
    const started = this.#read(fspId).finally(() => this.#looking.delete(fspId));
    this.#looking.set(fspId, started);
    return started;
  }
}

/** The question to the scheme for peers' keys: a peer that signs with its new key sooner than it should has published it already. */
class SchemeQuestion {
  readonly #world: Pick<World, 'clock' | 'timers'>;
  #ask: (() => Promise<void>) | undefined;
  #asking: Promise<void> | undefined;
  #askedAt = Number.NEGATIVE_INFINITY;

  constructor(world: Pick<World, 'clock' | 'timers'>) {
    this.#world = world;
  }

  askWith(way: () => Promise<void>): void {
    this.#ask = way;
  }

  /** True when it was asked now, by whomever; a slow answer is not waited for. */
  async asked(): Promise<boolean> {
    const { clock, timers } = this.#world;
    if (this.#ask === undefined) return false;
    if (this.#asking === undefined && clock.monotonic() - this.#askedAt >= SEEK_EVERY_MS) {
      this.#askedAt = clock.monotonic();
      this.#asking = this.#ask()
        .catch(() => {})
        .finally(() => {
          this.#asking = undefined;
        });
    }
    if (this.#asking === undefined) return false;
    const waited = Promise.withResolvers<void>();
    const timer = timers.after(SEEK_PATIENCE_MS, waited.resolve);
    await Promise.race([this.#asking, waited.promise]);
    timer.cancel();
    return true;
  }
}
