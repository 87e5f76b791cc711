import type { World } from '@payment-manager/runtime';
import { type OwnKeys, privateKeyOf } from '../keys/own-keys.ts';
import type { KeyAlgorithm, RingKey } from '../keys/ring.ts';
import type { OwnPurpose } from '../names.ts';
import { VaultError } from '../vault-error.ts';
import { type Issuer, selfSigned, signRequest } from '../x509/authority.ts';
import { type Crossing, SERIAL_BYTES } from './crossing.ts';
import type { OwnAuthority } from './own-authority.ts';

export interface LocalAuthorityDeps extends Pick<World, 'clock' | 'random'> {
  readonly keys: OwnKeys;
  readonly active: (purpose: OwnPurpose) => Promise<RingKey>;
  readonly byId: (purpose: OwnPurpose, keyId: string) => Promise<RingKey>;
  readonly keepCrossed: (keyId: string, pem: string) => Promise<void>;
  readonly crossing: Crossing;
}

/** The CA of one environment over its keys; for `openVault`. */
export function openLocalAuthority({ keys, active, byId, keepCrossed, crossing, clock, random }: LocalAuthorityDeps): OwnAuthority {
  return {
    async create(subject, days, doing, algorithm = 'RSA-4096') {
      const { id } = await keys.generate('dfsp-ca', doing, algorithm);
      const key = await byId('dfsp-ca', id);
      const pem = await selfSigned({ privateKey: privateKeyOf(key), algorithm }, subject, days, clock.now(), random.bytes(SERIAL_BYTES));
      // Before the certificate of the new CA is kept: with that it counts as complete.
      const crossed = await crossing.of(pem);
      if (crossed !== undefined) await keepCrossed(id, crossed);
      return keys.storeChain('dfsp-ca', id, pem);
    },
    async chain() {
      return issuerOf(await active('dfsp-ca')).chain;
    },
    async sign(request, order) {
      const key = await active('dfsp-ca');
      const own = issuerOf(key);
      if (own.chain.length === 0) throw new VaultError('VAULT_NO_KEY', 'The CA has no certificate. Make a new CA.');
      const signed = await signRequest(own, request, order, clock.now(), random.bytes(SERIAL_BYTES));
      const above = order.usage === 'server' ? await crossing.above(key) : [];
      return above.length > 0 ? [...signed.slice(0, 1), ...above] : signed;
    },
    inEngine: async () => undefined,
  };
}

function issuerOf(key: RingKey): Issuer {
  return { privateKey: privateKeyOf(key), algorithm: key.algorithm as KeyAlgorithm, chain: key.chain ?? [] };
}
