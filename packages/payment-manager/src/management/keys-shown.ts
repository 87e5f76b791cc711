import { X509Certificate } from 'node:crypto';
import { type FoundKey, findKey, HUB_CA_ID } from '@payment-manager/connection-manager-client';
import { jwksOf } from '@payment-manager/connection-manager-client/manual';
import type { Given, Part } from '@payment-manager/management-api';
import { type Environment, type KeyRecord, oneLine } from '@payment-manager/vault';

/** A certificate, for people to compare. Times are milliseconds since the epoch. */
export function shownCertificate(pem: string): object {
  const { subject, issuer, subjectAltName, serialNumber, fingerprint256, validFromDate, validToDate, ca } = new X509Certificate(pem);
  return {
    subject: oneLine(subject),
    issuer: oneLine(issuer),
    ...(subjectAltName !== undefined && { names: subjectAltName }),
    serial: serialNumber,
    sha256: fingerprint256,
    validFrom: validFromDate.getTime(),
    validTo: validToDate.getTime(),
    ca,
  };
}

/** One key with its life: nothing of its private part is in a record. Undefined: there is none. @throws VaultError */
export async function shownKey(environment: Environment, keyId: string): Promise<object | undefined> {
  const found = await keyIn(environment, keyId);
  if (found === undefined) return undefined;
  const { key, found: where } = found;
  const { purpose, id, algorithm, state, since, inHsm, history, request, chain, issued, publicKey } = key;
  return {
    ...{ purpose, keyId: id, owner: where.kind === 'own' ? 'own' : where.owner, algorithm, state, since, inHsm, history },
    inUse: where.inUse,
    publicKey,
    request: request !== undefined,
    chain: (chain ?? []).map(shownCertificate),
    ...(issued && { issued }),
  };
}

/** The text of a part of it; undefined: it has none. @throws VaultError */
export async function givenPart(environment: Environment, fspId: string, keyId: string, part: Part): Promise<Given | undefined> {
  const key = (await keyIn(environment, keyId))?.key;
  if (key === undefined) return undefined;
  const text = textOf(key, part);
  const ending = { chain: 'pem', request: 'csr.pem', 'public-key': 'public.pem', jwks: 'jwks.json' }[part];
  return text === undefined ? undefined : { text, fileName: `${fspId}-${key.purpose}-${key.id.slice(0, 12)}.${ending}` };
}

function textOf(key: KeyRecord, part: Part): string | undefined {
  switch (part) {
    case 'chain':
      return key.chain?.join('');
    case 'request':
      return key.request;
    case 'public-key':
      return key.publicKey;
    case 'jwks':
      return key.purpose === 'jws-signing' || key.purpose === 'peer-jws' ? `${JSON.stringify(jwksOf(key), undefined, 2)}\n` : undefined;
  }
}

/** Our requests for certificates with what came of them, the newest last. @throws VaultError */
export async function shownRequests({ keys }: Environment): Promise<readonly object[]> {
  const own = await Promise.all((['tls-client', 'tls-server'] as const).map((purpose) => keys.list(purpose)));
  return own
    .flat()
    .filter(({ request }) => request !== undefined)
    .map(({ purpose, id, algorithm, state, since, chain }) => ({
      ...{ purpose, keyId: id, algorithm, state, since },
      answer: chain === undefined ? (state === 'pre-active' ? 'waiting' : 'none') : 'certificate',
      ...(chain?.[0] !== undefined && { certificate: shownCertificate(chain[0]) }),
    }));
}

async function keyIn(environment: Environment, keyId: string): Promise<{ readonly found: FoundKey; readonly key: KeyRecord } | undefined> {
  const found = await findKey(environment, keyId);
  if (found === undefined) return undefined;
  const all =
    found.kind === 'own'
      ? await environment.keys.list(found.purpose)
      : await environment.trust.list(found.purpose, found.purpose === 'peer-jws' ? found.owner : HUB_CA_ID);
  const key = all.find(({ id }) => id === keyId);
  return key && { found, key };
}
