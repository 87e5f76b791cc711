import type { IncomingMessage } from 'node:http';

const empty = new Uint8Array(0);
/** After a body was refused, this many times its limit is still read and thrown away, so that the sender can read our answer. */
const drainFactor = 8;

/** Why there is no body. */
type Refused = 'too-large' | 'overloaded' | 'gone';

/**
 * Collects a request's body and calls back exactly once: with its bytes (no copy is made when they came in one piece),
 * with `too-large` as soon as the limit is passed, with `overloaded` when `arrived` (told of the bytes as they come) says that there
 * is no room for more, or with `gone` when the sender left before the end.
 *
 * What is left of a body that was refused is read and dropped, up to a bound; then the connection is cut.
 */
export function collectBody(
  raw: IncomingMessage,
  maxBytes: number,
  arrived: (bytes: number) => boolean,
  done: (body: Uint8Array | Refused) => void,
): void {
  let called = false;
  const call = (body: Uint8Array | Refused): void => {
    if (called) return;
    called = true;
    done(body);
  };
  let chunks: Uint8Array[] = [];
  let length = 0;
  const refuse = (why: Refused): void => {
    chunks = [];
    call(why);
  };
  raw.on('data', (chunk: Uint8Array) => {
    length += chunk.length;
    if (length > maxBytes) refuse('too-large');
    else if (!called && !arrived(chunk.length)) refuse('overloaded');
    else if (!called) chunks.push(chunk);
    if (length > maxBytes * drainFactor) raw.socket.destroy();
  });
  raw.on('end', () => {
    const [first] = chunks;
    call(first === undefined ? empty : chunks.length === 1 ? first : Buffer.concat(chunks, length));
  });
  raw.on('error', () => call('gone'));
  raw.on('close', () => call('gone'));
  if (Number(raw.headers['content-length'] ?? 0) > maxBytes) refuse('too-large');
}
