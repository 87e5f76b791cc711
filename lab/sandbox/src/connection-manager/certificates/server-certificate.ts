import 'reflect-metadata';
import { ExtendedKeyUsage, ExtendedKeyUsageExtension, type X509Certificate } from '@peculiar/x509';
import { crash } from '../api/problem.ts';
import type { ServerCertificateRecord } from '../records.ts';
import { certificateInfoOf, keyBits, readCertificate, readCertificates } from './certificate.ts';
import { leadsTo, made, rootAndChain, stateOf, validity } from './validation.ts';
import type { Validation } from './validation-result.ts';

/** A server certificate with what the server says about it. @throws Problem 500 when a certificate cannot be read */
export async function serverRecord(given: {
  readonly pem: string;
  readonly root: string;
  readonly chain: string | readonly string[] | undefined;
  readonly now: number;
  readonly keyBits: number;
}): Promise<ServerCertificateRecord> {
  const certificate = readable(() => readCertificate(given.pem));
  const root = readable(() => (given.root === '' ? undefined : readCertificate(given.root)));
  const chain = readable(() => readCertificates(given.chain));
  const anchors = root ? [root, ...chain] : chain;
  const isTrusted = root !== undefined && (await leadsTo(certificate, anchors, given.now));
  const validations = [
    serverUsage(certificate),
    validity({ certificate, now: given.now }),
    made('CERTIFICATE_CHAIN', isTrusted, isTrusted ? 'Certificate chain valid' : 'Certificate is not trusted.'),
    keyLength(certificate, given.keyBits),
    ...(await rootAndChain(given.root, given.chain)),
  ];
  return {
    serverCertificate: given.pem,
    ...(root && { rootCertificateInfo: certificateInfoOf(root) }),
    intermediateChainInfo: chain.map(certificateInfoOf),
    serverCertificateInfo: certificateInfoOf(certificate),
    validations,
    validationState: stateOf(validations),
  };
}

function serverUsage(certificate: X509Certificate): Validation {
  const isServer = certificate.getExtension(ExtendedKeyUsageExtension)?.usages.includes(ExtendedKeyUsage.serverAuth) === true;
  const verb = isServer ? 'has' : "doesn't have";
  const message = `Certificate ${verb} the "TLS WWW server authentication" key usage extension`;
  return made('CERTIFICATE_USAGE_SERVER', isServer, message, { state: isServer ? 'VALID' : 'INVALID' });
}

function keyLength(certificate: X509Certificate, wanted: number): Validation {
  const bits = keyBits(certificate.publicKey) ?? 0;
  const isLong = bits >= wanted;
  const message = isLong ? 'Certificate key length valid' : `Certificate key length ${bits} invalid, should be ${wanted}`;
  return made(`CERTIFICATE_PUBLIC_KEY_LENGTH_${wanted === 4096 ? 4096 : 2048}`, isLong, message, {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the server's template, as it goes over the wire
    messageTemplate: 'Certificate key length ${actualKeySize} invalid, should be ${keyLength}',
    data: { actualKeySize: { type: 'INTEGER', value: bits }, keyLength: { type: 'INTEGER', value: wanted } },
  });
}

/** Reads, and says as the real server does that it cannot. @throws Problem 500 */
export function readable<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw crash('Error', error instanceof Error ? error.message : String(error));
  }
}
