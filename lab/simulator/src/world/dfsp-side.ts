import { DatabaseUnavailable } from '@payment-manager/database';
import { type Journal, JournalUnavailable } from '@payment-manager/journal';
import { type Connector, type ConnectorDeps, type ConnectorSettings, createConnector, httpCore } from '@payment-manager/mojaloop-connector';
import {
  type Clock,
  createSealer,
  type HttpClient,
  type OutgoingRequest,
  seededRandom,
  type Timers,
  type VirtualTime,
  type World,
} from '@payment-manager/runtime';
import { coreHost, inboundHost, outboundHost } from '../scenario/parties.ts';
import type { History } from './history.ts';
import type { SchemeKeys } from './keys.ts';
import { begin, type MortalLife, whileAlive } from './life.ts';
import { type Network, SIMULATED_THROW } from './network.ts';
import { errorsOnly, noMetrics, readGauges } from './quiet.ts';
import type { SimulatedStore } from './store.ts';
import { operationOf } from './weather.ts';

/** A way to break the product on purpose: tests change what the connector is given and see the checkers notice. */
export type Sabotage = (deps: ConnectorDeps, fspId: string) => ConnectorDeps;

/** Another way: what the connector answers is changed. */
export type BreakConnector = (connector: Connector) => Connector;

export interface ManagerParts extends Pick<World, 'signatures'> {
  readonly settings: ConnectorSettings;
  readonly seed: number;
  readonly time: VirtualTime;
  readonly network: Network;
  readonly store: SimulatedStore;
  /** Its place among the replicas, from 0; undefined: there is no other. */
  readonly replica: number | undefined;
  /** A replica gets a new name at each start, as the product gives it, or has one that was configured. */
  readonly namedAnew: boolean;
  readonly keys: SchemeKeys;
  readonly history: History;
  readonly clockOffsetMs: number;
  readonly onDefect: (what: string) => void;
  /** Sees what a replica sends. */
  readonly onLeave: (replica: string, toCore: boolean, operation: string, request: OutgoingRequest) => void;
  readonly sabotage: Sabotage | undefined;
  readonly breakConnector: BreakConnector | undefined;
}

/** A Payment Manager as a process: it starts, dies at any instant, and starts again on the same disk. */
export interface SimulatedManager {
  readonly fspId: string;
  readonly settings: ConnectorSettings;
  start(): void;
  /** Ends without warning; starts again after `downMs`. Nothing happens while it is down already. */
  crash(downMs: number): void;
  /** Dies when its code passes the nth failpoint from now on. */
  crashInside(nth: number, downMs: number): void;
  /** Stands still with the nth append on its way: it is stored meanwhile, and what it promises is done afterwards, if at all. */
  stallInside(nth: number, ms: number): void;
  jumpClock(byMs: number): void;
  /** Stands still for so long, and then goes on with what it had in hand. */
  stall(ms: number): void;
  /** Cannot reach the store for so long; it does not know why. */
  cutOff(ms: number): void;
  readonly connector: Connector | undefined;
  readonly standsStill: boolean;
  /** Open records in its memory, as it says. */
  readonly openInMemory: number;
}

/** A start that fails because the store is out of reach is tried again by the supervisor after this time. */
const RESTART_MS = 1_000;

/** Makes a process that is not started yet. */
export function simulatedManager(parts: ManagerParts): SimulatedManager {
  return new ManagerProcess(parts);
}

class ManagerProcess implements SimulatedManager {
  readonly fspId: string;
  readonly settings: ConnectorSettings;
  readonly #parts: ManagerParts;
  readonly #name: string;
  readonly #clock: Clock;
  #life: MortalLife | undefined;
  /** As the store knows it. */
  #who: string;
  #connector: Connector | undefined;
  #gauges: ReturnType<typeof readGauges> | undefined;
  #generation = 0;
  #offsetMs: number;
  #armed: { readonly at: string; hitsLeft: number; befalls: () => void } | undefined;

  constructor(parts: ManagerParts) {
    const { settings, replica, time, clockOffsetMs } = parts;
    this.#parts = parts;
    this.settings = settings;
    this.fspId = settings.fspId;
    this.#name = replica === undefined ? settings.fspId : `${settings.fspId}#${replica}`;
    this.#who = this.#name;
    this.#offsetMs = clockOffsetMs;
    this.#clock = { now: () => time.now() + this.#offsetMs, monotonic: () => time.monotonic() };
  }

  get openInMemory(): number {
    return this.#life?.alive === true ? (this.#gauges?.sum('pm_open_records') ?? 0) : 0;
  }

  get connector(): Connector | undefined {
    return this.#connector;
  }

  get standsStill(): boolean {
    return this.#life?.standsStill === true;
  }

  start(): void {
    const mine = begin();
    this.#life = mine;
    const number = ++this.#generation;
    this.#who = this.#parts.namedAnew ? `${this.#name}.${number}` : this.#name;
    this.#note(() => `starts (${number})`);
    this.#comeUp(mine, number).catch((error: unknown) => {
      if (!(error instanceof JournalUnavailable || error instanceof DatabaseUnavailable))
        this.#parts.onDefect(`the connector cannot start: ${String(error)}`);
      this.crash(RESTART_MS);
    });
  }

  crash(downMs: number): void {
    if (this.#life === undefined) return;
    this.#note(() => 'dies');
    this.#life.end();
    this.#life = undefined;
    this.#connector = undefined;
    this.#gauges = undefined;
    this.#parts.time.after(downMs, () => this.start());
  }

  crashInside(nth: number, downMs: number): void {
    this.#armed = { at: '', hitsLeft: nth, befalls: () => this.crash(downMs) };
  }

  stall(ms: number): void {
    const mine = this.#life;
    if (mine === undefined) return;
    const { time } = this.#parts;
    this.#note(() => `stands still for ${ms} ms`);
    mine.stall();
    time.after(ms, () => mine.goOn(time));
  }

  stallInside(nth: number, ms: number): void {
    this.#armed = { at: '.append.before.', hitsLeft: nth, befalls: () => this.stall(ms) };
  }

  jumpClock(byMs: number): void {
    this.#offsetMs += byMs;
  }

  cutOff(ms: number): void {
    const mine = this.#who;
    const { store, time } = this.#parts;
    store.setCut(mine, true);
    time.after(ms, () => store.setCut(mine, false));
  }

  async #comeUp(mine: MortalLife, number: number): Promise<void> {
    const { time, store, network, seed, replica, breakConnector } = this.#parts;
    const timers = timersOf(time, mine);
    const onFatal = (why: string): void => {
      this.#note(() => `must exit: ${why}`);
      time.soon(() => mine.alive && this.crash(RESTART_MS));
    };
    const clock = this.#clock;
    const journal = await store.open({ life: mine, who: this.#who, clock, timers, onFatal });
    const random = seededRandom(seed * 1_000 + (number * 4 + (replica ?? 0)) * 2 + this.fspId.length);
    this.#gauges = readGauges();
    const { metrics } = this.#gauges;
    const hit = (failpoint: string): void => this.#hit(failpoint);
    const plain = createConnector(depsOf(this.#parts, { name: this.#name, metrics, life: mine, clock, timers, random, journal, hit }));
    const made = breakConnector?.(plain) ?? plain;
    this.#connector = made;
    network.listen(inboundHost(this.fspId), { handler: made.inbound, life: mine });
    await made.start();
    network.listen(outboundHost(this.fspId), { handler: made.outbound, life: mine });
  }

  #hit(failpoint: string): void {
    const armed = this.#armed;
    if (armed === undefined || !failpoint.includes(armed.at) || --armed.hitsLeft > 0) return;
    this.#armed = undefined;
    this.#note(() => `is at ${failpoint}`);
    armed.befalls();
  }

  #note(what: () => string): void {
    this.#parts.history.note(this.#name, what);
  }
}

/** Timers of a process: none of a dead one runs, and those of one that stands still wait. */
function timersOf(time: VirtualTime, life: MortalLife): Timers {
  return {
    after(ms, run) {
      let cancelled = false;
      const timer = time.after(Math.ceil(ms), () => life.run(() => !cancelled && run()));
      return {
        cancel() {
          cancelled = true;
          timer.cancel();
        },
      };
    },
    soon: (run) => time.soon(() => life.run(run)),
  };
}

interface Process extends Pick<World, 'clock' | 'timers' | 'random' | 'metrics'> {
  readonly name: string;
  readonly life: MortalLife;
  readonly journal: Journal;
  readonly hit: (name: string) => void;
}

/** The real connector's surroundings, all of which end with the life. */
function depsOf(parts: ManagerParts, { name, metrics, life, clock, timers, random, journal, hit }: Process): ConnectorDeps {
  const { settings, network, keys, signatures } = parts;
  const { fspId } = settings;
  const log = errorsOnly((message, fields) => {
    if (life.alive && !fields.includes(SIMULATED_THROW)) parts.onDefect(`${fspId} logs an error: ${message} ${fields}`);
  });
  const client = watched(parts, journal, network.clientOf(fspId, life, name));
  // the sealing key is the DFSP's, not the process's: what was sealed before a crash must open after it
  const sealingKey = seededRandom(parts.seed).bytes(32);
  const deps: ConnectorDeps = {
    settings,
    journal,
    clock,
    timers,
    random,
    signatures: {
      sign: (...args) => whileAlive(life, signatures.sign(...args)),
      verify: (...args) => whileAlive(life, signatures.verify(...args)),
    },
    sealer: createSealer(sealingKey, random),
    transferIdKey: Buffer.from(`${fspId} ${parts.seed}`),
    hubClient: client,
    core: httpCore(settings, client, clock, noMetrics, log),
    signingKey: () => keys.signingKey(fspId),
    peerKeys: keys.peerKeys(),
    log,
    metrics,
    failpoints: { hit: (name) => life.alive && hit(name) },
  };
  return parts.sabotage?.(deps, fspId) ?? deps;
}

/** Shows each message and call of a replica to who looks on, in the instant in which it leaves. */
function watched({ onLeave, settings }: ManagerParts, { replica }: Journal, client: HttpClient): HttpClient {
  if (replica === undefined) return client;
  return {
    ...client,
    request(request) {
      const { host, pathname } = new URL(request.url);
      onLeave(replica.self, host === coreHost(settings.fspId), operationOf(request.method, pathname), request);
      return client.request(request);
    },
  };
}
