/** The chain of a journal in SQLite. Runs in the database's thread. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { ChainHeads } from './anchor.ts';
import { batchHash, type ChainedPrune, encodeContent } from './chain-hash.ts';

/** One process has the file, and the next one goes on with its chain: there is one writer. */
export const ONLY_WRITER = '1';

/** One row for each batch. */
export const CHAIN_TABLE = `
  CREATE TABLE chain (
    position INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    hash TEXT NOT NULL,
    content TEXT NOT NULL
  ) STRICT;
`;

/** What an append leaves for the chain. */
export interface AppendNote {
  readonly ordinal: number;
  readonly nth: number;
  readonly before: number;
  readonly open: number;
  readonly label: string;
  readonly updatedAt: number;
  readonly attention: string;
  readonly events: readonly string[];
  readonly claims: readonly string[];
  /** Of a new record: its id and kind. */
  readonly made?: readonly [recordId: string, kind: string];
}

/** An append as the chain keeps it (`ChainedAppend`), as JSON. Ids with half a character are stored with U+FFFD in its place. */
function encodeAppendNote({ ordinal, nth, before, open, label, updatedAt, attention, events, claims, made }: AppendNote): string {
  const hashes = events.length === 0 ? '' : `"${events.join('","')}"`;
  const texts = (list: readonly string[]): string => list.map((text) => JSON.stringify(text.toWellFormed())).join();
  const end = made ? `,${texts(made)}]` : ']';
  return `[${ordinal},${nth},${before},${open},${texts([label])},${updatedAt},"${attention}",[${hashes}],[${texts(claims)}]${end}`;
}

/** Gathers what the appends and prunes of a batch did, and adds it to the chain as one row before the commit. */
export interface SqliteChain {
  begin(): void;
  note(append: AppendNote): void;
  notePrune(prune: ChainedPrune): void;
  /** Whether there were prunes in it. */
  seal(): boolean;
  heads(): ChainHeads;
}

/** The chain of a database whose migrations are done. */
export function sqliteChain(db: DatabaseSync): SqliteChain {
  // No join: that would make and drop a table in memory at each batch.
  const last = db.prepare(`
    SELECT CAST(unixepoch('subsec') * 1000 AS INTEGER),
      (SELECT position FROM chain ORDER BY position DESC LIMIT 1),
      (SELECT hash FROM chain ORDER BY position DESC LIMIT 1)`);
  const add = db.prepare('INSERT INTO chain (position, at, hash, content) VALUES (?, ?, ?, ?)');
  last.setReturnArrays(true);
  let noted: string[] = [];
  let prunes: ChainedPrune[] = [];
  return {
    begin() {
      noted = [];
      prunes = [];
    },
    note(append) {
      noted.push(encodeAppendNote(append));
    },
    notePrune(prune) {
      prunes.push(prune);
    },
    seal() {
      if (noted.length + prunes.length > 0) addBatch(last, add, encodeContent(noted, prunes));
      return prunes.length > 0;
    },
    heads() {
      const [, position, hash] = last.get() as unknown as LastBatch;
      return { position: position ?? 0, heads: [[ONLY_WRITER, position ?? 0, hash ?? '']] };
    },
  };
}

/** The time now; null where there is no batch yet. */
type LastBatch = readonly [at: number, position: number | null, hash: string | null];

function addBatch(last: StatementSync, add: StatementSync, content: string): void {
  const [at, before, previous] = last.get() as unknown as LastBatch;
  const position = (before ?? 0) + 1;
  const hash = batchHash(previous ?? '', { writer: ONLY_WRITER, number: position, position, at, content });
  add.run(position, at, hash, content);
}
