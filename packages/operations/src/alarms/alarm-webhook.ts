import type { Clock, HttpClient, HttpOutcome, Log, Metrics, Secret, Timer, Timers } from '@payment-manager/runtime';
import { type AlarmLedger, type AlarmNotice, afterLook, emptyLedger, mostOwed, type ShownAlarm } from './alarm-ledger.ts';
import type { LedgerStore } from './ledger-file.ts';
import { signatureHeader } from './webhook-signature.ts';

export interface AlarmWebhookDeps {
  readonly url: string;
  /** Signs what is sent. */
  readonly secret?: Secret<string>;
  readonly client: HttpClient;
  /** Who tells: stands in every notice. */
  readonly identity: { readonly fspId: string; readonly environment: string };
  /** What stands now; undefined: it is not known. `whole` false: there may be more. */
  look(): Promise<{ readonly alarms: readonly ShownAlarm[]; readonly whole: boolean } | undefined>;
  /** Whether this process is the one of several replicas that tells of payments, which all of them see. */
  leads(): boolean;
  readonly store: LedgerStore;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** Tells until it is stopped. */
export interface AlarmWebhook {
  /** What is owed then is told after the next start. */
  stop(): Promise<void>;
}

const everyMs = 5_000;
const longestPauseMs = 300_000;
const timeoutMs = 5_000;
/** Stopping waits no longer for a notice that is on its way. */
const leavingMs = 1_000;
/** Who does not lead keeps what the leader tells for so long, and tells it if the leader has died meanwhile; longer than the longest pause. */
const handoverMs = 600_000;
/** The same notice again would be refused again. */
const refusals = new Set([400, 413, 422]);

/**
 * Tells a webhook of each alarm and exception when it begins and when it has ended, one notice each, in order and at least once: a notice
 * is owed until the webhook has answered 2xx, also after a restart. Nothing waits for it.
 */
export function startAlarmWebhook(deps: AlarmWebhookDeps): AlarmWebhook {
  const { clock, timers, log, metrics, store } = deps;
  const counter = metrics.counter('pm_alarm_notices_total', 'Notices to the webhook for alarms, by what became of them', ['result']);
  let ledger = emptyLedger;
  let loaded = false;
  let unsaved = false;
  let failures = 0;
  let nextAttempt = 0;
  let stopped = false;
  let timer: Timer | undefined;
  let running: Promise<void> = Promise.resolve();
  const isOurs = ({ flow }: AlarmNotice): boolean => flow === undefined || deps.leads();
  metrics.readGauge('pm_alarm_notices_owed', 'Notices that the webhook for alarms has not taken yet', [], () => [
    { labels: {}, value: ledger.owed.filter(isOurs).length },
  ]);

  const become = (next: AlarmLedger): void => {
    const owed = mostOwed(next.owed);
    const dropped = next.owed.length - owed.length;
    if (dropped > 0) counter.add(dropped, { result: 'dropped' });
    ledger = { ...next, owed };
    unsaved = true;
  };
  const save = async (): Promise<void> => {
    if (!unsaved) return;
    unsaved = false;
    await store.write(ledger).catch((error: NodeJS.ErrnoException) => {
      unsaved = true;
      log.warn('what the webhook for alarms was told cannot be kept; it may be told twice', { error: error.code ?? error.name });
    });
  };
  const failed = (reason: string): void => {
    counter.add(1, { result: 'failed' });
    if (failures === 0) log.error('the webhook for alarms cannot be told; it is tried again', { code: 'ALARM_WEBHOOK_FAILED', reason });
    nextAttempt = clock.monotonic() + Math.min(everyMs * 2 ** Math.min(failures, 10), longestPauseMs);
    failures += 1;
  };
  /** True: this notice is done. */
  const tell = async (notice: AlarmNotice): Promise<boolean> => {
    const outcome = await post(deps, notice);
    const problem = problemOf(outcome);
    if (problem === undefined) {
      if (failures > 0) log.info('the webhook for alarms is told again');
      failures = 0;
      counter.add(1, { result: 'told' });
      return true;
    }
    const refused = outcome.kind === 'answer' && refusals.has(outcome.status);
    if (!refused) failed(problem);
    else {
      counter.add(1, { result: 'refused' });
      log.error('the webhook for alarms refuses a notice; it is not sent again', {
        code: 'ALARM_NOTICE_REFUSED',
        id: notice.id,
        reason: problem,
      });
    }
    return refused;
  };
  const leaveToLeader = (): void => {
    const owed = ledger.owed.filter((notice) => isOurs(notice) || clock.now() - Date.parse(notice.at) < handoverMs);
    if (owed.length < ledger.owed.length) become({ ...ledger, owed });
  };
  const pass = async (): Promise<void> => {
    if (!loaded) ledger = await store.read();
    loaded = true;
    const seen = await deps.look();
    if (seen !== undefined) {
      const next = afterLook(ledger, seen.alarms, { at: new Date(clock.now()).toISOString(), whole: seen.whole });
      if (JSON.stringify(next) !== JSON.stringify(ledger)) become(next);
      await save();
    }
    leaveToLeader();
    while (!stopped && clock.monotonic() >= nextAttempt) {
      const notice = ledger.owed.find(isOurs);
      if (notice === undefined || !(await tell(notice))) break;
      become({ ...ledger, owed: ledger.owed.filter((one) => one !== notice) });
    }
    await save();
  };
  const later = (): void => {
    timer = timers.after(everyMs, () => {
      running = pass().catch((error: unknown) => {
        log.error('a look at the alarms failed', { error: error instanceof Error ? error.name : 'unknown' });
      });
      void running.then(() => (stopped ? undefined : later()));
    });
  };
  later();
  return {
    async stop() {
      stopped = true;
      timer?.cancel();
      const waited = Promise.withResolvers<void>();
      const patience = timers.after(leavingMs, waited.resolve);
      await Promise.race([running, waited.promise]);
      patience.cancel();
    },
  };
}

function post({ url, secret, client, identity }: AlarmWebhookDeps, { event, id, ...alarm }: AlarmNotice): Promise<HttpOutcome> {
  const body = JSON.stringify({ id, event, ...identity, ...alarm });
  const headers = { 'content-type': 'application/json', ...signatureHeader(secret, body) };
  return client.request({ method: 'POST', url, headers, body, timeoutMs });
}

/** Undefined: it was taken. The URL may hold a secret and is not told. */
function problemOf(outcome: HttpOutcome): string | undefined {
  if (outcome.kind === 'failed') return outcome.message;
  return outcome.status >= 200 && outcome.status < 300 ? undefined : `it answers with status ${outcome.status}`;
}
