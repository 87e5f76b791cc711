import { createHmac } from 'node:crypto';

/**
 * The transferId of a payment's nth attempt: it follows from the journal's key, the homeTransactionId and the attempt, in the form of a
 * UUID (RFC 9562, name-based; version 5 is one that every release of the API takes). A journal that has forgotten the attempt, because an
 * older copy was put in its place, makes the same id again, and then the hub knows it (docs/money-rules.md, 8). Without the key nobody
 * can tell the id beforehand, nor the homeTransactionId from it.
 */
export function transferIdOf(key: Uint8Array, homeTransactionId: string, attempt: number): string {
  const hash = createHmac('sha256', key)
    .update(JSON.stringify([homeTransactionId, attempt]))
    .digest();
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x50;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  return hash.toString('hex', 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
