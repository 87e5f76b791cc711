import { X509Certificate } from 'node:crypto';
import type { PkiAuthority } from '../hashicorp/pki-authority.ts';
import type { KeyMaterials, OwnKeys } from '../keys/own-keys.ts';
import type { RingKey } from '../keys/ring.ts';
import type { OwnPurpose } from '../names.ts';
import { VaultError } from '../vault-error.ts';
import { issued } from '../x509/chain.ts';
import { oneLine } from '../x509/one-line.ts';
import type { Crossing } from './crossing.ts';
import type { OwnAuthority } from './own-authority.ts';

export interface EngineAuthorityDeps {
  readonly engine: PkiAuthority;
  readonly keys: OwnKeys;
  readonly active: (purpose: OwnPurpose) => Promise<RingKey>;
  readonly adopt: KeyMaterials['adopt'];
  readonly crossing: Crossing;
}

/**
 * The CA of one environment in a PKI engine; for `openVault`. The vault keeps its certificate as that of any CA of ours, so that what is
 * trusted, published and presented follows from the vault alone; only signatures are made in the engine.
 */
export function openEngineAuthority({ engine, keys, active, adopt, crossing }: EngineAuthorityDeps): OwnAuthority {
  return {
    async create(_subject, _days, doing) {
      const chain = await engine.chain();
      const current = await keys.active('dfsp-ca');
      if (isSame(current?.chain?.[0], chain[0]))
        throw new VaultError(
          'VAULT_KEY_STATE',
          `The ${engine.origin} has no other CA than the one in use. Make the new one there; it is taken over from there.`,
        );
      // An intermediate CA is believed by its root: what a former CA says of it would take that root out of the chain.
      const crossed = chain.length === 1 ? await crossing.of(chain[0] ?? '') : undefined;
      return adopt({ chain, origin: engine.origin, crossed }, doing);
    },
    async chain() {
      return (await active('dfsp-ca')).chain ?? [];
    },
    async sign(request, order) {
      const key = await active('dfsp-ca');
      const [ca, signed] = [new X509Certificate(key.chain?.[0] ?? ''), await engine.sign(request, order)];
      const leaf = new X509Certificate(signed[0] ?? '');
      if (!issued(ca, leaf))
        throw new VaultError(
          'VAULT_CONFLICT',
          `The ${engine.origin} signs with ${oneLine(leaf.issuer)}, and the CA in use is ${oneLine(ca.subject)}. Take the new one over (./pm cert renew ca), or let the role use the issuer of the one in use.`,
        );
      const above = order.usage === 'server' ? await crossing.above(key) : [];
      return [...signed.slice(0, 1), ...(above.length > 0 ? above : (key.chain ?? []))];
    },
    inEngine: () => engine.chain(),
  };
}

function isSame(one: string | undefined, other: string | undefined): boolean {
  if (one === undefined || other === undefined) return false;
  return new X509Certificate(one).fingerprint256 === new X509Certificate(other).fingerprint256;
}
