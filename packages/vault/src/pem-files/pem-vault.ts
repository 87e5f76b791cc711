import { dirname } from 'node:path';
import type { TlsFiles } from '@payment-manager/configuration/files';
import type { AlarmEntry } from '@payment-manager/runtime';
import type { VaultWorld } from '../configured/open-vault.ts';
import { OWN_ID, pathOf } from '../names.ts';
import { openVault, type TrustSource, type Vault } from '../vault.ts';
import { watchVault } from '../watch-vault.ts';
import { openPeerFolder } from './peer-folder.ts';
import { type PemGroup, signingKeyGroup, tlsGroup } from './pem-group.ts';
import { openPemStore } from './pem-store.ts';

/** The files that make up one environment. What is not named, is not there. */
export interface PemFiles {
  readonly environment: string;
  /** `name`: as alarms and errors call that side. */
  readonly server?: { readonly name: string; readonly files: TlsFiles };
  readonly client?: { readonly name: string; readonly files: TlsFiles };
  readonly signingKeyFile?: string;
  readonly peers?: { readonly folder: string; readonly overlapMs: number };
  /** How often the files are looked at, besides the notices of the file system. */
  readonly pollMs: number;
}

/** A vault that nobody can write to. */
export interface PemVault {
  readonly vault: Vault;
  /** Files that are there and cannot be used, and peers that have another key than before. */
  alarms(): readonly AlarmEntry[];
  /** No file is looked at any more. */
  stop(): void;
}

/** Whom a server trusts whose CA bundle is a file: `dfsp-ca` holds only what is our own. */
export const CALLERS_OF_FILES = { purpose: 'hub-ca', id: 'callers' } as const satisfies TrustSource;

/** Opens the files as a vault, and watches them. @throws CredentialsInvalid naming the first file that cannot be used */
export async function openPemVault(files: PemFiles, world: VaultWorld): Promise<PemVault> {
  const { environment, server, client, signingKeyFile, peers } = files;
  const own = (purpose: 'tls-server' | 'tls-client' | 'jws-signing'): string => pathOf({ environment, purpose, id: OWN_ID });
  const trusted = (id: string): string => pathOf({ environment, purpose: 'hub-ca', id });
  const groups: readonly PemGroup[] = [
    ...(server ? [tlsGroup(server.name, server.files, own('tls-server'), trusted(CALLERS_OF_FILES.id))] : []),
    ...(client ? [tlsGroup(client.name, client.files, own('tls-client'), trusted('hub'))] : []),
    ...(signingKeyFile === undefined ? [] : [signingKeyGroup(signingKeyFile, own('jws-signing'))]),
  ];
  const peerPath = (id: string): string => pathOf({ environment, purpose: 'peer-jws', id });
  const peerFolder = peers && (await openPeerFolder({ ...peers, pathOf: peerPath }));
  const store = await openPemStore(groups, peerFolder, world);
  const vault = await openVault({ ...world, store });
  const watching = watchVault(vault, files.pollMs, world.timers, world.log, foldersOf(files));
  return { vault, alarms: () => store.alarms(), stop: () => watching.stop() };
}

function foldersOf({ server, client, signingKeyFile, peers }: PemFiles): readonly string[] {
  const tls = [server, client].flatMap((side) => Object.values(side?.files ?? {}) as string[]);
  return [
    ...[...tls, ...(signingKeyFile === undefined ? [] : [signingKeyFile])].map((file) => dirname(file)),
    ...(peers ? [peers.folder] : []),
  ];
}
