import { X509Certificate } from 'node:crypto';

/** Real bundles of public CAs have some 250 KB. */
const LONGEST_BUNDLE = 2_097_152;
const WHOLE = /-----BEGIN ([A-Z0-9 ]{1,40})-----[^-]*-----END \1-----/g;

/**
 * The certificates of a PEM text, in its order: at least one, each of them whole and readable. Blocks of other kinds and the words between
 * blocks are passed over. A block that is cut off means that the text was read while it was being written: nothing of it counts.
 *
 * @param what begins the sentence of the error, such as `The CA bundle for hub`
 * @throws TypeError in words that may be logged; never with what the text holds
 */
export function readCertificates(pem: string, what = 'The text'): readonly X509Certificate[] {
  if (pem.length > LONGEST_BUNDLE) throw new TypeError(`${what} is longer than ${LONGEST_BUNDLE} characters.`);
  const blocks: string[] = [];
  const rest = pem.replace(WHOLE, (block: string, label: string) => {
    if (label === 'CERTIFICATE' || label === 'X509 CERTIFICATE' || label === 'TRUSTED CERTIFICATE') blocks.push(block);
    return '';
  });
  if (/-----(BEGIN|END)/.test(rest)) throw new TypeError(`${what} is cut off: a PEM block in it has no beginning or no end.`);
  if (blocks.length === 0) throw new TypeError(`${what} holds no certificate (-----BEGIN CERTIFICATE-----).`);
  return blocks.map((block, index) => {
    try {
      return new X509Certificate(block);
    } catch {
      throw new TypeError(`${what} holds a certificate that cannot be read: number ${index + 1} of ${blocks.length}.`);
    }
  });
}
