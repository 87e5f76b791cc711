import { createPublicKey } from 'node:crypto';
import type { Config } from '@payment-manager/configuration';
import {
  type OfferedFile,
  offeredCas,
  readOffered,
  signHubRequest,
  takeCertificate,
  takeHubCas,
  takePeerKeys,
} from '@payment-manager/connection-manager-client/manual';
import { wantedOf } from '@payment-manager/connection-manager-client/onboarding';
import { type Brought, notNow, Problem } from '@payment-manager/management-api';
import { type Doing, type Environment, keyIdOf } from '@payment-manager/vault';
import { shownCertificate } from './keys-shown.ts';

/** What is in a file that somebody brings, for people to compare. @throws Problem, FileUnusable */
export async function previewed(config: Config, brought: Brought, now: number): Promise<object> {
  demandByHand(config);
  if (brought.what === 'hub-request') return { what: brought.what };
  const offered = await offeredIn(brought.pem);
  if (brought.what === 'hub-ca') offeredCas(offered, now);
  if (brought.what === 'peer-jws' && brought.peer === config.fspId)
    throw new Problem(400, {
      code: 'REQUEST_INVALID',
      message: 'These would be keys of our own.',
      place: 'body.peer',
      expected: 'the FSP id of a peer, or of the hub',
      advice: 'Our own keys are made here: rotate them.',
    });
  const { pem: _pem, ...asked } = brought;
  return {
    ...asked,
    certificates: offered.certificates.map(shownCertificate),
    publicKeys: offered.publicKeys.map((key) => keyIdOf(createPublicKey(key))),
  };
}

/** Takes it. @throws Problem, FileUnusable, VaultError */
export async function taken(config: Config, environment: Environment, brought: Brought, doing: Doing, now: number): Promise<object> {
  demandByHand(config);
  const { what } = brought;
  if (what === 'hub-request')
    return { what, certificate: await signHubRequest(environment, wantedOf(config), Buffer.from(brought.pem), doing) };
  const offered = await offeredIn(brought.pem);
  switch (brought.what) {
    case 'certificate':
      return { what, side: brought.side, keyId: (await takeCertificate(brought.side, { environment, offered, doing, now })).id };
    case 'hub-ca':
      await takeHubCas({ environment, offered, doing, only: brought.only, now });
      return { what, certificates: offered.certificates.map(shownCertificate) };
    case 'peer-jws':
      return {
        what,
        peer: brought.peer,
        keys: await takePeerKeys({ environment, offered, doing, peer: brought.peer, only: brought.only }),
      };
  }
}

/** Whoever may bring a private key here would leave it with everybody who approves: such a file is taken on the machine. */
async function offeredIn(pem: string): Promise<OfferedFile> {
  if (/PRIVATE KEY-----/.test(pem))
    throw new Problem(400, {
      code: 'UPLOAD_UNUSABLE',
      message: 'It holds a private key, which no browser should send.',
      place: 'body.pem',
      expected: 'certificates and public keys alone',
      advice: 'Take it in on the machine: ./pm import.',
    });
  return readOffered(Buffer.from(pem));
}

/** What the Connection Manager gives is taken from nobody else. @throws Problem */
function demandByHand({ connectionManager }: Config): void {
  if (connectionManager.url !== undefined)
    throw notNow(
      'The Connection Manager gives this environment its certificates and keys; an upload would conflict with them.',
      'Wait for it, or ask the hub’s operator.',
    );
}
