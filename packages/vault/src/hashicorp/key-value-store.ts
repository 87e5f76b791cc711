import { decodePath, encodePath } from '../store/file-names.ts';
import { checkSize, MAX_SEALED_BYTES, type StoredEntry, type VaultStore } from '../store/vault-store.ts';
import { VaultError } from '../vault-error.ts';
import { refuseNewer, VAULT_FORMAT } from '../vault-format.ts';
import type { HashicorpAnswer, HashicorpClient } from './hashicorp-client.ts';

export interface KeyValueStoreOptions {
  readonly client: HashicorpClient;
  /** The mount of the KV engine, such as `secret`. */
  readonly mount: string;
  /** Folder in it. Default `payment-manager`. */
  readonly folder?: string;
  /** Default: what the server says of the mount; a policy may forbid to ask. */
  readonly version?: 1 | 2;
}

const nothing: StoredEntry = { revision: 0, body: new Uint8Array() };
const NAME_PART = /^[A-Za-z0-9_-]+(?:\/[A-Za-z0-9_-]+)*$/;

/**
 * Entries in a KV engine of HashiCorp Vault or OpenBao, which seals them itself: no master key is needed. With version 2 writes compare
 * and set, and only one version of an entry is kept, so that what is destroyed is gone. Version 1 cannot compare: there must be one writer.
 *
 * @throws VaultError
 */
export async function openKeyValueStore(options: KeyValueStoreOptions): Promise<VaultStore> {
  const { client, mount, folder = 'payment-manager' } = options;
  if (!NAME_PART.test(mount) || !NAME_PART.test(folder))
    throw new VaultError(
      'VAULT_NAME_INVALID',
      'Mount and folder of a KV engine are named with letters, digits, - and _, divided by slashes.',
    );
  const version = options.version ?? (await versionOf(client, mount));
  const engine = version === 2 ? versioned(client, mount) : unversioned(client, mount);
  const placeOf = (path: string): string => {
    const { folder: below, file } = encodePath(path);
    return `${folder}/${below}/${file}`;
  };
  return {
    comparesAndSets: version === 2,
    read: (path) => engine.read(placeOf(path)),
    async write(path, seen, body) {
      checkSize(body, MAX_SEALED_BYTES);
      const place = placeOf(path);
      try {
        return await engine.write(place, seen, body);
      } catch (error) {
        if (!(error instanceof VaultError) || error.code !== 'VAULT_UNAVAILABLE') throw error;
        // The answer may have been lost on its way back. Where it cannot be asked either, the first failure is told.
        const { revision, body: stored } = await engine.read(place).catch(() => Promise.reject(error));
        if (revision === seen + 1 && Buffer.from(stored).equals(body)) return true;
        throw error;
      }
    },
    async list() {
      const found = new Map<string, number>();
      for (const place of await below(engine.list, `${folder}/`, 3)) {
        const [file = '', purpose = '', environment = ''] = place.split('/').reverse();
        const { revision } = await engine.read(place);
        if (revision > 0) found.set(decodePath({ folder: `${environment}/${purpose}`, file }), revision);
      }
      return found;
    },
    async close() {},
  };
}

interface Engine {
  read(place: string): Promise<StoredEntry>;
  write(place: string, seen: number, body: Uint8Array): Promise<boolean>;
  /** Names below a folder. */
  list(folder: string): Promise<readonly string[]>;
}

function versioned(client: HashicorpClient, mount: string): Engine {
  return {
    async read(place) {
      const answer = await client.request('GET', `${mount}/data/${place}`);
      const { data, metadata } = dataOf(answer) as { data?: Record<string, unknown> | null; metadata?: { version?: unknown } };
      const revision = metadata?.version;
      if (revision === undefined) return nothing;
      if (typeof revision !== 'number') throw strange(answer);
      return { revision, body: data ? bodyIn(data, place) : new Uint8Array() };
    },
    async write(place, seen, body) {
      if (seen === 0) await succeeded(client.request('POST', `${mount}/metadata/${place}`, { max_versions: 1, cas_required: true }));
      const answer = await client.request('POST', `${mount}/data/${place}`, {
        options: { cas: seen },
        data: { format: VAULT_FORMAT, body: text(body) },
      });
      if (answer.status === 400 && /check-and-set/.test(answer.complaint)) return false;
      await succeeded(Promise.resolve(answer));
      return true;
    },
    list: (folder) => names(client, `${mount}/metadata/${folder}`),
  };
}

/** The revision is kept beside the body. Between reading and writing somebody else may write: nothing here can prevent it. */
function unversioned(client: HashicorpClient, mount: string): Engine {
  const read = async (place: string): Promise<StoredEntry> => {
    const answer = await client.request('GET', `${mount}/${place}`);
    if (answer.status === 404) return nothing;
    const data = dataOf(answer);
    const revision = data['revision'];
    if (typeof revision !== 'number') throw strange(answer);
    return { revision, body: bodyIn(data, place) };
  };
  return {
    read,
    async write(place, seen, body) {
      if ((await read(place)).revision !== seen) return false;
      await succeeded(client.request('POST', `${mount}/${place}`, { revision: seen + 1, format: VAULT_FORMAT, body: text(body) }));
      return true;
    },
    list: (folder) => names(client, `${mount}/${folder}`),
  };
}

async function below(list: Engine['list'], folder: string, depth: number): Promise<string[]> {
  const found: string[] = [];
  for (const name of await list(folder)) {
    if (!name.endsWith('/')) found.push(...(depth === 1 ? [`${folder}${name}`] : []));
    else if (depth > 1) found.push(...(await below(list, `${folder}${name}`, depth - 1)));
  }
  return found;
}

async function names(client: HashicorpClient, path: string): Promise<readonly string[]> {
  const answer = await client.request('GET', `${path}?list=true`);
  if (answer.status === 404) return [];
  const { keys } = dataOf(answer);
  if (!Array.isArray(keys)) throw strange(answer);
  return keys.filter((key) => typeof key === 'string');
}

async function versionOf(client: HashicorpClient, mount: string): Promise<1 | 2> {
  const answer = await client.request('GET', `sys/internal/ui/mounts/${mount}`);
  const { type, options } = dataOf(answer) as { type?: unknown; options?: { version?: unknown } | null };
  if (type !== 'kv' && type !== 'generic')
    throw new VaultError('VAULT_REFUSED', `The mount ${mount} of the vault's server is not a KV engine. Name one that is.`);
  return String(options?.version ?? '1') === '2' ? 2 : 1;
}

async function succeeded(asked: Promise<HashicorpAnswer>): Promise<void> {
  const { status, complaint } = await asked;
  if (status >= 400)
    throw new VaultError('VAULT_REFUSED', `The vault's server refuses to store (${status}): ${complaint}. Check mount and policy.`);
}

function dataOf(answer: HashicorpAnswer): Record<string, unknown> {
  if (answer.status === 400)
    throw new VaultError('VAULT_REFUSED', `The vault's server refuses (400): ${answer.complaint}. Check mount and KV version.`);
  return (answer.content['data'] ?? {}) as Record<string, unknown>;
}

function bodyIn(data: Readonly<Record<string, unknown>>, place: string): Uint8Array {
  const { body, format = VAULT_FORMAT } = data;
  if (typeof format === 'number') refuseNewer(format, place);
  if (typeof body !== 'string')
    throw new VaultError('VAULT_DAMAGED', "An entry in the vault's server was not written by this program. Name another folder.");
  return Uint8Array.from(Buffer.from(body, 'base64'));
}

function text(body: Uint8Array): string {
  return Buffer.from(body).toString('base64');
}

function strange({ status }: HashicorpAnswer): VaultError {
  return new VaultError(
    'VAULT_UNAVAILABLE',
    `The vault's server answers what this program does not understand (${status}). Check mount and KV version.`,
  );
}
