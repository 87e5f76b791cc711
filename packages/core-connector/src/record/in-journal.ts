/** What others must know of the records at the core when no connector is loaded: light, for it runs at every start. */
import type { Claim, JournalEvent } from '@payment-manager/journal';
import { CORE_KIND, coreClaims } from './claims.ts';
import type { CoreEvent } from './events.ts';
import { prunedCore } from './pruned.ts';

export { openAtCore } from './claims.ts';

interface KeptRecord {
  readonly kind: string;
  readonly events: readonly JournalEvent[];
}

/** What must still be known of a record at the core when its events are pruned; undefined: it is none, or is to stay. */
export function corePruningSummary({ kind, events }: KeptRecord): object | undefined {
  return kind === CORE_KIND ? prunedCore(events) : undefined;
}

/** The claims that its events took. */
export function coreClaimsTaken({ kind, events }: KeptRecord): readonly Claim[] {
  return kind === CORE_KIND ? (events as readonly CoreEvent[]).flatMap(coreClaims) : [];
}
