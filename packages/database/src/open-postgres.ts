import { type Clock, systemClock, systemTimers, type Timers, type World } from '@payment-manager/runtime';
import { DatabaseUnavailable } from './database-unavailable.ts';
import { type GroupCommit, groupCommit } from './group-commit.ts';
import { followChanges } from './postgres-changes.ts';
import { checkServer, lostDurability, type ServerIdentity } from './postgres-checks.ts';
import { type PostgresDriver, pgDriver } from './postgres-driver.ts';
import { Ending } from './postgres-ending.ts';
import { isNewerFormat } from './postgres-errors.ts';
import { keepLease, type Lease } from './postgres-lease.ts';
import { openPostgresLink, type PostgresLink } from './postgres-link.ts';
import { type ReplicaMail, replicaMail } from './postgres-mail.ts';
import { migratePostgres } from './postgres-migrate.ts';
import { openReader, type PostgresReader } from './postgres-reader.ts';
import { noteLostBatch } from './postgres-restores.ts';
import { DATABASE_MIGRATIONS } from './postgres-schema.ts';
import type { PostgresScript } from './postgres-script.ts';
import { clientConfig, type PostgresAddress, schemaOf, shownAddress } from './postgres-settings.ts';
import { failureOf, type PostgresWriter, postgresWriter } from './postgres-writer.ts';
import { messageOf } from './sqlite-errors.ts';

export interface OpenPostgresOptions<Op, Result> extends PostgresAddress, Pick<World, 'log'> {
  readonly script: PostgresScript<Op, Result>;
  /** Name of this process, for people; no two that run at once may bear the same. */
  readonly replicaId: string;
  /** Time in which a replica that died is taken over. Default 10,000. */
  readonly leaseMs?: number;
  /** Default: a fifth of the lease. */
  readonly leaseMarginMs?: number;
  /** Connections for questions, beside one that writes and one that listens. Default 4. */
  readonly readConnections?: number;
  /** How long a write that is on its way may wait for a server that went away. New ones are refused at once. Default 5,000. */
  readonly patienceMs?: number;
  /** How often it is looked what others wrote, besides the notices. Default 1,000. */
  readonly pollMs?: number;
  /** The highest format of what is in the tables that this process reads; see `PostgresStore.raiseFormat`. Default 1. */
  readonly reads?: number;
  /** See `OpenSqliteOptions`. */
  readonly maxBatchOps?: number;
  readonly maxWaiting?: number;
  readonly maxWaitingBytes?: number;
  readonly gatherMs?: number;
  readonly clock?: Clock;
  readonly timers?: Timers;
  /** Default: `pg`. */
  readonly driver?: PostgresDriver;
  /**
   * Called once when another replica took this one's work over (`DATABASE_FENCED`), or the database was put back to an older copy
   * (`DATABASE_RESTORED`): what is in memory counts no more, so the process must exit and start anew. Default: it exits with code 75.
   */
  readonly onFatal?: (error: DatabaseUnavailable) => void;
}

/** A PostgreSQL that several replicas share. */
export interface PostgresStore<Op, Result> {
  /**
   * Resolves with the operation's result once it is durable. Rejects with DatabaseUnavailable: then nothing of it is stored,
   * save for `DATABASE_IN_DOUBT`, where it is not known.
   */
  write(op: Op, bytes?: number): Promise<Result>;
  /** Asks a question; it sees every write that was acknowledged before. Rejects with DatabaseUnavailable. */
  readonly read: PostgresReader['read'];
  /** A short statement of its own that changes something; on the connection that writes, in order with the batches. */
  readonly change: PostgresReader['read'];
  /** After a write was rejected with `DATABASE_IN_DOUBT`: once this resolves, it is stored or never will be, so a question tells. */
  settle(): Promise<void>;
  readonly lease: Pick<Lease, 'epoch' | 'alive'> & {
    /** For how long the connection has stood, in whole milliseconds; whoever ends another's lease must have heard the server for that long. */
    connectedMs(): number;
  };
  /** The highest format that may be written now: every process that is at work here reads it. Rejects with DatabaseUnavailable. */
  raiseFormat(): Promise<number>;
  /** Tells what other replicas changed; undefined: anything may have. Returns what ends it. */
  onBatch(listener: (changed: readonly string[] | undefined) => void): () => void;
  readonly mail: ReplicaMail;
  readonly waiting: number;
  /** Questions that wait for a connection now. */
  readonly readsWaiting: number;
  /** Finishes what was asked, and gives the lease back: others may go on at once. */
  close(): Promise<void>;
}

/** How often opening looks whether the process that had this name before has lost its lease. */
const LEASE_TRY_MS = 100;

/**
 * Opens the database for one replica: checks the server, brings the schema up to date, takes a lease, and listens to the
 * others. Rejects with DatabaseUnavailable; what was opened is closed again.
 */
export async function openPostgres<Op, Result>(options: OpenPostgresOptions<Op, Result>): Promise<PostgresStore<Op, Result>> {
  const opened: (() => Promise<void>)[] = [];
  try {
    return await open(options, opened);
  } catch (error) {
    for (const close of opened.reverse()) await close();
    throw openingFailure(error, shownAddress(options));
  }
}

/** What does not change while the store is open. */
interface Surroundings extends Pick<World, 'clock' | 'timers'> {
  readonly driver: PostgresDriver;
  readonly schema: string;
  readonly shown: string;
  readonly leaseMs: number;
}

/** What the connection that writes has come to know, and who is told of a new one. */
interface Writing {
  upSinceMs: number;
  server: ServerIdentity;
  /** Empty until the lease is taken. */
  epoch: string;
  reader?: PostgresReader;
  writer?: PostgresWriter;
}

type ChangeListener = (changed: readonly string[] | undefined) => void;

async function open<Op, Result>(
  options: OpenPostgresOptions<Op, Result>,
  opened: (() => Promise<void>)[],
): Promise<PostgresStore<Op, Result>> {
  const { script, replicaId, leaseMs = 10_000, clock = systemClock, timers = systemTimers } = options;
  const driver = options.driver ?? (await pgDriver());
  const [schema, shown] = [schemaOf(options), shownAddress(options)];
  const around: Surroundings = { driver, schema, shown, leaseMs, clock, timers };
  await migrated(options, around);
  const ending = new Ending(options);
  const writing: Writing = { upSinceMs: clock.monotonic(), server: '', epoch: '' };
  const link = await openWriterLink(options, around, writing, ending);
  opened.push(() => link.close());
  const takenAtMs = clock.monotonic();
  const epoch = await takeLease(link, { replicaId, leaseMs, reads: options.reads ?? 1 }, timers, clock);
  writing.epoch = epoch;
  const lease = keepLease({
    ...{ epoch, leaseMs, takenAtMs, link, clock, timers },
    marginMs: options.leaseMarginMs ?? leaseMs / 5,
    onEnded: (error) => ending.end('DATABASE_FENCED', messageOf(error)),
    onRenewed: (facts) => {
      // Until the server is durable again it counts as not there: the next connection is checked as the first was.
      const problem = lostDurability(facts, shown);
      if (problem) link.drop(problem.message);
    },
  });
  opened.push(async () => lease.stop());
  const reader = openReader(options, driver, link, writing.server);
  writing.reader = reader;
  opened.push(() => reader.close());
  const mail = replicaMail(reader.read, epoch);
  const listeners = new Set<ChangeListener>();
  const changes = await followChanges({
    client: () => driver.client(clientConfig(options, `${replicaId} listens`, true)),
    ...{ schema, epoch, timers, pollMs: options.pollMs ?? 1_000 },
    onChanged: (changed) => {
      for (const listener of listeners) listener(changed);
    },
    onMail: () => mail.posted(),
  });
  opened.push(() => changes.close());
  const patienceMs = options.patienceMs ?? 5_000;
  const writer = postgresWriter({ link, script, epoch, patienceMs, clock, onCommitted: lease.renewed });
  writing.writer = writer;
  const commits = groupOf(options, around, writer, ending);
  ending.failsWith(commits);
  return storeOf({ around, ending, writing, link, lease, reader, mail, listeners, writer, commits, opened });
}

interface StoreParts {
  readonly around: Surroundings;
  readonly ending: Ending;
  readonly writing: Writing;
  readonly link: PostgresLink;
  readonly lease: Lease;
  readonly reader: PostgresReader;
  readonly mail: ReplicaMail;
  readonly listeners: Set<ChangeListener>;
  readonly writer: PostgresWriter;
  readonly commits: GroupCommit;
  readonly opened: (() => Promise<void>)[];
}

function storeOf<Op, Result>(parts: StoreParts): PostgresStore<Op, Result> {
  const { around, ending, writing, link, lease, reader, mail, listeners, writer, commits, opened } = parts;
  const { epoch } = writing;
  return {
    write(op, bytes) {
      if (ending.failed) return Promise.reject(ending.failed);
      if (!link.isUp) return Promise.reject(new DatabaseUnavailable('DATABASE_UNREACHABLE', unreachable(around.shown, link)));
      return commits.write(op, bytes) as Promise<Result>;
    },
    read: reader.read,
    async change(query) {
      try {
        return (await link.query(query)).rows as never;
      } catch (error) {
        const { code, message } = failureOf(error);
        if (code === 'DATABASE_FENCED') ending.end(code, message);
        throw new DatabaseUnavailable(code, message, { cause: error });
      }
    },
    settle: () => writer.settle().catch(toldAsUnavailable),
    lease: {
      epoch,
      alive: lease.alive,
      connectedMs: () => (link.isUp ? Math.floor(around.clock.monotonic() - writing.upSinceMs) : 0),
    },
    async raiseFormat() {
      const { rows } = await link.query<{ version: number }>({ text: 'SELECT raise_format() AS version' }).catch(toldAsUnavailable);
      return rows[0]?.version ?? 1;
    },
    onBatch(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    mail,
    get waiting() {
      return commits.waiting;
    },
    get readsWaiting() {
      return reader.waiting;
    },
    async close() {
      await commits.close();
      // a renewal of what is given back would be refused, and look as if another had taken it
      lease.stop();
      await link.query({ text: 'UPDATE leases SET ended = true WHERE epoch = $1', values: [epoch] }).catch(() => {});
      for (const close of opened.toReversed()) await close();
    },
  };
}

function toldAsUnavailable(error: unknown): never {
  const { code, message } = failureOf(error);
  throw new DatabaseUnavailable(code, message, { cause: error });
}

function groupOf<Op, Result>(
  options: OpenPostgresOptions<Op, Result>,
  { clock, timers }: Surroundings,
  writer: PostgresWriter,
  ending: Ending,
): GroupCommit {
  const writeAll = async (ops: readonly unknown[]): Promise<void> => {
    const outcome = await writer.write(ops);
    const fatal = [...(outcome.failures?.values() ?? [])].find(({ code }) => code === 'DATABASE_FENCED' || code === 'DATABASE_RESTORED');
    group.receive(outcome);
    if (fatal) ending.end(fatal.code as 'DATABASE_FENCED' | 'DATABASE_RESTORED', fatal.message);
  };
  const group = groupCommit({
    send: ({ writes }) => void writeAll(writes),
    maxBatchOps: options.maxBatchOps ?? 500,
    maxWaiting: options.maxWaiting ?? 20_000,
    maxWaitingBytes: options.maxWaitingBytes ?? 256 * 1_024 * 1_024,
    gatherMs: options.gatherMs ?? 3,
    clock,
    timers,
    onFatal: () => {},
  });
  return group;
}

async function migrated<Op, Result>(options: OpenPostgresOptions<Op, Result>, { driver, schema, shown }: Surroundings): Promise<void> {
  const client = driver.client({ ...clientConfig(options, 'migrates', false), query_timeout: 0 });
  client.on('error', () => {});
  try {
    await client.connect();
    await checkServer(client, shown);
    await migratePostgres(client, schema, [{ room: 'database', migrations: DATABASE_MIGRATIONS }, options.script], shown);
  } finally {
    await client.end().catch(() => {});
  }
}

/** Each new connection is checked as the first was; a batch that the server acknowledged and has not got any more ends everything. */
async function openWriterLink<Op, Result>(
  options: OpenPostgresOptions<Op, Result>,
  { driver, shown, clock, timers }: Surroundings,
  writing: Writing,
  ending: Ending,
): Promise<PostgresLink> {
  const { log, replicaId } = options;
  let server: ServerIdentity = '';
  return openPostgresLink({
    client: () => driver.client(clientConfig(options, `${replicaId} writes`, true)),
    async prepare(client) {
      server = await checkServer(client, shown);
      const lastAcknowledged = writing.writer?.lastAcknowledged ?? 0;
      const lost = await noteLostBatch(client, { epoch: writing.epoch, replica: replicaId, lastAcknowledged }, clock.now());
      if (lost !== undefined) ending.end('DATABASE_RESTORED', lost);
    },
    onUp() {
      writing.upSinceMs = clock.monotonic();
      writing.server = server;
      writing.reader?.serverIs(server);
      log.info('connected to PostgreSQL', { server: shown });
    },
    onDown: (reason) => log.error('PostgreSQL cannot be reached; new work is refused until it is back', { server: shown, reason }),
    timers,
  });
}

/** A process that was killed and comes back under its old name waits until its old lease is over. */
async function takeLease(
  link: PostgresLink,
  { replicaId, leaseMs, reads }: { readonly replicaId: string; readonly leaseMs: number; readonly reads: number },
  timers: Timers,
  clock: Clock,
): Promise<string> {
  const giveUpAtMs = clock.monotonic() + leaseMs + LEASE_TRY_MS * 5;
  for (;;) {
    const { rows } = await link.query<{ epoch: string | null }>({
      text: 'SELECT open_lease($1, $2, $3) AS epoch',
      values: [replicaId, leaseMs, reads],
    });
    const epoch = rows[0]?.epoch;
    if (epoch) return epoch;
    if (clock.monotonic() > giveUpAtMs) {
      throw new DatabaseUnavailable('DATABASE_IN_USE', `Another process runs as replica ${replicaId}; give each a name of its own.`);
    }
    await new Promise<void>((resolve) => void timers.after(LEASE_TRY_MS, resolve));
  }
}

function unreachable(shown: string, link: PostgresLink): string {
  return `PostgreSQL (${shown}) cannot be reached: ${link.downReason ?? 'the connection ended'}.`;
}

function openingFailure(error: unknown, shown: string): DatabaseUnavailable {
  if (error instanceof DatabaseUnavailable) return error;
  if (isNewerFormat(error))
    return new DatabaseUnavailable(
      'DATABASE_NEWER',
      `The database ${shown} may hold what a newer version of this program has written: ${messageOf(error)}. Run the newer version.`,
      { cause: error },
    );
  return new DatabaseUnavailable('DATABASE_OPEN_FAILED', `The database ${shown} cannot be opened: ${messageOf(error)}.`, { cause: error });
}
