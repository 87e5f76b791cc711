import type { ReportedState } from './api/connection-manager-api.ts';
import type { Artefact, Condition } from './condition.ts';

/** The server's names for what it can be told of. */
const NAMES: Readonly<Partial<Record<Artefact, string>>> = {
  HUB_CA: 'HUB_CA',
  DFSP_CA: 'DFSP_CA',
  DFSP_CLIENT_CERT: 'DFSP_CLIENT_CERT',
  DFSP_SERVER_CERT: 'DFSP_SERVER_CERT',
  HUB_CLIENT_CERT: 'HUB_CLIENT_CERT',
  DFSP_JWS: 'DFSP_JWS',
  PEER_JWS: 'PEER_JWS',
  ENDPOINTS: 'ENDPOINT_CONFIG',
};
const STATUSES = { Ready: 'completed', Progressing: 'inProgress', Failed: 'inError' } as const;

/** Our conditions as the hub's operator sees them in the Connection Manager: code and state, and no details of ours. */
export function reportOf(conditions: readonly Condition[]): Readonly<Record<string, ReportedState>> {
  const entries = conditions.flatMap(({ artefact, state, reason, since }): [string, ReportedState][] => {
    const name = NAMES[artefact];
    if (name === undefined) return [];
    const entry = { status: STATUSES[state], lastUpdated: new Date(since).toISOString(), stateDescription: reason };
    // Empty, not absent: what is not sent may keep its value there, an error that is over too.
    return [[name, { ...entry, errorDescription: state === 'Failed' ? reason : '' }]];
  });
  return Object.fromEntries(entries);
}
