/** The scheme of every simulation: one payer DFSP, one payee DFSP, the hub, and a participant that only makes trouble. */
export const PAYER = 'greenbank';
export const PAYEE = 'bluewallet';
export const HUB = 'switch';
export const STRANGER = 'redfund';

export type Dfsp = typeof PAYER | typeof PAYEE;
export const DFSPS: readonly Dfsp[] = [PAYER, PAYEE];

/** Names of the servers in the simulated network. */
export const HUB_HOST = 'hub';
export const inboundHost = (fspId: string): string => `${fspId}-in`;
export const outboundHost = (fspId: string): string => `${fspId}-out`;
export const coreHost = (fspId: string): string => `${fspId}-core`;

/** What a connection is between: which faults can strike it depends on that. */
export type LinkKind = 'to-hub' | 'from-hub' | 'to-core' | 'from-core';

/** The kind of the connections to the server `host`. */
export function linkKind(host: string): LinkKind {
  if (host === HUB_HOST) return 'to-hub';
  if (host.endsWith('-core')) return 'to-core';
  return host.endsWith('-in') ? 'from-hub' : 'from-core';
}
