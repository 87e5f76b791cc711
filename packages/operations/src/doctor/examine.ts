import type { Clock } from '@payment-manager/runtime';
import { type DiskOrder, lookAtDisk } from './disk.ts';
import { type EndpointOrder, lookAtEndpoint } from './endpoint.ts';
import type { Finding } from './finding.ts';
import { lookAtOwnListeners, type OwnListeners } from './own-listeners.ts';

/** Everything that is to be looked at. */
export interface Patient {
  /** What is known without calling anybody: of the vault and the certificates. */
  readonly known: readonly Finding[];
  readonly disk: DiskOrder;
  readonly own: OwnListeners;
  readonly endpoints: readonly EndpointOrder[];
  /** Further questions: to the journal, and with a token to the Connection Manager and the hub’s token server. */
  readonly questions: readonly (() => Promise<readonly Finding[]>)[];
}

/** Looks at everything at once, so that it takes as long as the slowest; in the order of the parts. */
export async function examine(patient: Patient, clock: Clock): Promise<readonly Finding[]> {
  const { known, disk, own, endpoints, questions } = patient;
  const looks = await Promise.all([
    lookAtDisk(disk),
    lookAtOwnListeners(own),
    ...endpoints.map((endpoint) => lookAtEndpoint(endpoint, clock)),
    ...questions.map((ask) => ask()),
  ]);
  // what belongs to one part stands together, though it was found in several ways
  return [...Map.groupBy([...known, ...looks.flat()], ({ part }) => part).values()].flat();
}
