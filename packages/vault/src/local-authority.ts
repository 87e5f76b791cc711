import type { Clock, Random } from '@payment-manager/runtime';
import type { KeyRecord } from './keys/key-record.ts';
import type { Doing } from './keys/key-state.ts';
import { type OwnKeys, privateKeyOf } from './keys/own-keys.ts';
import type { KeyAlgorithm, RingKey } from './keys/ring.ts';
import type { OwnPurpose } from './names.ts';
import { VaultError } from './vault-error.ts';
import { type CertificateAuthority, type Issuer, selfSigned, signRequest } from './x509/authority.ts';
import type { Subject } from './x509/subject.ts';

/** The DFSP's own CA, with its key in the vault (`dfsp-ca`). */
export interface LocalAuthority extends CertificateAuthority {
  /**
   * Makes a new CA: key, then self-signed certificate. It is pre-active, so that it can be published before it signs; then
   * `keys.activate('dfsp-ca', …)`. The former one retires, and what it signed stays trusted until it is destroyed.
   */
  create(subject: Subject, days: number, doing: Doing, algorithm?: KeyAlgorithm): Promise<KeyRecord>;
}

export interface LocalAuthorityDeps {
  readonly keys: OwnKeys;
  readonly active: (purpose: OwnPurpose) => Promise<RingKey>;
  readonly byId: (purpose: OwnPurpose, keyId: string) => Promise<RingKey>;
  readonly clock: Pick<Clock, 'now'>;
  readonly random: Pick<Random, 'bytes'>;
}

const serialBytes = 16;

/** The CA of one environment over its keys; for `openVault`. */
export function openLocalAuthority({ keys, active, byId, clock, random }: LocalAuthorityDeps): LocalAuthority {
  const issuer = async (): Promise<Issuer> => {
    const key = await active('dfsp-ca');
    return { privateKey: privateKeyOf(key), algorithm: key.algorithm as KeyAlgorithm, chain: key.chain ?? [] };
  };
  return {
    async create(subject, days, doing, algorithm = 'RSA-4096') {
      const { id } = await keys.generate('dfsp-ca', doing, algorithm);
      const key = await byId('dfsp-ca', id);
      const pem = await selfSigned({ privateKey: privateKeyOf(key), algorithm }, subject, days, clock.now(), random.bytes(serialBytes));
      return keys.storeChain('dfsp-ca', id, pem);
    },
    async chain() {
      const { chain } = await issuer();
      return chain;
    },
    async sign(request, order) {
      const own = await issuer();
      if (own.chain.length === 0) throw new VaultError('VAULT_NO_KEY', 'The CA has no certificate. Make a new CA.');
      return signRequest(own, request, order, clock.now(), random.bytes(serialBytes));
    },
  };
}
