import { createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import type { Doing, Environment, KeyRecord } from '@payment-manager/vault';
import { hubCaId, oneLine } from '../inventory.ts';
import { checkCertificate, type Side, vouches } from './check-certificate.ts';
import { FileUnusable, type OfferedFile } from './offered-file.ts';

/** What somebody brings, for which environment, and who does it. */
export interface Taking {
  readonly environment: Environment;
  readonly offered: OfferedFile;
  readonly doing: Doing;
}

/** Whose word it is, as the vault notes it. */
const origin = 'manual';

/**
 * Puts a certificate in use that was made for a key of ours, or came with its key (PKCS #12). The one in use so far retires in the same
 * instant. Checked first: that it is for our key, its subject, dates, usage, and (as a client) that the hub's CA vouches for it.
 *
 * @throws FileUnusable, VaultError; nothing has changed then, or the key that came with it is in the vault and not in use.
 */
export async function takeCertificate(side: Side, taking: Taking & { readonly now: number }): Promise<KeyRecord> {
  const { environment, offered, doing, now } = taking;
  const purpose = side === 'client' ? 'tls-client' : 'tls-server';
  if (offered.certificates.length === 0) throw new FileUnusable('It holds no certificate.');
  const trusted = side === 'client' ? await trustedCas(environment) : undefined;
  const own = (await environment.keys.list(purpose)).filter(({ state }) => state === 'pre-active' || state === 'active');
  const known = own.flatMap((record) => leafFor(createPublicKey(record.publicKey), offered).map((leaf) => ({ leaf, record })));
  const brought = offered.privateKeys.flatMap((key) => leafFor(createPublicKey(key.reveal()), offered).map((leaf) => ({ leaf, key })));
  const leaf = known[0]?.leaf ?? brought[0]?.leaf;
  if (leaf === undefined)
    throw new FileUnusable(
      `None of its certificates is for a ${side} key of ours: the request of another key was signed. Give the hub the present one: ./pm export csr --for ${side}`,
    );
  checkCertificate(leaf, { side, bundle: offered.certificates, trusted, now });
  const key = known[0]?.record ?? (await environment.keys.import(purpose, doing, (brought[0] as (typeof brought)[number]).key));
  const stored = await environment.keys.storeChain(purpose, key.id, offered.certificates.join(''));
  return stored.state === 'active' ? stored : environment.keys.activate(purpose, key.id, doing);
}

function leafFor(key: KeyObject, { certificates }: OfferedFile): string[] {
  return certificates.filter((pem) => new X509Certificate(pem).publicKey.equals(key)).slice(0, 1);
}

async function trustedCas(environment: Environment): Promise<readonly string[]> {
  const trusted = (await environment.trust.trusted('hub-ca', hubCaId)).flatMap(({ chain = [] }) => chain);
  if (trusted.length === 0)
    throw new FileUnusable(
      'The hub’s CA is not known yet, so nobody can say whether it is the hub’s. Import it first: ./pm import hub-ca FILE',
    );
  return trusted;
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
    if (!read.some((issuer) => vouches(issuer, one)))
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
  const refused = await environment.trust.present('hub-ca', hubCaId, offered.certificates, origin, doing);
  if (refused.length > 0) throw new FileUnusable('One of these CAs had been reported as compromised; it is never trusted again.');
  if (!only) return;
  const offeredPems = new Set(offered.certificates);
  for (const { id, chain = [], state } of await environment.trust.list('hub-ca', hubCaId))
    if ((state === 'active' || state === 'retiring') && !chain.some((pem) => offeredPems.has(pem)))
      await environment.trust.move('hub-ca', hubCaId, id, 'destroyed', doing);
}

/**
 * Trusts a peer's JWS keys of a file: public keys, or those of certificates. Those so far stay trusted beside them, for messages that
 * are on their way.
 *
 * @throws FileUnusable, VaultError
 */
export async function takePeerKeys({ environment, offered, doing, peer }: Taking & { readonly peer: string }): Promise<number> {
  if (offered.privateKeys.length > 0)
    throw new FileUnusable('It holds a private key. A peer gives away public keys only: tell them that this one is no secret any more.');
  const keys = [...offered.publicKeys, ...offered.certificates.map(publicKeyOf)];
  const refused = await environment.trust.present('peer-jws', peer, keys, origin, doing);
  if (refused.length > 0) throw new FileUnusable('One of these keys had been reported as compromised; it is never trusted again.');
  return keys.length;
}

function publicKeyOf(pem: string): string {
  return new X509Certificate(pem).publicKey.export({ type: 'spki', format: 'pem' }) as string;
}
