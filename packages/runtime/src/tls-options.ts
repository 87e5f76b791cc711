import type { SecureContextOptions } from 'node:tls';
import type { Credentials } from './credentials.ts';

/** The oldest version that Mojaloop's PKI guide and the ASVS (V12.1) allow. */
const minVersion = 'TLSv1.2';

/** What a server speaks TLS with. */
export function serverTls({ certificate, privateKey, trustedCas }: Credentials): SecureContextOptions {
  return { cert: certificate, key: privateKey.reveal(), ca: trustedCas, minVersion };
}

/** What a client speaks TLS with: each CA that it trusts is an anchor, also one that is not its own issuer. Without credentials the system's CAs. */
export function clientTls(credentials: Credentials | undefined): SecureContextOptions {
  return credentials === undefined ? { minVersion } : { ...serverTls(credentials), allowPartialTrustChain: true };
}
