/** Answers that cost whoever reads them without care far more than whoever sends them. */

const PEM = /-----BEGIN ([A-Z ]+)-----(?:\\n|\\r|[A-Za-z0-9+/=])+-----END \1-----(?:\\n|\\r)*/g;
/** Lines that may each be the next header of a block or the continuation of the last one: readers that try both do so 2^30 times. */
const HEADERS = 30;
/** White space behind a header, which such readers go through again from each of its places. */
const SPACES = 60_000;

/** The same JSON with other PEM texts, each one of its own, so that nobody can remember it. */
export function withOddPem(body: string, now: number): string {
  let last = now;
  return body.replace(PEM, (_all, label: string) => {
    last++;
    const content = last % 2 === 0 ? `a${last}: b\\n${' a: b\\n'.repeat(HEADERS)}` : `a${last}: b\\n${' '.repeat(SPACES)}\\n`;
    return `-----BEGIN ${label}-----\\n${content}-----END ${label}-----\\n`;
  });
}

/** The list with made-up entries like its last one, each with a number and a name of its own, until it has so many bytes. */
export function lengthened(list: readonly unknown[], bytes: number): readonly unknown[] {
  const last: Record<string, unknown> = { dfspId: '', publicKey: '', ...(list.at(-1) as object | undefined) };
  const each = JSON.stringify(last).length + 8;
  const more = Array.from({ length: Math.ceil(bytes / each) }, (_, n) => ({ ...last, id: n + 1_000_000, dfspId: `fsp-${n}` }));
  return [...list, ...more];
}

/** One byte after the other. */
export async function* dripping(body: Uint8Array, pause: () => Promise<void>): AsyncGenerator<Uint8Array> {
  for (let n = 0; n < body.length; n++) {
    yield body.subarray(n, n + 1);
    await pause();
  }
}

/** White space as fast as it is taken, without end. */
export async function* whiteSpace(): AsyncGenerator<Uint8Array> {
  const piece = Buffer.alloc(65_536, ' ');
  for (;;) yield piece;
}
