import type { ConnectionManagerApi } from '@payment-manager/connection-manager-client';
import type { Clock } from '@payment-manager/runtime';
import type { Environment } from '@payment-manager/vault';
import { lookAtConnectionManager } from '../doctor/access.ts';
import { type EndpointOrder, lookAtEndpoint } from '../doctor/endpoint.ts';
import { type Finding, findingsOf } from '../doctor/finding.ts';
import { lookAtOwnListeners, type OwnListeners } from '../doctor/own-listeners.ts';
import { type PartyName, testLookUp } from './look-up.ts';
import type { OutboundClient } from './outbound-client.ts';
import { type TestPayment, testPayment } from './test-payment.ts';
import { testSignature } from './trust.ts';

/** What is tested before an environment is called connected. */
export interface ReadinessTest {
  readonly fspId: string;
  readonly environment: Environment;
  /** Every server of the hub, with our credentials. */
  readonly hub: readonly EndpointOrder[];
  /** Our own servers; a function: another process has them, and looks. */
  readonly own: OwnListeners | (() => Promise<readonly Finding[]>);
  /** Undefined: there is no Connection Manager. */
  readonly api: ConnectionManagerApi | undefined;
  /** Undefined: the product does not run, so nothing can be asked through it. */
  readonly outbound: OutboundClient | undefined;
  readonly lookUp: PartyName;
  /** Undefined: nobody asked for one. */
  readonly payment: TestPayment | undefined;
}

/** Tests the connection from end to end; one part after the other, each told as soon as it is known. */
export async function testReadiness(test: ReadinessTest, clock: Clock, tell: (finding: Finding) => void): Promise<readonly Finding[]> {
  const all: Finding[] = [];
  const part = async (findings: Promise<readonly Finding[]>): Promise<void> => {
    for (const finding of await findings) {
      all.push(finding);
      tell(finding);
    }
  };
  for (const endpoint of test.hub) await part(lookAtEndpoint(endpoint, clock));
  await part(typeof test.own === 'function' ? test.own() : lookAtOwnListeners(test.own));
  if (test.api !== undefined) await part(lookAtConnectionManager(test.api, test.fspId));
  await part(testSignature(test.environment, test.fspId, test.api));
  await part(throughProduct(test));
  return all;
}

async function throughProduct({ outbound, lookUp, payment }: ReadinessTest): Promise<readonly Finding[]> {
  if (outbound === undefined)
    return [findingsOf('look-up').skipped('round trip', 'the product is not running: start it (./pm run), then run ./pm onboard again')];
  const asked = await testLookUp(outbound, lookUp);
  if (payment === undefined || asked.some(({ state }) => state === 'failed')) return asked;
  return [...asked, ...(await testPayment(outbound, payment))];
}
