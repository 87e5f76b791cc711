import { decodeReply, encodeAppend } from './append-op.ts';
import {
  type Append,
  type AppendResult,
  type Attention,
  type AttentionRow,
  type BetweenQuery,
  type Claim,
  type DatedRecord,
  type Journal,
  type JournalEvent,
  JournalUnavailable,
  type StoredRecord,
} from './journal.ts';
import { encodedSummary, type Prune, type PruneResult, prunedBody } from './prune/pruned.ts';
import { journalMark } from './restored/journal-mark.ts';
import { markAppend, type RestoreSign } from './restored/mark.ts';

interface MemoryRecord {
  version: number;
  pruned: boolean;
  readonly recordId: string;
  readonly kind: string;
  label: string;
  /** Bodies as text, as a database keeps them: what cannot be stored is not given back either. */
  readonly bodies: string[];
  open: boolean;
  attention: readonly Attention[];
  updatedAt: number;
}

/** A journal of this kind, of which a copy can be made. */
export interface MemoryJournal extends Journal {
  /** As it is now. */
  copy(): MemoryJournal;
  /** As it is now, marked as put back to an older copy. */
  restoredCopy(sign: RestoreSign): Promise<Journal>;
}

/** A journal in the process's memory, for tests and simulations of flows: the same answers, nothing durable. */
export function memoryJournal(): MemoryJournal {
  return journalWith({ records: new Map(), claims: new Map() });
}

interface MemoryTables {
  readonly records: Map<string, MemoryRecord>;
  readonly claims: Map<string, string>;
}

function journalWith(tables: MemoryTables): MemoryJournal {
  const { records, claims } = tables;
  let closed = false;

  async function whileOpen<T>(answer: () => T): Promise<T> {
    // As with a database: never in the same instant, and errors are rejections.
    await Promise.resolve();
    if (closed) throw new JournalUnavailable('The journal is not available (DATABASE_CLOSED): it was closed.');
    return answer();
  }

  return {
    async append(append) {
      encodeAppend(append);
      const bodies = append.events.map((event) => JSON.stringify(event));
      return whileOpen(() => appendNow(tables, append, bodies));
    },
    load: (recordId) =>
      whileOpen(() => {
        const record = records.get(recordId);
        return record && stored(record);
      }),
    findByClaim: (claim) => whileOpen(() => claims.get(claimKey(claim))),
    openRecords: (limit, after) => whileOpen(() => openPage(tables, limit, after)),
    between: (query) => whileOpen(() => pageBetween(tables, query)),
    attention: (query) => whileOpen(() => attentionRows(tables, query)),
    async prune(prunes) {
      const summaries = prunes.map(encodedSummary);
      return whileOpen(() => prunes.map((prune, index) => pruneNow(tables, prune, summaries[index] as string)));
    },
    copy: () => copyOf(tables),
    async restoredCopy(sign) {
      const marked = copyOf(tables);
      const lastEventAt = Math.max(0, ...[...records.values()].map(({ updatedAt }) => updatedAt));
      await marked.append(markAppend(1, sign, lastEventAt));
      return { ...marked, mark: await journalMark(marked) };
    },
    async close() {
      closed = true;
    },
  };
}

function copyOf({ records, claims }: MemoryTables): MemoryJournal {
  const copied = new Map([...records].map(([id, record]) => [id, { ...record, bodies: [...record.bodies] }]));
  return journalWith({ records: copied, claims: new Map(claims) });
}

function stored({ recordId, kind, bodies, open }: MemoryRecord): StoredRecord {
  return { recordId, kind, open, events: bodies.map((body) => JSON.parse(body) as JournalEvent) };
}

// ---- what is written

function appendNow({ records, claims }: MemoryTables, append: Append, bodies: readonly string[]): AppendResult {
  const { recordId, kind, label, expectedVersion, open, attention } = append;
  const before = records.get(recordId);
  const version = before?.version ?? 0;
  const wanted = append.claims ?? [];
  if (version !== expectedVersion) return decodeReply(['version', version], wanted);
  for (const [index, claim] of wanted.entries()) {
    const holder = claims.get(claimKey(claim));
    if (holder !== undefined && holder !== recordId) return decodeReply(['claim', index, holder], wanted);
  }
  const record = before ?? { version: 0, pruned: false, recordId, kind, label, bodies: [], open, attention, updatedAt: 0 };
  records.set(recordId, record);
  record.bodies.push(...bodies);
  record.version += bodies.length;
  const updatedAt = Math.max(record.updatedAt, append.events.at(-1)?.at ?? 0);
  Object.assign(record, { label, open, attention: attention.map((entry) => ({ ...entry })), updatedAt });
  for (const claim of wanted) claims.set(claimKey(claim), recordId);
  return decodeReply([record.version], wanted);
}

function pruneNow({ records }: MemoryTables, { recordId, version, at }: Prune, summary: string): PruneResult {
  const record = records.get(recordId);
  if (!record) return 'missing';
  if (record.pruned) return 'pruned-before';
  if (record.version !== version) return 'changed';
  if (record.open || record.attention.length > 0) return 'not-at-rest';
  record.pruned = true;
  record.bodies.splice(0, version, prunedBody(at, version, '', summary));
  return 'pruned';
}

// ---- what is asked

function openPage({ records }: MemoryTables, limit: number, after: string | undefined): readonly StoredRecord[] {
  const all = [...records.values()];
  const start = after === undefined ? 0 : all.findIndex(({ recordId }) => recordId === after) + 1;
  if (after !== undefined && start === 0) throw new RangeError(`there is no record ${after}`);
  const page = all.slice(start).filter(({ open }) => open);
  return page.slice(0, limit).map(stored);
}

function pageBetween({ records }: MemoryTables, { fromMs, toMs, limit, after }: BetweenQuery): readonly DatedRecord[] {
  const all = [...records.values()].map((record, age) => ({ record, age }));
  const last = after && all.find(({ record }) => record.recordId === after.recordId);
  if (after && !last) throw new RangeError(`there is no record ${after.recordId}`);
  const first: readonly [number, number] = after ? [after.updatedAt, last?.age ?? 0] : [fromMs, -1];
  const wanted = all.filter(({ record: { updatedAt }, age }) => {
    const follows = updatedAt > first[0] || (updatedAt === first[0] && age > first[1]);
    return updatedAt >= fromMs && updatedAt < toMs && follows;
  });
  const page = wanted.toSorted((a, b) => a.record.updatedAt - b.record.updatedAt || a.age - b.age).slice(0, limit);
  return page.map(({ record }) => ({ ...stored(record), updatedAt: record.updatedAt }));
}

function attentionRows({ records }: MemoryTables, { level, label, limit }: Parameters<Journal['attention']>[0]): readonly AttentionRow[] {
  const rows = [...records.values()].flatMap(({ recordId, kind, label: ofLabel, attention }) =>
    attention.map((entry) => ({ recordId, kind, label: ofLabel, ...entry })),
  );
  const wanted = rows.filter((row) => (level === undefined || row.level === level) && (label === undefined || row.label === label));
  return wanted.toSorted((a, b) => a.since - b.since).slice(0, limit);
}

function claimKey({ kind, scope, value }: Claim): string {
  return JSON.stringify([kind, scope, value]);
}
