/** What others must know of this room's records when no connector is loaded: light, for it runs at every start. */
import type { Claim, Journal, JournalEvent } from '@payment-manager/journal';
import * as atCore from './record/in-journal.ts';
import { SEND_KIND, sendClaims } from './send/claims.ts';
import type { SendEvent } from './send/events.ts';
import { prunedSend } from './send/pruned.ts';

export { neededVersions, VERSION_KIND } from './record/in-journal.ts';

interface KeptRecord {
  readonly kind: string;
  readonly events: readonly JournalEvent[];
}

/** Ids, some of them, of payments with which nobody but a connector goes on. */
export function openWithConnector(journal: Journal): Promise<readonly string[]> {
  return atCore.openAtCore(journal, [SEND_KIND]);
}

/** What must still be known of such a record when its events are pruned; undefined: it is none, or is to stay. `needed`: of versions of the connector, those that something needs. */
export function corePruningSummary(record: KeptRecord, needed?: ReadonlySet<string>): object | undefined {
  return record.kind === SEND_KIND ? prunedSend(record.events) : atCore.corePruningSummary(record, needed);
}

/** The claims that its events took. */
export function coreClaimsTaken(record: KeptRecord): readonly Claim[] {
  return record.kind === SEND_KIND ? (record.events as readonly SendEvent[]).flatMap(sendClaims) : atCore.coreClaimsTaken(record);
}
