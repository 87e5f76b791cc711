import type { KeyRecord } from '../keys/key-record.ts';
import type { Doing } from '../keys/key-state.ts';
import type { KeyAlgorithm } from '../keys/ring.ts';
import type { CertificateAuthority } from '../x509/authority.ts';
import type { Subject } from '../x509/subject.ts';

/** The DFSP's own CA (`dfsp-ca`): its key lies in the vault, or in a PKI engine that signs for us. */
export interface OwnAuthority extends CertificateAuthority {
  /**
   * Makes a new CA: key, then self-signed certificate; or takes over the one that the PKI engine has now, whatever subject, days and
   * algorithm say. It is pre-active, so that it can be published before it signs; then `keys.activate('dfsp-ca', …)`. The former one
   * retires, and what it signed stays trusted until it is destroyed. Where the former one's key is in the vault it also certifies that of
   * the new one: until it is destroyed, what that signs for servers comes with this certificate, so that callers who know only the former
   * CA go on trusting our servers.
   *
   * @throws VaultError `VAULT_KEY_STATE` when the PKI engine has no other CA than the one in use.
   */
  create(subject: Subject, days: number, doing: Doing, algorithm?: KeyAlgorithm): Promise<KeyRecord>;
  /** The CA that the PKI engine has now, PEM, the issuing certificate first; undefined: the key of our CA belongs into the vault. */
  inEngine(): Promise<readonly string[] | undefined>;
}
