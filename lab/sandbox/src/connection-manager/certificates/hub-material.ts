import { crash } from '../api/problem.ts';
import type { ServerParts } from '../server-parts.ts';
import { type CaSubject, issueServer, makeAuthority } from './hub-authority.ts';
import { serverRecord } from './server-certificate.ts';

/** Old hub CAs that are kept beside the current one. */
const AUTHORITIES_MAX = 5;
const AUTHORITY_DAYS = 3_650;

/** A new CA signs from now on and is what GET /hub/ca tells. Nothing that the old one signed is touched. Returns it as PEM. */
export async function addAuthority(parts: ServerParts, subject: CaSubject): Promise<string> {
  const authority = await makeAuthority(subject, AUTHORITY_DAYS, parts.tools);
  const { records } = parts.book;
  records.authorities = [...records.authorities, authority].slice(-AUTHORITIES_MAX);
  parts.book.save();
  return authority.certificate;
}

/** Issues the hub's server certificate from the current CA. Unlike the real server we keep its key: the sandbox's hub serves with it. */
export async function issueHubServer(parts: ServerParts): Promise<void> {
  const authority = parts.book.records.authorities.at(-1);
  if (!authority) throw crash('Error', 'Error issuing certificate: no default issuer currently configured');
  const order = { hosts: [parts.switchFqdn, ...parts.hubHosts], ttlSeconds: parts.settings.serverCertificateSeconds };
  const { certificate, privateKey } = await issueServer(order, authority, parts.tools);
  const root = authority.certificate;
  const record = await serverRecord({ pem: certificate, root, chain: [root], now: parts.clock.now(), keyBits: parts.tools.keyBits });
  parts.book.records.hubServer = { privateKey, record: { ...record, rootCertificate: root, intermediateChain: [root] } };
  parts.book.save();
}
