import { type Counter, every, type HttpClient, type HttpOutcome, type Repeated, type Secret, type World } from '@payment-manager/runtime';
import { type AlarmLedger, type AlarmNotice, afterLook, EMPTY_LEDGER, mostOwed, type ShownAlarm } from './alarm-ledger.ts';
import type { LedgerStore } from './ledger-file.ts';
import { postSigned } from './signed-webhook.ts';

export interface AlarmWebhookDeps extends Pick<World, 'clock' | 'timers' | 'log' | 'metrics'> {
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
}

/** Whom it tells, and how. */
export type AlarmTarget = Pick<AlarmWebhookDeps, 'url' | 'secret' | 'client'>;

/** Tells until it is stopped. */
export interface AlarmWebhook {
  /** What is owed from now on is told to another address; nothing is lost between. */
  retarget(target: AlarmTarget): void;
  /** What is owed then is told after the next start. */
  stop(): Promise<void>;
}

const EVERY_MS = 5_000;
const LONGEST_PAUSE_MS = 300_000;
const TIMEOUT_MS = 5_000;
/** Stopping waits no longer for a notice that is on its way. */
const LEAVING_MS = 1_000;
/** Who does not lead keeps what the leader tells for so long, and tells it if the leader has died meanwhile; longer than the longest pause. */
const HANDOVER_MS = 600_000;
/** The same notice again would be refused again. */
const REFUSALS = new Set([400, 413, 422]);

/**
 * Tells a webhook of each alarm and exception when it begins and when it has ended, one notice each, in order and at least once: a notice
 * is owed until the webhook has answered 2xx, also after a restart. Nothing waits for it.
 */
export function startAlarmWebhook(deps: AlarmWebhookDeps): AlarmWebhook {
  return new Webhook(deps);
}

class Webhook implements AlarmWebhook {
  #deps: AlarmWebhookDeps;
  readonly #counter: Counter;
  #ledger = EMPTY_LEDGER;
  #loaded = false;
  #unsaved = false;
  #failures = 0;
  #nextAttempt = 0;
  #stopped = false;
  readonly #passing: Repeated;
  #running: Promise<void> = Promise.resolve();

  constructor(deps: AlarmWebhookDeps) {
    const { metrics, timers, log } = deps;
    this.#deps = deps;
    this.#counter = metrics.counter('pm_alarm_notices_total', 'Notices to the webhook for alarms, by what became of them', ['result']);
    metrics.readGauge('pm_alarm_notices_owed', 'Notices that the webhook for alarms has not taken yet', [], () => [
      { labels: {}, value: this.#ledger.owed.filter((notice) => this.#isOurs(notice)).length },
    ]);
    this.#passing = every(EVERY_MS, timers, () => {
      this.#running = this.#pass().catch((error: unknown) => {
        log.error('a look at the alarms failed', { error: error instanceof Error ? error.name : 'unknown' });
      });
      return this.#running;
    });
  }

  retarget(target: AlarmTarget): void {
    const { secret: _, ...rest } = this.#deps;
    this.#deps = { ...rest, ...target };
    this.#failures = 0;
    this.#nextAttempt = 0;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#passing.stop();
    const waited = Promise.withResolvers<void>();
    const patience = this.#deps.timers.after(LEAVING_MS, waited.resolve);
    await Promise.race([this.#running, waited.promise]);
    patience.cancel();
  }

  async #pass(): Promise<void> {
    const { clock, store, look } = this.#deps;
    if (!this.#loaded) this.#ledger = await store.read();
    this.#loaded = true;
    const seen = await look();
    if (seen !== undefined) {
      const next = afterLook(this.#ledger, seen.alarms, { at: new Date(clock.now()).toISOString(), whole: seen.whole });
      if (JSON.stringify(next) !== JSON.stringify(this.#ledger)) this.#become(next);
      await this.#save();
    }
    this.#leaveToLeader();
    while (!this.#stopped && clock.monotonic() >= this.#nextAttempt) {
      const notice = this.#ledger.owed.find((one) => this.#isOurs(one));
      if (notice === undefined || !(await this.#tell(notice))) break;
      this.#become({ ...this.#ledger, owed: this.#ledger.owed.filter((one) => one !== notice) });
    }
    await this.#save();
  }

  /** True: this notice is done. */
  async #tell(notice: AlarmNotice): Promise<boolean> {
    const { log } = this.#deps;
    const outcome = await post(this.#deps, notice);
    const problem = problemOf(outcome);
    if (problem === undefined) {
      if (this.#failures > 0) log.info('the webhook for alarms answers again');
      this.#failures = 0;
      this.#counter.add(1, { result: 'told' });
      return true;
    }
    const refused = outcome.kind === 'answer' && REFUSALS.has(outcome.status);
    if (!refused) this.#failed(problem);
    else {
      this.#counter.add(1, { result: 'refused' });
      const what = { code: 'ALARM_NOTICE_REFUSED', id: notice.id, reason: problem };
      log.error('the webhook for alarms refuses a notice; it is not sent again', what);
    }
    return refused;
  }

  #failed(reason: string): void {
    const { clock, log } = this.#deps;
    this.#counter.add(1, { result: 'failed' });
    if (this.#failures === 0)
      log.error('the webhook for alarms cannot be reached; it is tried again', { code: 'ALARM_WEBHOOK_FAILED', reason });
    this.#nextAttempt = clock.monotonic() + Math.min(EVERY_MS * 2 ** Math.min(this.#failures, 10), LONGEST_PAUSE_MS);
    this.#failures += 1;
  }

  #isOurs({ flow }: AlarmNotice): boolean {
    return flow === undefined || this.#deps.leads();
  }

  #leaveToLeader(): void {
    const now = this.#deps.clock.now();
    const owed = this.#ledger.owed.filter((notice) => this.#isOurs(notice) || now - Date.parse(notice.at) < HANDOVER_MS);
    if (owed.length < this.#ledger.owed.length) this.#become({ ...this.#ledger, owed });
  }

  #become(next: AlarmLedger): void {
    const owed = mostOwed(next.owed);
    const dropped = next.owed.length - owed.length;
    if (dropped > 0) this.#counter.add(dropped, { result: 'dropped' });
    this.#ledger = { ...next, owed };
    this.#unsaved = true;
  }

  async #save(): Promise<void> {
    if (!this.#unsaved) return;
    this.#unsaved = false;
    await this.#deps.store.write(this.#ledger).catch((error: NodeJS.ErrnoException) => {
      this.#unsaved = true;
      this.#deps.log.warn('the state of the webhook for alarms cannot be stored; a notice may be sent twice', {
        error: error.code ?? error.name,
      });
    });
  }
}

function post({ url, secret, client, identity }: AlarmWebhookDeps, { event, id, ...alarm }: AlarmNotice): Promise<HttpOutcome> {
  const body = JSON.stringify({ id, event, ...identity, ...alarm });
  return postSigned(client, { url, secret, body, timeoutMs: TIMEOUT_MS });
}

/** Undefined: it was taken. The URL may hold a secret and is not told. */
function problemOf(outcome: HttpOutcome): string | undefined {
  if (outcome.kind === 'failed') return outcome.message;
  return outcome.status >= 200 && outcome.status < 300 ? undefined : `it answers with status ${outcome.status}`;
}
