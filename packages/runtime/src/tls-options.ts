import { constants } from 'node:crypto';
import type { SecureContextOptions } from 'node:tls';
import { type Credentials, noCredentials } from './credentials.ts';
import { readCertificates } from './pem-certificates.ts';

/** The oldest version that Mojaloop's PKI guide and the ASVS (V12.1) allow. */
const MIN_VERSION = 'TLSv1.2';

/**
 * The suites of TLS 1.3, and those of TLS 1.2 with forward secrecy (ECDHE) and authenticated encryption (RFC 9325, 4.2): who records
 * the traffic and gets the key later reads nothing, and there is no padding to be guessed at.
 */
const ciphers = [
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'TLS_AES_128_GCM_SHA256',
  ...['ECDSA', 'RSA'].flatMap((key) =>
    ['AES256-GCM-SHA384', 'CHACHA20-POLY1305', 'AES128-GCM-SHA256'].map((suite) => `ECDHE-${key}-${suite}`),
  ),
].join(':');

const common: SecureContextOptions = { minVersion: MIN_VERSION, ciphers };

/**
 * What a server speaks TLS with. No session is resumed: with one, a client is let in whose certificate has expired or is distrusted
 * since, because it is not looked at again.
 *
 * @throws TypeError when no CA is named although client certificates are demanded: Node takes an empty text for every public CA
 */
export function serverTls(credentials: Credentials, requireClientCertificate: boolean): SecureContextOptions {
  const secureOptions = constants.SSL_OP_NO_TICKET | constants.SSL_OP_NO_RENEGOTIATION;
  return { ...withCredentials(credentials, requireClientCertificate), secureOptions };
}

/**
 * What a client speaks TLS with: each CA that it trusts is an anchor, also one that is not its own issuer. Undefined: the system's CAs and
 * no certificate of its own. `noCredentials`: no server is trusted.
 *
 * @throws TypeError when credentials name no CA
 */
export function clientTls(credentials: Credentials | undefined): SecureContextOptions {
  return credentials === undefined ? common : withCredentials(credentials, true);
}

/** The list of CAs is never a text, which Node would pass over when it is empty. */
function withCredentials(credentials: Credentials, trusts: boolean): SecureContextOptions {
  if (credentials === noCredentials) return { ...common, ca: [] };
  const { certificate, privateKey, trustedCas } = credentials;
  const ca = trusts ? readCertificates(trustedCas, 'The list of trusted CAs').map(String) : [];
  return { ...common, cert: certificate, key: privateKey.reveal(), ca, allowPartialTrustChain: true };
}
