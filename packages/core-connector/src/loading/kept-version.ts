import { createHash } from 'node:crypto';
import { type Journal, type JournalEvent, type StoredRecord, versionOf } from '@payment-manager/journal';
import type { ConnectorFiles } from '../language/compile-connector.ts';
import { USED_ID } from '../record/claims.ts';
import { VERSION_KIND } from '../record/needed-versions.ts';

/** All that makes a version of the connector what it is. Secrets are not in it: they are had by their names, wherever they are now. */
export interface VersionContent {
  readonly files: ConnectorFiles;
  readonly settings: Readonly<Record<string, string>>;
}

type Pairs = readonly (readonly [string, string])[];
const idOf = (version: string): string => `${VERSION_KIND}-${version}`;

/** Its name: a hash of its content. */
export function versionName(content: VersionContent): string {
  return createHash('sha256').update(textOf(content)).digest('hex').slice(0, 32);
}

/** A name of the files alone, whatever a bank has filled in. */
export function filesVersion(files: ConnectorFiles): string {
  return versionName({ files, settings: {} });
}

function textOf({ files, settings }: VersionContent): string {
  const sorted = <T>(entries: Iterable<readonly [string, T]>) => [...entries].sort(([a], [b]) => (a < b ? -1 : 1));
  const { functions } = files;
  const tables = files.tables === undefined && functions === undefined ? [] : [sorted(files.tables ?? [])];
  const plugIns = functions === undefined ? [] : [functions];
  return JSON.stringify([files.connector, sorted(files.operations), sorted(Object.entries(settings)), ...tables, ...plugIns]);
}

/** A version with which payments begin says so once in so long: what has said nothing for days may be pruned (`record/needed-versions.ts`). */
const SAYS_EVERY_MS = 86_400_000;
/** Somebody prunes it, or another replica is faster, between a look and an append. */
const TRIES = 4;

/**
 * Keeps a version in the journal, and that it is used now: payments that begin with it end with it, after any restart and on any replica. Durable when
 * it resolves. Rejects as the journal does.
 */
export async function keepVersion(journal: Journal, version: string, content: VersionContent, now: number): Promise<void> {
  const recordId = idOf(version);
  for (let tries = 0; tries < TRIES; tries++) {
    const record = await journal.load(recordId);
    const isKept = record !== undefined && contentIn(record) !== undefined;
    if (isKept && now - (record.events.at(-1)?.at ?? 0) < SAYS_EVERY_MS) return;
    if (!isKept) await appendTo(journal, USED_ID, USED_ID, 0, { type: 'connector-used', at: now });
    const event = isKept
      ? { type: 'connector-version-used', at: now }
      : { type: 'connector-version', at: now, version, content: textOf(content) };
    // looked at again: a version conflict says that somebody was faster
    await appendTo(journal, recordId, VERSION_KIND, record === undefined ? 0 : versionOf(record), event);
  }
}

async function appendTo(journal: Journal, recordId: string, kind: string, expectedVersion: number, event: JournalEvent): Promise<void> {
  await journal.append({ recordId, kind, expectedVersion, events: [event], open: false, attention: [], label: recordId });
}

/** A version that was kept; undefined: it was not, was pruned, or its content is not what its name says. Rejects as the journal does. */
export async function keptVersion(journal: Journal, version: string): Promise<VersionContent | undefined> {
  const record = await journal.load(idOf(version));
  const content = record && contentIn(record);
  if (content === undefined) return undefined;
  const [connector, operations, settings, tables, functions] = JSON.parse(content) as [string, Pairs, Pairs, Pairs?, string?];
  const files = {
    connector,
    operations: new Map(operations),
    ...(tables !== undefined && { tables: new Map(tables) }),
    ...(functions !== undefined && { functions }),
  };
  const read: VersionContent = { files, settings: Object.fromEntries(settings) };
  return versionName(read) === version ? read : undefined;
}

/** What was kept last; a record that was pruned may have been kept anew. */
function contentIn({ events }: Pick<StoredRecord, 'events'>): string | undefined {
  const kept = events.findLast(({ type }) => type === 'connector-version') as (JournalEvent & { readonly content?: unknown }) | undefined;
  return typeof kept?.content === 'string' ? kept.content : undefined;
}
