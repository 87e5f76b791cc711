import { access, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '@payment-manager/configuration';
import { postgresAddress } from '@payment-manager/configuration/addresses';
import { loadCaBundle } from '@payment-manager/configuration/files';
import { createHttpClient, type Log, Secret, type World } from '@payment-manager/runtime';
import { type HashicorpClient, hashicorpClient } from '../hashicorp/hashicorp-client.ts';
import { openKeyValueStore } from '../hashicorp/key-value-store.ts';
import type { HashicorpLogin } from '../hashicorp/login.ts';
import { pkiAuthority } from '../hashicorp/pki-authority.ts';
import { pkcs11Holder } from '../pkcs11/pkcs11-holder.ts';
import { openDatabaseStore } from '../store/database-store.ts';
import { openFileStore } from '../store/file-store.ts';
import {
  fetchMasterKey,
  formerKeyFile,
  type MasterKey,
  type MasterKeySource,
  type MasterKeys,
  makeMasterKeyFile,
} from '../store/master-key.ts';
import type { VaultStore } from '../store/vault-store.ts';
import { openVault, type Vault, type VaultDeps } from '../vault.ts';
import { VaultError } from '../vault-error.ts';
import { openMasterKeyStore } from './master-key-store.ts';

export type VaultWorld = Omit<World, 'failpoints' | 'metrics'>;

/** A vault, and how it looks around for what others changed: its master key and its entries. */
export interface OpenedVault {
  readonly vault: Vault;
  /** Tells vaults that we seal apart; undefined in HashiCorp Vault. */
  readonly id: string | undefined;
  /** Rejects with VaultError when it cannot be read. */
  look(): Promise<void>;
}

/** Opens the vault that the configuration names; undefined when there is none. @throws VaultError, CredentialsInvalid for the server's CA bundle */
export async function openConfiguredVault(config: Config, world: VaultWorld): Promise<OpenedVault | undefined> {
  const { store: kind, hashicorp } = config.vault;
  if (kind === 'none') return undefined;
  const server = kind === 'hashicorp' || hashicorp.pki.serverRole !== undefined ? await hashicorpServer(hashicorp, world) : undefined;
  try {
    const { store, id, lookForKey } = await openStore(config, world, server?.client);
    const vault = await openVault({ ...world, store, ...holderOf(config, world), ...(server && engineOf(hashicorp, server.client)) }).catch(
      async (error: unknown) => {
        await store.close();
        throw error;
      },
    );
    return {
      id,
      vault: {
        ...vault,
        async close() {
          await vault.close();
          await server?.close();
        },
      },
      async look() {
        try {
          await lookForKey();
        } finally {
          await vault.refresh();
        }
      },
    };
  } catch (error) {
    await server?.close();
    throw error;
  }
}

/** JWS keys in an HSM, where one is configured. */
function holderOf({ vault }: Config, { random, log }: VaultWorld): Pick<VaultDeps, 'jwsHolder'> {
  const { module, label, pinFile, variables } = vault.pkcs11;
  if (module === undefined || label === undefined || pinFile === undefined) return {};
  return { jwsHolder: pkcs11Holder({ module, token: label, pin: () => secretFile(pinFile, 'PIN', log), random, variables }) };
}

/** Our own CA in a PKI engine, where one is configured. */
function engineOf({ pki }: Config['vault']['hashicorp'], client: HashicorpClient): Pick<VaultDeps, 'engine'> {
  const { mount, serverRole: server, clientRole } = pki;
  if (server === undefined || clientRole === undefined) return {};
  return { engine: pkiAuthority({ client, mount, roles: { server, client: clientRole } }) };
}

/** Where the vault's files are. */
export function vaultFolder({ vault, dataFolder }: Config): string {
  return vault.folder ?? join(dataFolder, 'vault');
}

/** The master key that seals the vault, and a former one where there is one; none is made. @throws VaultError */
export function configuredMasterKeys(config: Config): Promise<MasterKeys> {
  return masterKeys(masterKeySource(config), config.vault.masterKey.formerFile);
}

interface LookedAfter {
  readonly store: VaultStore;
  readonly id: string | undefined;
  lookForKey(): Promise<void>;
}

async function openStore(config: Config, world: VaultWorld, client: HashicorpClient | undefined): Promise<LookedAfter> {
  if (config.vault.store !== 'hashicorp' || client === undefined) return sealedStore(config, world);
  const { mount, folder } = config.vault.hashicorp;
  return { store: await openKeyValueStore({ client, mount, folder }), id: undefined, lookForKey: () => Promise.resolve() };
}

async function sealedStore(config: Config, world: VaultWorld): Promise<LookedAfter> {
  const folder = vaultFolder(config);
  const source = masterKeySource(config);
  await makeFirstKey(config, folder, world);
  const store = config.vault.store === 'postgres' ? await databaseStore(config, world) : await openFileStore({ folder, ...world });
  try {
    const sealed = await openMasterKeyStore({ store, fetchKeys: () => masterKeys(source, config.vault.masterKey.formerFile), ...world });
    // A variable does not change, and a command may be slow: they are asked again when an entry needs it.
    const watched = 'file' in source;
    return { store: sealed, id: sealed.id, lookForKey: () => (watched ? sealed.lookForKey() : Promise.resolve()) };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** The file with the master key; undefined when that comes from a variable or a command. */
export function ownMasterKeyFile(config: Config): string | undefined {
  const source = masterKeySource(config);
  return 'file' in source ? source.file : undefined;
}

/** Where the master key comes from. */
function masterKeySource(config: Config): MasterKeySource {
  const { file = keyInDataFolder(config), variable, command } = config.vault.masterKey;
  if (variable !== undefined) return { variable };
  return command === undefined ? { file } : { command };
}

function keyInDataFolder({ dataFolder }: Config): string {
  return join(dataFolder, 'vault.key');
}

/** The master key in the data folder is made before the first entry, and never for a vault that is there. */
async function makeFirstKey(config: Config, folder: string, { random }: VaultWorld): Promise<void> {
  const { file, variable, command } = config.vault.masterKey;
  if (file !== undefined || variable !== undefined || command !== undefined) return;
  const present = await readdir(folder).catch((error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? [] : [folder]));
  if (present.length === 0) await makeMasterKeyFile(keyInDataFolder(config), random);
}

/** A former key's file may be gone when it has done its work; where it is still needed, the vault says so. */
async function masterKeys(source: MasterKeySource, formerFile: string | undefined): Promise<MasterKeys> {
  const current = await fetchMasterKey(source, process.env);
  const former: MasterKey[] = [];
  for (const file of [formerFile, 'file' in source ? formerKeyFile(source.file) : undefined])
    if (file !== undefined && (await isThere(file))) former.push(await fetchMasterKey({ file }, {}));
  const others = former.filter(({ id }) => id !== current.id);
  return others.length === 0 ? { current } : { current, former: others };
}

function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT',
  );
}

async function databaseStore({ journal }: Config, { log, timers }: VaultWorld): Promise<VaultStore> {
  return openDatabaseStore({ ...(await postgresAddress(journal)), log, timers });
}

const KUBERNETES_TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount/token';

/** One log-in serves the entries and the PKI engine. */
async function hashicorpServer(hashicorp: Config['vault']['hashicorp'], { clock, log }: VaultWorld) {
  const { url = '', caFile, namespace } = hashicorp;
  const trustedCas = caFile === undefined ? undefined : await loadCaBundle('`vault.hashicorp.caFile`', caFile);
  const login = await hashicorpLogin(hashicorp, log);
  const http = createHttpClient({
    maxConnectionsPerOrigin: 4,
    ...(trustedCas !== undefined && { credentials: { certificate: '', privateKey: new Secret(''), trustedCas } }),
  });
  return { client: hashicorpClient({ url, login, http, clock, ...(namespace !== undefined && { namespace }) }), close: () => http.close() };
}

async function hashicorpLogin(
  { login, loginMount, role = '', credentialFile = KUBERNETES_TOKEN }: Config['vault']['hashicorp'],
  log: Log,
): Promise<HashicorpLogin> {
  const mount = loginMount === undefined ? {} : { mount: loginMount };
  switch (login) {
    case 'token':
      return { token: await secretFile(credentialFile, 'token', log) };
    case 'approle':
      return { appRole: { ...mount, roleId: role, secretId: () => secretFile(credentialFile, 'secret ID', log) } };
    case 'kubernetes':
      return { kubernetes: { ...mount, role, jwt: () => secretFile(credentialFile, 'token') } };
  }
}

/** A PIN, or a token of whichever kind, is shorter. */
const LONGEST_SECRET = 65_536;

/**
 * What a file holds, white space around it aside. That others may read it is told in the log, if there is one: secrets that Docker or
 * Kubernetes mount are so by default, and in a container nobody else is there.
 *
 * @throws VaultError `VAULT_PERMISSIONS`, without what was read
 */
async function secretFile(file: string, what: string, log?: Log): Promise<Secret<string>> {
  const handle = await open(file, 'r').catch(() => Promise.reject(unreadable(file, what)));
  try {
    const { mode } = await handle.stat();
    if ((mode & 0o007) !== 0)
      log?.warn(`the ${what} can be read by every user of this machine`, { file, mode: (mode & 0o777).toString(8) });
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(LONGEST_SECRET), 0, LONGEST_SECRET, 0);
    const text = buffer.toString('utf8', 0, bytesRead).trim();
    if (text === '' || bytesRead === LONGEST_SECRET) throw unreadable(file, what);
    return new Secret(text);
  } catch (error) {
    throw error instanceof VaultError ? error : unreadable(file, what);
  } finally {
    await handle.close();
  }
}

function unreadable(file: string, what: string): VaultError {
  return new VaultError(
    'VAULT_PERMISSIONS',
    `The ${what} in ${file} cannot be read, is empty, or is too long. Check the path and that this user may read it.`,
  );
}
