import { X509Certificate } from 'node:crypto';
import { type CertifiedPurpose, type Environment, type KeyRecord, type KeyState, type OwnPurpose, oneLine } from '@payment-manager/vault';
import { renewalOf } from './certificates/lifetime.ts';

export * from './kept-endpoints.ts';

/** A certificate that the vault has, ours or the hub's. Times are milliseconds since the epoch. */
export interface CertificateEntry {
  readonly purpose: CertifiedPurpose | 'hub-ca';
  readonly keyId: string;
  readonly state: KeyState;
  readonly subject: string;
  readonly issuer: string;
  /** Host names and addresses, as the certificate has them. */
  readonly names?: string;
  readonly serial: string;
  readonly sha256: string;
  readonly validFrom: number;
  readonly validTo: number;
  /** When the Connection Manager client renews it, or it should be renewed by hand. */
  readonly renewAt: number;
}

/** A key that the vault has, ours or a peer's. */
export interface KeyEntry {
  readonly purpose: OwnPurpose | 'peer-jws' | 'hub-client';
  /** Whose: `own`, `hub` (the keys for which our CA has signed), or the FSP id of a peer. */
  readonly owner: string;
  readonly keyId: string;
  readonly algorithm: string;
  readonly state: KeyState;
  /** Since when it is in that state, milliseconds since the epoch. */
  readonly since: number;
  /** Who brought it into that state, and why. */
  readonly by: string;
  readonly why: string;
}

const CERTIFIED = ['tls-client', 'tls-server', 'dfsp-ca'] as const;
/** Under which id the vault keeps the hub's CAs. */
export const HUB_CA_ID = 'hub';

/** Every certificate of an environment that is or may come into use, the newest of each purpose last. */
export async function certificatesOf(environment: Environment): Promise<readonly CertificateEntry[]> {
  const found: CertificateEntry[] = [];
  for (const purpose of CERTIFIED) for (const key of await environment.keys.list(purpose)) found.push(...certificateOf(purpose, key));
  for (const key of await environment.trust.list('hub-ca', HUB_CA_ID)) found.push(...certificateOf('hub-ca', key));
  return found.filter(({ state }) => state !== 'destroyed' && state !== 'compromised');
}

function certificateOf(purpose: CertificateEntry['purpose'], key: KeyRecord): CertificateEntry[] {
  const [pem] = key.chain ?? [];
  if (pem === undefined) return [];
  const certificate = new X509Certificate(pem);
  const { subject, issuer, subjectAltName, serialNumber, fingerprint256, validFromDate, validToDate } = certificate;
  return [
    {
      purpose,
      keyId: key.id,
      state: key.state,
      subject: oneLine(subject),
      issuer: oneLine(issuer),
      ...(subjectAltName === undefined ? {} : { names: subjectAltName }),
      serial: serialNumber,
      sha256: fingerprint256,
      validFrom: validFromDate.getTime(),
      validTo: validToDate.getTime(),
      renewAt: renewalOf(certificate, key.id),
    },
  ];
}

/** Every key of an environment, ours first, oldest first. */
export async function keysOf(environment: Environment): Promise<readonly KeyEntry[]> {
  const found: KeyEntry[] = [];
  for (const purpose of ['jws-signing', ...CERTIFIED] as const)
    for (const key of await environment.keys.list(purpose)) found.push(keyOf(purpose, 'own', key));
  for (const key of await environment.trust.list('hub-client', HUB_CA_ID)) found.push(keyOf('hub-client', HUB_CA_ID, key));
  for (const peer of await environment.trust.ids('peer-jws'))
    for (const key of await environment.trust.list('peer-jws', peer)) found.push(keyOf('peer-jws', peer, key));
  return found;
}

function keyOf(purpose: KeyEntry['purpose'], owner: string, key: KeyRecord): KeyEntry {
  const { by = '', why = '' } = key.history.at(-1) ?? {};
  return { purpose, owner, keyId: key.id, algorithm: key.algorithm, state: key.state, since: key.since, by, why };
}

/** Something that must be renewed by now. */
export interface Due {
  readonly purpose: CertifiedPurpose;
  readonly keyId: string;
  readonly reason: 'EXPIRED' | 'NOT_YET_VALID' | 'PAST_TWO_THIRDS';
  readonly validTo: number;
}

/** Which of our certificates in use are due. Pure: `now` is milliseconds since the epoch. */
export function dueOf(entries: readonly CertificateEntry[], now: number): readonly Due[] {
  return entries.flatMap((entry) => {
    const { purpose, keyId, state, validTo } = entry;
    const reason = dueReason(entry, now);
    return purpose === 'hub-ca' || state !== 'active' || reason === undefined ? [] : [{ purpose, keyId, reason, validTo }];
  });
}

function dueReason({ validFrom, validTo, renewAt }: CertificateEntry, now: number): Due['reason'] | undefined {
  if (now >= validTo) return 'EXPIRED';
  if (now < validFrom) return 'NOT_YET_VALID';
  return now >= renewAt ? 'PAST_TWO_THIRDS' : undefined;
}
