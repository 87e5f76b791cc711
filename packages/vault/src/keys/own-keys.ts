import { createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import type { Secret, World } from '@payment-manager/runtime';
import type { Entries } from '../entries.ts';
import { type EntryName, OWN_ID, type OwnPurpose, PURPOSES, pathOf } from '../names.ts';
import { VaultError } from '../vault-error.ts';
import { orderedChain } from '../x509/chain.ts';
import { createRequest, type RequestOrder } from '../x509/request.ts';
import type { CompromisedKeys } from './compromised-keys.ts';
import type { KeyHolder } from './key-holder.ts';
import { algorithmOf, describeKey, fingerprintOf, generateKey, importKey, type KeyMaterial, spkiOf } from './key-material.ts';
import { type KeyRecord, recordOf } from './key-record.ts';
import { type Doing, type KeyState, type KeyStep, stepTo } from './key-state.ts';
import { activated, activeOf, changed, type KeyAlgorithm, keyOf, moved, type Ring, type RingKey, stateOf, withKey } from './ring.ts';
import { decodeRing, encodeRing } from './ring-text.ts';

/** Our own keys of one environment. All methods reject with VaultError; see its codes. */
export interface OwnKeys {
  /**
   * Makes a key. It is *pre-active*, and durable when this resolves: before anybody can have its public part, or a request.
   * `algorithm`: default RSA-2048.
   */
  generate(purpose: OwnPurpose, doing: Doing, algorithm?: KeyAlgorithm): Promise<KeyRecord>;
  /** Takes in a key that was made elsewhere (PEM); pre-active and durable as a made one. */
  import(purpose: OwnPurpose, doing: Doing, privateKey: Secret<string>): Promise<KeyRecord>;
  /** All keys of a purpose, oldest first, without their private parts. */
  list(purpose: OwnPurpose): Promise<readonly KeyRecord[]>;
  /** The key in use; undefined when there is none. */
  active(purpose: OwnPurpose): Promise<KeyRecord | undefined>;
  /** A certificate request for a key (PEM), kept with it: `KeyRecord.request` has it after a restart. */
  request(purpose: OwnPurpose, keyId: string, order: RequestOrder): Promise<string>;
  /** Keeps the certificate that came for a key, with its issuers: PEM, any order. Replaces an earlier one. */
  storeChain(purpose: OwnPurpose, keyId: string, pem: string): Promise<KeyRecord>;
  /** Puts a key in use; the one in use so far retires in the same instant. Keys for certificates need theirs first. */
  activate(purpose: OwnPurpose, keyId: string, doing: Doing): Promise<KeyRecord>;
  /** Any other legal step: `retiring`, `compromised` (distrusted at once) or `destroyed` (its private part is gone). */
  move(purpose: OwnPurpose, keyId: string, state: Exclude<KeyState, 'active' | 'pre-active'>, doing: Doing): Promise<KeyRecord>;
  /** What signs now with the key in use. A snapshot: take another after a change. */
  signer(): Promise<Signer>;
}

/** Signs with one JWS key. Rejects with `VAULT_KEY_STATE` once the vault knows that the key is compromised or destroyed. */
export interface Signer {
  readonly keyId: string;
  readonly algorithm: 'RS256';
  readonly publicKey: KeyObject;
  /** Off the event loop. */
  sign(data: Uint8Array): Promise<Uint8Array>;
}

export interface OwnKeysDeps extends Pick<World, 'clock' | 'signatures'> {
  readonly environment: string;
  readonly entries: Entries;
  /** Holds the JWS keys outside of the vault. */
  readonly jwsHolder: KeyHolder | undefined;
  /** Keys that must not be used any more, whoever still has them: see `deadMark`. */
  readonly dead: ReadonlySet<string>;
  readonly compromised: Pick<CompromisedKeys, 'has'>;
}

/** How a key that must not be used any more is marked. */
export function deadMark(name: EntryName, keyId: string): string {
  return `${pathOf(name)}#${keyId}`;
}

/** The doors of this room that need a private key; they are not handed on. */
export interface KeyMaterials {
  /** The key in use. @throws VaultError `VAULT_NO_KEY` */
  inUse(purpose: OwnPurpose): Promise<RingKey>;
  /** @throws VaultError `VAULT_NO_KEY` */
  material(purpose: OwnPurpose, keyId: string): Promise<RingKey>;
  /** Keeps what the CA in use says of the key of its successor (PEM). */
  keepCrossed(keyId: string, pem: string): Promise<void>;
  /** Keeps a CA of ours whose key is elsewhere: pre-active, or with the new certificate of a key that is here already. */
  adopt(ca: AdoptedCa, doing: Doing): Promise<KeyRecord>;
}

/** A CA whose key a PKI engine keeps. */
export interface AdoptedCa {
  /** PEM, its own certificate first. */
  readonly chain: readonly string[];
  /** Which engine. */
  readonly origin: string;
  /** What the CA in use says of its key, PEM. */
  readonly crossed: string | undefined;
}

/** Our own keys over entries; for `openVault`, which hands on `keys` alone. */
export function openOwnKeys(deps: OwnKeysDeps): { readonly keys: OwnKeys; readonly materials: KeyMaterials } {
  const rings = new OwnRings(deps);
  return { keys: new KeysInRings(deps, rings), materials: new MaterialsInRings(deps, rings) };
}

/** The keys of each purpose, as they lie in the store. */
class OwnRings {
  readonly #deps: OwnKeysDeps;

  constructor(deps: OwnKeysDeps) {
    this.#deps = deps;
  }

  nameOf(purpose: OwnPurpose): EntryName {
    return { environment: this.#deps.environment, purpose, id: OWN_ID };
  }

  async of(purpose: OwnPurpose): Promise<Ring> {
    const name = this.nameOf(purpose);
    return decodeRing(await this.#deps.entries.read(name), pathOf(name));
  }

  async change(purpose: OwnPurpose, keyId: string, next: (ring: Ring) => Ring): Promise<KeyRecord> {
    const name = this.nameOf(purpose);
    let fresh: Ring = [];
    await this.#deps.entries.change(name, (body) => {
      const ring = decodeRing(body, pathOf(name));
      fresh = next(ring);
      return fresh === ring ? undefined : encodeRing(fresh);
    });
    return recordOf(name, keyOf(fresh, keyId));
  }

  add(purpose: OwnPurpose, doing: Doing, key: Omit<RingKey, 'history'>): Promise<KeyRecord> {
    return this.change(purpose, key.id, (ring) => withKey(ring, { ...key, history: [this.step('pre-active', doing)] }));
  }

  step(state: KeyState, doing: Doing): KeyStep {
    return stepTo(state, this.#deps.clock.now(), doing);
  }

  /** @throws VaultError `VAULT_NO_KEY` */
  async inUse(purpose: OwnPurpose): Promise<RingKey> {
    const key = activeOf(await this.of(purpose));
    if (!key) throw new VaultError('VAULT_NO_KEY', `No ${purpose} key of ${this.#deps.environment} is in use. Make one and activate it.`);
    return key;
  }
}

class KeysInRings implements OwnKeys {
  readonly #deps: OwnKeysDeps;
  readonly #rings: OwnRings;

  constructor(deps: OwnKeysDeps, rings: OwnRings) {
    this.#deps = deps;
    this.#rings = rings;
  }

  async generate(purpose: OwnPurpose, doing: Doing, algorithm: KeyAlgorithm = 'RSA-2048'): Promise<KeyRecord> {
    checkAlgorithm(purpose, algorithm);
    const { jwsHolder, environment } = this.#deps;
    if (purpose === 'jws-signing' && jwsHolder) {
      const { held, publicKey } = await jwsHolder.generate(algorithm, environment);
      const made = createPublicKey(publicKey);
      algorithmOf(made);
      return this.#rings.add(purpose, doing, { id: fingerprintOf(made), algorithm, publicKey, held });
    }
    return this.#rings.add(purpose, doing, withId(await generateKey(algorithm)));
  }

  async import(purpose: OwnPurpose, doing: Doing, privateKey: Secret<string>): Promise<KeyRecord> {
    const key = withId(importKey(privateKey.reveal()));
    checkAlgorithm(purpose, key.algorithm as KeyAlgorithm);
    refuseCompromised(this.#deps, key.id);
    await refuseShared(this.#deps.entries, this.#rings.nameOf(purpose), key.id);
    return this.#rings.add(purpose, doing, key);
  }

  async list(purpose: OwnPurpose): Promise<readonly KeyRecord[]> {
    return (await this.#rings.of(purpose)).map((key) => recordOf(this.#rings.nameOf(purpose), key));
  }

  async active(purpose: OwnPurpose): Promise<KeyRecord | undefined> {
    const key = activeOf(await this.#rings.of(purpose));
    return key && recordOf(this.#rings.nameOf(purpose), key);
  }

  async request(purpose: OwnPurpose, keyId: string, order: RequestOrder): Promise<string> {
    const key = keyOf(await this.#rings.of(purpose), keyId);
    const pem = await createRequest(privateKeyOf(key), key.algorithm as KeyAlgorithm, order);
    await this.#rings.change(purpose, keyId, (ring) => changed(ring, keyId, (present) => ({ ...usable(present), request: pem })));
    return pem;
  }

  async storeChain(purpose: OwnPurpose, keyId: string, pem: string): Promise<KeyRecord> {
    const key = keyOf(await this.#rings.of(purpose), keyId);
    const chain = orderedChain(pem, createPublicKey(key.publicKey));
    return this.#rings.change(purpose, keyId, (ring) => changed(ring, keyId, (present) => ({ ...usable(present), chain })));
  }

  activate(purpose: OwnPurpose, keyId: string, doing: Doing): Promise<KeyRecord> {
    return this.#rings.change(purpose, keyId, (ring) => {
      if (purpose !== 'jws-signing' && keyOf(ring, keyId).chain === undefined)
        throw new VaultError('VAULT_KEY_STATE', `The ${purpose} key ${keyId} has no certificate yet. Store it first.`);
      return activated(ring, keyId, this.#rings.step('active', doing));
    });
  }

  async move(purpose: OwnPurpose, keyId: string, state: Exclude<KeyState, 'active' | 'pre-active'>, doing: Doing): Promise<KeyRecord> {
    const { held } = keyOf(await this.#rings.of(purpose), keyId);
    const record = await this.#rings.change(purpose, keyId, (ring) => moved(ring, 'own', keyId, this.#rings.step(state, doing)));
    // After the record says so: a crash in between leaves a key in the HSM that nothing names any more, and no record without its key.
    if (state === 'destroyed' && held !== undefined) await this.#deps.jwsHolder?.destroy(held);
    return record;
  }

  async signer(): Promise<Signer> {
    const { dead } = this.#deps;
    const key = await this.#rings.inUse('jws-signing');
    const mark = deadMark(this.#rings.nameOf('jws-signing'), key.id);
    const sign = signFunction(key, this.#deps);
    return Object.freeze<Signer>({
      keyId: key.id,
      algorithm: 'RS256',
      publicKey: createPublicKey(key.publicKey),
      async sign(data) {
        if (dead.has(mark)) throw new VaultError('VAULT_KEY_STATE', `The key ${key.id} is compromised or destroyed; it signs no more.`);
        return sign(data);
      },
    });
  }
}

class MaterialsInRings implements KeyMaterials {
  readonly #deps: OwnKeysDeps;
  readonly #rings: OwnRings;

  constructor(deps: OwnKeysDeps, rings: OwnRings) {
    this.#deps = deps;
    this.#rings = rings;
  }

  inUse(purpose: OwnPurpose): Promise<RingKey> {
    return this.#rings.inUse(purpose);
  }

  async material(purpose: OwnPurpose, keyId: string): Promise<RingKey> {
    return keyOf(await this.#rings.of(purpose), keyId);
  }

  async keepCrossed(keyId: string, pem: string): Promise<void> {
    await this.#rings.change('dfsp-ca', keyId, (ring) => changed(ring, keyId, (present) => ({ ...usable(present), crossed: pem })));
  }

  async adopt({ chain, origin, crossed }: AdoptedCa, doing: Doing): Promise<KeyRecord> {
    const { publicKey } = new X509Certificate(chain[0] ?? '');
    const id = fingerprintOf(publicKey);
    refuseCompromised(this.#deps, id);
    await refuseShared(this.#deps.entries, this.#rings.nameOf('dfsp-ca'), id);
    const facts = { chain, origin, ...(crossed !== undefined && { crossed }) };
    return this.#rings.change('dfsp-ca', id, (ring) => {
      if (ring.some((key) => key.id === id)) return changed(ring, id, (key) => ({ ...usable(key), ...facts }));
      const history = [this.#rings.step('pre-active', doing)];
      return withKey(ring, { id, algorithm: describeKey(publicKey), publicKey: spkiOf(publicKey), ...facts, history });
    });
  }
}

function signFunction(key: RingKey, { jwsHolder, signatures }: OwnKeysDeps): (data: Uint8Array) => Promise<Uint8Array> {
  if (key.held === undefined) {
    const privateKey = createPrivateKey(privateKeyOf(key));
    return (data) => signatures.sign('RS256', privateKey, data);
  }
  const { held } = key;
  if (!jwsHolder)
    throw new VaultError(
      'VAULT_HSM_FAILED',
      `The key ${key.id} lies in an HSM, and none is configured. Configure it, or make another key.`,
    );
  return (data) => jwsHolder.sign(held, data);
}

function withId(material: KeyMaterial): Omit<RingKey, 'history'> {
  return { id: fingerprintOf(createPublicKey(material.publicKey)), ...material };
}

/** Signatures of Mojaloop are RS256 (docs/protocol.md, 12). */
function checkAlgorithm(purpose: OwnPurpose, algorithm: KeyAlgorithm): void {
  if (purpose === 'jws-signing' && algorithm === 'EC-P256')
    throw new VaultError('VAULT_KEY_UNSUITABLE', 'A JWS key is an RSA key: the scheme signs with RS256.');
}

/** A key that somebody brings must not be in use elsewhere: environments and purposes never share one. */
async function refuseShared(entries: Entries, own: EntryName, keyId: string): Promise<void> {
  for (const name of await entries.list()) {
    if (PURPOSES[name.purpose] !== 'own-keys' || pathOf(name) === pathOf(own)) continue;
    const ring = decodeRing(await entries.read(name), pathOf(name));
    if (ring.some(({ id }) => id === keyId))
      throw new VaultError(
        'VAULT_KEY_UNSUITABLE',
        `This key is ${name.purpose} of ${name.environment} already. Each use needs a key of its own.`,
      );
  }
}

/** @throws VaultError `VAULT_KEY_UNSUITABLE` */
function refuseCompromised({ compromised, environment }: OwnKeysDeps, keyId: string): void {
  if (compromised.has(environment, keyId))
    throw new VaultError('VAULT_KEY_UNSUITABLE', `The key ${keyId} was reported as compromised. Make another.`);
}

/** Requests and certificates are for keys that are or will be in use. */
function usable(key: RingKey): RingKey {
  const state = stateOf(key);
  if (state !== 'pre-active' && state !== 'active')
    throw new VaultError('VAULT_KEY_STATE', `The key ${key.id} is ${state}. Make a new one.`);
  return key;
}

/** @throws VaultError `VAULT_KEY_STATE` when it cannot be used, or is not here. */
export function privateKeyOf(key: RingKey): string {
  const { privateKey, origin } = usable(key);
  if (privateKey !== undefined) return privateKey;
  throw new VaultError('VAULT_KEY_STATE', `The private part of the key ${key.id} is in ${origin ?? 'an HSM'}, for signatures only.`);
}
