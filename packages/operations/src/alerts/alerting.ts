import { type AlarmEntry, alarmBoard, type Counter, every, type Repeated, type World } from '@payment-manager/runtime';
import type { ToldWords } from '@payment-manager/runtime/words';
import { type AlertIdentity, noticeOf, testNotice } from './alert-notice.ts';
import type { StandingCondition } from './alert-rules.ts';
import type { AlertStore } from './alert-store.ts';
import { type Attempted, afterAttempt, type DueDelivery, dueDeliveries, failingChannels } from './due-deliveries.ts';
import { type AlertSettings, afterLook, isSame } from './fold-incidents.ts';
import type { ChannelName, Incident, Incidents } from './incident.ts';
import type { AlertChannel } from './webhook-channel.ts';

/** What stands, as this process sees it. */
export interface SeenConditions {
  readonly conditions: readonly StandingCondition[];
  /** False: there may be more. */
  readonly whole: boolean;
}

export interface AlertingDeps extends Pick<World, 'clock' | 'timers' | 'random' | 'log' | 'metrics'> {
  /** Who tells; where the portal is may be known later. */
  identity(): AlertIdentity;
  /** In the language of those who are told. */
  words(): ToldWords;
  readonly store: AlertStore;
  /** As they are configured now. */
  settings(): AlertSettings;
  channel(name: ChannelName): AlertChannel | undefined;
  /** Undefined: it is not known. */
  look(): Promise<SeenConditions | undefined>;
  /** Whether this process is the one of several replicas that tells. */
  leads(): boolean;
}

/** Incidents of a process, or of all replicas. */
export interface Alerting {
  /** Those that stand and the newest that have ended, in the order of their beginning. Rejects with DatabaseUnavailable. */
  incidents(): Promise<Incidents>;
  /** Somebody looks after it. Undefined: there is none of this id. Rejects with DatabaseUnavailable. */
  acknowledge(id: string, said: { readonly by: string; readonly reason: string }): Promise<Incident | undefined>;
  /** Sends something by each channel at once, whatever the hour. */
  test(): Promise<readonly (Attempted & { readonly channel: ChannelName })[]>;
  /** Channels that take nothing. */
  alarms(): readonly AlarmEntry[];
  /** Alarms that somebody let rest, as `CODE ID`; asked at each look. */
  useMutes(muted: () => Promise<readonly string[]>): void;
  /** A look now, and what follows from it. */
  now(): Promise<void>;
  stop(): Promise<void>;
}

const EVERY_MS = 10_000;
/** In one look; the rest comes with the next. */
const DELIVERIES_MOST = 20;
const RETRIES = 5;

/** Looks each ten seconds at what stands, keeps incidents of it, and delivers them once each. Nothing of a payment waits for it. */
export function startAlerting(deps: AlertingDeps): Alerting {
  return new RunningAlerts(deps);
}

class RunningAlerts implements Alerting {
  readonly #deps: AlertingDeps;
  readonly #looking: Repeated;
  readonly #counter: Counter;
  readonly #board: ReturnType<typeof alarmBoard>;
  #incidents: Incidents = [];
  /** Undefined: this process did not lead at the last look. */
  #version: number | undefined;
  #stopped = false;
  #storeFails = false;
  #muted: () => Promise<readonly string[]> = async () => [];

  constructor(deps: AlertingDeps) {
    const { metrics, timers, clock } = deps;
    this.#deps = deps;
    this.#board = alarmBoard(clock);
    this.#counter = metrics.counter('pm_alert_deliveries_total', 'Deliveries of alerts, by channel and what became of them', [
      'channel',
      'result',
    ]);
    metrics.readGauge('pm_alert_deliveries_owed', 'Deliveries of alerts that nobody has taken yet; at the replica that tells', [], () => [
      { labels: {}, value: this.#incidents.flatMap(({ deliveries }) => deliveries).filter(({ state }) => state === 'owed').length },
    ]);
    this.#looking = every(EVERY_MS, timers, () => this.#pass());
  }

  async incidents(): Promise<Incidents> {
    return this.#version === undefined ? (await this.#deps.store.read()).incidents : this.#incidents;
  }

  async acknowledge(id: string, { by, reason }: { readonly by: string; readonly reason: string }): Promise<Incident | undefined> {
    const { store, clock } = this.#deps;
    for (let tried = 0; tried < RETRIES; tried++) {
      const { incidents, version } = await store.read();
      const found = incidents.find((one) => one.id === id);
      if (found === undefined) return undefined;
      const acknowledged: Incident = { ...found, acknowledged: { by, at: clock.now(), reason } };
      if (
        await store.write(
          incidents.map((one) => (one === found ? acknowledged : one)),
          version,
        )
      ) {
        await this.#looking.now();
        return acknowledged;
      }
    }
    throw new Error('the incidents change all the time');
  }

  async test(): Promise<readonly (Attempted & { readonly channel: ChannelName })[]> {
    const { clock, identity, words, settings, channel } = this.#deps;
    const notice = testNotice(clock.now(), identity(), words());
    return Promise.all(
      settings().channels.map(async (name) => {
        const attempted = await (channel(name)?.send(notice) ?? Promise.resolve(NOT_OPEN));
        this.#counter.add(1, { channel: name, result: attempted.kind });
        return { channel: name, ...attempted };
      }),
    );
  }

  alarms(): readonly AlarmEntry[] {
    return this.#board.alarms();
  }

  useMutes(muted: () => Promise<readonly string[]>): void {
    this.#muted = muted;
  }

  now(): Promise<void> {
    return this.#looking.now();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#looking.stop();
    await this.#deps.store.close();
  }

  async #pass(): Promise<void> {
    const { store, look, leads, log } = this.#deps;
    try {
      const seen = await look();
      const muted = await this.#muted().catch(() => []);
      // a process without a portal may be the one that tells people: it hears of mutes from the one that has it
      if (seen !== undefined) await store.shared?.tell({ conditions: seen.conditions, muted });
      if (!leads()) {
        this.#version = undefined;
        this.#incidents = [];
        this.#tellFailing();
        return;
      }
      await this.#load();
      if (seen !== undefined) await this.#fold(seen, muted);
      await this.#deliver();
    } catch (error) {
      log.warn('a look at the alerts failed', { error: error instanceof Error ? error.name : 'unknown' });
    }
  }

  /** What another replica stored, with what this one knows of how long things stand. */
  async #load(): Promise<void> {
    const { store, clock } = this.#deps;
    const stored = await store.read();
    if (stored.version === this.#version) return;
    const begins = this.#version === undefined;
    const known = new Map(this.#incidents.map((one) => [one.id, one]));
    this.#incidents = stored.incidents.map((one) => {
      const mine = known.get(one.id);
      if (mine !== undefined) return { ...one, seenAt: mine.seenAt, presentMs: mine.presentMs };
      // nobody looked while nothing ran: that it was not seen then says nothing
      return begins && one.state !== 'ended' ? { ...one, seenAt: clock.now() } : one;
    });
    this.#version = stored.version;
  }

  async #fold(own: SeenConditions, mutedHere: readonly string[]): Promise<void> {
    const { clock, random, store, settings } = this.#deps;
    const others = (await store.shared?.others()) ?? [];
    const muted = new Set([mutedHere, ...others.map((one) => one.muted)].flat());
    const at = clock.now();
    const next = afterLook(
      this.#incidents,
      {
        at,
        conditions: oneOfEach([own.conditions, ...others.map(({ conditions }) => conditions)]),
        whole: own.whole,
        isMuted: ({ code, id }) => muted.has(`${code} ${id}`),
        newId: () => `${new Date(at).toISOString().slice(0, 19).replaceAll(':', '-')}-${random.uuid().slice(0, 8)}`,
      },
      settings(),
    );
    await this.#become(next);
  }

  async #deliver(): Promise<void> {
    const { leads, clock } = this.#deps;
    for (let sent = 0; sent < DELIVERIES_MOST && !this.#stopped && leads(); ) {
      const due = dueDeliveries(this.#incidents, clock.now());
      if (due.length === 0) break;
      for (const one of due) await this.#attempt(one);
      sent += due.length;
    }
    this.#tellFailing();
  }

  async #attempt(due: DueDelivery): Promise<void> {
    const { channel, clock, identity, words, log } = this.#deps;
    const { incident, delivery } = due;
    const open = channel(delivery.channel);
    const attempted: Attempted = open === undefined ? NOT_OPEN : await open.send(noticeOf(incident, delivery, identity(), words()));
    this.#counter.add(1, { channel: delivery.channel, result: attempted.kind });
    const what = { channel: delivery.channel, incident: incident.id, event: delivery.event };
    if (attempted.kind === 'refused')
      log.error('an alert is refused; it is not sent again', { code: 'ALERT_REFUSED', ...what, reason: attempted.problem });
    else if (attempted.kind === 'sent') log.info('an alert was delivered', what);
    await this.#keepAttempt(due, attempted, clock.now());
  }

  /** What was sent is sent: whoever changed the incidents meanwhile does not make it be sent once more. */
  async #keepAttempt(due: DueDelivery, attempted: Attempted, at: number): Promise<void> {
    for (let tried = 1; ; tried++)
      try {
        return await this.#become(afterAttempt(this.#incidents, due, attempted, at));
      } catch (error) {
        if (!(error instanceof ChangedMeanwhile) || tried === RETRIES) throw error;
        await this.#load();
      }
  }

  /** Stored when there is something to store. A disk that is full must not keep anybody from being told: then it goes on in memory. */
  async #become(next: Incidents): Promise<void> {
    const { store, log } = this.#deps;
    const same = isSame(next, this.#incidents);
    this.#incidents = next;
    if (same && !this.#storeFails) return;
    try {
      // another replica, or somebody who acknowledged, was first: the next look begins with what they stored
      if (await store.write(next, this.#version ?? 0)) this.#version = (this.#version ?? 0) + 1;
      else throw new ChangedMeanwhile();
      this.#storeFails = false;
    } catch (error) {
      if (error instanceof ChangedMeanwhile) throw error;
      if (!this.#storeFails)
        log.warn('the incidents cannot be stored; after a restart an alert may be sent twice', {
          code: 'ALERTS_NOT_STORED',
          error: (error as Error).name,
        });
      this.#storeFails = true;
    }
  }

  #tellFailing(): void {
    const { log } = this.#deps;
    const failing = failingChannels(this.#incidents);
    for (const { channel, since, problem } of failing) {
      const reason = `The ${channel} takes no alerts: ${problem}.`;
      if (this.#board.raise({ id: `alerts-${channel}`, code: 'ALERTS_NOT_DELIVERED', reason, since }) === 'new')
        log.error('alerts are not taken; they are sent again', { code: 'ALERTS_NOT_DELIVERED', channel, reason: problem });
    }
    for (const { id } of this.#board.alarms())
      if (!failing.some(({ channel }) => id === `alerts-${channel}`) && this.#board.clear(id, 'ALERTS_NOT_DELIVERED') !== undefined)
        log.info('alerts are taken again', { id });
  }
}

class ChangedMeanwhile extends Error {}

const NOT_OPEN: Attempted = { kind: 'failed', problem: 'it cannot be opened; the log says why' };

/** What several replicas see is one; two payments that need a person are two. */
function oneOfEach(seen: readonly (readonly StandingCondition[])[]): readonly StandingCondition[] {
  const all = new Map<string, StandingCondition>();
  for (const condition of seen.flat()) {
    const key = `${condition.code} ${condition.id}`;
    const known = all.get(key);
    if (known === undefined || condition.since < known.since) all.set(key, condition);
  }
  return [...all.values()];
}
