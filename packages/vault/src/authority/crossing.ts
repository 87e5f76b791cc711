import { X509Certificate } from 'node:crypto';
import type { World } from '@payment-manager/runtime';
import type { OwnKeys } from '../keys/own-keys.ts';
import type { KeyAlgorithm, RingKey } from '../keys/ring.ts';
import type { OwnPurpose } from '../names.ts';
import { crossCertificate } from '../x509/authority.ts';
import { issued } from '../x509/chain.ts';

export interface CrossingDeps extends Pick<World, 'clock' | 'random'> {
  readonly keys: OwnKeys;
  readonly active: (purpose: OwnPurpose) => Promise<RingKey>;
}

/** What a former CA of ours says of its successor. */
export interface Crossing {
  /** What the CA in use says of the key of this one (PEM); undefined when it has ended, or its key is not in the vault. */
  of(successor: string): Promise<string | undefined>;
  /** What stands above a CA for those who know only the former one, PEM; empty when it needs nothing. */
  above(ca: RingKey): Promise<readonly string[]>;
}

/** Random bytes of a certificate's serial number. */
export const SERIAL_BYTES = 16;

/** See `OwnAuthority.create`. */
export function crossing({ keys, active, clock, random }: CrossingDeps): Crossing {
  return {
    async of(successor) {
      if ((await keys.active('dfsp-ca')) === undefined) return undefined;
      const { privateKey, algorithm, chain = [] } = await active('dfsp-ca');
      if (privateKey === undefined || new X509Certificate(chain[0] ?? '').validToDate.getTime() <= clock.now()) return undefined;
      const issuer = { privateKey, algorithm: algorithm as KeyAlgorithm, chain };
      return crossCertificate(issuer, successor, clock.now(), random.bytes(SERIAL_BYTES));
    },
    async above({ crossed }) {
      if (crossed === undefined) return [];
      const certificate = new X509Certificate(crossed);
      const former = (await keys.list('dfsp-ca')).find(
        ({ state, chain }) => state === 'retiring' && issued(new X509Certificate(chain?.[0] ?? ''), certificate),
      );
      return former && certificate.validToDate.getTime() > clock.now() ? [crossed, ...(former.chain ?? [])] : [];
    },
  };
}
