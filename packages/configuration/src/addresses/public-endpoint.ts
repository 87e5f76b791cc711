import { X509Certificate } from 'node:crypto';
import type { Credentials, TlsProbe } from '@payment-manager/runtime';
import type { Config } from '../schema.ts';

/**
 * Where the hub calls us, when a proxy before us ends TLS there: our own server speaks plain http, and the URL that the scheme knows is
 * https. Undefined: our own server ends TLS, or nobody does.
 */
export function publicEndpoint({ inbound, connectionManager: { ingressUrl } }: Config): URL | undefined {
  if (inbound.tls.enabled || ingressUrl === undefined) return undefined;
  const url = new URL(ingressUrl);
  return url.protocol === 'https:' ? url : undefined;
}

/** Host and port of an https URL, as a socket takes them. */
export function addressOf({ hostname, port }: URL): { readonly host: string; readonly port: number } {
  return { host: hostname.replace(/^\[(.*)\]$/, '$1'), port: Number(port) || 443 };
}

/** What a proxy presents: our certificate in use, another one that our CA vouches for (a former one, mostly), or a strange one. */
export type Presented = 'in-use' | 'of-our-ca' | 'other';

/** `seen` was checked against our CAs. */
export function presentedBy(seen: Extract<TlsProbe, { kind: 'served' }>, inUse: Pick<Credentials, 'certificate'>): Presented {
  const { fingerprint256 } = new X509Certificate(seen.certificate);
  if (new X509Certificate(inUse.certificate).fingerprint256 === fingerprint256) return 'in-use';
  return seen.distrust === undefined ? 'of-our-ca' : 'other';
}

/** The command that gives a proxy what it must present. */
export const GIVE_TO_PROXY = './pm cert export server --with-key --out FILE';
