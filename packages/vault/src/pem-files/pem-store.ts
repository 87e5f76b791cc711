import { type AlarmEntry, notTaken, type World } from '@payment-manager/runtime';
import type { Ring } from '../keys/ring.ts';
import { encodeRing } from '../keys/ring-text.ts';
import { nameOf } from '../names.ts';
import type { StoredEntry, VaultStore } from '../store/vault-store.ts';
import { VaultError } from '../vault-error.ts';
import type { PeerFolder } from './peer-folder.ts';
import type { PemGroup, PemKey } from './pem-group.ts';
import { ringOf, withoutRetiring } from './pem-ring.ts';

/** A store that others fill, with files. */
export interface PemStore extends VaultStore {
  /** Files that are there and cannot be used, and peers that have another key than before. */
  alarms(): readonly AlarmEntry[];
}

interface Entry {
  readonly revision: number;
  readonly ring: Ring;
  /** Monotonic, when what retires is trusted no more; undefined: nothing retires. */
  readonly overlapEnds: number | undefined;
  /** When a key took the place of another one. */
  readonly changed?: { readonly monotonic: number; readonly at: number };
}

/** Members of a scheme, also former ones. */
const MAX_ENTRIES = 20_000;
const CHANGE_TOLD_MS = 86_400_000;
const nothing: StoredEntry = { revision: 0, body: new Uint8Array() };

/**
 * PEM files as a store of the vault: whoever reads an entry has its files looked at. It is read only, and nothing of it is kept elsewhere:
 * revisions count the changes that this process has seen. Files that cannot be used leave the entry as it was, with an alarm.
 *
 * @throws CredentialsInvalid for the first of `groups` that cannot be used; a peer's file alone keeps nobody from starting
 */
export async function openPemStore(
  groups: readonly PemGroup[],
  peers: PeerFolder | undefined,
  world: Pick<World, 'clock' | 'log'>,
): Promise<PemStore> {
  const { clock } = world;
  const entries = new Map<string, Entry>();
  const complaints = notTaken(world);
  /** One look at a file at a time: of two that overlap, the older could otherwise win over the newer. */
  const underWay = new Map<string, Promise<void>>();
  /** All that have an entry, or a file: what is trusted is looked at until it is gone. */
  const known = new Map(groups.map((group) => [group.name, group]));

  const take = (path: string, keys: readonly PemKey[], overlapMs: number): void => {
    const before = entries.get(path);
    if (before === undefined && (keys.length === 0 || entries.size >= MAX_ENTRIES)) return;
    const ring = ringOf(before?.ring ?? [], keys, clock.now(), { by: 'files', why: 'its file says so' });
    if (ring === before?.ring) return;
    const isChange = keys.length > 0 && (before?.ring.length ?? 0) > 0;
    entries.set(path, {
      revision: (before?.revision ?? 0) + 1,
      ring,
      overlapEnds: ring.length > keys.length ? clock.monotonic() + overlapMs : undefined,
      ...(isChange && { changed: { monotonic: clock.monotonic(), at: clock.now() } }),
    });
  };
  const takeAll = ({ paths, overlapMs }: PemGroup, found: Awaited<ReturnType<PemGroup['read']>>): void => {
    for (const [index, keys] of (found ?? []).entries()) take(paths[index] ?? '', keys, overlapMs);
  };
  const look = (group: PemGroup): Promise<void> => {
    const turn = (underWay.get(group.name) ?? Promise.resolve())
      .then(async () => {
        takeAll(group, await group.read());
        complaints.settle(group.name);
        if (group.paths.some((path) => entries.has(path))) known.set(group.name, group);
        else if (!groups.includes(group)) known.delete(group.name);
      })
      .catch((error: unknown) => complaints.complain(group.name, group.what, (error as Error).message))
      .finally(() => {
        if (underWay.get(group.name) === turn) underWay.delete(group.name);
      });
    underWay.set(group.name, turn);
    return turn;
  };
  const endOverlap = (path: string): void => {
    const entry = entries.get(path);
    if (entry?.overlapEnds === undefined || clock.monotonic() < entry.overlapEnds) return;
    entries.set(path, { ...entry, revision: entry.revision + 1, ring: withoutRetiring(entry.ring), overlapEnds: undefined });
  };
  /** Peers that have a file, had one, or have one that cannot be used. */
  const lookForPeers = async ({ folder, groups: present }: PeerFolder): Promise<void> => {
    try {
      for (const group of await present()) known.set(group.name, group);
      complaints.settle(folder);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      complaints.complain(folder, "the file of a peer's key", `the folder cannot be read (${code})`);
    }
  };

  for (const group of groups) takeAll(group, await group.read());
  return {
    comparesAndSets: true,
    async read(path) {
      const [peer] = peerIn(path);
      const group = peer === undefined ? groups.find(({ paths }) => paths.includes(path)) : peers?.groupOf(peer);
      if (group) await look(group);
      endOverlap(path);
      const entry = entries.get(path);
      return entry === undefined
        ? nothing
        : { revision: entry.revision, body: entry.ring.length === 0 ? nothing.body : encodeRing(entry.ring) };
    },
    write: () => Promise.reject(readOnly()),
    async list() {
      if (peers) await lookForPeers(peers);
      for (const group of known.values()) await look(group);
      for (const path of entries.keys()) endOverlap(path);
      return new Map([...entries].map(([path, { revision }]) => [path, revision]));
    },
    async close() {},
    alarms: () => [...complaints.alarms(), ...[...entries].flatMap(([path, entry]) => changeOf(path, entry, clock.monotonic()))],
  };
}

/** The peer whose keys lie under this path. */
function peerIn(path: string): string[] {
  const name = nameOf(path);
  return name?.purpose === 'peer-jws' ? [name.id] : [];
}

/** A peer's file that has another key than before is a change of trust, told for a day: in memory, since files have no history. */
function changeOf(path: string, { ring, changed }: Entry, now: number): readonly AlarmEntry[] {
  const key = ring.at(-1);
  if (key === undefined || changed === undefined || now - changed.monotonic > CHANGE_TOLD_MS) return [];
  return peerIn(path).map((peer) => ({
    id: `trust-peer-jws-${peer}-${key.id}`,
    level: 'alarm',
    code: 'TRUST_CHANGED',
    reason: `Another JWS key of ${peer} is trusted: key ${key.id}; said by its file. If nobody announced it, remove the file and ask its owner.`,
    since: changed.at,
  }));
}

function readOnly(): VaultError {
  return new VaultError(
    'VAULT_READ_ONLY',
    'Certificates and keys are files here (`vault.store` is none), which the product reads and never writes: replace the old file with the new one. To have them made and kept by the product: docs/onboarding.md.',
  );
}
