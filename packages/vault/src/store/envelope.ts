import { createSealer, type Random } from '@payment-manager/runtime';
import { VaultError } from '../vault-error.ts';
import { refuseNewer, VAULT_FORMAT } from '../vault-format.ts';
import type { MasterKey } from './master-key.ts';

const FORMAT_NAME = /^payment-manager-vault-(\d{1,6})$/;
const FORMAT = `payment-manager-vault-${VAULT_FORMAT}` as const;
const DATA_KEY_BYTES = 32;

/** What can be read of an envelope without a key. */
export interface EnvelopeHeader {
  readonly format: typeof FORMAT;
  readonly path: string;
  readonly revision: number;
  /** Id of the master key that sealed it. */
  readonly masterKey: string;
}

interface Envelope extends EnvelopeHeader {
  /** The envelope's own key, sealed with the master key. */
  readonly dataKey: string;
  /** The contents, sealed with the envelope's own key. */
  readonly body: string;
}

/** Where an envelope belongs; it opens nowhere else. */
export interface EnvelopePlace {
  readonly path: string;
  readonly revision: number;
}

/**
 * Seals contents for one place: AES-256-GCM under a key that was drawn for this envelope alone, and that key under the master key.
 * So a master key never seals more than keys (NIST SP 800-38D 8.3 is far away), and nothing but 32 bytes depends on it.
 */
export function sealEnvelope(body: Uint8Array, place: EnvelopePlace, master: MasterKey, random: Random): Uint8Array {
  const dataKey = random.bytes(DATA_KEY_BYTES);
  const header: EnvelopeHeader = { format: FORMAT, path: place.path, revision: place.revision, masterKey: master.id };
  const envelope: Envelope = {
    ...header,
    dataKey: createSealer(master.key.reveal(), random).seal(dataKey, contextOf(header, 'data key')),
    body: createSealer(dataKey, random).seal(body, contextOf(header, 'body')),
  };
  return Buffer.from(JSON.stringify(envelope), 'utf8');
}

/**
 * Opens an envelope at its place.
 *
 * @throws VaultError `VAULT_MASTER_KEY_WRONG` when none of the keys has its id; `VAULT_DAMAGED` when it was altered or comes from
 * another place.
 */
export function openEnvelope(bytes: Uint8Array, place: EnvelopePlace, masters: readonly MasterKey[], random: Random): Uint8Array {
  const envelope = parseEnvelope(bytes, place.path);
  if (envelope.path !== place.path || envelope.revision !== place.revision)
    throw damaged(
      place.path,
      `it is revision ${envelope.revision} of ${envelope.path}, and lies where revision ${place.revision} should be`,
    );
  const master = masters.find(({ id }) => id === envelope.masterKey);
  if (!master) throw wrongMasterKey(place.path, envelope.masterKey, masters);
  try {
    const dataKey = createSealer(master.key.reveal(), random).open(envelope.dataKey, contextOf(envelope, 'data key'));
    return createSealer(dataKey, random).open(envelope.body, contextOf(envelope, 'body'));
  } catch {
    throw damaged(place.path, 'it was altered after it was written');
  }
}

/** @throws VaultError `VAULT_MASTER_KEY_WRONG` when an envelope names a key that is not among these, `VAULT_NEWER`; damage is passed over. */
export function checkMasterKey(bytes: Uint8Array, path: string, masters: readonly MasterKey[]): void {
  let id: string;
  try {
    id = parseEnvelope(bytes, path).masterKey;
  } catch (error) {
    if (error instanceof VaultError && error.code === 'VAULT_NEWER') throw error;
    return;
  }
  if (!masters.some((master) => master.id === id)) throw wrongMasterKey(path, id, masters);
}

/** Takes an envelope apart without opening it. @throws VaultError `VAULT_DAMAGED`, `VAULT_NEWER` */
export function parseEnvelope(bytes: Uint8Array, path: string): Envelope {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    throw damaged(path, 'it is not an envelope');
  }
  const found = (value ?? {}) as Partial<Record<keyof Envelope, unknown>>;
  const [, format] = typeof found.format === 'string' ? (FORMAT_NAME.exec(found.format) ?? []) : [];
  if (format !== undefined) refuseNewer(Number(format), path);
  if (found.format !== FORMAT) throw damaged(path, 'it is not an envelope that this version knows');
  const texts = [found.path, found.masterKey, found.dataKey, found.body];
  if (!texts.every((text) => typeof text === 'string') || !Number.isSafeInteger(found.revision))
    throw damaged(path, 'its parts are missing');
  return value as Envelope;
}

/** All that stands in the open, so that none of it can be changed. JSON, so that no two headers give one text. */
function contextOf({ path, revision, masterKey }: EnvelopeHeader, part: string): string {
  return JSON.stringify([FORMAT, path, revision, masterKey, part]);
}

function wrongMasterKey(path: string, id: string, masters: readonly MasterKey[]): VaultError {
  const given = masters.map((master) => master.id).join(', ');
  return new VaultError(
    'VAULT_MASTER_KEY_WRONG',
    `The vault's entry ${path} is sealed with the master key ${id}, and the one given is ${given}. Nothing was written. Give the right key; during a rotation, the former one beside it.`,
  );
}

function damaged(path: string, why: string): VaultError {
  return new VaultError(
    'VAULT_DAMAGED',
    `The vault's entry ${path} cannot be used: ${why}. Restore the vault from a backup, or create this entry again.`,
  );
}
