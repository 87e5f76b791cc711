import { ConnectionFault, type ConnectionManagerApi, type TokenSource } from '@payment-manager/connection-manager-client';
import { VaultError } from '@payment-manager/vault';
import { type Finding, findingsOf } from './finding.ts';

const findings = findingsOf('connection manager');

/** Asks the Connection Manager, with a token, whether it knows us. Changes nothing there. */
export async function lookAtConnectionManager(api: Pick<ConnectionManagerApi, 'dfsps'>, fspId: string): Promise<readonly Finding[]> {
  try {
    const known = (await api.dfsps()).includes(fspId);
    return [
      findings.ok('token', 'a token is had and accepted'),
      known
        ? findings.ok('registration', `it knows ${fspId}`)
        : findings.broken(
            'registration',
            `it does not show us a DFSP ${fspId}`,
            'Ask the hub’s operator to register it; check `fspId` and `connectionManager.clientId`.',
          ),
    ];
  } catch (error) {
    return [refusal('connection manager', error)];
  }
}

/** Asks for a token for the hub. */
export async function lookAtHubToken(tokens: TokenSource): Promise<readonly Finding[]> {
  try {
    await tokens.token();
    return [findingsOf('hub').ok('token', 'a token is had')];
  } catch (error) {
    return [refusal('hub', error)];
  }
}

function refusal(part: string, error: unknown): Finding {
  const own = findingsOf(part);
  if (error instanceof ConnectionFault)
    return own.broken(error.code === 'TOKEN' ? 'token' : 'access', [error.message, ...error.complaints].join(' '), error.nextStep);
  if (error instanceof VaultError)
    return own.broken('token', error.message, 'Give the client secret that the hub’s operator made: ./pm import client-secret FILE');
  throw error;
}
