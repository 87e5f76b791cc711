import { createPublicKey } from 'node:crypto';
import { fingerprintOf } from '../keys/key-material.ts';
import type { TrustedKeys } from '../keys/trusted-keys.ts';
import { VaultError } from '../vault-error.ts';
import { readRequest } from '../x509/request.ts';
import type { OwnAuthority } from './own-authority.ts';

/**
 * Our CA, which keeps a record of what it signs for clients before anybody has it, and signs nothing for a key that was reported as
 * compromised.
 */
export function recordedAuthority(authority: OwnAuthority, trust: TrustedKeys): OwnAuthority {
  return {
    ...authority,
    async sign(pem, order) {
      const { request } = await readRequest(pem);
      const keyId = fingerprintOf(createPublicKey(request.publicKey.toString('pem')));
      if (trust.isCompromised(keyId))
        throw new VaultError('VAULT_KEY_UNSUITABLE', `The key of the certificate request (${keyId}) was reported as compromised.`);
      const chain = await authority.sign(pem, order);
      if (order.usage === 'client') await trust.recordIssued(chain[0] ?? '', order.reference ?? 'asked for by hand');
      return chain;
    },
  };
}
