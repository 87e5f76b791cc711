import { createPublicKey, verify } from 'node:crypto';
import { ConnectionFault, type ListedJwsKey } from '@payment-manager/connection-manager-client';
import { type Environment, VaultError } from '@payment-manager/vault';
import { type Finding, findingsOf } from '../doctor/finding.ts';

const findings = findingsOf('signature');
const message = Buffer.from('payment-manager readiness test');

/**
 * Whether what we sign can be verified with the key that the scheme gives our peers. Without a Connection Manager only with our own:
 * whether the peers have it shows when they are asked something.
 */
export async function testSignature(
  environment: Environment,
  fspId: string,
  api: { jwsKeys(): Promise<readonly ListedJwsKey[]> } | undefined,
): Promise<readonly Finding[]> {
  try {
    const signer = await environment.keys.signer();
    const signature = await signer.sign(message);
    const published = api === undefined ? undefined : (await api.jwsKeys()).find(({ dfspId }) => dfspId === fspId)?.publicKey;
    if (api !== undefined && published === undefined)
      return [
        findings.failed(
          'published key',
          'the scheme’s list does not have our key: no peer can verify what we sign',
          'See the condition DFSP_JWS: ./pm onboard.',
        ),
      ];
    const held = published === undefined ? verify('sha256', message, signer.publicKey, signature) : verifies(published, signature);
    if (!held)
      return [
        findings.failed(
          'published key',
          'the key in the scheme’s list differs from the key that we sign with',
          'During a rotation wait until it is complete (condition DFSP_JWS). Otherwise: ./pm keys rotate jws.',
        ),
      ];
    return [
      findings.passed(
        'published key',
        published === undefined
          ? 'the key in use signs, and its public key verifies the signature'
          : 'what we sign verifies with the key in the scheme’s list',
      ),
    ];
  } catch (error) {
    if (error instanceof ConnectionFault) return [findings.failed('published key', error.message, error.nextStep)];
    if (error instanceof VaultError) return [findings.failed('own key', `${error.code}: ${error.message}`, 'See ./pm keys list.')];
    throw error;
  }
}

/** Whoever published it, it may be no key. */
function verifies(publicKey: string, signature: Uint8Array): boolean {
  try {
    return verify('sha256', message, createPublicKey(publicKey), signature);
  } catch {
    return false;
  }
}
