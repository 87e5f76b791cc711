import { X509Certificate } from 'node:crypto';
import type { Clock, Random } from '@payment-manager/runtime';
import type { KeyRecord } from './keys/key-record.ts';
import type { Doing } from './keys/key-state.ts';
import { type OwnKeys, privateKeyOf } from './keys/own-keys.ts';
import type { KeyAlgorithm, RingKey } from './keys/ring.ts';
import type { OwnPurpose } from './names.ts';
import { VaultError } from './vault-error.ts';
import { type CertificateAuthority, crossCertificate, type Issuer, selfSigned, signRequest } from './x509/authority.ts';
import { issued } from './x509/chain.ts';
import type { Subject } from './x509/subject.ts';

/** The DFSP's own CA, with its key in the vault (`dfsp-ca`). */
export interface LocalAuthority extends CertificateAuthority {
  /**
   * Makes a new CA: key, then self-signed certificate. It is pre-active, so that it can be published before it signs; then
   * `keys.activate('dfsp-ca', …)`. The former one retires, and what it signed stays trusted until it is destroyed. It also certifies
   * the key of the new one: until it is destroyed, what that signs for servers comes with this certificate, so that callers who know only
   * the former CA go on trusting our servers.
   */
  create(subject: Subject, days: number, doing: Doing, algorithm?: KeyAlgorithm): Promise<KeyRecord>;
}

export interface LocalAuthorityDeps {
  readonly keys: OwnKeys;
  readonly active: (purpose: OwnPurpose) => Promise<RingKey>;
  readonly byId: (purpose: OwnPurpose, keyId: string) => Promise<RingKey>;
  readonly keepCrossed: (keyId: string, pem: string) => Promise<void>;
  readonly clock: Pick<Clock, 'now'>;
  readonly random: Pick<Random, 'bytes'>;
}

const serialBytes = 16;

/** The CA of one environment over its keys; for `openVault`. */
export function openLocalAuthority({ keys, active, byId, keepCrossed, clock, random }: LocalAuthorityDeps): LocalAuthority {
  const issuer = async (): Promise<Issuer> => {
    return issuerOf(await active('dfsp-ca'));
  };
  /** Before the certificate of the new CA is kept: with that it counts as complete. */
  const crossWith = async (keyId: string, successor: string): Promise<void> => {
    const former = (await keys.active('dfsp-ca')) && (await issuer());
    if (!former || new X509Certificate(former.chain[0] ?? '').validToDate.getTime() <= clock.now()) return;
    await keepCrossed(keyId, await crossCertificate(former, successor, clock.now(), random.bytes(serialBytes)));
  };
  /** What stands above the CA for those who know only the former one. */
  const crossing = async ({ crossed }: RingKey): Promise<readonly string[]> => {
    if (crossed === undefined) return [];
    const certificate = new X509Certificate(crossed);
    const former = (await keys.list('dfsp-ca')).find(
      ({ state, chain }) => state === 'retiring' && issued(new X509Certificate(chain?.[0] ?? ''), certificate),
    );
    return former && certificate.validToDate.getTime() > clock.now() ? [crossed, ...(former.chain ?? [])] : [];
  };
  return {
    async create(subject, days, doing, algorithm = 'RSA-4096') {
      const { id } = await keys.generate('dfsp-ca', doing, algorithm);
      const key = await byId('dfsp-ca', id);
      const pem = await selfSigned({ privateKey: privateKeyOf(key), algorithm }, subject, days, clock.now(), random.bytes(serialBytes));
      await crossWith(id, pem);
      return keys.storeChain('dfsp-ca', id, pem);
    },
    async chain() {
      const { chain } = await issuer();
      return chain;
    },
    async sign(request, order) {
      const key = await active('dfsp-ca');
      const own = issuerOf(key);
      if (own.chain.length === 0) throw new VaultError('VAULT_NO_KEY', 'The CA has no certificate. Make a new CA.');
      const signed = await signRequest(own, request, order, clock.now(), random.bytes(serialBytes));
      const above = order.usage === 'server' ? await crossing(key) : [];
      return above.length > 0 ? [...signed.slice(0, 1), ...above] : signed;
    },
  };
}

function issuerOf(key: RingKey): Issuer {
  return { privateKey: privateKeyOf(key), algorithm: key.algorithm as KeyAlgorithm, chain: key.chain ?? [] };
}
