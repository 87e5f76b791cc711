import { X509Certificate } from 'node:crypto';
import { type Credentials, Secret, type World } from '@payment-manager/runtime';
import { crossing } from './authority/crossing.ts';
import { openEngineAuthority } from './authority/engine-authority.ts';
import { openLocalAuthority } from './authority/local-authority.ts';
import type { OwnAuthority } from './authority/own-authority.ts';
import { recordedAuthority } from './authority/recorded-authority.ts';
import { type Entries, openEntries } from './entries.ts';
import type { PkiAuthority } from './hashicorp/pki-authority.ts';
import { type CompromisedKeys, compromisedKeys } from './keys/compromised-keys.ts';
import type { KeyHolder } from './keys/key-holder.ts';
import { deadMark, type OwnKeys, openOwnKeys, privateKeyOf } from './keys/own-keys.ts';
import { type Ring, stateOf } from './keys/ring.ts';
import { decodeRing } from './keys/ring-text.ts';
import { openTrustedKeys, type TrustedKeys } from './keys/trusted-keys.ts';
import { type CertifiedPurpose, checkEnvironment, type EntryName, nameOf, type OwnPurpose, PURPOSES, pathOf } from './names.ts';
import { openSecrets, type Secrets } from './secrets.ts';
import type { VaultStore } from './store/vault-store.ts';
import { VaultError } from './vault-error.ts';

/** What one side of a TLS connection needs, of one instant. It never changes; take another after a change. */
export interface TlsSnapshot extends Credentials {
  readonly keyId: string;
  /** Validity of the certificate, milliseconds since the epoch. */
  readonly validFrom: number;
  readonly validTo: number;
}

/** Whose certificates are trusted: `hub-ca` with the id under which they are kept (default `hub`), or our own CAs. */
export type TrustSource = { readonly purpose: 'hub-ca'; readonly id?: string } | { readonly purpose: 'dfsp-ca' };

/** Everything of one environment. Environments share nothing. */
export interface Environment {
  readonly name: string;
  readonly keys: OwnKeys;
  readonly trust: TrustedKeys;
  readonly secrets: Secrets;
  readonly authority: OwnAuthority;
  /**
   * Key and certificate in use for a side of TLS, always of one generation, and what it trusts: the certificates in use and those that
   * retire. Default: a client trusts `hub-ca`, a server the callers that our own CA vouches for.
   *
   * @throws VaultError `VAULT_NO_KEY` when none is in use.
   */
  credentials(purpose: Exclude<CertifiedPurpose, 'dfsp-ca'>, trust?: readonly TrustSource[]): Promise<TlsSnapshot>;
  /**
   * The private part of the JWS key in use (PEM), for a Mojaloop SDK beside us that signs by itself. Nobody else needs it: `keys.signer()`
   * signs.
   *
   * @throws VaultError `VAULT_NO_KEY`; `VAULT_KEY_STATE` when it lies in an HSM, which gives no key out.
   */
  jwsPrivateKey(): Promise<Secret<string>>;
}

/** Keys, certificates and secrets of a DFSP. */
export interface Vault {
  /** @throws VaultError `VAULT_NAME_INVALID` */
  environment(name: string): Environment;
  /** Environments that hold anything. */
  environments(): Promise<readonly string[]>;
  /** Told after every change, whoever made it: at once for those of this process, after `refresh` for others'. Returns what ends it. */
  onChange(listener: (name: EntryName) => void): () => void;
  /** Looks what others changed. To be called every few seconds where there are replicas; see `watchVault`. */
  refresh(): Promise<void>;
  close(): Promise<void>;
}

export interface VaultDeps extends Pick<World, 'clock' | 'random' | 'signatures'> {
  /** Sealed, or one that seals by itself. The vault closes it. */
  readonly store: VaultStore;
  /** Where JWS keys are made and kept instead, if they are. The vault closes it. */
  readonly jwsHolder?: KeyHolder;
  /** Where the key of the DFSP's own CA lies instead of in the vault, if it does. */
  readonly engine?: PkiAuthority;
}

/** Opens a vault over a store. @throws VaultError what the store throws. */
export async function openVault(deps: VaultDeps): Promise<Vault> {
  const { store, jwsHolder } = deps;
  const listeners = new Set<(name: EntryName) => void>();
  const revisions = new Map<string, number>();
  const dead = new Set<string>();
  const compromised = compromisedKeys();

  const tell = (name: EntryName): void => {
    for (const listener of listeners) listener(name);
  };
  const tellIfTrusted = (name: EntryName | undefined, environment: string): void => {
    if (name?.environment === environment && ['certificates', 'public-keys'].includes(PURPOSES[name.purpose])) tell(name);
  };
  const note = (name: EntryName, revision: number, body: Uint8Array): void => {
    const path = pathOf(name);
    // What was read before a change must not undo what the change told.
    if ((revisions.get(path) ?? 0) >= revision) return;
    const ring = PURPOSES[name.purpose] === 'secret' ? [] : decodeRing(body, path);
    if (PURPOSES[name.purpose] === 'own-keys') for (const mark of deadIn(name, ring)) dead.add(mark);
    revisions.set(path, revision);
    const isNew = compromised.note(name, ring);
    tell(name);
    // The same key may be trusted elsewhere.
    if (isNew) for (const other of revisions.keys()) if (other !== path) tellIfTrusted(nameOf(other), name.environment);
  };
  const entries = openEntries(store, note);
  const refresh = async (): Promise<void> => {
    const known = new Map(revisions);
    const listed = await store.list();
    for (const [path, revision] of listed) {
      const name = nameOf(path);
      if (!name || revisions.get(path) === revision) continue;
      await look(name, revision);
    }
    for (const [path, revision] of known) if ((listed.get(path) ?? 0) < revision) await demandNoReturn(store, path, revision);
  };
  /** An entry that is damaged is told to who reads it; here it has no key that could sign, and must not hide the others. */
  const look = async (name: EntryName, listed: number): Promise<void> => {
    try {
      const { revision, body } = await store.read(pathOf(name));
      note(name, revision, body);
    } catch (error) {
      if (!(error instanceof VaultError) || error.code !== 'VAULT_DAMAGED') throw error;
      note(name, listed, new Uint8Array());
    }
  };
  await refresh();
  return {
    environment: (name) => openEnvironment(name, entries, deps, { dead, compromised }),
    async environments() {
      return [...new Set((await entries.list()).map(({ environment }) => environment))].sort();
    },
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    refresh,
    async close() {
      listeners.clear();
      await jwsHolder?.close();
      await store.close();
    },
  };
}

/**
 * Revisions only grow. One that this process has seen and that is gone means that an older copy replaced the store: what
 * happened to keys since is forgotten there, such as that one is compromised.
 */
async function demandNoReturn(store: VaultStore, path: string, seen: number): Promise<void> {
  // The list may have been read while others wrote.
  const { revision } = await store.read(path);
  if (revision >= seen) return;
  throw new VaultError(
    'VAULT_DAMAGED',
    `The vault's entry ${path} has gone back from revision ${seen} to ${revision}: an older copy was put back while the product was running. Stop the product, restore the newest copy, start it again.`,
  );
}

function deadIn(name: EntryName, ring: Ring): string[] {
  return ring.filter((key) => ['compromised', 'destroyed'].includes(stateOf(key))).map(({ id }) => deadMark(name, id));
}

interface Ended {
  readonly dead: ReadonlySet<string>;
  readonly compromised: CompromisedKeys;
}

function openEnvironment(name: string, entries: Entries, deps: VaultDeps, ended: Ended): Environment {
  checkEnvironment(name);
  const { clock, random, signatures, jwsHolder, engine } = deps;
  const { keys, materials } = openOwnKeys({ environment: name, entries, clock, signatures, jwsHolder, ...ended });
  const trust = openTrustedKeys(name, entries, clock, ended.compromised);
  const active = (purpose: OwnPurpose) => materials.inUse(purpose);
  const parts = { keys, active, crossing: crossing({ keys, active, clock, random }) };
  const signing = engine
    ? openEngineAuthority({ ...parts, engine, adopt: (ca, doing) => materials.adopt(ca, doing) })
    : openLocalAuthority({
        ...parts,
        byId: (purpose, keyId) => materials.material(purpose, keyId),
        keepCrossed: (keyId, pem) => materials.keepCrossed(keyId, pem),
        clock,
        random,
      });
  const authority = recordedAuthority(signing, trust);
  return {
    name,
    keys,
    trust,
    secrets: openSecrets(name, entries, clock),
    authority,
    async credentials(purpose, sources = [purpose === 'tls-client' ? { purpose: 'hub-ca' } : { purpose: 'dfsp-ca' }]) {
      const trusted: string[] = [];
      for (const source of sources) trusted.push(...(await trustedCertificates(source, keys, trust)));
      const key = await materials.inUse(purpose);
      const chain = key.chain ?? [];
      const { validFromDate, validToDate } = new X509Certificate(chain[0] ?? '');
      return Object.freeze({
        keyId: key.id,
        certificate: chain.join(''),
        privateKey: new Secret(privateKeyOf(key)),
        trustedCas: trusted.join(''),
        validFrom: validFromDate.getTime(),
        validTo: validToDate.getTime(),
      });
    },
    async jwsPrivateKey() {
      return new Secret(privateKeyOf(await materials.inUse('jws-signing')));
    },
  };
}

async function trustedCertificates(source: TrustSource, keys: OwnKeys, trust: TrustedKeys): Promise<string[]> {
  if (source.purpose === 'hub-ca') return (await trust.trusted('hub-ca', source.id ?? 'hub')).flatMap(({ chain = [] }) => chain);
  const own = await keys.list('dfsp-ca');
  return own.filter(({ state }) => state === 'active' || state === 'retiring').flatMap(({ chain = [] }) => chain);
}
