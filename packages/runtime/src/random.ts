/** Randomness as a dependency: real in the product, seeded in the simulator. */
export interface Random {
  /** A random (version 4) UUID in lower case. */
  uuid(): string;
  /** Cryptographically strong random bytes. */
  bytes(length: number): Uint8Array;
  /** A number in [0, 1), for jitter only; never for secrets. */
  fraction(): number;
}
