import type { JournalEvent, StoredRecord } from '@payment-manager/journal';
import type { Action, Flow, Input } from './flow.ts';

/**
 * The keys of what a record owes that are not ours to do: an obligation belongs to the replica whose append created it, or
 * that took it over (docs/money-rules.md, 7). Where no replicas share the journal everything is ours.
 */
export function foreignKeys<S, I extends Input, E extends JournalEvent, A extends Action>(
  flow: Flow<S, I, E, A>,
  record: StoredRecord,
  self: string | undefined,
): ReadonlySet<string> {
  const foreign = new Set<string>();
  if (record.owners === undefined || self === undefined) return foreign;
  let owners = new Map<string, string>();
  let state: S | undefined;
  for (const [index, event] of record.events.entries()) {
    state = flow.apply(state, event as unknown as E);
    const owner = record.owners[index] ?? self;
    const known = owners;
    owners = new Map(flow.owed(state).map(({ key }) => [key, known.get(key) ?? owner]));
  }
  for (const [key, owner] of owners) if (owner !== self) foreign.add(key);
  return foreign;
}
