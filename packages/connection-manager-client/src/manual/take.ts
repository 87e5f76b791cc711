import { createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import type { Secret } from '@payment-manager/runtime';
import { type Doing, type Environment, type KeyRecord, oneLine, type TrustPurpose } from '@payment-manager/vault';
import { type Verdict, verdictOn } from '../certificates/verify.ts';
import { HUB_CA_ID } from '../inventory.ts';
import { FileUnusable, type OfferedFile } from './clean-pem.ts';

/** For which side of TLS. */
export type Side = 'client' | 'server';

/** What a side's keys are called in the vault. */
export const PURPOSES: Readonly<Record<Side, 'tls-client' | 'tls-server'>> = { client: 'tls-client', server: 'tls-server' };

/** What somebody brings, for which environment, and who does it. */
export interface Taking {
  readonly environment: Environment;
  readonly offered: OfferedFile;
  readonly doing: Doing;
}

/** Whose word it is, as the vault notes it. */
const ORIGIN = 'manual';

/**
 * Puts a certificate in use that was made for a key of ours, or came with its key (PKCS #12). The one in use so far retires in the same
 * instant. Checked first, as the Connection Manager client does: that it is for our key, its chain, subject, dates and usage, and (as a
 * client) that the hub's CA vouches for it.
 *
 * @throws FileUnusable, VaultError; nothing has changed then, or the key that came with it is in the vault and not in use.
 */
export async function takeCertificate(side: Side, taking: Taking & { readonly now: number }): Promise<KeyRecord> {
  const { environment, offered, doing, now } = taking;
  const purpose = PURPOSES[side];
  if (offered.certificates.length === 0) throw new FileUnusable('It holds no certificate.');
  const cas = side === 'client' ? await trustedCas(environment) : await issuersOf(environment, offered);
  const own = (await environment.keys.list(purpose)).filter(({ state }) => state === 'pre-active' || state === 'active');
  const known = own.find(({ publicKey }) => hasCertificateFor(publicKey, offered));
  const brought = offered.privateKeys.find((key) => hasCertificateFor(key.reveal(), offered));
  const publicKey = known?.publicKey ?? (brought && spkiOf(createPublicKey(brought.reveal())));
  if (publicKey === undefined)
    throw new FileUnusable(
      `None of its certificates is for a ${side} key of ours: the request of another key was signed. Give the hub the present one: ./pm export csr --for ${side}`,
    );
  const chain = chainOf(verdictOn({ pem: offered.certificates.join(''), publicKey, cas, usage: side, now }), side);
  const key = known ?? (await environment.keys.import(purpose, doing, brought as Secret<string>));
  const stored = await environment.keys.storeChain(purpose, key.id, chain.join(''));
  return stored.state === 'active' ? stored : environment.keys.activate(purpose, key.id, doing);
}

function chainOf(verdict: Verdict, side: Side): readonly string[] {
  if (verdict.kind === 'bad') throw new FileUnusable(`The certificate cannot be used: ${verdict.why}. ${verdict.nextStep}`);
  if (side === 'server' && verdict.certificate.subjectAltName === undefined)
    throw new FileUnusable(
      'The certificate cannot be used: it has no host name (subjectAltName), so that nobody who calls could trust it. Ask for one with the names under which the hub calls.',
    );
  return verdict.chain;
}

/** `key`: PEM, public or private. */
function hasCertificateFor(key: string, { certificates }: OfferedFile): boolean {
  const wanted = spkiOf(createPublicKey(key));
  return certificates.some((pem) => spkiOf(new X509Certificate(pem).publicKey) === wanted);
}

/** To compare keys by: `KeyObject.equals` of two kinds of keys leaves an error behind, with which the next reading of a private key fails. */
function spkiOf(key: KeyObject): string {
  return key.export({ type: 'spki', format: 'pem' }) as string;
}

async function trustedCas(environment: Environment): Promise<readonly X509Certificate[]> {
  const trusted = (await environment.trust.trusted('hub-ca', HUB_CA_ID)).flatMap(({ chain = [] }) => chain);
  if (trusted.length === 0)
    throw new FileUnusable(
      'The hub’s CA is not known yet, so nobody can say whether it is the hub’s. Import it first: ./pm import hub-ca FILE',
    );
  return trusted.map((pem) => new X509Certificate(pem));
}

/** Whom the hub trusts as issuer of our server certificate is between us: our own CA, or the one that comes with it. */
async function issuersOf(environment: Environment, { certificates }: OfferedFile): Promise<readonly X509Certificate[]> {
  const own = (await environment.keys.active('dfsp-ca'))?.chain ?? [];
  return [...own, ...certificates].map((pem) => new X509Certificate(pem)).filter(({ ca }) => ca);
}

/** The CAs of a file, for a person to compare before they are trusted. @throws FileUnusable when one is out of date, or its root is missing. */
export function offeredCas({ certificates }: OfferedFile, now: number): readonly X509Certificate[] {
  if (certificates.length === 0) throw new FileUnusable('It holds no certificate.');
  const read = certificates.map((pem) => new X509Certificate(pem));
  for (const one of read) {
    const shown = oneLine(one.subject);
    if (!one.ca)
      throw new FileUnusable(`The certificate ${shown} is not that of a CA; it cannot vouch for others. Ask the hub for its CA’s.`);
    if (now >= one.validToDate.getTime())
      throw new FileUnusable(`The CA ${shown} expired on ${one.validToDate.toISOString()}. Ask the hub for its present one.`);
    if (!read.some((issuer) => one.checkIssued(issuer) && one.verify(issuer.publicKey)))
      throw new FileUnusable(
        `The issuer of ${shown}, ${oneLine(one.issuer)}, is not in the file: TLS needs the chain up to its root. Ask for the whole of it.`,
      );
  }
  return read;
}

/**
 * Trusts the hub's CAs of a file. Those so far stay trusted beside them, so that the hub can change over; `only`: they go at once.
 *
 * @throws FileUnusable, VaultError
 */
export async function takeHubCas({
  environment,
  offered,
  doing,
  only,
  now,
}: Taking & { readonly only: boolean; readonly now: number }): Promise<void> {
  offeredCas(offered, now);
  await trust('hub-ca', HUB_CA_ID, offered.certificates, { environment, doing, only });
}

type TrustOrder = Pick<Taking, 'environment' | 'doing'> & { readonly only: boolean };

async function trust(purpose: TrustPurpose, id: string, pems: readonly string[], { environment, doing, only }: TrustOrder): Promise<void> {
  const refused = await environment.trust.present(purpose, id, pems, ORIGIN, doing);
  if (refused.length > 0) throw new FileUnusable('One of these had been reported as compromised; it is never trusted again.');
  if (!only) return;
  for (const { id: keyId, state } of await environment.trust.list(purpose, id))
    if (state === 'retiring') await environment.trust.move(purpose, id, keyId, 'destroyed', doing);
}

/**
 * Trusts a peer's JWS keys of a file: public keys, or those of certificates. Those so far stay trusted beside them, for messages that
 * are on their way; `only`: they go at once.
 *
 * @returns how many there were. @throws FileUnusable, VaultError
 */
export async function takePeerKeys(taking: Taking & { readonly peer: string; readonly only: boolean }): Promise<number> {
  const { offered, peer } = taking;
  if (offered.privateKeys.length > 0)
    throw new FileUnusable('It holds a private key. A peer gives away public keys only: tell them that this one is no secret any more.');
  const keys = [...offered.publicKeys, ...offered.certificates.map(publicKeyOf)];
  await trust('peer-jws', peer, keys, taking);
  return keys.length;
}

function publicKeyOf(pem: string): string {
  return spkiOf(new X509Certificate(pem).publicKey);
}
