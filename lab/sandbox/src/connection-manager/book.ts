import { join } from 'node:path';
import { readTextFile, writePrivateFile } from '../ca/private-file.ts';
import { type DfspRecord, emptyRecords, type SchemeRecords } from './records.ts';

/** A DFSP, and the hub, keeps this many of each kind of entry; the oldest are forgotten. */
const ENTRIES_MAX = 200;
const EXTERNAL_MAX = 1_000;

/** The server's records, in memory and (with a folder) in a file that is replaced as a whole. */
export interface Book {
  readonly records: SchemeRecords;
  dfsp(dfspId: string): DfspRecord | undefined;
  nextId(): number;
  /** Writes the file and tells the listeners. Returns only when it is durable. */
  save(): void;
  /** Told after each change; returns what ends it. */
  onChange(listener: () => void): () => void;
  /** Nothing is written or told any more: what is still under way comes too late. */
  close(): void;
}

/**
 * Opens the records kept in `folder` (file `connection-manager.json`, 0600: it holds the hub's private keys), or begins empty ones.
 * Without a folder they are gone with the process.
 */
export function openBook(folder: string | undefined): Book {
  const file = folder === undefined ? undefined : join(folder, 'connection-manager.json');
  const text = file === undefined ? undefined : readTextFile(file);
  const records = text === undefined ? emptyRecords() : { ...emptyRecords(), ...(JSON.parse(text) as Partial<SchemeRecords>) };
  const listeners = new Set<() => void>();
  let closed = false;
  return {
    records,
    dfsp: (dfspId) => records.dfsps.find((one) => one.dfspId === dfspId),
    nextId: () => records.nextId++,
    save() {
      if (closed) return;
      for (const dfsp of records.dfsps) keepNewest(dfsp);
      records.externalJws = records.externalJws.slice(-EXTERNAL_MAX);
      records.hubItems = records.hubItems.slice(-ENTRIES_MAX);
      if (file !== undefined) writePrivateFile(file, JSON.stringify(records));
      for (const listener of listeners) listener();
    },
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close() {
      closed = true;
    },
  };
}

function keepNewest(dfsp: DfspRecord): void {
  for (const list of ['inbound', 'outbound', 'egress', 'ingress', 'items'] as const) {
    const entries: unknown[] = dfsp[list];
    if (entries.length > ENTRIES_MAX) entries.splice(0, entries.length - ENTRIES_MAX);
  }
}

/** In the order of Vault's LIST: ids sorted as text, so that 11 comes before 9. */
export function inTextOrder<T extends { readonly id: number }>(list: readonly T[]): T[] {
  return list.toSorted((a, b) => (String(a.id) < String(b.id) ? -1 : 1));
}
