const empty = new Uint8Array(0);
/** Size of the first buffer of our own. */
const FIRST_BUFFER_BYTES = 4_096;
/** Each piece beyond the free ones counts as at least so many bytes: looking at one costs time, however little is in it. */
const BYTES_PER_PIECE = 64;
/** Counted like bytes beside those of the limit: a small message may come in as many pieces as it likes. */
const FREE_PIECE_BYTES = 65_536;

/**
 * The bytes of one message, which come in pieces. They are kept in one buffer that grows, so that a message in one-byte pieces
 * takes no more memory than any other; a message in one piece is not copied.
 */
export class Gathered {
  readonly #maxBytes: number;
  readonly #maxPieces: number;
  #bytes: Uint8Array = empty;
  #length = 0;
  #pieces = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
    this.#maxPieces = Math.floor((maxBytes + FREE_PIECE_BYTES) / BYTES_PER_PIECE);
  }

  /** Bytes of memory that it holds. */
  get held(): number {
    return this.#bytes.length;
  }

  /** Takes the next piece; false, and without it, when it is one byte or one piece too many. */
  add(piece: Uint8Array): boolean {
    const length = this.#length + piece.length;
    if (length > this.#maxBytes || ++this.#pieces > this.#maxPieces) return false;
    if (this.#length === 0) {
      this.#bytes = piece;
    } else {
      if (length > this.#bytes.length) this.#grow(length);
      this.#bytes.set(piece, this.#length);
    }
    this.#length = length;
    return true;
  }

  /** All of it. What it gives is a view of its buffer: nothing may be added afterwards. */
  whole(): Uint8Array {
    return this.#length === this.#bytes.length ? this.#bytes : this.#bytes.subarray(0, this.#length);
  }

  /** Forgets what came. */
  clear(): void {
    this.#bytes = empty;
    this.#length = 0;
  }

  #grow(wanted: number): void {
    const size = Math.min(this.#maxBytes, Math.max(FIRST_BUFFER_BYTES, wanted * 2));
    // Not from Node's pool, which a small body would keep alive.
    const grown = Buffer.allocUnsafeSlow(size);
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}
