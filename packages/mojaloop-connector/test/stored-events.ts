import type { JournalEvent } from '@payment-manager/journal';
import type { World } from './world.ts';

/** The events of one record, as the journal has them: what `JSON.stringify` makes of them and reading gives back. */
export async function storedEvents(world: World, recordId: string): Promise<readonly JournalEvent[]> {
  const record = await world.journal.load(recordId);
  return JSON.parse(JSON.stringify(record?.events ?? [])) as readonly JournalEvent[];
}

/** The first event of each kind, by kind. */
export function byKind(events: readonly JournalEvent[]): Readonly<Record<string, JournalEvent>> {
  const kinds: Record<string, JournalEvent> = {};
  for (const event of events) kinds[event.type] ??= event;
  return Object.fromEntries(Object.entries(kinds).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** How a snapshot is written: a change of it is a change of what journals hold, which must stay readable for years. */
export const SNAPSHOT = { serializers: [(value: unknown) => `${JSON.stringify(value, null, 2)}\n`] } as const;
