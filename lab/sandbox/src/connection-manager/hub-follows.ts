import type { World } from '@payment-manager/runtime';
import type { Hub } from '../hub/hub.ts';
import type { Listener } from '../listener.ts';
import type { ConnectionManagerServer } from './connection-manager-server.ts';
import type { MemberClient } from './member-client.ts';
import type { SchemeMember } from './scheme-view.ts';

export interface HubFollowsParts extends Pick<World, 'log'> {
  readonly server: ConnectionManagerServer;
  readonly hub: Hub;
  readonly client: MemberClient;
  readonly listener: Listener;
}

/**
 * Lets the hub know of the DFSPs what the Connection Manager knows, now and after each change, while it runs: JWS keys (two during a
 * change), where they listen, whose certificates count, and with which certificate the hub itself listens. Returns what ends it.
 */
export function hubFollows({ server, hub, client, listener, log }: HubFollowsParts): () => void {
  const told = new Map<string, string>();
  let served = server.hubCredentials();
  const put = (participant: object, fspId: string): void => {
    const text = JSON.stringify(participant);
    if (told.get(fspId) === text) return;
    told.set(fspId, text);
    hub.putParticipant({ ...participant }).catch((error: unknown) => {
      log.warn('the hub does not take what the Connection Manager says', { fspId, reason: error instanceof Error ? error.message : '' });
    });
  };
  const follow = (): void => {
    const members = server.members();
    client.use(members);
    for (const member of members) put(participantOf(member), member.fspId);
    const gone = [...told.keys()].filter((fspId) => !members.some((member) => member.fspId === fspId));
    for (const fspId of gone) put({ fspId, jwsPublicKeys: [] }, fspId);
    const credentials = server.hubCredentials();
    if (!credentials || (credentials.certificate === served?.certificate && credentials.trustedCas === served.trustedCas)) return;
    served = credentials;
    listener.setCredentials(credentials);
  };
  follow();
  return server.onChange(follow);
}

function participantOf({ fspId, jwsPublicKeys, ingressUrl, onboarded }: SchemeMember): object {
  return { fspId, jwsPublicKeys, ...(onboarded && ingressUrl !== undefined && ingressUrl !== '' && { endpoint: ingressUrl }) };
}
