import type { AlarmEntry } from '@payment-manager/mojaloop-connector';
import type { Clock, HttpClient, Log, Metrics, Timer, Timers } from '@payment-manager/runtime';

export interface AlarmNoticesDeps {
  readonly fspId: string;
  readonly environment: string;
  /** The alarms that stand now. */
  alarms(): readonly AlarmEntry[];
  /** Whether this process is the one that tells. */
  leads(): boolean;
  /** Where they are told. Absent: they are counted only. */
  readonly webhook?: { readonly url: string; readonly client: HttpClient };
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  readonly metrics: Metrics;
}

const everyMs = 5_000;
const longestPauseMs = 300_000;
const timeoutMs = 10_000;
/** Alarms in one notice; the rest comes with the next. */
const noticeMost = 100;

/**
 * Counts alarms as they are raised, and tells a webhook of each that was raised or has ended, until it has answered 2xx: at least once,
 * and after a start all that stand are raised anew. Returns what ends it.
 */
export function startAlarmNotices(deps: AlarmNoticesDeps): { stop(): void } {
  const { clock, timers, log, webhook } = deps;
  const counter = deps.metrics.counter('pm_alarms_total', 'Alarms by code', ['code']);
  /** By key; what the webhook knows to stand, and what was counted. */
  const told = new Map<string, AlarmEntry>();
  let counted = new Set<string>();
  let failures = 0;
  let stopped = false;
  let timer: Timer | undefined;

  const count = (standing: ReadonlyMap<string, AlarmEntry>): void => {
    for (const [key, { code }] of standing) if (!counted.has(key)) counter.add(1, { code });
    counted = new Set(standing.keys());
  };
  const tell = async (standing: ReadonlyMap<string, AlarmEntry>): Promise<void> => {
    const raised = [...standing].filter(([key]) => !told.has(key)).slice(0, noticeMost);
    const ended = [...told].filter(([key]) => !standing.has(key)).slice(0, noticeMost);
    if (webhook === undefined || !deps.leads() || raised.length + ended.length === 0) return;
    const notice = {
      fspId: deps.fspId,
      environment: deps.environment,
      at: new Date(clock.now()).toISOString(),
      raised: raised.map(([, alarm]) => shown(alarm)),
      ended: ended.map(([, alarm]) => shown(alarm)),
    };
    const failure = await post(webhook, notice);
    if (failure !== undefined) {
      if (failures++ === 0) log.error('the webhook for alarms cannot be told; it is tried again', { reason: failure });
      return;
    }
    failures = 0;
    for (const [key, alarm] of raised) told.set(key, alarm);
    for (const [key] of ended) told.delete(key);
  };
  const look = async (): Promise<void> => {
    const standing = new Map(deps.alarms().map((alarm) => [keyOf(alarm), alarm]));
    count(standing);
    await tell(standing);
  };
  const later = (): void => {
    const pause = Math.min(everyMs * 2 ** Math.min(failures, 10), longestPauseMs);
    timer = timers.after(pause, () => void look().then(() => (stopped ? undefined : later())));
  };
  later();
  return {
    stop() {
      stopped = true;
      timer?.cancel();
    },
  };
}

/** Its reason may change while it stands. */
function keyOf({ id, code, since }: AlarmEntry): string {
  return `${id} ${code} ${since}`;
}

function shown({ id, code, reason, since }: AlarmEntry): object {
  return { id, code, reason, since: new Date(since).toISOString() };
}

/** Undefined: it was taken. */
async function post({ url, client }: { url: string; client: HttpClient }, notice: object): Promise<string | undefined> {
  const headers = { 'content-type': 'application/json' };
  const outcome = await client.request({ method: 'POST', url, headers, body: JSON.stringify(notice), timeoutMs });
  if (outcome.kind === 'failed') return outcome.message;
  return outcome.status >= 200 && outcome.status < 300 ? undefined : `it answers with status ${outcome.status}`;
}
