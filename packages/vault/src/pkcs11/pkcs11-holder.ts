import { createHash, createPublicKey } from 'node:crypto';
import { type Random, type Secret, systemTimers, type Timers } from '@payment-manager/runtime';
import type { KeyHolder } from '../keys/key-holder.ts';
import { spkiOf } from '../keys/key-material.ts';
import { VaultError } from '../vault-error.ts';
import { hsmFailed, type ModuleProcess, startModuleProcess } from './module-process.ts';
import type { ModuleOrder, Pkcs11Result } from './pkcs11-protocol.ts';

export interface Pkcs11Options {
  /** Path of the vendor's PKCS #11 library. */
  readonly module: string;
  /** Label of the token; one token only may have it. */
  readonly token: string;
  /** Asked for whenever the module is opened. */
  readonly pin: () => Promise<Secret<string>>;
  readonly random: Pick<Random, 'bytes'>;
  readonly timers?: Timers;
  /** For a signature; making a key may take six times as long. Default 10,000. */
  readonly timeoutMs?: number;
  /** Names of the variables of our environment that the module gets, beside PATH and HOME. Default: none. */
  readonly variables?: readonly string[];
}

/** After the module could not be opened, all are refused for so long: a process is not started for each of them. */
const REST_MS = 1_000;
const KEY_ID_BYTES = 16;
/** DigestInfo of SHA-256 before the digest (RFC 8017, 9.2 note 1). */
const sha256DigestInfo = Buffer.from('3031300d060960864801650304020105000420', 'hex');

/**
 * JWS keys in an HSM. The module runs in a process of its own that is started at the first call, and again after it died or a call
 * failed: a vendor's library that crashes, leaks or blocks never stops a payment process. Signatures are asked for one after the other.
 *
 * A PIN that the token refused is not tried again, since that would lock the token: not until `pin` gives another one, or the product
 * is started anew.
 *
 * All methods reject with VaultError `VAULT_HSM_FAILED`; `VAULT_NO_KEY` when the HSM has no such key.
 */
export function pkcs11Holder(options: Pkcs11Options): KeyHolder {
  const { timeoutMs = 10_000 } = options;
  const opened = opener(options, timeoutMs);
  const ask = async (order: ModuleOrder, withinMs: number): Promise<Pkcs11Result> => (await opened.get()).ask(order, withinMs);

  return {
    async generate(algorithm, label) {
      const id = options.random.bytes(KEY_ID_BYTES);
      const bits = Number(/^RSA-(\d+)$/.exec(algorithm)?.[1]);
      if (!bits) throw new VaultError('VAULT_KEY_UNSUITABLE', `An HSM holds RSA keys here, not ${algorithm}.`);
      const made = await ask({ kind: 'generate', bits, id, label: `payment-manager ${label}` }, timeoutMs * 6);
      if (made === undefined || made instanceof Uint8Array) throw hsmFailed('it made no key');
      return { held: Buffer.from(id).toString('hex'), publicKey: publicKeyOf(made) };
    },
    async sign(held, data) {
      const digestInfo = Buffer.concat([sha256DigestInfo, createHash('sha256').update(data).digest()]);
      const signature = await ask({ kind: 'sign', id: Buffer.from(held, 'hex'), digestInfo }, timeoutMs);
      if (!(signature instanceof Uint8Array))
        throw new VaultError('VAULT_NO_KEY', `The HSM has no key ${held}. See whether it is the right token; else make a new key.`);
      return signature;
    },
    async destroy(held) {
      await ask({ kind: 'destroy', id: Buffer.from(held, 'hex') }, timeoutMs);
    },
    close: opened.close,
  };
}

/** The process that is in use, started when there is none. */
function opener(
  { module, token, pin, timers = systemTimers, variables = [] }: Pkcs11Options,
  timeoutMs: number,
): { get(): Promise<ModuleProcess>; close(): Promise<void> } {
  let running: Promise<ModuleProcess> | undefined;
  let resting: VaultError | undefined;
  let refused: Secret<string> | undefined;
  let closed = false;

  const rest = (error: VaultError): VaultError => {
    resting = error;
    timers.after(REST_MS, () => {
      resting = undefined;
    });
    return error;
  };
  const start = async (onSpent: () => void): Promise<ModuleProcess> => {
    const given = await pin().catch(() => undefined);
    if (!given) throw rest(hsmFailed('its PIN cannot be had. See where the configuration says it is'));
    if (refused?.reveal() === given.reveal())
      throw rest(hsmFailed('the token refused this PIN, and it is not tried again, so that the token is not locked. Give the right one'));
    const opened = await startModuleProcess({ module, token, pin: given, timers, timeoutMs, variables, onSpent });
    if (opened.open) return opened.open;
    if (opened.pinRefused) refused = given;
    throw rest(hsmFailed(`${opened.reason}. Check module, token and PIN`));
  };
  return {
    async get() {
      if (closed) throw hsmFailed('it was closed');
      if (resting) throw resting;
      if (!running) {
        const forget = (): void => {
          if (running === starting) running = undefined;
        };
        const starting = start(forget);
        running = starting;
        starting.catch(forget);
      }
      return running;
    },
    async close() {
      closed = true;
      const last = await running?.catch(() => undefined);
      await last?.end();
    },
  };
}

function publicKeyOf({ modulus, exponent }: { modulus: Uint8Array; exponent: Uint8Array }): string {
  const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');
  return spkiOf(createPublicKey({ key: { kty: 'RSA', n: text(modulus), e: text(exponent) }, format: 'jwk' }));
}
