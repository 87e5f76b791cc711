import { hostname } from 'node:os';
import type { Config } from '@payment-manager/configuration';
import { countedBy, type Measured } from '@payment-manager/operations/alarms';
import type { Readiness } from '@payment-manager/operations/api';
import type { HistoryStore } from '@payment-manager/read-model';
import { type AlarmEntry, eventLoopLag, every, type World } from '@payment-manager/runtime';
import { healthParts } from './health-parts.ts';
import { readModelSource } from './open-read-model.ts';
import type { Opened } from './opened.ts';

export interface HistoryParts {
  readiness(): Promise<Readiness>;
  standing(): readonly AlarmEntry[];
  readonly vault: boolean;
  readonly opened: Opened;
}

/** Where the history of all processes is read. Rejects with DatabaseUnavailable. */
export type OpenHistory = () => Promise<HistoryStore>;

const MINUTE_MS = 60_000;
const MIB = 1_048_576;

/**
 * Keeps what this process sees of latency and health, each minute, where the read model is switched on; else nothing of it is loaded. No payment waits for
 * it: it reads counts that are there anyway.
 */
export async function startHistory(config: Config, world: World, parts: HistoryParts): Promise<OpenHistory | undefined> {
  if (!config.readModel.enabled) return undefined;
  const { historyRecorder, openHistory } = await import('@payment-manager/read-model');
  const { metrics, clock, timers, random, log } = world;
  const source = await readModelSource(config);
  const lag = eventLoopLag();
  const gauges = async (): Promise<Record<string, number>> => {
    const sum = async (name: string): Promise<number> => (await metrics.values(name)).reduce((all, { value }) => all + value, 0);
    return {
      work: await sum('pm_work'),
      workLimit: await sum('pm_work_limit'),
      open: await sum('pm_open_records'),
      memoryMib: Math.round(process.memoryUsage.rss() / MIB),
      lagMs: lag.take(),
    };
  };
  let seen: Record<string, number> = {};
  const ended = async (): Promise<Measured['ended']> => (await countedBy(metrics)).ended;
  const recorder = historyRecorder({
    ...{ metrics, clock, log },
    replica: `${hostname()} ${process.pid} ${random.uuid().slice(0, 4)}`,
    ended,
    open: () => openHistory(source, log),
    async gauges() {
      seen = await gauges();
      return seen;
    },
    parts: async () =>
      healthParts({
        readiness: await parts.readiness(),
        ...{ alarms: parts.standing(), gauges: seen, vault: parts.vault, token: config.hub.oauth !== undefined },
      }),
  });
  const recording = every(MINUTE_MS, timers, () => recorder.minute());
  parts.opened.push('history', async () => {
    recording.stop();
    lag.stop();
    await recorder.minute();
    await recorder.close();
  });
  return () => recorder.store();
}
