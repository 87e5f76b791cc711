import { createHash } from 'node:crypto';
import type { Journal, JournalEvent } from '@payment-manager/journal';
import type { ConnectorFiles } from '../language/compile-connector.ts';
import { USED_ID } from '../record/claims.ts';

/** All that makes a version of the connector what it is. Secrets are not in it: they are had by their names, wherever they are now. */
export interface VersionContent {
  readonly files: ConnectorFiles;
  readonly settings: Readonly<Record<string, string>>;
}

type Pairs = readonly (readonly [string, string])[];
const KIND = 'core-version';
const idOf = (version: string): string => `${KIND}-${version}`;

/** Its name: a hash of its content. */
export function versionName(content: VersionContent): string {
  return createHash('sha256').update(textOf(content)).digest('hex').slice(0, 32);
}

function textOf({ files, settings }: VersionContent): string {
  const sorted = <T>(entries: Iterable<readonly [string, T]>) => [...entries].sort(([a], [b]) => (a < b ? -1 : 1));
  const tables = files.tables === undefined ? [] : [sorted(files.tables)];
  return JSON.stringify([files.connector, sorted(files.operations), sorted(Object.entries(settings)), ...tables]);
}

/**
 * Keeps a version in the journal: payments that begin with it end with it, after any restart and on any replica. Durable when it resolves.
 * Rejects as the journal does.
 */
export async function keepVersion(journal: Journal, version: string, content: VersionContent, now: number): Promise<void> {
  const recordId = idOf(version);
  if ((await journal.load(recordId)) !== undefined) return;
  const used = { type: 'connector-used', at: now };
  await journal.append({
    recordId: USED_ID,
    kind: USED_ID,
    expectedVersion: 0,
    events: [used],
    open: false,
    attention: [],
    label: USED_ID,
  });
  const event = { type: 'connector-version', at: now, version, content: textOf(content) };
  // a version conflict says that another replica was faster, with the same content
  await journal.append({ recordId, kind: KIND, expectedVersion: 0, events: [event], open: false, attention: [], label: recordId });
}

/** A version that was kept; undefined: it was not, or its content is not what its name says. Rejects as the journal does. */
export async function keptVersion(journal: Journal, version: string): Promise<VersionContent | undefined> {
  const [event] = (await journal.load(idOf(version)))?.events ?? [];
  const { content } = (event ?? {}) as JournalEvent & { readonly content?: unknown };
  if (typeof content !== 'string') return undefined;
  const [connector, operations, settings, tables] = JSON.parse(content) as [string, Pairs, Pairs, Pairs?];
  const files = { connector, operations: new Map(operations), ...(tables !== undefined && { tables: new Map(tables) }) };
  const read: VersionContent = { files, settings: Object.fromEntries(settings) };
  return versionName(read) === version ? read : undefined;
}
