import type { Config } from '@payment-manager/configuration';
import type { Environment } from '@payment-manager/vault';
import { type Finding, findingsOf } from './finding.ts';

/** Whether we can sign, and verify what peers and the hub sign. */
export async function signatureFindings({ jws, hub }: Pick<Config, 'jws' | 'hub'>, environment: Environment): Promise<Finding[]> {
  const findings = findingsOf('signatures');
  const own = jws.sign ? await environment.keys.active('jws-signing') : undefined;
  const peers = jws.verify ? await environment.trust.ids('peer-jws') : [];
  return [
    ...(jws.sign && own === undefined
      ? [findings.failed('own key', 'no key is in use', 'Connect first: ./pm onboard; without a Connection Manager: ./pm export jws.')]
      : []),
    ...(own === undefined ? [] : [findings.passed('own key', `${own.id} is in use`)]),
    ...(jws.verify && peers.length === 0
      ? [
          findings.failed(
            'peers’ keys',
            'no peer’s key is known',
            'Connect first: ./pm onboard; without a Connection Manager: ./pm import peer-jws.',
          ),
        ]
      : []),
    ...(jws.verify && peers.length > 0 && !jws.hubMayBeUnsigned && !peers.includes(hub.id) ? [hubUnknown(hub.id)] : []),
    ...(peers.length === 0
      ? []
      : [findings.passed('peers’ keys', `keys of ${peers.length} ${peers.length === 1 ? 'peer is' : 'peers are'} known`)]),
  ];
}

/** The hub signs some of its answers itself: without its key they are refused. */
function hubUnknown(hubId: string): Finding {
  return findingsOf('signatures').warning(
    'hub’s key',
    `peers’ keys are known, but not the key of ${hubId}: messages that the hub itself signs cannot be verified`,
    'Ask the hub’s operator to publish its JWS key; or its id is another one: see `hub.id` and ./pm keys.',
  );
}
