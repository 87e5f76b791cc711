import {
  DatabaseUnavailable,
  knowsRestores,
  type OpenPostgresOptions,
  openPostgres,
  openPostgresSnapshots,
  type PostgresAddress,
  type PostgresStore,
  RESTORES_QUERY,
} from '@payment-manager/database';
import type { ChainHeads } from './chain/anchor.ts';
import { type StoredNews, storedNews } from './follow/stored-news.ts';
import { checkFormat, JOURNAL_FORMAT } from './format.ts';
import { gatheredLoads } from './gathered-loads.ts';
import type { Append, AppendResult, Attention, AttentionRow, Journal, JournalEvent, ReplicaDoor, StoredRecord } from './journal.ts';
import { orUnavailable } from './journal-errors.ts';
import { DIVIDER, type PostgresAppend, postgresScript, preparedAppend } from './postgres-append.ts';
import { encodedSummary, type PruneResult } from './prune/pruned.ts';
import { journalMark } from './restored/journal-mark.ts';
import { type JournalMark, markAppend, markId, type RestoreSign } from './restored/mark.ts';
import type { SeesRestore } from './restored/sees-restore.ts';

/** Where the database is, this replica's name, and the limits: see `OpenPostgresOptions`. */
export interface PostgresJournalOptions extends Omit<OpenPostgresOptions<PostgresAppend, AppendResult>, 'script'> {
  /**
   * What all that share the journal must have in common, by name, e.g. a fingerprint of the key that seals secrets in it. The
   * first replica's stands; one with another value is refused. No secrets: it is stored as it is.
   */
  readonly sharedBy?: Readonly<Record<string, string>>;
  /** See `SeesRestore`. */
  readonly restored?: SeesRestore;
  /** Nobody else may be at work in it: with a living lease it is refused (`DATABASE_IN_USE`). */
  readonly alone?: boolean;
}

type Store = PostgresStore<PostgresAppend, AppendResult>;

/** A journal that several processes share. */
export interface SharedJournal extends Journal {
  readonly replica: ReplicaDoor;
}

interface RecordRow {
  readonly record_id: string;
  readonly kind: string;
  readonly open: boolean;
  readonly bodies: string | null;
  readonly owners: string | null;
}

/** A record with its events in one row: text is split more cheaply than rows are read. */
const COLUMNS = 'r.record_id, r.kind, r.open, e.bodies, e.owners';
const EVENTS_OF = `LATERAL (
    SELECT string_agg(body, E'\\x1f' ORDER BY seq) AS bodies, string_agg(owner::text, ',' ORDER BY seq) AS owners
    FROM events WHERE record = r.ordinal
  ) e`;
const RECORDS = `SELECT ${COLUMNS} FROM records r, ${EVENTS_OF}`;
/** Records at rest and open ones each by their own index, in order, so that no day is sorted. */
const stretch = (time: string, of: string): string => `(
    SELECT ${time} AS updated_at, ordinal FROM records
    WHERE ${of} AND ${time} >= $1 AND ${time} < $2 AND (${time}, ordinal) > ($4, $5) ORDER BY ${time}, ordinal LIMIT $3)`;

const questions = {
  load: { name: 'load', text: `${RECORDS} WHERE r.record_id = ANY ($1)` },
  claim: {
    name: 'claim',
    text: `SELECT r.record_id FROM claims c JOIN records r ON r.ordinal = c.record WHERE c.key = claim_key($1, $2, $3)`,
  },
  ordinal: { name: 'ordinal', text: 'SELECT ordinal FROM records WHERE record_id = $1' },
  open: { name: 'open', text: `${RECORDS} WHERE r.open AND r.ordinal > $1 ORDER BY r.ordinal LIMIT $2` },
  these: { name: 'these', text: `${RECORDS} WHERE r.ordinal = ANY ($1::bigint[]) ORDER BY r.ordinal` },
  named: { name: 'named', text: `${RECORDS} WHERE r.open AND r.record_id = ANY ($1) ORDER BY r.ordinal` },
  topic: {
    name: 'topic',
    text: 'SELECT r.record_id FROM topics t JOIN records r ON r.ordinal = t.record WHERE t.topic = $1 ORDER BY t.record',
  },
  between: {
    name: 'between',
    text: `WITH page AS MATERIALIZED (
        ${stretch('closed_at', 'closed_at IS NOT NULL')} UNION ALL ${stretch('updated_at', 'open')} ORDER BY updated_at, ordinal LIMIT $3)
      SELECT p.updated_at::float8 AS updated_at, ${COLUMNS} FROM page p JOIN records r ON r.ordinal = p.ordinal, ${EVENTS_OF}
      ORDER BY p.updated_at, p.ordinal`,
  },
  attention: {
    name: 'attention',
    text: `SELECT r.record_id AS "recordId", r.kind, r.label, a.level, a.code, a.reason, a.since::float8 AS since
      FROM attention a JOIN records r ON r.ordinal = a.record
      WHERE ($1::text IS NULL OR a.level = $1) AND ($2::text IS NULL OR r.label = $2)
      ORDER BY a.since, a.record, a.place LIMIT $3`,
  },
  heads: {
    name: 'heads',
    text: `SELECT coalesce((SELECT max(position) FROM chain), 0)::float8 AS position, (
        SELECT coalesce(json_agg(json_build_array(h.writer::text, h.number, h.hash) ORDER BY h.writer), '[]') FROM (
          SELECT writer, number, hash FROM chain_heads
          UNION ALL SELECT l.epoch, 0, '' FROM leases l
          WHERE NOT l.ended AND NOT EXISTS (SELECT FROM chain_heads c WHERE c.writer = l.epoch)
        ) h) AS heads`,
  },
  hash: { name: 'batch-hash', text: 'SELECT hash FROM chain WHERE writer = $1 AND number = $2' },
  prune: { name: 'prune', text: 'SELECT prune_records($1, $2::text[], $3::integer[], $4::bigint[], $5::text[]) AS results' },
  taken: {
    name: 'taken',
    text: `SELECT array_agg(r.ordinal) AS ordinals FROM records r
      WHERE r.open AND EXISTS (SELECT FROM events e WHERE e.record = r.ordinal AND e.owner = $1 AND e.writer <> $1)`,
  },
} as const;

/**
 * The journal in PostgreSQL, for any number of replicas. Rejects with DatabaseUnavailable when the server cannot be
 * reached, would not be durable, or is too old; see its codes. From then on it comes back by itself.
 */
export async function openPostgresJournal(options: PostgresJournalOptions): Promise<SharedJournal> {
  const { reads = JOURNAL_FORMAT } = options;
  const store: Store = await openPostgres({ ...options, reads, script: postgresScript });
  if (options.alone === true) await demandAlone(store);
  for (const [name, value] of Object.entries(options.sharedBy ?? {})) await agreed(store, name, value);
  const news = storedNews();
  const journal = doorsOf(store, news, await formatOf(store, reads));
  const mark = await markedJournal(store, journal, options.restored);
  const endListening = store.onBatch((changed) => {
    news.stored();
    const number = mark.last()?.number;
    if (number === undefined || (changed !== undefined && !changed.includes(markId(number)))) return;
    mark.refresh().catch(() => {});
  });
  return {
    ...journal,
    mark,
    close() {
      endListening();
      return journal.close();
    },
  };
}

/** Makes a record of each restore that is written down and has none, and knows them all from then on. */
async function markedJournal(store: Store, journal: SharedJournal, sees: SeesRestore | undefined): Promise<JournalMark> {
  const mark = await journalMark(journal);
  const sign = await sees?.({
    mark: mark.last(),
    async hashOf(writer, number) {
      const [row] = await store.read<{ hash: string }>({ ...questions.hash, values: [writer, number] });
      return row?.hash;
    },
  });
  if (sign !== undefined) await store.change({ text: 'SELECT note_restore($1, $2)', values: [sign.at, JSON.stringify(sign)] });
  const noted = await store.read<{ number: number; sign: RestoreSign }>(RESTORES_QUERY);
  if (noted.length === 0) return mark;
  await store.change(knowsRestores(store.lease.epoch, noted.length));
  const [last] = await store.read<{ at: number }>({ text: 'SELECT coalesce(max(updated_at), 0)::float8 AS at FROM records' });
  // of several that open it at once, one makes the record
  for (const { number, sign: why } of noted.slice(mark.last()?.number ?? 0)) await journal.append(markAppend(number, why, last?.at ?? 0));
  await mark.refresh();
  return mark;
}

async function demandAlone(store: Store): Promise<void> {
  const others = await store.read<{ replica: string }>({
    text: 'SELECT replica FROM leases WHERE NOT ended AND epoch <> $1 AND expires_at > clock_timestamp()',
    values: [store.lease.epoch],
  });
  if (others.length === 0) return;
  await store.close();
  throw new DatabaseUnavailable(
    'DATABASE_IN_USE',
    `Stop all replicas first; these run: ${others.map(({ replica }) => replica).join(', ')}.`,
  );
}

/** The format that may be written. While it is lower than what this process reads, it is asked for again now and then. */
async function formatOf(store: Store, reads: number): Promise<{ writes(): number; look(): Promise<void> }> {
  let writes = 1;
  const look = async (): Promise<void> => {
    if (writes < reads) writes = Math.min(reads, await store.raiseFormat());
  };
  await look();
  return { writes: () => writes, look };
}

function doorsOf(store: Store, news: StoredNews, format: Awaited<ReturnType<typeof formatOf>>): SharedJournal {
  const doubtful = new Set<string>();
  return {
    async append(append: Append) {
      checkFormat(append, format.writes());
      const op = preparedAppend(append);
      const result = await orUnavailable(
        store.write(op, op.bytes).catch((error: unknown) => {
          if (error instanceof DatabaseUnavailable && error.code === 'DATABASE_IN_DOUBT') doubtful.add(append.recordId);
          throw error;
        }),
      );
      if (result.kind === 'appended') news.stored();
      return result;
    },
    ...recordQuestions(store),
    replica: replicaDoor(store, doubtful, format.look),
    writes: format.writes,
    async prune(prunes) {
      const values = [
        store.lease.epoch,
        prunes.map(({ recordId }) => recordId),
        prunes.map(({ version }) => version),
        prunes.map(({ at }) => at),
        prunes.map(encodedSummary),
      ];
      const [row] = await orUnavailable(store.change<{ results: readonly PruneResult[] }>({ ...questions.prune, values }));
      news.stored();
      return row?.results ?? [];
    },
    onStored: news.onStored,
    async chainHeads() {
      const [heads] = await orUnavailable(store.read<ChainHeads & object>(questions.heads));
      return heads as ChainHeads;
    },
    readsWaiting: () => store.readsWaiting,
    close: () => store.close(),
  };
}

async function agreed(store: Store, name: string, value: string): Promise<void> {
  await store.change({ text: 'INSERT INTO shared_by (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING', values: [name, value] });
  const [row] = await store.read<{ value: string }>({ text: 'SELECT value FROM shared_by WHERE name = $1', values: [name] });
  if (row?.value === value) return;
  await store.close();
  throw new DatabaseUnavailable(
    'DATABASE_FOREIGN',
    `This replica's ${name} is not that of the others who share the journal. Give all of them the same; nothing was written.`,
  );
}

/**
 * What the journal at an address was begun with, by name (`sharedBy`); empty where there is none yet. Only reads, so that whoever comes
 * with something else can be refused before anything is made. Rejects with DatabaseUnavailable.
 */
export async function postgresJournalSharedBy(address: PostgresAddress): Promise<Readonly<Record<string, string>>> {
  const snapshots = await openPostgresSnapshots(address, 'looks whose journal it is', 'may-be-missing');
  if (snapshots === undefined) return {};
  try {
    return await snapshots.snapshot(async (ask) => {
      const [table] = await ask<{ present: boolean }>({ text: `SELECT to_regclass('shared_by') IS NOT NULL AS present` });
      if (table?.present !== true) return {};
      const rows = await ask<{ name: string; value: string }>({ text: 'SELECT name, value FROM shared_by' });
      return Object.fromEntries(rows.map(({ name, value }) => [name, value]));
    });
  } finally {
    await snapshots.close();
  }
}

function recordQuestions(store: Store): Pick<Journal, 'load' | 'findByClaim' | 'openRecords' | 'between' | 'attention'> {
  return {
    load: gatheredLoads(async (recordIds) => {
      const rows = await orUnavailable(store.read<RecordRow & object>({ ...questions.load, values: [recordIds] }));
      return rows.map(storedRecord);
    }),
    async findByClaim({ kind, scope, value }) {
      const rows = await orUnavailable(store.read<{ record_id: string }>({ ...questions.claim, values: [kind, scope, value] }));
      return rows[0]?.record_id;
    },
    async openRecords(limit, after) {
      const ordinal = await ordinalOf(store, after);
      const rows = await orUnavailable(store.read<RecordRow>({ ...questions.open, values: [ordinal, limit] }));
      return rows.map(storedRecord);
    },
    async between({ fromMs, toMs, limit, after }) {
      const values = [fromMs, toMs, limit, after?.updatedAt ?? fromMs, await ordinalOf(store, after?.recordId)];
      const rows = await orUnavailable(store.read<RecordRow & { updated_at: number }>({ ...questions.between, values }));
      return rows.map((row) => ({ ...storedRecord(row), updatedAt: row.updated_at }));
    },
    async attention({ level, label, limit }) {
      const values = [level ?? null, label ?? null, limit];
      const rows = await orUnavailable(store.read<AttentionRow & { level: Attention['level'] }>({ ...questions.attention, values }));
      return rows;
    },
  };
}

/** Where a page goes on; without a record before it, at the start. */
async function ordinalOf(store: Store, recordId: string | undefined): Promise<string> {
  if (recordId === undefined) return '0';
  const rows = await orUnavailable(store.read<{ ordinal: string }>({ ...questions.ordinal, values: [recordId] }));
  if (!rows[0]) throw new RangeError(`there is no record ${recordId}`);
  return rows[0].ordinal;
}

/** `doubtful`: records with an append of which it is not known whether it is stored. */
function replicaDoor(store: Store, doubtful: Set<string>, lookAtFormat: () => Promise<void>): ReplicaDoor {
  const self = store.lease.epoch;
  /** An answer was lost: something may have been taken over that nobody was told of. */
  let untold = false;

  async function takeOver(limit: number): Promise<readonly StoredRecord[]> {
    await lookAtFormat();
    const before = untold;
    untold = true;
    const rows = await store.change<{ taken: readonly string[] }>({
      name: 'take',
      text: 'SELECT take_over($1, $2, $3) AS taken',
      values: [self, store.lease.connectedMs(), limit],
    });
    let ordinals = rows[0]?.taken ?? [];
    if (before)
      ordinals = (await store.read<{ ordinals: readonly string[] | null }>({ ...questions.taken, values: [self] }))[0]?.ordinals ?? [];
    const taken = ordinals.length === 0 ? [] : await store.read<RecordRow>({ ...questions.these, values: [`{${ordinals.join()}}`] });
    untold = false;
    return [...taken, ...(await nowKnown())].map(storedRecord);
  }

  /** What is owed because of an append whose answer never came would be done by nobody: the caller does not know of it. */
  async function nowKnown(): Promise<readonly RecordRow[]> {
    if (doubtful.size === 0) return [];
    const ids = [...doubtful];
    await store.settle();
    const rows = await store.read<RecordRow>({ ...questions.named, values: [ids] });
    for (const id of ids) doubtful.delete(id);
    return rows;
  }

  return {
    self,
    alive: () => store.lease.alive(),
    takeOver: (limit) => orUnavailable(takeOver(limit)),
    async findByTopic(topic) {
      const rows = await orUnavailable(store.read<{ record_id: string }>({ ...questions.topic, values: [topic] }));
      return rows.map(({ record_id }) => record_id);
    },
    onChanged: (listener) => store.onBatch(listener),
    mail: {
      ...store.mail,
      post: (topic, message) => orUnavailable(store.mail.post(topic, message)),
      collect: (topics) => orUnavailable(store.mail.collect(topics)),
    },
  };
}

function storedRecord({ record_id, kind, open, bodies, owners }: RecordRow): StoredRecord {
  const events = bodies === null ? [] : bodies.split(DIVIDER).map((body) => JSON.parse(body) as JournalEvent);
  return { recordId: record_id, kind, open, events, owners: owners === null ? [] : owners.split(',') };
}
