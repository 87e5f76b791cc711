import { resolve } from 'node:path';
import { type Config, configSchema, listKeys, lookUp } from '@payment-manager/configuration';
import { CONFIG_FOLDER, DATA_FOLDER, IMAGE_CONNECTORS, SECRETS_FOLDER } from '@payment-manager/deployment';

/** Files and folders that a configuration names, as a pod will have them. */
export interface PodPaths {
  /** Folders in the pod that are mounted because the configuration names them. */
  readonly peers: string | undefined;
  readonly connector: string | undefined;
  /** The name of a connector that is in the image already. */
  readonly template: string | undefined;
  /** The folder of the journal's copies. */
  readonly copies: string | undefined;
  /** What no volume would carry, each with what to do. */
  readonly wrong: readonly string[];
}

const COPIES = 'journal.backup.folder';
/** What the product writes beside its journal. */
const WRITTEN: readonly string[] = ['vault.folder', 'messages.folder', 'journal.anchor.file'];
/** Read where they are named: the data folder is the volume itself, a vendor's library is in an image that was made with it. */
const ELSEWHERE: readonly string[] = ['dataFolder', 'journalFile', 'vault.pkcs11.module', COPIES];
/** A member of a Secret. It has no folders. */
const MEMBER = /^(?!\.\.)[-._A-Za-z0-9]{1,253}$/;

/**
 * Looks where each path of a configuration leads in a pod, whose file system can only be read but for its volumes. `config` was loaded with its paths
 * in `CONFIG_FOLDER`. `filesSecret`: the secret whose members are files in `secrets/`.
 */
export function podPaths(config: Config, { filesSecret, onPostgres }: { filesSecret: string; onPostgres: boolean }): PodPaths {
  const { peerKeysFolder } = config.jws;
  const template = within(config.core.connector ?? '', IMAGE_CONNECTORS)
    ? config.core.connector?.slice(IMAGE_CONNECTORS.length + 1)
    : undefined;
  const connector = template === undefined ? config.core.connector : undefined;
  const copies = pathsOf(config).find(({ key }) => key === COPIES)?.path;
  const own = { 'jws.peerKeysFolder': peerKeysFolder, 'core.connector': connector };
  const wrong = [
    ...pathsOf(config).flatMap(({ key, path }) => {
      if (key in own || ELSEWHERE.includes(key)) return [];
      const why = WRITTEN.includes(key) ? notKept(key, path, onPostgres) : notThere(path, filesSecret, onPostgres);
      return why === undefined ? [] : [`${key}: ${why}`];
    }),
    ...Object.entries(own).flatMap(([key, folder]) =>
      folder === undefined || mountable(folder)
        ? []
        : [
            `${key}: ${folder} cannot be a volume of its own; take a folder beside the configuration that holds nothing else, such as ${EXAMPLES[key]}.`,
          ],
    ),
    ...(peerKeysFolder !== undefined && connector !== undefined && (within(peerKeysFolder, connector) || within(connector, peerKeysFolder))
      ? ['jws.peerKeysFolder: give peers and connector two folders, neither of them in the other.']
      : []),
    ...(within(resolve(config.dataFolder, config.journalFile), config.dataFolder)
      ? []
      : ['journalFile: the journal lies in the data folder, which is the volume; leave it out.']),
    ...(copies === undefined || copies.startsWith('/mnt/')
      ? []
      : [`${COPIES}: a pod has room for a volume in /mnt; name it such as /mnt/copies.`]),
    ...(onPostgres && config.vault.store === 'file'
      ? ['vault.store: with --postgres nothing stays in a pod; set it to postgres, or to hashicorp.']
      : []),
    ...(config.vault.store === 'hashicorp' && config.vault.hashicorp.login === 'kubernetes'
      ? ['vault.hashicorp.login: a pod gets no token of the cluster; set it to approle, with the secret ID as a file in secrets/.']
      : []),
  ];
  return { peers: peerKeysFolder, connector, template, copies, wrong };
}

const EXAMPLES: Readonly<Record<string, string>> = { 'jws.peerKeysFolder': 'peers', 'core.connector': 'connectors/mine' };

function pathsOf(config: Config): readonly { readonly key: string; readonly path: string }[] {
  return listKeys(configSchema).flatMap((key) => {
    const value = lookUp(config, key);
    if (key.schema.kind === 'paths') return Object.values((value ?? {}) as Record<string, string>).map((path) => ({ key: key.path, path }));
    return key.schema.kind === 'path' && typeof value === 'string' ? [{ key: key.path, path: value }] : [];
  });
}

function notKept(key: string, path: string, onPostgres: boolean): string | undefined {
  const instead = key === 'journal.anchor.file' ? ' An anchor is best kept by another machine: journal.anchor.webhookUrl.' : '';
  if (onPostgres) return key === 'messages.folder' ? undefined : `with --postgres nothing stays in a pod; leave it out.${instead}`;
  return within(path, DATA_FOLDER) ? undefined : `no volume carries ${path}; leave it out, or name one in ${DATA_FOLDER}.${instead}`;
}

function notThere(path: string, filesSecret: string, onPostgres: boolean): string | undefined {
  if (path.startsWith(`${SECRETS_FOLDER}/`) && MEMBER.test(path.slice(SECRETS_FOLDER.length + 1))) return undefined;
  if (!onPostgres && within(path, DATA_FOLDER)) return undefined;
  return `a pod has no ${path}; name it secrets/FILE, without folders in between, and put it into the secret ${filesSecret}.`;
}

/** Whether a volume can be put there without hiding, or standing in, another one. */
function mountable(folder: string): boolean {
  return within(folder, CONFIG_FOLDER) && folder !== CONFIG_FOLDER && !within(folder, SECRETS_FOLDER);
}

/** Both absolute and without `..`. */
function within(path: string, folder: string): boolean {
  return `${path}/`.startsWith(`${folder}/`);
}
