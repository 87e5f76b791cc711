import { type Finding, findingsOf } from '../doctor/finding.ts';
import type { OutboundClient } from './outbound-client.ts';

/** Somebody in the scheme, by the identifier that people know. */
export interface PartyName {
  readonly idType: string;
  readonly idValue: string;
}

const findings = findingsOf('look-up');
/** FSPIOP: the hub knows nobody with that identifier, or not of that kind. */
const NOBODY = /^320[0-9]$/;

/**
 * Asks the hub who somebody is, through the running product. Any answer that is about the person proves the whole way: our request was
 * signed and accepted, and the answer came back to our own server, over TLS and with a signature that we could verify. So nobody
 * needs to be known: that nobody has the number is such an answer.
 */
export async function testLookUp(outbound: OutboundClient, { idType, idValue }: PartyName): Promise<readonly Finding[]> {
  const answer = await outbound.call('GET', `/parties/${encodeURIComponent(idType)}/${encodeURIComponent(idValue)}`);
  if ('failed' in answer) return [findings.failed('round trip', answer.failed, answer.advice)];
  const { errorCode = '', errorDescription = '' } = errorOf(answer.json);
  if (answer.status === 200) return [findings.passed('round trip', 'the hub was asked, and a peer’s answer arrived')];
  if (answer.status === 404 && NOBODY.test(errorCode))
    return [findings.passed('round trip', `the hub was asked, and its answer arrived (${errorCode}: nobody has this number)`)];
  if (answer.status === 404)
    return [
      findings.failed(
        'round trip',
        `the hub or a peer answered ${errorCode} ${errorDescription}`,
        'docs/errors.md and the scheme’s rules say what the code means.',
      ),
    ];
  if (answer.status === 504)
    return [
      findings.failed(
        'round trip',
        'the hub accepted the request, but no answer arrived in time',
        'Check that the hub knows our address (condition ENDPOINTS), has our CA and its own client certificate (DFSP_CA, HUB_CLIENT_CERT), that its operator has onboarded this DFSP in the Connection Manager (again after each renewal of HUB_CLIENT_CERT), and that a firewall lets it in.',
      ),
    ];
  const said = typeof answer.json['message'] === 'string' ? answer.json['message'] : `HTTP ${answer.status}`;
  return [findings.failed('round trip', said, 'See the log of the running product, and ./pm doctor.')];
}

function errorOf(json: Readonly<Record<string, unknown>>): { readonly errorCode?: string; readonly errorDescription?: string } {
  const { errorInformation } = json as { errorInformation?: { errorCode?: string; errorDescription?: string } };
  return errorInformation ?? {};
}
