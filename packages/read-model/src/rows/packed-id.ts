const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const UUID_BYTES = 16;

/** An id in few bytes: a UUID of small letters as its 16, anything else as UTF-8, which is never 16 bytes long (then a 0 stands before it). */
export function packId(id: string): Uint8Array {
  if (UUID.test(id)) return Buffer.from(id.replaceAll('-', ''), 'hex');
  const bytes = Buffer.from(id, 'utf8');
  return bytes.length === UUID_BYTES ? Buffer.concat([Buffer.of(0), bytes]) : bytes;
}

/** The way back. */
export function unpackId(packed: Uint8Array): string {
  const bytes = Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength);
  if (bytes.length === UUID_BYTES) {
    const hex = bytes.toString('hex');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  }
  return bytes.toString('utf8', bytes.length === UUID_BYTES + 1 && bytes[0] === 0 ? 1 : 0);
}
