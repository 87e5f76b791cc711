import type { Config } from '@payment-manager/configuration';
import { createHttpClient, systemClock, systemRandom, systemTimers } from '@payment-manager/runtime';
import {
  copyEntries,
  type MasterKey,
  openFileStore,
  readCopy,
  refuseNewer,
  restoreFiles,
  type VaultStore,
  writeCopy,
} from '@payment-manager/vault';
import { configuredMasterKeys, vaultFolder } from '@payment-manager/vault/configured';
import { asideOf } from '../aside.ts';
import { operationsUrl } from '../connection/connection-client.ts';
import { explainedVault, refuseOtherUser } from '../connection/with-environment.ts';
import { CommandFailed, EXIT_CODES } from '../exit-codes.ts';
import { stayAlive } from '../stay-alive.ts';

/** A copy of the vault that was made, for people and machines. */
export interface VaultBackup {
  readonly file: string;
  readonly madeAt: string;
  readonly entries: number;
  /** Id of the master key without which it is worth nothing. */
  readonly masterKey: string;
}

/** Copies the vault's files, sealed as they are, into one new file. The product may be running. @throws CommandFailed */
export async function backupVault(config: Config, file: string): Promise<VaultBackup> {
  demandFiles(config);
  return explainedInVault(async () => {
    const copy = await copyEntries(await filesOf(config), {
      fetchKeys: () => configuredMasterKeys(config),
      random: systemRandom,
      timers: systemTimers,
    });
    if (copy.entries.length === 0) throw new CommandFailed(EXIT_CODES.config, `There is no vault in ${vaultFolder(config)} yet.`);
    const madeAt = systemClock.now();
    const { key, ...sealed } = copy;
    await writeCopy(file, { fspId: config.fspId, madeAt, ...sealed }, key, systemRandom);
    return { file, madeAt: new Date(madeAt).toISOString(), entries: copy.entries.length, masterKey: copy.masterKey };
  });
}

/** A copy that may replace the vault: it is whole, of this DFSP, and opens with the master key. */
export interface RestorableVault {
  readonly madeAt: string;
  readonly folder: string;
  /** Where what stood there is now; undefined when nothing did. @throws CommandFailed */
  restore(): Promise<string | undefined>;
}

export interface VaultRestoreWishes {
  /** What stands there may be newer. */
  readonly force: boolean;
  /** The copy may be one of a version that made no MAC. */
  readonly mayBeUnsigned: boolean;
}

/** Reads and checks a copy of the vault, for a stopped product. @throws CommandFailed */
export async function restorableVault(
  config: Config,
  file: string,
  { force, mayBeUnsigned }: VaultRestoreWishes,
): Promise<RestorableVault> {
  demandFiles(config);
  await refuseOtherUser(config);
  return explainedInVault(async () => {
    await refuseRunning(config);
    const copy = await readCopy(file, { keyOf: (id) => keyOf(id, config, file), mayBeUnsigned });
    if (copy.fspId !== config.fspId)
      throw new CommandFailed(
        EXIT_CODES.config,
        `${file} is a copy of ${copy.fspId}’s vault; this Payment Manager belongs to ${config.fspId}.`,
      );
    const { key } = copy;
    // Opens every entry, as for a backup.
    await copyEntries(storeOver(copy.entries), { fetchKeys: async () => ({ current: key }), random: systemRandom, timers: systemTimers });
    const folder = vaultFolder(config);
    if (!force) await refuseNewer(folder, copy.entries);
    const aside = asideOf(folder);
    return {
      madeAt: new Date(copy.madeAt).toISOString(),
      folder,
      restore: () => explainedInVault(async () => ((await restoreFiles({ folder, aside, entries: copy.entries })) ? aside : undefined)),
    };
  });
}

/** The key that sealed a copy: the present one, or a former one that is there. */
async function keyOf(masterKey: string, config: Config, file: string): Promise<MasterKey> {
  const { current, former = [] } = await configuredMasterKeys(config);
  const key = [current, ...former].find(({ id }) => id === masterKey);
  if (key) return key;
  throw new CommandFailed(
    EXIT_CODES.config,
    `${file} is sealed with the master key ${masterKey}, and the one given is ${current.id}. First put back the master key that belongs to the copy, or name it in vault.masterKey.formerFile.`,
  );
}

/** What an old copy of the vault means. */
export function afterVaultRestore(madeAt: string): string {
  return `Changes of keys after ${madeAt} are not in the copy:
  - Keys and certificates that were replaced since are the previous ones again. With a Connection Manager the product notices it and renews them
    (./pm onboard); until then peers refuse messages that are signed with a previous JWS key. Without one: ./pm cert list, ./pm keys list, docs/onboarding.md.
  - A key that was reported as compromised since is trusted again. Report it again: ./pm keys compromised KEY
  - The hub's CA and peers' keys that came since are missing until they are fetched again; those that were removed since are trusted until then.`;
}

/** @throws CommandFailed (64) where the vault lies elsewhere, with what to do there */
function demandFiles({ vault }: Config): void {
  if (vault.store === 'file') return;
  const elsewhere = {
    none: 'There is no vault (vault.store is none): back up the key and certificate files that the configuration names.',
    postgres:
      'The vault is in the journal’s PostgreSQL (vault.store) and is backed up with it (pg_basebackup with archived WAL, or pg_dump). Keep the master key apart from it.',
    hashicorp:
      'The vault is in HashiCorp Vault or OpenBao (vault.store) and is backed up with that server: vault operator raft snapshot save, or bao operator raft snapshot save.',
  };
  throw new CommandFailed(EXIT_CODES.usage, elsewhere[vault.store]);
}

/** Nothing else keeps the process alive while a timer waits. */
function explainedInVault<T>(work: () => Promise<T>): Promise<T> {
  return stayAlive(() => explainedVault(work));
}

async function filesOf(config: Config): Promise<VaultStore> {
  return openFileStore({ folder: vaultFolder(config), clock: systemClock, random: systemRandom });
}

function storeOver(entries: readonly { readonly path: string; readonly revision: number; readonly body: Uint8Array }[]): VaultStore {
  const byPath = new Map(entries.map((entry) => [entry.path, entry]));
  return {
    comparesAndSets: false,
    read: async (path) => byPath.get(path) ?? { revision: 0, body: new Uint8Array() },
    write: async () => false,
    list: async () => new Map(entries.map(({ path, revision }) => [path, revision])),
    close: async () => {},
  };
}

/** A running product would take the missing folder for an empty vault for a moment, and remembers keys that are gone. */
async function refuseRunning(config: Config): Promise<void> {
  const url = operationsUrl(config);
  if (url === undefined) return;
  const http = createHttpClient({});
  try {
    const outcome = await http.request({ method: 'GET', url: `${url}/health/live`, headers: {}, timeoutMs: 5_000 });
    if (outcome.kind === 'answer' || outcome.code !== 'CONNECT_REFUSED')
      throw new CommandFailed(EXIT_CODES.unavailable, `The product is running (${url} answers). Stop it first, then restore.`);
  } finally {
    await http.close();
  }
}
