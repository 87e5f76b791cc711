import { DatabaseUnavailable, openSqlite } from '@payment-manager/database';
import type { World } from '@payment-manager/runtime';
import { type AppendReply, decodeReply, encodeAppend } from './append-op.ts';
import { storedNews } from './follow/stored-news.ts';
import { checkFormat, JOURNAL_FORMAT } from './format.ts';
import type { Append, Attention, Journal, JournalEvent, StoredRecord } from './journal.ts';
import { orUnavailable, unavailableOf } from './journal-errors.ts';
import { encodedSummary, type PruneResult } from './prune/pruned.ts';
import type { PruneOp } from './prune/sqlite-prune.ts';
import { journalMark } from './restored/journal-mark.ts';
import { markAppend } from './restored/mark.ts';
import type { SeesRestore } from './restored/sees-restore.ts';
import type { FormatOp, KnowOp, RecordRow, ShareOp } from './sqlite-script.ts';

export interface SqliteJournalOptions extends Pick<World, 'log'> {
  /** Path of the journal's file; made with its folder when it is not there. Only one process can have it open. */
  readonly file: string;
  /**
   * What whoever opens the journal must have, by name, e.g. a fingerprint of the key that seals secrets in it. The first one's values
   * stand; with another one the journal is not opened.
   */
  readonly sharedBy?: Readonly<Record<string, string>>;
  /** The highest format of events that this process reads. Default `JOURNAL_FORMAT`. */
  readonly reads?: number;
  /** See `SeesRestore`. */
  readonly restored?: SeesRestore;
  /** The disk failed: the process must exit at once (docs/money-rules.md, 8). Default: it exits with code 74. */
  readonly onFatal?: (error: Error) => void;
}

/**
 * The journal in a SQLite file, for one process. Rejects with DatabaseUnavailable when the file cannot be opened or
 * would not be durable; see its codes.
 */
export async function openSqliteJournal(options: SqliteJournalOptions): Promise<Journal> {
  const script = new URL('./sqlite-script.ts', import.meta.url);
  const store = await openSqlite<typeof import('./sqlite-script.ts')>({ ...options, script });
  for (const [name, value] of Object.entries(options.sharedBy ?? {})) await agreed(store, name, value);
  const { reads = JOURNAL_FORMAT } = options;
  await readable(store, options.file, reads);
  const journal: Journal = doorsOf(store, reads);
  let mark = await journalMark(journal);
  const sign = await options.restored?.({ mark: mark.last(), hashOf: (_, number) => orUnavailable(store.read('batchHash', number)) });
  if (sign !== undefined) {
    const lastEventAt = await orUnavailable(store.read('lastEventAt', undefined));
    const know: KnowOp = [2];
    // what is asked in one turn is one batch
    await Promise.all([journal.append(markAppend((mark.last()?.number ?? 0) + 1, sign, lastEventAt)), orUnavailable(store.write(know, 0))]);
    mark = await journalMark(journal);
  }
  return { ...journal, mark };
}

function doorsOf(store: Store, reads: number): Journal {
  const news = storedNews();
  return {
    async append(append: Append) {
      checkFormat(append, reads);
      const { op, bytes } = encodeAppend(append);
      let reply: AppendReply;
      try {
        reply = (await store.write(op, bytes)) as AppendReply;
      } catch (error) {
        throw unavailableOf(error);
      }
      if (typeof reply[0] === 'number') news.stored();
      return decodeReply(reply, append.claims ?? []);
    },
    async load(recordId) {
      const row = await orUnavailable(store.read('load', recordId));
      return row && storedRecord(row);
    },
    findByClaim: ({ kind, scope, value }) => orUnavailable(store.read('findByClaim', [kind, scope, value])),
    async openRecords(limit, after) {
      const rows = await orUnavailable(store.read('openRecords', [limit, after]));
      if (!rows) throw new RangeError(`there is no record ${after}`);
      return rows.map(storedRecord);
    },
    async between({ fromMs, toMs, limit, after }) {
      const rows = await orUnavailable(store.read('between', [fromMs, toMs, limit, after?.updatedAt ?? fromMs, after?.recordId ?? null]));
      if (!rows) throw new RangeError(`there is no record ${after?.recordId}`);
      return rows.map(([updatedAt, ...row]) => ({ ...storedRecord(row), updatedAt }));
    },
    async attention({ level, label, limit }) {
      const rows = await orUnavailable(store.read('attention', [level ?? null, label ?? null, limit]));
      return rows.map(([recordId, kind, ofLabel, ofLevel, code, reason, since]) => {
        return { recordId, kind, label: ofLabel, level: ofLevel as Attention['level'], code, reason, since };
      });
    },
    async prune(prunes) {
      const ops = prunes.map((prune): PruneOp => [0, prune.recordId, prune.version, prune.at, encodedSummary(prune)]);
      const results = await Promise.all(ops.map((op) => orUnavailable(store.write(op, op[4].length)) as Promise<PruneResult>));
      news.stored();
      return results;
    },
    onStored: news.onStored,
    writes: () => reads,
    chainHeads: () => orUnavailable(store.read('chainHeads', undefined)),
    close: () => store.close(),
  };
}

type Store = Awaited<ReturnType<typeof openSqlite<typeof import('./sqlite-script.ts')>>>;

/** This process alone has the journal: what it reads, it may write from now on. */
async function readable(store: Store, file: string, reads: number): Promise<void> {
  const stored = await orUnavailable(store.read('format', undefined));
  if (stored === reads) return;
  if (stored < reads) {
    const op: FormatOp = [3, reads];
    await orUnavailable(store.write(op, 0));
    return;
  }
  await store.close();
  throw new DatabaseUnavailable(
    'DATABASE_NEWER',
    `The journal ${file} may hold events of format ${stored}, which a newer version of this program has written; this one reads ${reads}. Run the newer version.`,
  );
}

async function agreed(store: Store, name: string, value: string): Promise<void> {
  const op: ShareOp = [1, name, value];
  if ((await orUnavailable(store.write(op, name.length + value.length))) === value) return;
  await store.close();
  throw new DatabaseUnavailable(
    'DATABASE_FOREIGN',
    `This ${name} is not the one that the journal was begun with. Give the right one, or another journal file; nothing was written.`,
  );
}

function storedRecord([recordId, kind, open, ...bodies]: RecordRow): StoredRecord {
  return { recordId, kind, open: open === 1, events: bodies.map((body) => JSON.parse(body) as JournalEvent) };
}
