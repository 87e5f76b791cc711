import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { lookUp } from '../effective.ts';
import { type ConfigKey, listKeys } from '../keys.ts';
import type { LoadedConfig } from '../load.ts';
import { isSecretName } from '../mask.ts';
import { configSchema } from '../schema.ts';
import {
  folderRights,
  inContainer,
  lookAtRights,
  type ProcessUser,
  processUser,
  type Rights,
  secretRights,
  trustRights,
} from './file-rights.ts';

/** A file or folder that is open to others than this user. */
export interface OpenFile {
  /** The key of the configuration that names it; `configuration`: the configuration itself. */
  readonly key: string;
  readonly path: string;
  /** What others may do. */
  readonly what: string;
  readonly remedy: string;
}

/** Keys whose files hold a secret. */
const SECRET_FILE =
  /(^|\.)(tls\.keyFile|postgresKeyFile|signingKeyFile|tokenFile|credentialFile|secretFiles?|clientSecretFile|pinFile|masterKey\.(file|formerFile))$/;
/** Keys whose files say whom we trust, or what is done with money. */
const TRUST_FILE = /(^|\.)(caFile|crlFile|postgresCaFile|peerKeysFolder|core\.connector)$/;

/** What each file is, by the keys of a configuration. */
interface Look {
  readonly key: string;
  readonly path: string;
  readonly rights: Rights;
  readonly remedy: string;
}

type Source = Pick<LoadedConfig, 'config' | 'file' | 'origins'>;

/**
 * Looks at the rights of every file that a configuration names, and at its own: secrets that others may read, and what we trust that
 * others may change. Files that are not there are no matter of this look.
 */
export async function openFiles(source: Source, user: ProcessUser = processUser()): Promise<readonly OpenFile[]> {
  const looks = [...ofConfiguration(source), ...(await ofNamedFiles(source))];
  const found = await Promise.all(
    looks.map(async ({ key, path, rights, remedy }) => {
      const what = await lookAtRights(path, rights, user);
      return what === undefined ? [] : [{ key, path, what, remedy }];
    }),
  );
  return found.flat();
}

const closed = (path: string) => `Consider who may have read it, then: chmod 600 ${path}`;
const notWritten = (path: string) => `Look that it is still what it should be, then: chmod go-w ${path}`;

function ofConfiguration({ config, file, origins }: Source): readonly Look[] {
  if (file === undefined) return [];
  const inside = listKeys(configSchema).filter(({ path }) => ['file', 'overlay'].includes(origins.get(path) ?? ''));
  const secret = inside.some((key) => isSecret(key, lookUp(config, key)));
  return [
    { key: 'configuration', path: file, rights: trustRights, remedy: notWritten(file) },
    { key: 'configuration', path: dirname(file), rights: folderRights, remedy: notWritten(dirname(file)) },
    ...(secret
      ? [
          {
            key: 'configuration',
            path: file,
            rights: secretRights,
            remedy: `It holds a secret. Give that in the environment, or: chmod 600 ${file}`,
          },
        ]
      : []),
  ];
}

/** Whether the value itself is a secret: not the name of a file or a variable that has it, nor an address without one. */
function isSecret({ path, schema }: ConfigKey, value: unknown): boolean {
  if (value === undefined || schema.kind === 'path' || schema.kind === 'URL') return false;
  if (path === 'journal.postgresUrl') return /:\/\/[^/@]*:[^/@]+@/.test(String(value));
  return /(secret|password|passphrase)$/i.test(path) && isSecretName(path);
}

async function ofNamedFiles({ config }: Source): Promise<readonly Look[]> {
  const named = listKeys(configSchema).flatMap((key) => {
    const path = lookUp(config, key);
    if (key.schema.kind === 'paths')
      return Object.values((path ?? {}) as Record<string, string>).map((one) => ({ key: key.path, path: one }));
    return key.schema.kind === 'path' && typeof path === 'string' ? [{ key: key.path, path }] : [];
  });
  const looks = named.flatMap(({ key, path }): Look[] => {
    if (SECRET_FILE.test(key)) return [{ key, path, rights: secretRights, remedy: closed(path) }, ...around(key, path)];
    return TRUST_FILE.test(key) ? [{ key, path, rights: trustRights, remedy: notWritten(path) }, ...around(key, path)] : [];
  });
  return [...looks, ...(await ofPeers(config.jws.peerKeysFolder)), ...ofDataFolder(config)];
}

/** The folder in which a file lies. */
function around(key: string, path: string): readonly Look[] {
  return [{ key, path: dirname(path), rights: folderRights, remedy: notWritten(dirname(path)) }];
}

async function ofPeers(folder: string | undefined): Promise<readonly Look[]> {
  if (folder === undefined) return [];
  const names = await readdir(folder).catch(() => []);
  return names
    .filter((name) => name.endsWith('.pem'))
    .map((name) => join(folder, name))
    .map((path) => ({ key: 'jws.peerKeysFolder', path, rights: trustRights, remedy: notWritten(path) }));
}

/** What the product has made there is closed; a restored copy, or a careless hand, may have opened it. */
function ofDataFolder({ dataFolder }: LoadedConfig['config']): readonly Look[] {
  const secrets = ['journal.key', 'vault.key', 'operations.token'].map((name) => join(dataFolder, name));
  return [
    { key: 'dataFolder', path: dataFolder, rights: folderRights, remedy: notWritten(dataFolder) },
    ...secrets.map((path) => ({ key: 'dataFolder', path, rights: secretRights, remedy: closed(path) })),
  ];
}

/** Whether the start goes on with a warning, as `files.openToOthers` says. */
export function onlyWarns({ sandbox, files }: LoadedConfig['config'], environment: Readonly<Record<string, string | undefined>>): boolean {
  if (files.openToOthers !== 'auto') return files.openToOthers === 'warn';
  return sandbox || inContainer(environment);
}

/** In one line. */
export function openFileText({ key, path, what, remedy }: OpenFile): string {
  return `${path} (${key}): ${what}. ${remedy}`;
}
