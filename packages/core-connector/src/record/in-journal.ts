import type { Claim, JournalEvent } from '@payment-manager/journal';
import { CORE_KIND, coreClaims } from './claims.ts';
import type { CoreEvent } from './events.ts';
import { VERSION_KIND } from './needed-versions.ts';
import { prunedCore } from './pruned.ts';

export { openAtCore } from './claims.ts';
export { neededVersions, VERSION_KIND } from './needed-versions.ts';

interface KeptRecord {
  readonly kind: string;
  readonly events: readonly JournalEvent[];
}

/**
 * What must still be known of a record at the core, or of a version of the connector, when its events are pruned; undefined: it is none, or is to
 * stay. `needed`: the versions that something needs (`neededVersions`); undefined: all are.
 */
export function corePruningSummary({ kind, events }: KeptRecord, needed?: ReadonlySet<string>): object | undefined {
  if (kind === CORE_KIND) return prunedCore(events);
  if (kind !== VERSION_KIND || needed === undefined) return undefined;
  const kept = events.find(({ type }) => type === 'connector-version') as (JournalEvent & { readonly version?: unknown }) | undefined;
  const { version } = kept ?? {};
  return typeof version !== 'string' || needed.has(version) ? undefined : { version };
}

/** The claims that its events took. */
export function coreClaimsTaken({ kind, events }: KeptRecord): readonly Claim[] {
  return kind === CORE_KIND ? (events as readonly CoreEvent[]).flatMap(coreClaims) : [];
}
