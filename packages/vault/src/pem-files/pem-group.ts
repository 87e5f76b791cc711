import { createPublicKey, type X509Certificate } from 'node:crypto';
import { loadSigningKey, loadTlsCredentials, type TlsFiles } from '@payment-manager/configuration/files';
import { readCertificates } from '@payment-manager/runtime';
import { describeKey, fingerprintOf, shortHash, spkiOf } from '../keys/key-material.ts';
import type { RingKey } from '../keys/ring.ts';

/** A key as its file has it: files keep no history. */
export type PemKey = Omit<RingKey, 'history'>;

/** Files that count together or not at all, such as a certificate and its key. */
export interface PemGroup {
  /** What it is about, for people and in the id of its alarm: `inbound`. */
  readonly name: string;
  /** Begins the sentences of the alarm: `TLS credentials on disk`. */
  readonly what: string;
  /** The entries of the vault that it fills. */
  readonly paths: readonly string[];
  /** How long what was replaced stays trusted beside its successor. */
  readonly overlapMs: number;
  /**
   * What the files hold now, for each of the paths in their order: no keys, where there are none. Undefined: the same as at the last reading.
   *
   * @throws with words that may be logged, when one of the files cannot be used: then nothing of the others counts
   */
  read(): Promise<readonly (readonly PemKey[])[] | undefined>;
}

/** Certificate, key and CA bundle of one side of TLS: its own key under `own`, whom it trusts under `trusted`. */
export function tlsGroup(side: string, files: TlsFiles, own: string, trusted: string): PemGroup {
  return {
    name: side,
    what: 'TLS credentials on disk',
    paths: [own, trusted],
    overlapMs: 0,
    async read() {
      const { credentials } = await loadTlsCredentials(side, files);
      const chain = files.certificateFile === undefined ? [] : readCertificates(credentials.certificate);
      const cas = files.caFile === undefined ? [] : readCertificates(credentials.trustedCas);
      const [leaf] = chain;
      const pair = leaf && {
        ...publicPart(leaf),
        privateKey: credentials.privateKey.reveal(),
        chain: chain.map(String),
      };
      return [pair ? [pair] : [], cas.map((ca) => ({ ...publicPart(ca), id: shortHash(ca.raw), chain: [ca.toString()] }))];
    },
  };
}

/** Our JWS key. */
export function signingKeyGroup(file: string, own: string): PemGroup {
  return {
    name: 'jws',
    what: 'the JWS signing key on disk',
    paths: [own],
    overlapMs: 0,
    async read() {
      const key = await loadSigningKey(file);
      const privateKey = key.export({ type: 'pkcs8', format: 'pem' }) as string;
      return [[{ ...publicPart({ publicKey: createPublicKey(key) }), privateKey }]];
    },
  };
}

/** What is said of a key by its public part. */
export function publicPart({ publicKey }: Pick<X509Certificate, 'publicKey'>): PemKey {
  return { id: fingerprintOf(publicKey), algorithm: describeKey(publicKey), publicKey: spkiOf(publicKey) };
}
