import type { KeyObject } from 'node:crypto';
import type { AlarmEntry, Signatures, World } from '@payment-manager/runtime';
import { type Environment, type Signer, VaultError } from '@payment-manager/vault';
import { ifThere, openPart } from './part.ts';

/** Our JWS key in the vault, which signs itself: its private part does not come out. */
export interface WatchedSigner {
  /** Stands for the key in use at `signatures`: its public part. */
  signingKey(): KeyObject | undefined;
  readonly signatures: Signatures;
  readAgain(): Promise<void>;
  alarms(): readonly AlarmEntry[];
}

/** Signers that may still be asked: the one in use, and the one before it for messages that are being signed. */
const SIGNERS_KEPT = 2;

/** The JWS key in use, now and after every change. @throws VaultError when it cannot be read */
export async function watchSigner(
  environment: Environment,
  signatures: Signatures,
  world: Pick<World, 'clock' | 'log'>,
): Promise<WatchedSigner> {
  let signers: readonly Signer[] = [];
  const taken = (signer: Signer | undefined): void => {
    signers = signer === undefined ? [] : [signer, ...signers].slice(0, SIGNERS_KEPT);
  };
  const part = await openPart(
    {
      about: 'the JWS key',
      read: () => ifThere(environment.keys.signer()),
      same: (a, b) => a?.keyId === b?.keyId,
      changed(signer) {
        taken(signer);
        if (signer === undefined) world.log.warn('the JWS key is gone: nothing is signed any more');
        else world.log.info('JWS signing key replaced', { key: signer.keyId });
      },
    },
    world,
  );
  taken(part.current());
  return {
    signingKey: () => part.current()?.publicKey,
    signatures: {
      verify: (algorithm, key, data, signature) => signatures.verify(algorithm, key, data, signature),
      sign(algorithm, key, data) {
        const signer = signers.find(({ publicKey }) => publicKey === key);
        if (signer?.algorithm === algorithm) return signer.sign(data);
        return Promise.reject(new VaultError('VAULT_NO_KEY', 'The JWS key is in use no more.'));
      },
    },
    readAgain: () => part.readAgain(),
    alarms: part.alarms,
  };
}
