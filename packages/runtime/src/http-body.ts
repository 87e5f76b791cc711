import type { IncomingMessage } from 'node:http';
import { Gathered } from './gathered.ts';

/** After a body was refused, this many times its limit is still read and thrown away, so that the sender can read our answer. */
const DRAIN_FACTOR = 8;
/** And so many pieces, where each costs time. */
const DRAINED_PIECES = 20_000;

/** Why there is no body. */
type Refused = 'too-large' | 'overloaded' | 'gone';

/**
 * Collects a request's body and calls back exactly once: with its bytes (no copy is made when they came in one piece),
 * with `too-large` as soon as the limit is passed in bytes or in pieces (`Gathered`), with `overloaded` when `takes` (told by how many
 * bytes of memory more the body is held in) says that there is no room for more, or with `gone` when the sender left before the end.
 *
 * What is left of a body that was refused is read and dropped, up to a bound; then the connection is cut.
 */
export function collectBody(
  raw: IncomingMessage,
  maxBytes: number,
  takes: (bytes: number) => boolean,
  done: (body: Uint8Array | Refused) => void,
): void {
  const gathered = new Gathered(maxBytes);
  let called = false;
  let dropped = 0;
  let droppedPieces = 0;
  const call = (body: Uint8Array | Refused): void => {
    if (called) return;
    called = true;
    done(body);
  };
  const refuse = (why: Refused): void => {
    gathered.clear();
    call(why);
  };
  raw.on('data', (chunk: Uint8Array) => {
    if (called) {
      dropped += chunk.length;
      if (dropped > maxBytes * DRAIN_FACTOR || ++droppedPieces > DRAINED_PIECES) raw.socket.destroy();
      return;
    }
    const before = gathered.held;
    if (!gathered.add(chunk)) refuse('too-large');
    else if (gathered.held > before && !takes(gathered.held - before)) refuse('overloaded');
  });
  raw.on('end', () => call(gathered.whole()));
  raw.on('error', () => call('gone'));
  raw.on('close', () => call('gone'));
  if (Number(raw.headers['content-length'] ?? 0) > maxBytes) refuse('too-large');
}
