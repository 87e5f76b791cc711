import {
  checkSignature,
  FspiopError,
  type JwsAlgorithm,
  type Received,
  type SignatureCheck,
  verifySignature,
} from '@payment-manager/fspiop';
import type { HttpRequest, World } from '@payment-manager/runtime';
import type { ConnectorSettings } from '../transfer/connector-settings.ts';
import type { PeerKeys } from '../transfer/peer-keys.ts';

export interface SignatureDeps extends Pick<World, 'clock' | 'signatures' | 'metrics'> {
  readonly settings: ConnectorSettings;
  readonly peerKeys: PeerKeys;
}

const RSA: readonly JwsAlgorithm[] = ['RS256', 'RS384', 'RS512'];
const ALL: readonly JwsAlgorithm[] = [...RSA, 'ES256'];

/**
 * Refuses (3105) what is not signed by its FSPIOP-Source, as far as a signature is demanded: on everything with a body, on
 * PUT /parties and on the hub's own messages as configured (docs/protocol.md, 12.5 and 12.6, docs/money-rules.md, 5).
 */
export function signatureGuard(deps: SignatureDeps): (request: HttpRequest, received: Received) => Promise<void> {
  const { settings } = deps;
  const forms = deps.metrics.counter('pm_jws_verifications_total', 'Signatures verified, by the form of the body that verified', ['form']);
  const algorithms = settings.jws.acceptEs256 ? ALL : RSA;
  return async (request, received) => {
    if (!settings.jws.verify) return;
    const present = request.headers['fspiop-signature'] !== undefined;
    if (!present && !demanded(settings, request, received)) return;
    const check = checkSignature(request, { algorithms });
    checkAge(deps, received);
    const form =
      (await verify(deps, check, received.source)) ??
      ((await deps.peerKeys.refresh(received.source)) ? await verify(deps, check, received.source) : undefined);
    forms.add(1, { form: form ?? 'none' });
    if (form === undefined)
      throw new FspiopError(
        '3105',
        deps.peerKeys.keysOf(received.source).length === 0
          ? 'no key is held of the fspiop-source'
          : 'the signature does not verify with the key of the fspiop-source',
      );
  };
}

function demanded(settings: ConnectorSettings, request: HttpRequest, received: Received): boolean {
  if (request.method === 'GET') return false;
  if (received.operation === 'PUT /parties' && !settings.jws.verifyPutParties) return false;
  // on such a connection the other side has shown a certificate of the hub's: the server lets in nobody else (docs/money-rules.md, 5)
  return !(received.source === settings.hubId && settings.jws.hubMayBeUnsigned && request.clientAuthenticated);
}

async function verify(deps: SignatureDeps, check: SignatureCheck, source: string): Promise<string | undefined> {
  const reserialised = !deps.settings.jws.rawOnlyPeers.includes(source);
  const result = await verifySignature(check, deps.peerKeys.keysOf(source), deps.signatures.verify, { reserialised });
  return result.ok ? result.form : undefined;
}

function checkAge(deps: SignatureDeps, received: Received): void {
  const { maxDateAgeMs } = deps.settings.jws;
  if (maxDateAgeMs === 0) return;
  if (Math.abs(deps.clock.now() - Date.parse(received.date)) > maxDateAgeMs)
    throw new FspiopError('3105', 'the date of the signed message is too far from now');
}
