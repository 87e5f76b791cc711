import { VaultError } from '../vault-error.ts';
import type { KeyStep } from './key-state.ts';
import type { Ring, RingKey } from './ring.ts';

/** A value that is kept as it is: a client secret, a passphrase. */
export interface KeptSecret {
  readonly value: string;
  readonly at: number;
  readonly by: string;
  readonly why: string;
}

const VERSION = 1;

/** A ring as it is stored. */
export function encodeRing(ring: Ring): Uint8Array {
  return encode({ version: VERSION, keys: ring });
}

/** No body is an empty ring. @throws VaultError `VAULT_DAMAGED` */
export function decodeRing(body: Uint8Array, path: string): Ring {
  if (body.length === 0) return [];
  const { keys } = decode(body, path);
  if (!Array.isArray(keys) || !keys.every(isKey)) throw unreadable(path);
  return keys;
}

/** A secret as it is stored. */
export function encodeSecret(secret: KeptSecret): Uint8Array {
  return encode({ version: VERSION, ...secret });
}

/** No body is not a secret. @throws VaultError `VAULT_DAMAGED` */
export function decodeSecret(body: Uint8Array, path: string): KeptSecret | undefined {
  if (body.length === 0) return undefined;
  const { value, at, by, why } = decode(body, path);
  if (typeof value !== 'string' || typeof at !== 'number' || typeof by !== 'string' || typeof why !== 'string') throw unreadable(path);
  return { value, at, by, why };
}

function encode(value: object): Uint8Array {
  return Buffer.from(JSON.stringify(value), 'utf8');
}

function decode(body: Uint8Array, path: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    // Dropped on purpose: what the parser says quotes the text.
    throw unreadable(path);
  }
  const found = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  if (found['version'] !== VERSION) throw unreadable(path);
  return found;
}

function isKey(value: unknown): value is RingKey {
  const key = (value ?? {}) as Partial<RingKey>;
  const texts = [key.id, key.algorithm, key.publicKey].every((text) => typeof text === 'string');
  return texts && Array.isArray(key.history) && key.history.length > 0 && key.history.every(isStep);
}

function isStep(value: unknown): value is KeyStep {
  const step = (value ?? {}) as Partial<KeyStep>;
  return typeof step.state === 'string' && typeof step.at === 'number';
}

function unreadable(path: string): VaultError {
  return new VaultError(
    'VAULT_DAMAGED',
    `The vault's entry ${path} holds what this version cannot read. Run the version that wrote it, or restore it from a backup.`,
  );
}
