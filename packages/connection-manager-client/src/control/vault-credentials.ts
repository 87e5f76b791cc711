import { type Environment, VaultError } from '@payment-manager/vault';
import type { ControlCredentials, PeerKey } from './control-frames.ts';

/**
 * What the vault has for a Mojaloop SDK now: what is not in use yet is left out, and so is a JWS key that an HSM keeps.
 *
 * @throws VaultError when the vault cannot be read
 */
export async function vaultCredentials({ credentials, jwsPrivateKey, trust }: Environment): Promise<ControlCredentials> {
  const [jwsSigningKey, inbound, outbound] = [
    await unlessMissing(jwsPrivateKey()),
    await unlessMissing(credentials('tls-server')),
    await unlessMissing(credentials('tls-client')),
  ];
  const peers: PeerKey[] = [];
  for (const dfspId of await trust.ids('peer-jws')) {
    for (const { publicKey, since } of await trust.trusted('peer-jws', dfspId))
      peers.push({ dfspId, publicKey, createdAt: Math.floor(since / 1_000) });
  }
  return {
    peers,
    ...(jwsSigningKey && { jwsSigningKey }),
    ...(inbound && { inbound }),
    // Without the hub's CA, an SDK would trust nobody, or everybody.
    ...(outbound?.trustedCas && { outbound }),
  };
}

async function unlessMissing<Found>(found: Promise<Found>): Promise<Found | undefined> {
  try {
    return await found;
  } catch (error) {
    if (error instanceof VaultError && (error.code === 'VAULT_NO_KEY' || error.code === 'VAULT_KEY_STATE')) return undefined;
    throw error;
  }
}
