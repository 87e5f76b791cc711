import { Secret } from './secret.ts';

/** An immutable snapshot of what one side of a TLS connection needs. Replaced as a whole, never changed. */
export interface Credentials {
  /** Own certificate, with its chain, PEM. */
  readonly certificate: string;
  readonly privateKey: Secret<string>;
  /**
   * CAs that the other side's certificate must come from, PEM bundle: at least one. A client takes each as an anchor, also one that is not its
   * own issuer; a server needs the root as well. Empty only for a server that asks for no client certificate.
   */
  readonly trustedCas: string;
  /** The only keys (`publicKeyId`) with which clients may come to a server; absent: whoever has a certificate of those CAs. */
  readonly peerKeys?: readonly string[];
  /** Certificates that their CA has revoked (`revocationMark`), the other side's own and its issuers'. */
  readonly revoked?: ReadonlySet<string>;
}

/** There are none yet: a server refuses every handshake with it, a client every server. */
export const noCredentials: Credentials = Object.freeze({ certificate: '', privateKey: new Secret(''), trustedCas: '' });
