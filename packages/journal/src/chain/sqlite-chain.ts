/** The chain of a journal in SQLite. Runs in the database's thread. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { ChainHeads } from './anchor.ts';
import { type ChainedPrune, encodeContent } from './chain-content.ts';
import { attentionHash, batchHash, eventHash, hashedEvent, recordStart } from './chain-hash.ts';

/** One process has the file, and the next one goes on with its chain: there is one writer. */
export const onlyWriter = '1';

/** `head`: the hash of the record's last event. `appends`: how many there were, those without events too. */
const tables = `
  ALTER TABLE records ADD COLUMN head TEXT NOT NULL DEFAULT '';
  ALTER TABLE records ADD COLUMN appends INTEGER NOT NULL DEFAULT 0;
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
      return { position: position ?? 0, heads: [[onlyWriter, position ?? 0, hash ?? '']] };
    },
  };
}

/** The time now; null where there is no batch yet. */
type LastBatch = readonly [at: number, position: number | null, hash: string | null];

function addBatch(last: StatementSync, add: StatementSync, content: string): void {
  const [at, before, previous] = last.get() as unknown as LastBatch;
  const position = (before ?? 0) + 1;
  const hash = batchHash(previous ?? '', { writer: onlyWriter, number: position, position, at, content });
  add.run(position, at, hash, content);
}

/** Records in one row of the chain when it begins; as many as a batch has appends. */
const recordsPerBatch = 1_000;

/** The migration that makes the chain. What is there already becomes its first batches: each record as one append. */
export function beginChain(db: DatabaseSync): void {
  db.exec(tables);
  const page = db.prepare(
    'SELECT ordinal, record_id, kind, label, open, updated_at FROM records WHERE ordinal > ? ORDER BY ordinal LIMIT ?',
  );
  const claims = db.prepare('SELECT record, kind, scope, value FROM claims ORDER BY record, kind, scope, value');
  for (const statement of [page, claims]) statement.setReturnArrays(true);
  const chain = sqliteChain(db);
  const note = noteWith(db, inOrder(claims.iterate() as unknown as Iterator<ClaimRow>));
  for (let last = 0; ; ) {
    const rows = page.all(last, recordsPerBatch) as unknown as readonly RecordRow[];
    const end = rows.at(-1);
    if (!end) return;
    chain.begin();
    for (const row of rows) chain.note(note(row));
    chain.seal();
    last = end[0];
  }
}

/** Gives a record its hashes, and tells it as one append. */
function noteWith(db: DatabaseSync, claimsOf: (ordinal: number) => readonly string[]): (row: RecordRow) => AppendNote {
  const eventsOf = db.prepare('SELECT at, type, body FROM events WHERE place BETWEEN (?1 << 20) AND (?1 << 20 | 1048575) ORDER BY place');
  const attentionOf = db.prepare('SELECT level, code, reason, since FROM attention WHERE record = ? ORDER BY place');
  const change = db.prepare('UPDATE records SET head = ?, appends = 1 WHERE ordinal = ?');
  for (const statement of [eventsOf, attentionOf]) statement.setReturnArrays(true);
  return ([ordinal, recordId, kind, label, open, updatedAt]) => {
    let head = recordStart(recordId, kind);
    const events = (eventsOf.all(ordinal) as unknown as readonly (readonly [number, string, string])[]).map((event) => {
      head = eventHash(head, hashedEvent(...event));
      return head;
    });
    change.run(head, ordinal);
    const attention = attentionHash(attentionOf.all(ordinal) as unknown as Parameters<typeof attentionHash>[0]);
    return { ordinal, nth: 1, before: 0, open, label, updatedAt, attention, events, claims: claimsOf(ordinal), made: [recordId, kind] };
  };
}

type RecordRow = readonly [ordinal: number, recordId: string, kind: string, label: string, open: number, updatedAt: number];
type ClaimRow = readonly [record: number, kind: string, scope: string, value: string];

/** The claims of one record after the other, from rows that come by record. */
function inOrder(rows: Iterator<ClaimRow>): (record: number) => readonly string[] {
  let next = rows.next();
  return (record) => {
    const found: string[] = [];
    for (; !next.done && next.value[0] <= record; next = rows.next())
      if (next.value[0] === record) found.push(...(next.value.slice(1) as string[]));
    return found;
  };
}
