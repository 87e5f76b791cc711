import { createHmac, type Hmac, timingSafeEqual } from 'node:crypto';
import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';

/**
 * The keyed MAC of a backup: HMAC-SHA-256 over all of the database file, as a line of its own behind it. SQLite looks no further than its
 * header says, so the file is still a database for whoever only reads it.
 */
const lineOf = (mac: string): string => `\n-- payment-manager backup mac ${mac}\n`;
const lineBytes = lineOf('0'.repeat(64)).length;
const CHUNK_BYTES = 1_048_576;

/** Adds the MAC to a file, durably. Throws what the system says. */
export function addMac(file: string, key: Uint8Array): void {
  const handle = openSync(file, 'r+');
  try {
    const { size } = fstatSync(handle);
    const hmac = createHmac('sha256', key);
    eachChunk(handle, size, (chunk) => hmac.update(chunk));
    writeSync(handle, lineOf(hmac.digest('hex')), size);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/**
 * Copies a backup without its MAC into a file that is there and empty, durably, and says what the MAC is worth: what was looked at is what
 * was copied. Throws what the system says.
 */
export function copyWithoutMac(from: string, to: string, key: Uint8Array): 'right' | 'wrong' | 'none' {
  const [source, target] = [openSync(from, 'r'), openSync(to, 'r+')];
  try {
    const { size } = fstatSync(source);
    const told = macAt(source, size);
    const bytes = told === undefined ? size : size - lineBytes;
    const hmac = createHmac('sha256', key);
    ftruncateSync(target, 0);
    eachChunk(source, bytes, (chunk) => {
      hmac.update(chunk);
      writeSync(target, chunk);
    });
    fsyncSync(target);
    return told === undefined ? 'none' : isOf(hmac, told) ? 'right' : 'wrong';
  } finally {
    closeSync(source);
    closeSync(target);
  }
}

/** The same without a copy, to know beforehand. Throws what the system says. */
export function macOf(from: string, key: Uint8Array): 'right' | 'wrong' | 'none' {
  const source = openSync(from, 'r');
  try {
    const { size } = fstatSync(source);
    const told = macAt(source, size);
    if (told === undefined) return 'none';
    const hmac = createHmac('sha256', key);
    eachChunk(source, size - lineBytes, (chunk) => hmac.update(chunk));
    return isOf(hmac, told) ? 'right' : 'wrong';
  } finally {
    closeSync(source);
  }
}

function isOf(hmac: Hmac, told: string): boolean {
  return timingSafeEqual(hmac.digest(), Buffer.from(told, 'hex'));
}

function macAt(handle: number, size: number): string | undefined {
  if (size < lineBytes) return undefined;
  const buffer = Buffer.alloc(lineBytes);
  readSync(handle, buffer, 0, lineBytes, size - lineBytes);
  const line = buffer.toString('latin1');
  const mac = /[0-9a-f]{64}(?=\n$)/.exec(line)?.[0];
  return mac !== undefined && line === lineOf(mac) ? mac : undefined;
}

function eachChunk(handle: number, bytes: number, use: (chunk: Uint8Array) => void): void {
  const buffer = Buffer.alloc(CHUNK_BYTES);
  for (let at = 0; at < bytes; ) {
    const read = readSync(handle, buffer, 0, Math.min(CHUNK_BYTES, bytes - at), at);
    if (read === 0) throw new Error('the file became shorter while it was read');
    use(buffer.subarray(0, read));
    at += read;
  }
}
