import type { Environment, OwnPurpose } from '@payment-manager/vault';
import { HUB_CA_ID } from '../inventory.ts';
import type { Step } from './phases.ts';

/** How far an environment is that is filled by hand, and which command comes next: the same steps, without a Connection Manager. */
export async function manualSteps({ keys, trust }: Environment): Promise<readonly Step[]> {
  const has = async (purpose: OwnPurpose): Promise<boolean> => (await keys.active(purpose)) !== undefined;
  return [
    stepOf('HUB_CA', (await trust.trusted('hub-ca', HUB_CA_ID)).length > 0, 'the CA of the hub', './pm import hub-ca FILE'),
    stepOf('DFSP_CA', await has('dfsp-ca'), 'our CA', './pm export ca, and give it to the hub'),
    stepOf(
      'DFSP_CLIENT_CERT',
      await has('tls-client'),
      'our client certificate',
      './pm export csr, have it signed, ./pm import certificate FILE',
    ),
    stepOf(
      'DFSP_SERVER_CERT',
      await has('tls-server'),
      'our server certificate',
      './pm cert renew server; of another CA: ./pm export csr --for server',
    ),
    stepOf('DFSP_JWS', await has('jws-signing'), 'our JWS key', './pm export jws, and give it to the scheme'),
    stepOf('PEER_JWS', (await trust.ids('peer-jws')).length > 0, 'a peer’s JWS key', './pm import peer-jws FILE --peer FSPID'),
  ];
}

function stepOf(artefact: Step['artefact'], done: boolean, what: string, nextStep: string): Step {
  if (done) return { artefact, state: 'Ready', reason: 'IN_ORDER', message: `The vault has ${what}.` };
  return { artefact, state: 'Progressing', reason: 'CONFIGURATION_INCOMPLETE', message: `The vault has not got ${what} yet.`, nextStep };
}
