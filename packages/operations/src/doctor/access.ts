import { X509Certificate } from 'node:crypto';
import { ConnectionFault, type ConnectionManagerApi, type TokenSource } from '@payment-manager/connection-manager-client';
import { type Environment, oneLine, VaultError } from '@payment-manager/vault';
import { type Finding, findingsOf } from './finding.ts';

const findings = findingsOf('connection manager');

/** Asks the Connection Manager, with a token, whether it knows us. Changes nothing there. */
export async function lookAtConnectionManager(api: Pick<ConnectionManagerApi, 'dfsps'>, fspId: string): Promise<readonly Finding[]> {
  try {
    const known = (await api.dfsps()).includes(fspId);
    return [
      findings.passed('token', 'a token was issued and accepted'),
      known
        ? findings.passed('registration', `${fspId} is registered`)
        : findings.failed(
            'registration',
            `no DFSP ${fspId} is registered for us`,
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
    return [findingsOf('hub').passed('token', 'a token was issued')];
  } catch (error) {
    return [refusal('hub', error)];
  }
}

/** Asks the PKI engine which CA it has; what its roles allow shows when they sign. */
export async function lookAtPkiEngine({ inEngine }: Environment['authority']): Promise<readonly Finding[]> {
  const own = findingsOf('vault');
  try {
    const [ca] = (await inEngine()) ?? [];
    return ca === undefined ? [] : [own.passed('pki engine', `it has the CA ${oneLine(new X509Certificate(ca).subject)}`)];
  } catch (error) {
    if (!(error instanceof VaultError)) throw error;
    return [
      own.failed('pki engine', `${error.code}: ${error.message}`, 'Correct what the message names; docs/errors.md explains each code.'),
    ];
  }
}

function refusal(part: string, error: unknown): Finding {
  const own = findingsOf(part);
  if (error instanceof ConnectionFault)
    return own.failed(error.code === 'TOKEN' ? 'token' : 'access', [error.message, ...error.complaints].join(' '), error.nextStep);
  if (error instanceof VaultError)
    return own.failed('token', error.message, 'Give the client secret that the hub’s operator made: ./pm import client-secret FILE');
  throw error;
}
