import { access, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, createHttpClient, type Log, type Random, Secret, type Signatures, type Timers } from '@payment-manager/runtime';
import {
  fetchMasterKey,
  type HashicorpLogin,
  hashicorpClient,
  type MasterKeySource,
  type MasterKeys,
  makeMasterKeyFile,
  openDatabaseStore,
  openFileStore,
  openKeyValueStore,
  openVault,
  pkcs11Holder,
  type Vault,
  VaultError,
  type VaultStore,
} from '@payment-manager/vault';
import type { Config } from '../config/schema.ts';
import { openMasterKeyStore } from './master-key-store.ts';

export interface VaultWorld {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly signatures: Signatures;
  readonly log: Log;
}

/** A vault, and how it looks around for what others changed: its master key and its entries. */
export interface OpenedVault {
  readonly vault: Vault;
  /** Rejects with VaultError when it cannot be read. */
  look(): Promise<void>;
}

/** Opens the vault that the configuration names; undefined when there is none. @throws VaultError */
export async function openConfiguredVault(config: Config, world: VaultWorld): Promise<OpenedVault | undefined> {
  const { store: kind, pkcs11 } = config.vault;
  if (kind === 'none') return undefined;
  const { store, lookForKey } = kind === 'hashicorp' ? await hashicorpStore(config, world) : await sealedStore(config, world);
  const { module, label, pinFile } = pkcs11;
  const holder =
    module === undefined || label === undefined || pinFile === undefined
      ? undefined
      : pkcs11Holder({ module, token: label, pin: () => secretFile(pinFile, 'PIN'), random: world.random });
  const vault = await openVault({ ...world, store, ...(holder && { jwsHolder: holder }) }).catch(async (error: unknown) => {
    await store.close();
    throw error;
  });
  return {
    vault,
    async look() {
      try {
        await lookForKey();
      } finally {
        await vault.refresh();
      }
    },
  };
}

interface LookedAfter {
  readonly store: VaultStore;
  lookForKey(): Promise<void>;
}

async function sealedStore(config: Config, world: VaultWorld): Promise<LookedAfter> {
  const folder = config.vault.folder ?? join(config.dataFolder, 'vault');
  const source = await masterKeySource(config, folder, world);
  const store = config.vault.store === 'postgres' ? await databaseStore(config, world) : await openFileStore({ folder, ...world });
  try {
    const sealed = await openMasterKeyStore({ store, fetchKeys: () => masterKeys(source, config.vault.masterKey.formerFile), ...world });
    // A variable does not change, and a command may be slow: they are asked again when an entry needs it.
    const watched = 'file' in source;
    return { store: sealed, lookForKey: () => (watched ? sealed.lookForKey() : Promise.resolve()) };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** Where the master key comes from. The one in the data folder is made before the first entry, and never for a vault that is there. */
async function masterKeySource(config: Config, folder: string, { random }: VaultWorld): Promise<MasterKeySource> {
  const { file, variable, command } = config.vault.masterKey;
  if (variable !== undefined) return { variable };
  if (command !== undefined) return { command };
  if (file !== undefined) return { file };
  const own = join(config.dataFolder, 'vault.key');
  const present = await readdir(folder).catch(() => []);
  if (present.length === 0) await makeMasterKeyFile(own, random);
  return { file: own };
}

/** The former key's file may be gone when it has done its work; where it is still needed, the vault says so. */
async function masterKeys(source: MasterKeySource, formerFile: string | undefined): Promise<MasterKeys> {
  const current = await fetchMasterKey(source, process.env);
  if (formerFile === undefined || !(await isThere(formerFile))) return { current };
  const former = await fetchMasterKey({ file: formerFile }, {});
  return former.id === current.id ? { current } : { current, former: [former] };
}

function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT',
  );
}

async function databaseStore({ journal }: Config, { log, timers }: VaultWorld): Promise<VaultStore> {
  const { postgresUrl = '', postgresSchema, postgresCaFile } = journal;
  const tls = postgresCaFile === undefined ? {} : { tls: { ca: await readFile(postgresCaFile, 'utf8') } };
  return openDatabaseStore({ url: postgresUrl, schema: postgresSchema, ...tls, log, timers });
}

const kubernetesToken = '/var/run/secrets/kubernetes.io/serviceaccount/token';

async function hashicorpStore({ vault }: Config, { clock }: VaultWorld): Promise<LookedAfter> {
  const { url = '', caFile, namespace, mount, folder } = vault.hashicorp;
  const trustedCas =
    caFile === undefined ? undefined : await readFile(caFile, 'utf8').catch(() => Promise.reject(unreadable(caFile, 'CA bundle')));
  const http = createHttpClient({
    maxConnectionsPerOrigin: 4,
    ...(trustedCas !== undefined && { credentials: { certificate: '', privateKey: new Secret(''), trustedCas } }),
  });
  const client = hashicorpClient({
    url,
    login: await hashicorpLogin(vault.hashicorp),
    http,
    clock,
    ...(namespace !== undefined && { namespace }),
  });
  const store = await openKeyValueStore({ client, mount, folder }).catch(async (error: unknown) => {
    await http.close();
    throw error;
  });
  return {
    store: {
      ...store,
      async close() {
        await store.close();
        await http.close();
      },
    },
    lookForKey: () => Promise.resolve(),
  };
}

async function hashicorpLogin({
  login,
  loginMount,
  role = '',
  credentialFile = kubernetesToken,
}: Config['vault']['hashicorp']): Promise<HashicorpLogin> {
  const mount = loginMount === undefined ? {} : { mount: loginMount };
  switch (login) {
    case 'token':
      return { token: await secretFile(credentialFile, 'token') };
    case 'approle':
      return { appRole: { ...mount, roleId: role, secretId: () => secretFile(credentialFile, 'secret ID') } };
    case 'kubernetes':
      return { kubernetes: { ...mount, role, jwt: () => secretFile(credentialFile, 'token') } };
  }
}

/** What a file holds, white space around it aside. @throws VaultError `VAULT_PERMISSIONS`, without what was read */
async function secretFile(file: string, what: string): Promise<Secret<string>> {
  const text = await readFile(file, 'utf8').catch(() => Promise.reject(unreadable(file, what)));
  if (text.trim() === '') throw unreadable(file, what);
  return new Secret(text.trim());
}

function unreadable(file: string, what: string): VaultError {
  return new VaultError(
    'VAULT_PERMISSIONS',
    `The ${what} in ${file} cannot be read, or is empty. Check the path and that this user may read it.`,
  );
}
