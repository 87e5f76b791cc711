import { createHash } from 'node:crypto';

/** A scheme's keys, and some hundred certificates and requests. */
const KEPT_MOST = 4_096;

/**
 * Reads texts (PEM) that are looked at again and again: each is read once, and one that could not be read is not tried again. Undefined: it
 * cannot be read. The oldest is forgotten first.
 */
export function readOnce<T>(read: (pem: string) => T | undefined): (pem: string | undefined) => T | undefined {
  const known = new Map<string, T | undefined>();
  return (pem) => {
    if (pem === undefined) return undefined;
    const mark = createHash('sha256').update(pem).digest('base64');
    if (known.has(mark)) return known.get(mark);
    const found = attempt(() => read(pem));
    forgetOldest(known);
    known.set(mark, found);
    return found;
  };
}

/** The same, for readers that take a turn of the event loop or several. */
export function readOnceLater<T>(read: (pem: string) => Promise<T | undefined>): (pem: string | undefined) => Promise<T | undefined> {
  const known = readOnce((pem) => read(pem).catch(() => undefined));
  return async (pem) => known(pem);
}

function attempt<T>(read: () => T | undefined): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

function forgetOldest(known: Map<string, unknown>): void {
  const [oldest] = known.keys();
  if (known.size >= KEPT_MOST && oldest !== undefined) known.delete(oldest);
}
