import type { Credentials, Secret } from '@payment-manager/runtime';

/** What a Mojaloop SDK needs to know; what is not there yet is left out. */
export interface ControlCredentials {
  /** PEM. */
  readonly jwsSigningKey?: Secret<string>;
  /** Whose JWS keys are trusted. An SDK holds one key per peer: the first of several counts, so the one in use comes first. */
  readonly peers: readonly PeerKey[];
  /** What the SDK serves the hub with. */
  readonly inbound?: Credentials;
  /** What the SDK calls the hub with. */
  readonly outbound?: Credentials;
}

export interface PeerKey {
  readonly dfspId: string;
  /** PEM. */
  readonly publicKey: string;
  /** Unix seconds, as the Connection Manager has it. */
  readonly createdAt?: number;
}

/** What a frame asks for; an error that it brings is never answered: an SDK answers errors with errors. */
export type Asked = 'configuration' | 'peer-keys' | 'nothing' | { readonly error: FrameError };
export type FrameError = 'UNSUPPORTED_MESSAGE' | 'UNSUPPORTED_VERB' | 'JSON_PARSE_ERROR';

/** Reads what a client sent. */
export function readFrame(text: string): Asked {
  let frame: unknown;
  try {
    frame = JSON.parse(text);
  } catch {
    return { error: 'JSON_PARSE_ERROR' };
  }
  const { msg, verb } = typeof frame === 'object' && frame !== null ? (frame as { msg?: unknown; verb?: unknown }) : {};
  if (msg === 'ERROR') return 'nothing';
  if (msg !== 'CONFIGURATION' && msg !== 'PEER_JWS') return { error: 'UNSUPPORTED_MESSAGE' };
  // Whoever reaches this socket must not be able to change whom we trust: a NOTIFY of peers' keys is refused as well.
  if (verb !== 'READ') return { error: 'UNSUPPORTED_VERB' };
  return msg === 'CONFIGURATION' ? 'configuration' : 'peer-keys';
}

/** A frame to a client. */
export function frameOf(msg: 'CONFIGURATION' | 'PEER_JWS' | 'ERROR', data: unknown, id: string): string {
  return JSON.stringify({ verb: 'NOTIFY', msg, data, id });
}

/**
 * `data` of CONFIGURATION.NOTIFY: always all of it, since an SDK merges it over what it was started with, and forgets what an earlier one
 * said. It merges, so a peer that is left out would stay trusted: one of `formerPeers` that is gone gets an empty key, which verifies nothing.
 * `peerJWSKeys` is always there: without it, an SDK that validates signatures does not start.
 */
export function configurationOf(credentials: ControlCredentials, formerPeers: Iterable<string>): Record<string, unknown> {
  const { jwsSigningKey, peers, inbound, outbound } = credentials;
  const keys = new Map<string, string>();
  for (const { dfspId, publicKey } of peers) if (!keys.has(dfspId)) keys.set(dfspId, publicKey);
  for (const dfspId of formerPeers) if (!keys.has(dfspId)) keys.set(dfspId, '');
  return {
    ...(jwsSigningKey && { jwsSigningKey: jwsSigningKey.reveal() }),
    // Own members only, whatever a peer is called.
    peerJWSKeys: Object.fromEntries(keys),
    ...(inbound && { inbound: tlsOf(inbound) }),
    ...(outbound && { outbound: tlsOf(outbound) }),
  };
}

function tlsOf({ trustedCas, certificate, privateKey }: Credentials): Record<string, unknown> {
  return { tls: { creds: { ca: trustedCas, cert: certificate, key: privateKey.reveal() } } };
}
