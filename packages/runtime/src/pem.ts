/** Longest PEM block: an RSA-8192 key or a certificate with many names has a third of it. */
export const LONGEST_PEM = 16_384;

/**
 * The one PEM block (RFC 7468, strict form) that a text of somebody else is: one label, base64 alone between the lines, 16 KiB at most,
 * nothing but white space around. Undefined for anything else.
 *
 * Asked before any library sees the text: readers of PEM allow headers, several blocks and text around, and some take exponential time
 * over it. This takes time in proportion to the length.
 *
 * @returns the block in its usual layout: lines of 64 characters, a line end after the last.
 */
export function strictPem(text: string, ...labels: readonly string[]): string | undefined {
  if (text.length > LONGEST_PEM) return undefined;
  const trimmed = text.trim();
  for (const label of labels) {
    const [begin, end] = [`-----BEGIN ${label}-----`, `-----END ${label}-----`];
    if (!trimmed.startsWith(begin) || !trimmed.endsWith(end) || trimmed.length <= begin.length + end.length) continue;
    const content = trimmed.slice(begin.length, -end.length).replace(/[\t\n\r ]+/g, '');
    if (content.length === 0 || content.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(content)) return undefined;
    return `${begin}\n${content.match(/.{1,64}/g)?.join('\n') ?? ''}\n${end}\n`;
  }
  return undefined;
}

/**
 * The certificates of a text, in its order, each as `strictPem` has it; what stands between them does not count. Undefined when there is none,
 * one of them is not of that form, or there are more than `most`.
 */
export function strictCertificates(text: string, most: number): readonly string[] | undefined {
  if (text.length > LONGEST_PEM * most) return undefined;
  const label = 'CERTIFICATE';
  const found: string[] = [];
  for (let from = text.indexOf(`-----BEGIN ${label}-----`); from >= 0; from = text.indexOf(`-----BEGIN ${label}-----`, from + 1)) {
    const end = text.indexOf(`-----END ${label}-----`, from);
    const block = end < 0 ? undefined : strictPem(text.slice(from, end + label.length + 14), label);
    if (block === undefined || found.length >= most) return undefined;
    found.push(block);
    from = end;
  }
  return found.length === 0 ? undefined : found;
}
