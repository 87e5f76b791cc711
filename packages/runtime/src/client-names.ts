import type { X509Certificate } from 'node:crypto';

/** One entry of Node's text of alternative names; a value with odd characters is quoted, so that it cannot pass for several. */
const ENTRY = /(DNS|IP Address|URI):([^",\s]+)(?:, |$)|[A-Za-z0-9 ]+:(?:"(?:[^"\\]|\\.)*"|[^",]*)(?:, |$)/y;

/**
 * Whom a certificate names: its CN, and its alternative names that are DNS names, IP addresses or URIs, all in
 * small letters. A name that is written oddly is left out.
 */
export function certificateNames(certificate: X509Certificate): readonly string[] {
  const commonName: unknown = certificate.toLegacyObject().subject?.CN;
  const names = typeof commonName === 'string' ? [commonName.toLowerCase()] : [];
  const text = certificate.subjectAltName ?? '';
  ENTRY.lastIndex = 0;
  for (let at = 0; at < text.length; at = ENTRY.lastIndex) {
    const [whole = '', kind, value = ''] = ENTRY.exec(text) ?? [];
    if (whole === '') break;
    if (kind !== undefined) names.push(value.toLowerCase());
  }
  return names;
}
