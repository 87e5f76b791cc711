import type { Secret } from './secret.ts';

/** An immutable snapshot of what one side of a TLS connection needs. Replaced as a whole, never changed. */
export interface Credentials {
  /** Own certificate, with its chain, PEM. */
  readonly certificate: string;
  readonly privateKey: Secret<string>;
  /** CAs that the other side's certificate must come from, PEM bundle. A client takes each as an anchor, also one that is not its own issuer; a server needs the root as well. */
  readonly trustedCas: string;
}
