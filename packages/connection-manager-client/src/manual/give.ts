import { createPublicKey } from 'node:crypto';
import type { Doing, Environment, KeyAlgorithm, KeyRecord } from '@payment-manager/vault';
import { clientOrder } from '../artefacts/client-certificate.ts';
import { createCa } from '../artefacts/dfsp-ca.ts';
import { DEFAULT_HUB_CLIENT_DAYS } from '../artefacts/hub-client-certificate.ts';
import { serverOrder } from '../artefacts/server-certificate.ts';
import type { Wanted } from '../wanted.ts';
import { FileUnusable } from './clean-pem.ts';
import { PURPOSES, type Side } from './take.ts';

/** Schemes' servers take RSA only, and many ask for 4096 bits. */
const DEFAULT_ALGORITHM: KeyAlgorithm = 'RSA-4096';

/** A certificate request for the hub or another CA to sign. */
export interface GivenRequest {
  /** PEM. */
  readonly request: string;
  readonly keyId: string;
}

/**
 * The request for our next certificate: of the key that waits for one, else of a new key, which is durable before this resolves. Asked
 * again it is the same, until its certificate is imported.
 *
 * @throws VaultError
 */
export async function certificateRequest(environment: Environment, side: Side, wanted: Wanted, doing: Doing): Promise<GivenRequest> {
  const purpose = PURPOSES[side];
  const order = side === 'client' ? clientOrder(wanted) : serverOrder(wanted);
  const waiting = (await environment.keys.list(purpose)).findLast(({ state }) => state === 'pre-active');
  const key = waiting ?? (await environment.keys.generate(purpose, doing, wanted.keyAlgorithm ?? DEFAULT_ALGORITHM));
  return { request: key.request ?? (await environment.keys.request(purpose, key.id, order)), keyId: key.id };
}

/** Our CA, with its issuers; made and put in use when there is none. @returns PEM. @throws VaultError */
export async function ownCa(environment: Environment, wanted: Wanted, doing: Doing): Promise<string> {
  const active = await environment.keys.active('dfsp-ca');
  if (active?.chain !== undefined) return active.chain.join('');
  await createNextCa(environment, wanted, doing);
  const { id = '', chain = [] } = (await waitingCa(environment)) ?? {};
  await environment.keys.activate('dfsp-ca', id, doing);
  return chain.join('');
}

/** Makes the CA that is to follow, unless one waits already. It is in use when it is activated. @throws VaultError */
export async function createNextCa(environment: Environment, wanted: Wanted, doing: Doing): Promise<void> {
  if ((await waitingCa(environment)) === undefined) await createCa({ environment, wanted }, doing);
}

/** The CA that is to follow. @returns PEM. @throws FileUnusable when there is none */
export async function nextCa(environment: Environment): Promise<string> {
  const waiting = await waitingCa(environment);
  if (waiting === undefined) throw new FileUnusable('No new CA waits. Make one first: ./pm cert renew ca');
  return (waiting.chain ?? []).join('');
}

async function waitingCa(environment: Environment): Promise<KeyRecord | undefined> {
  return (await environment.keys.list('dfsp-ca')).findLast(({ state, chain }) => state === 'pre-active' && chain !== undefined);
}

/**
 * Our JWS key in use, or with `next` its successor; made when there is none. The first one comes into use at once, for nobody can
 * expect another. @throws VaultError
 */
export async function signingKey(environment: Environment, wanted: Wanted, doing: Doing, next = false): Promise<KeyRecord> {
  const { keys } = environment;
  const active = await keys.active('jws-signing');
  if (active !== undefined && !next) return active;
  const waiting = (await keys.list('jws-signing')).findLast(({ state }) => state === 'pre-active');
  const key = waiting ?? (await keys.generate('jws-signing', doing, wanted.jwsKeyAlgorithm));
  return active === undefined ? keys.activate('jws-signing', key.id, doing) : key;
}

/** A public key as a JSON Web Key Set (RFC 7517). */
export function jwksOf({ publicKey, id }: KeyRecord): object {
  return { keys: [{ ...createPublicKey(publicKey).export({ format: 'jwk' }), kid: id, use: 'sig', alg: 'RS256' }] };
}

/** A certificate for ourselves as a server, from our own CA; in use when it resolves, the former retires. @throws VaultError */
export async function renewServerCertificate(environment: Environment, wanted: Wanted, doing: Doing): Promise<KeyRecord> {
  await ownCa(environment, wanted, doing);
  const { request, keyId } = await certificateRequest(environment, 'server', wanted, doing);
  const chain = await environment.authority.sign(request, { usage: 'server', days: wanted.serverDays ?? 365 });
  await environment.keys.storeChain('tls-server', keyId, chain.join(''));
  return environment.keys.activate('tls-server', keyId, doing);
}

/**
 * Signs the hub's request for the certificate with which it calls us, with our CA (made when there is none). Its key must be strong; the
 * name is that of our own connector, by which hubs find the way back. @returns PEM, with our CA. @throws FileUnusable, VaultError
 */
export async function signHubRequest(environment: Environment, wanted: Wanted, file: Uint8Array, doing: Doing): Promise<string> {
  const [request] =
    /-----BEGIN (NEW )?CERTIFICATE REQUEST-----[^-]+-----END \1?CERTIFICATE REQUEST-----/.exec(Buffer.from(file).toString('latin1')) ?? [];
  if (request === undefined) throw new FileUnusable('It holds no certificate request (PEM, -----BEGIN CERTIFICATE REQUEST-----).');
  await ownCa(environment, wanted, doing);
  const order = {
    usage: 'client',
    subject: { commonName: wanted.connectorFqdn },
    days: wanted.hubClientDays ?? DEFAULT_HUB_CLIENT_DAYS,
  } as const;
  const chain = await environment.authority.sign(request.replaceAll('NEW CERTIFICATE', 'CERTIFICATE'), order);
  return chain.map((pem) => `${pem.trimEnd()}\n`).join('');
}
