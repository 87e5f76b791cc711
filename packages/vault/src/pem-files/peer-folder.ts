import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CredentialsInvalid, parsePeerKey } from '@payment-manager/configuration/files';
import { type PemGroup, type PemKey, publicPart } from './pem-group.ts';

/** A folder with one public key for each peer, `<fspId>.pem`. */
export interface PeerFolder {
  readonly folder: string;
  /** Of the files that are there now, each a group of its own. Rejects with the system's error when the folder cannot be read. */
  groups(): Promise<readonly PemGroup[]>;
  /** Of one peer, whether or not it has a file; undefined: no file could be that of such an id. */
  groupOf(fspId: string): PemGroup | undefined;
}

export interface PeerFolderOptions {
  readonly folder: string;
  /** How long an old key verifies beside its successor. */
  readonly overlapMs: number;
  /** Where the keys of a peer lie in the vault. */
  readonly pathOf: (fspId: string) => string;
}

/** Members of a scheme; beyond that the folder is somebody's mistake. */
const MAX_PEERS = 10_000;
const MAX_FILE_BYTES = 65_536;
const FSP_ID_FORM = /^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/;

/** @throws CredentialsInvalid when there is no such folder */
export async function openPeerFolder({ folder, overlapMs, pathOf }: PeerFolderOptions): Promise<PeerFolder> {
  await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    throw new CredentialsInvalid(
      `The folder of peers' keys cannot be read: ${folder} (${error.code}). Check \`jws.peerKeysFolder\`; it may be empty, but must be there.`,
    );
  });
  /** Inode, size and times of each file that was read: one that looks the same is not read again. */
  const marks = new Map<string, string>();
  const groupOf = (fspId: string): PemGroup | undefined => {
    if (!FSP_ID_FORM.test(fspId)) return undefined;
    const name = `${fspId}.pem`;
    const read = async (): Promise<readonly (readonly PemKey[])[] | undefined> => {
      const found = await markOf(join(folder, name));
      if (found === undefined) {
        // A file that is gone takes its keys with it at once: that is how a compromised key is distrusted.
        marks.delete(fspId);
        return [[]];
      }
      if (marks.get(fspId) === found) return undefined;
      const key = parsePeerKey(await readFile(join(folder, name), 'utf8'));
      marks.set(fspId, found);
      return [[publicPart({ publicKey: key })]];
    };
    return { name, what: "the file of a peer's key", paths: [pathOf(fspId)], overlapMs, read };
  };
  return {
    folder,
    groupOf,
    async groups() {
      const present = (await readdir(folder)).filter((name) => name.endsWith('.pem')).map((name) => name.slice(0, -4));
      return present.flatMap((fspId) => groupOf(fspId) ?? []).slice(0, MAX_PEERS);
    },
  };
}

/** Undefined: there is no such file. @throws TypeError when it is none that could hold a key */
async function markOf(file: string): Promise<string | undefined> {
  const found = await stat(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (found === undefined) return undefined;
  if (!found.isFile() || found.size > MAX_FILE_BYTES) throw new TypeError('it is not a file of at most 64 KiB');
  return `${found.ino}/${found.size}/${found.mtimeMs}/${found.ctimeMs}`;
}
