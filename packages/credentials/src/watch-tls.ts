import { X509Certificate } from 'node:crypto';
import type { CertificateStatus, TlsFiles } from '@payment-manager/configuration/files';
import { HUB_CA_ID } from '@payment-manager/connection-manager-client/inventory';
import {
  type AlarmEntry,
  type Credentials,
  noCredentials,
  type PooledHttpClient,
  readCertificates,
  Secret,
  type World,
} from '@payment-manager/runtime';
import { CALLERS_OF_FILES, type Environment, type TlsSnapshot } from '@payment-manager/vault';
import { withMoreCas } from './hub-trust.ts';
import { ifThere, openPart } from './part.ts';
import type { WatchedRevocations } from './watched-revocations.ts';

/** One side of TLS out of the vault. */
export interface WatchedTls {
  /** What to start with. */
  readonly credentials: Credentials;
  status(): CertificateStatus | undefined;
  /** What is in use; undefined while something is missing, and for a side that has no certificate of its own. */
  snapshot(): TlsSnapshot | undefined;
  /** What it has not got yet, for people. */
  missing(): string | undefined;
  /** Our CAs, one of which must itself have signed a caller's certificate; undefined: whoever is trusted may have. */
  issuers(): readonly X509Certificate[] | undefined;
  /** Told of every later snapshot. Call once. */
  onChange(use: (credentials: Credentials) => void): void;
  /** Reads it again. Never rejects: what cannot be read stays as it was. */
  readAgain(): Promise<void>;
  /** What is there and cannot be used. */
  alarms(): readonly AlarmEntry[];
  stop(): void;
}

/** Who is at the other end: the hub that calls us or that we call, or the DFSP's own systems. */
export type Side = 'inbound' | 'outbound' | 'hub' | 'core';

const SIDES = {
  inbound: { purpose: 'tls-server', name: 'server certificate', trust: 'DFSP CA, which vouches for the hub' },
  outbound: { purpose: 'tls-server', name: 'server certificate', trust: 'CA of those who call' },
  hub: { purpose: 'tls-client', name: 'client certificate', trust: 'CA of the hub' },
  core: { purpose: 'tls-client', name: 'client certificate', trust: 'CA of the core' },
} as const;

interface TlsOptions {
  /** PEM: whom to trust beside those that the vault has. */
  readonly moreCas?: string;
  /** Where files fill the vault: what they do not name is not demanded, and whom a server trusts need not be our own CA. */
  readonly files?: TlsFiles;
  /** A file that says what was revoked, and how often it is looked at. */
  readonly revocations?: { readonly crlFile: string; readonly pollMs: number };
}

interface Found {
  readonly credentials: Credentials;
  /** Undefined where `credentials` has no certificate. */
  readonly snapshot?: TlsSnapshot;
  readonly missing?: string;
  readonly issuers?: readonly X509Certificate[];
}

/**
 * The certificate in use for one side, its key, and whom it trusts, now and after every change. Without a certificate, or with nobody to
 * trust, there are no credentials at all: an empty list of CAs would mean the system's. Only files may leave one of them out.
 *
 * @throws VaultError when it cannot be read; CredentialsInvalid when the revocation lists cannot
 */
export async function watchTls(
  side: Side,
  environment: Environment,
  world: Pick<World, 'clock' | 'timers' | 'log' | 'metrics'>,
  options: TlsOptions = {},
): Promise<WatchedTls> {
  const { log, metrics } = world;
  const expires = metrics.gauge('pm_certificate_expires_seconds', 'End of validity of a certificate in use, Unix time', ['side']);
  let use: ((credentials: Credentials) => void) | undefined;
  /** Whether a change came while the side was being started. */
  let untold = false;
  let lists: WatchedRevocations | undefined;
  const notify = (): void => {
    untold = use === undefined;
    use?.(inForce());
  };
  const tell = ({ snapshot }: Found): void => {
    if (snapshot !== undefined) expires.set(snapshot.validTo / 1000, { side });
  };
  const changed = (found: Found): void => {
    tell(found);
    notify();
    // Other CAs may be trusted, and have lists of their own.
    void lists?.readAgain();
    const { snapshot, missing } = found;
    if (missing !== undefined) log.warn('TLS credentials are gone: no connection is made any more', { side, missing });
    else if (snapshot === undefined) log.info('TLS credentials replaced', { side });
    else log.info('TLS credentials replaced', { side, key: snapshot.keyId, until: new Date(snapshot.validTo).toISOString() });
  };
  const { files, revocations } = options;
  const read = (): Promise<Found> => (files ? readFilled(side, environment, files) : readOwn(side, environment, options));
  const part = await openPart({ about: `TLS credentials of ${side}`, read, same, changed }, world);
  const inForce = (): Credentials => {
    const { credentials } = part.current();
    return lists === undefined ? credentials : { ...credentials, revoked: lists.current().revoked };
  };
  tell(part.current());
  if (revocations !== undefined) {
    // What reads lists is loaded with the first.
    const { watchRevocations } = await import('./watched-revocations.ts');
    lists = await watchRevocations(side, revocations, () => part.current().credentials.trustedCas, notify, world);
  }
  return {
    get credentials() {
      untold = false;
      return inForce();
    },
    status: () => statusOf(side, part.current().snapshot),
    onChange(listener) {
      use = listener;
      if (untold) notify();
    },
    stop() {
      use = undefined;
      lists?.stop();
    },
    readAgain: () => part.readAgain(),
    alarms: () => [...part.alarms(), ...(lists?.alarms() ?? [])],
    missing: () => part.current().missing,
    issuers: () => part.current().issuers,
    snapshot: () => part.current().snapshot,
  };
}

/** Out of a vault that holds our own CA, and the hub's. */
async function readOwn(side: Side, environment: Environment, { moreCas = '' }: TlsOptions): Promise<Found> {
  const { purpose, name, trust } = SIDES[side];
  const present = await ifThere(environment.credentials(purpose));
  const missing = present === undefined ? name : present.trustedCas === '' ? trust : undefined;
  if (present === undefined || missing !== undefined)
    return { credentials: noCredentials, ...(missing !== undefined && { missing }), issuers: [] };
  const snapshot = { ...present, trustedCas: withMoreCas(present.trustedCas, moreCas) };
  readCertificates(snapshot.trustedCas, `The ${trust}`);
  if (side === 'hub') return found(snapshot);
  const peerKeys = await callersKeys(environment);
  return { ...found({ ...snapshot, ...(peerKeys && { peerKeys }) }), issuers: await issuingCas(environment) };
}

/** Out of a vault that files fill: it has what they name, and keeps it when they are broken. */
async function readFilled(side: Side, environment: Environment, { certificateFile, caFile }: TlsFiles): Promise<Found> {
  const { purpose, name, trust } = SIDES[side];
  const trusted = purpose === 'tls-server' ? CALLERS_OF_FILES : ({ purpose: 'hub-ca' } as const);
  const snapshot = await ifThere(environment.credentials(purpose, [trusted]));
  const trustedCas = snapshot?.trustedCas ?? (await environment.trust.trusted('hub-ca', 'hub')).flatMap(({ chain = [] }) => chain).join('');
  if (certificateFile !== undefined && snapshot === undefined) return { credentials: noCredentials, missing: name };
  if (caFile !== undefined && trustedCas === '') return { credentials: noCredentials, missing: trust };
  return snapshot ? found(snapshot) : { credentials: { certificate: '', privateKey: new Secret(''), trustedCas } };
}

function found(snapshot: TlsSnapshot): Found {
  return { credentials: snapshot, snapshot };
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
  if ((await trust.list('hub-client', HUB_CA_ID)).length === 0) return undefined;
  return (await trust.trusted('hub-client', HUB_CA_ID)).map(({ id }) => id);
}

function statusOf(side: string, snapshot: TlsSnapshot | undefined): CertificateStatus | undefined {
  return snapshot && { side, validFrom: snapshot.validFrom, validTo: snapshot.validTo };
}

function same(a: Found, b: Found): boolean {
  return (
    a.missing === b.missing &&
    a.snapshot?.keyId === b.snapshot?.keyId &&
    a.credentials.certificate === b.credentials.certificate &&
    a.credentials.trustedCas === b.credentials.trustedCas &&
    a.credentials.peerKeys?.join(' ') === b.credentials.peerKeys?.join(' ')
  );
}

/** A client that sends nothing as long as `missing` names something: without keys it would trust whomever the system trusts. */
export function guardedClient(client: PooledHttpClient, missing: () => string | undefined): PooledHttpClient {
  return {
    request(request) {
      const what = missing();
      if (what === undefined) return client.request(request);
      return Promise.resolve({
        kind: 'failed',
        phase: 'tls',
        sent: false,
        code: 'TLS_FAILED',
        message: `This DFSP is not connected to the scheme yet: the vault has no ${what}.`,
        advice: 'See GET /connection of the operations API, or run ./pm onboard.',
      });
    },
    load: () => client.load(),
    setCredentials: (credentials) => client.setCredentials(credentials),
    close: () => client.close(),
  };
}
