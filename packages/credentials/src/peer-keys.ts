import { createHash, type KeyObject } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CredentialsInvalid } from '@payment-manager/configuration/files';
import type { AlarmEntry, Clock, Log, Metrics, Timers } from '@payment-manager/runtime';
import { type Complaint, complaintAbout } from './complaint.ts';
import { lookAgain } from './look-again.ts';
import { parsePeerKey } from './peer-key.ts';

export interface PeerKeysDeps {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly pollMs: number;
  /** How long an old key verifies beside its successor. */
  readonly overlapMs: number;
}

/** The public keys of the scheme's members, by FSP id (the hub's under the hub's id). */
export interface PeerKeys {
  /** The keys that verify now, newest first: none, one, or two while one value of the file follows another. */
  keysOf(fspId: string): readonly KeyObject[];
  /**
   * Reads that peer's file again; true when its keys have changed within the last second, so that it is worth verifying once
   * more. Concurrent calls share one look, and it is rate limited (docs/money-rules.md, 5).
   */
  refresh(fspId: string): Promise<boolean>;
  /** How many peers have a key here. Absent: it is not counted. */
  known?(): number;
  /** Keys that are there and cannot be used. */
  alarms(): readonly AlarmEntry[];
  stop(): void;
}

interface Known {
  /** Size, time and inode of the file that was read; a file that looks the same is not read again. */
  mark: string;
  readonly newest: KeyObject;
  /** All that verify during the overlap, newest first; ready-made, because every message asks for them. */
  readonly inOverlap: readonly KeyObject[];
  readonly afterwards: readonly KeyObject[];
  /** Monotonic, like the next. */
  readonly overlapEnds: number;
  readonly changedAt: number;
  /** The same, wall clock. */
  readonly since: number;
}

/** Members of a scheme; beyond that the folder is somebody's mistake. */
const maxPeers = 10_000;
const maxFileBytes = 65_536;
/** A flood of messages with broken signatures must not become a flood of file reads. */
const refreshEveryMs = 1_000;
const maxRefreshesAtOnce = 8;
const fspIdForm = /^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/;

/**
 * Watches a folder of `<fspId>.pem`. Resolves after the first look; a folder that cannot be read later on is an error in the log.
 *
 * @throws CredentialsInvalid when there is no such folder at the start.
 */
export async function watchPeerKeys(folder: string, deps: PeerKeysDeps): Promise<PeerKeys> {
  await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    throw new CredentialsInvalid(
      `The folder of peers' keys cannot be read: ${folder} (${error.code}). Check \`jws.peerKeysFolder\`; it may be empty, but must be there.`,
    );
  });
  const gauge = deps.metrics.gauge('pm_peer_keys', 'Peers with a key that verifies');
  const known = new Map<string, Known>();
  const refreshes = new Map<string, Promise<boolean>>();
  const refreshedAt = new Map<string, number>();
  const complaints = new Map<string, Complaint>();
  const complain = (about: string, message: string): void => {
    const known = complaints.get(about);
    if (known === undefined && complaints.size >= maxPeers) return;
    const complaint = known ?? complaintAbout(about, "the file of a peer's key", deps);
    complaints.set(about, complaint);
    complaint.raise(message);
  };
  const underWay = new Map<string, Promise<boolean>>();
  /** One look at a file at a time: of two that overlap, the older could otherwise win over the newer. */
  const lookAt = (fspId: string): Promise<boolean> => {
    const file = `${fspId}.pem`;
    let usable = true;
    const unusable = (message: string): void => {
      usable = false;
      complain(file, message);
    };
    const turn = (underWay.get(fspId) ?? Promise.resolve(false))
      .then(() => readInto(known, fspId, join(folder, file), deps, unusable))
      .then((changed) => {
        if (usable) complaints.delete(file);
        if (underWay.get(fspId) === turn) underWay.delete(fspId);
        return changed;
      });
    underWay.set(fspId, turn);
    return turn;
  };
  const look = async (): Promise<void> => {
    const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
      complain(folder, `the folder cannot be read (${error.code})`);
      return undefined;
    });
    if (names === undefined) return;
    for (const about of complaints.keys()) if (!names.includes(about)) complaints.delete(about);
    const present = names.filter((name) => name.endsWith('.pem')).map((name) => name.slice(0, -4));
    const peers = new Set([...known.keys(), ...present.filter((fspId) => fspIdForm.test(fspId)).slice(0, maxPeers)]);
    for (const fspId of peers) await lookAt(fspId);
    gauge.set(known.size);
  };
  /** The poll may have seen the change an instant before: that counts, too, for the one who asks may have used the old key. */
  const changedLately = (fspId: string): boolean => {
    const peer = known.get(fspId);
    return peer !== undefined && deps.clock.monotonic() - peer.changedAt < refreshEveryMs;
  };
  const refresh = async (fspId: string): Promise<boolean> => {
    const now = deps.clock.monotonic();
    const last = refreshedAt.get(fspId);
    if (last !== undefined && now - last < refreshEveryMs) return changedLately(fspId);
    if (refreshedAt.size >= maxPeers) refreshedAt.clear();
    refreshedAt.set(fspId, now);
    return (await lookAt(fspId)) || changedLately(fspId);
  };
  await look();
  const watching = lookAgain([folder], deps.pollMs, deps.timers, deps.log, look);
  return {
    keysOf(fspId) {
      const peer = known.get(fspId);
      if (peer === undefined) return [];
      return deps.clock.monotonic() < peer.overlapEnds ? peer.inOverlap : peer.afterwards;
    },
    refresh(fspId) {
      if (!fspIdForm.test(fspId)) return Promise.resolve(false);
      const running = refreshes.get(fspId);
      if (running !== undefined) return running;
      if (refreshes.size >= maxRefreshesAtOnce) return Promise.resolve(changedLately(fspId));
      const started = refresh(fspId).finally(() => refreshes.delete(fspId));
      refreshes.set(fspId, started);
      return started;
    },
    known: () => known.size,
    alarms: () => [
      ...[...complaints.values()].flatMap((complaint) => complaint.alarms()),
      ...[...known].flatMap(([fspId, peer]) => changeOf(fspId, peer, deps.clock)),
    ],
    stop: () => watching.stop(),
  };
}

const changeToldMs = 86_400_000;

/** A file that has another key than before is a change of trust, told for a day: in memory, since files have no history. */
function changeOf(fspId: string, { newest, inOverlap, changedAt, since }: Known, clock: Clock): readonly AlarmEntry[] {
  if (inOverlap.length < 2 || clock.monotonic() - changedAt > changeToldMs) return [];
  const id = createHash('sha256')
    .update(newest.export({ type: 'spki', format: 'der' }))
    .digest('hex')
    .slice(0, 32);
  return [
    {
      id: `trust-peer-jws-${fspId}-${id}`,
      level: 'alarm',
      code: 'TRUST_CHANGED',
      reason: `Another JWS key of ${fspId} is trusted: key ${id}; said by its file. If nobody announced it, remove the file and ask its owner.`,
      since,
    },
  ];
}

/**
 * Takes over what one peer's file holds now. The key before it goes on to verify until the overlap ends; only that one,
 * so that never more than two verify. A file that is gone takes its keys with it at once: that is how a compromised key
 * is distrusted.
 */
async function readInto(
  known: Map<string, Known>,
  fspId: string,
  file: string,
  deps: PeerKeysDeps,
  complain: (message: string) => void,
): Promise<boolean> {
  const before = known.get(fspId);
  try {
    const found = await stat(file);
    const mark = `${found.ino}/${found.size}/${found.mtimeMs}/${found.ctimeMs}`;
    if (before?.mark === mark) return false;
    if (!found.isFile() || found.size > maxFileBytes) throw new TypeError('it is no file of at most 64 KiB');
    const key = parsePeerKey(await readFile(file, 'utf8'));
    const newest = before?.newest;
    if (before !== undefined && newest?.asymmetricKeyType === key.asymmetricKeyType && newest?.equals(key)) {
      before.mark = mark;
      return false;
    }
    known.set(fspId, {
      mark,
      newest: key,
      inOverlap: newest === undefined ? [key] : [key, newest],
      afterwards: [key],
      overlapEnds: newest === undefined ? 0 : deps.clock.monotonic() + deps.overlapMs,
      changedAt: deps.clock.monotonic(),
      since: deps.clock.now(),
    });
    deps.log.info(newest === undefined ? 'peer key learnt' : 'peer key replaced', { fspId });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
      complain((error as Error).message);
      return false;
    }
    if (known.delete(fspId)) deps.log.warn('peer key removed: distrusted from now on', { fspId });
    return before !== undefined;
  }
}
