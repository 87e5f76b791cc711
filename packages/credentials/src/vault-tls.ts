import { X509Certificate } from 'node:crypto';
import type { CertificateStatus } from '@payment-manager/configuration/files';
import { hubCaId } from '@payment-manager/connection-manager-client';
import { type Clock, type Credentials, type Log, type Metrics, noCredentials, readCertificates } from '@payment-manager/runtime';
import type { Environment, TlsSnapshot } from '@payment-manager/vault';
import { withMoreCas } from './hub-trust.ts';
import type { WatchedTls } from './tls-watch.ts';
import { ifThere, openVaultPart, type VaultPart } from './vault-part.ts';

/** One side of TLS out of the vault. */
export interface VaultTls extends Required<WatchedTls>, Pick<VaultPart<unknown>, 'readAgain'> {}

const sides = {
  inbound: { purpose: 'tls-server', name: 'server certificate', trust: 'DFSP CA, which vouches for the hub' },
  hub: { purpose: 'tls-client', name: 'client certificate', trust: 'CA of the hub' },
} as const;

interface Found {
  readonly snapshot: TlsSnapshot | undefined;
  readonly missing: string | undefined;
  readonly issuers: readonly X509Certificate[];
}

/**
 * The certificate in use for one side, its key, and whom it trusts, now and after every change. Without a certificate, or with nobody to
 * trust, there are no credentials at all: an empty list of CAs would mean the system's.
 *
 * @param moreCas PEM: whom to trust beside those that the vault has.
 * @throws VaultError when it cannot be read
 */
export async function watchVaultTls(
  side: 'inbound' | 'hub',
  environment: Environment,
  deps: { readonly clock: Clock; readonly log: Log; readonly metrics: Metrics },
  moreCas = '',
): Promise<VaultTls> {
  const expires = deps.metrics.gauge('pm_certificate_expires_seconds', 'End of validity of a certificate in use, Unix time', ['side']);
  const { purpose, name, trust } = sides[side];
  let use: ((credentials: Credentials) => void) | undefined;
  /** What the side was started with. */
  let handedOut: Found | undefined;
  const read = async (): Promise<Found> => {
    const snapshot = await ifThere(environment.credentials(purpose));
    const missing = snapshot === undefined ? name : snapshot.trustedCas === '' ? trust : undefined;
    if (snapshot === undefined || missing !== undefined) return { snapshot: undefined, missing, issuers: [] };
    const trustedCas = withMoreCas(snapshot.trustedCas, moreCas);
    readCertificates(trustedCas, `The ${trust}`);
    if (side === 'hub') return { snapshot: { ...snapshot, trustedCas }, missing, issuers: [] };
    const peerKeys = await callersKeys(environment);
    return { snapshot: { ...snapshot, trustedCas, ...(peerKeys && { peerKeys }) }, missing, issuers: await issuingCas(environment) };
  };
  const tell = ({ snapshot }: Found): void => {
    if (snapshot !== undefined) expires.set(snapshot.validTo / 1000, { side });
  };
  const changed = (found: Found): void => {
    tell(found);
    use?.(found.snapshot ?? noCredentials);
    const { snapshot, missing } = found;
    if (snapshot !== undefined)
      deps.log.info('TLS credentials replaced', { side, key: snapshot.keyId, until: new Date(snapshot.validTo).toISOString() });
    else deps.log.warn('TLS credentials are gone: no connection is made any more', { side, missing });
  };
  const part = await openVaultPart(`TLS credentials of ${side}`, read, same, changed, deps);
  tell(part.current());
  return {
    get credentials() {
      handedOut = part.current();
      return handedOut.snapshot ?? noCredentials;
    },
    status: () => statusOf(side, part.current().snapshot),
    onChange: (listener) => {
      use = listener;
      // A change that came while the side was being started.
      if (handedOut !== undefined && handedOut !== part.current()) listener(part.current().snapshot ?? noCredentials);
    },
    stop: () => {
      use = undefined;
    },
    readAgain: () => part.readAgain(),
    alarms: part.alarms,
    missing: () => part.current().missing,
    issuers: () => part.current().issuers,
    snapshot: () => part.current().snapshot,
  };
}

/** Our own CAs alone, without what stands above them: a bank's root has signed for many who are not the hub. */
async function issuingCas({ keys }: Pick<Environment, 'keys'>): Promise<readonly X509Certificate[]> {
  const ours = await keys.list('dfsp-ca');
  return ours
    .filter(({ state }) => state === 'active' || state === 'retiring')
    .flatMap(({ chain = [] }) => chain.slice(0, 1))
    .map((pem) => new X509Certificate(pem));
}

/**
 * The keys for which our CA has signed last, with which alone the hub may come. Undefined: nothing was signed yet, or before there were records;
 * then whoever has a certificate of our CA is let in.
 */
async function callersKeys({ trust }: Environment): Promise<readonly string[] | undefined> {
  if ((await trust.list('hub-client', hubCaId)).length === 0) return undefined;
  return (await trust.trusted('hub-client', hubCaId)).map(({ id }) => id);
}

function statusOf(side: string, snapshot: TlsSnapshot | undefined): CertificateStatus | undefined {
  return snapshot && { side, validFrom: snapshot.validFrom, validTo: snapshot.validTo };
}

function same(a: Found, b: Found): boolean {
  return (
    a.missing === b.missing &&
    a.snapshot?.keyId === b.snapshot?.keyId &&
    a.snapshot?.certificate === b.snapshot?.certificate &&
    a.snapshot?.trustedCas === b.snapshot?.trustedCas &&
    a.snapshot?.peerKeys?.join(' ') === b.snapshot?.peerKeys?.join(' ')
  );
}
