import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Config } from '@payment-manager/configuration';
import { postgresAddress } from '@payment-manager/configuration/addresses';
import { alone, competeForLead } from '@payment-manager/database';
import type { Journal } from '@payment-manager/journal';
import type { FeedStatus, OpenedQueries, ReadModelSource } from '@payment-manager/read-model';
import { type AlarmEntry, alarmBoard, every, type World } from '@payment-manager/runtime';

/** The read model of a running product. */
export interface RunningReadModel {
  status(): FeedStatus;
  alarms(): readonly AlarmEntry[];
  /** Opened with the first question. Rejects with DatabaseUnavailable. */
  queries(): Promise<OpenedQueries>;
  stop(): Promise<void>;
}

const LOOK_EVERY_MS = 1_000;
/** So far behind, somebody should look; and it is said until it is less than the second. */
const BEHIND_MS = 60_000;
const CAUGHT_UP_MS = 10_000;

/** Where journal and rows of a configuration are. Rejects when a file of PostgreSQL's TLS cannot be read. */
export async function readModelSource({ journal, dataFolder, journalFile }: Config): Promise<ReadModelSource> {
  if (journal.store === 'postgres') return { store: 'postgres', address: await postgresAddress(journal) };
  return { store: 'sqlite', journalFile: join(dataFolder, journalFile), folder: join(dataFolder, 'read-model') };
}

/** Starts what keeps the read model, where it is switched on; else removes what is there of one: pruning would not reach it. */
export async function startReadModel(config: Config, world: World, journal: Journal): Promise<RunningReadModel | undefined> {
  const { openQueries, removeReadModel, startFeeding } = await import('@payment-manager/read-model');
  const source = await readModelSource(config);
  const { log, clock, timers, metrics, random } = world;
  if (!config.readModel.enabled) {
    removeReadModel(source, log).catch((error: unknown) =>
      log.warn('the read model of before cannot be removed', { reason: String(error) }),
    );
    return undefined;
  }
  const holder = `${hostname()}-${process.pid}-${random.uuid().slice(0, 8)}`;
  const lead =
    source.store === 'sqlite'
      ? alone
      : await competeForLead({ ...source.address, name: 'read model', what: 'the read model', holder, clock, timers, log });
  const feeding = startFeeding({ source, businessDay: config.businessDay, log, leads: () => lead.leads() });
  const board = alarmBoard(clock);
  const look = (): void => {
    feeding.look();
    const { behindMs, reason } = feeding.status();
    if (behindMs > BEHIND_MS) raise(behindMs, reason);
    else if (behindMs < CAUGHT_UP_MS) board.clear('read-model', 'READ_MODEL_BEHIND');
  };
  const raise = (behindMs: number, reason: string | undefined): void => {
    const why = reason === undefined ? '' : `: ${reason}`;
    const told = board.raise({
      id: 'read-model',
      code: 'READ_MODEL_BEHIND',
      reason: `lists and totals lack what was stored in the last minutes${why}`,
    });
    if (told === 'new') log.warn('the read model is behind', { code: 'READ_MODEL_BEHIND', behindMs });
  };
  const looking = every(LOOK_EVERY_MS, timers, look);
  const endNews = journal.onStored?.(() => feeding.stored());
  metrics.readGauge('pm_read_model_behind_seconds', 'Age of the oldest change that is not in the read model', [], () =>
    feeding.status().state === 'waiting' ? [] : [{ labels: {}, value: feeding.status().behindMs / 1_000 }],
  );
  metrics.readGauge('pm_read_model_built', 'While the read model is made anew: how much is done, from 0 to 1; else 1', [], () =>
    feeding.status().state === 'waiting' ? [] : [{ labels: {}, value: feeding.status().built ?? 1 }],
  );
  let queries: Promise<OpenedQueries> | undefined;
  return {
    status: () => feeding.status(),
    alarms: () => board.alarms(),
    queries() {
      queries ??= openQueries(source, config.businessDay, log);
      queries.catch(() => {
        queries = undefined;
      });
      return queries;
    },
    async stop() {
      looking.stop();
      endNews?.();
      await feeding.stop();
      await queries?.then((opened) => opened.close()).catch(() => {});
      await lead.stop();
    },
  };
}
