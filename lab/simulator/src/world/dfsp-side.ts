import { DatabaseUnavailable } from '@payment-manager/database';
import { type Journal, JournalUnavailable } from '@payment-manager/journal';
import { type Connector, type ConnectorDeps, type ConnectorSettings, createConnector, httpCore } from '@payment-manager/mojaloop-connector';
import {
  type Clock,
  createSealer,
  type HttpClient,
  type Metrics,
  type OutgoingRequest,
  type Random,
  type Signatures,
  seededRandom,
  type Timers,
  type VirtualTime,
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

export interface ManagerParts {
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
  readonly signatures: Signatures;
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
  const { settings, time, history, store } = parts;
  const { fspId } = settings;
  const name = parts.replica === undefined ? fspId : `${fspId}#${parts.replica}`;
  let life: MortalLife | undefined;
  let who = name;
  let connector: Connector | undefined;
  let gauges: ReturnType<typeof readGauges> | undefined;
  let generation = 0;
  let offsetMs = parts.clockOffsetMs;
  let armed: { readonly at: string; hitsLeft: number; befalls: () => void } | undefined;
  const clock: Clock = { now: () => time.now() + offsetMs, monotonic: () => time.monotonic() };

  function start(): void {
    const mine = begin();
    life = mine;
    const number = ++generation;
    who = parts.namedAnew ? `${name}.${number}` : name;
    history.note(name, () => `starts (${number})`);
    comeUp(mine, number).catch((error: unknown) => {
      if (!(error instanceof JournalUnavailable || error instanceof DatabaseUnavailable))
        parts.onDefect(`the connector cannot start: ${String(error)}`);
      crash(RESTART_MS);
    });
  }

  async function comeUp(mine: MortalLife, number: number): Promise<void> {
    const timers = timersOf(time, mine);
    const fatal = (why: string): void => {
      history.note(name, () => `must exit: ${why}`);
      time.soon(() => mine.alive && crash(RESTART_MS));
    };
    const journal = await store.open({ life: mine, who, clock, timers, onFatal: fatal });
    const random = seededRandom(parts.seed * 1_000 + (number * 4 + (parts.replica ?? 0)) * 2 + fspId.length);
    gauges = readGauges();
    const { metrics } = gauges;
    const plain = createConnector(depsOf(parts, { name, metrics, life: mine, clock, timers, random, journal, hit }));
    const made = parts.breakConnector?.(plain) ?? plain;
    connector = made;
    parts.network.listen(inboundHost(fspId), { handler: made.inbound, life: mine });
    await made.start();
    parts.network.listen(outboundHost(fspId), { handler: made.outbound, life: mine });
  }

  function hit(failpoint: string): void {
    if (armed === undefined || !failpoint.includes(armed.at) || --armed.hitsLeft > 0) return;
    const { befalls } = armed;
    armed = undefined;
    history.note(name, () => `is at ${failpoint}`);
    befalls();
  }

  function crash(downMs: number): void {
    if (life === undefined) return;
    history.note(name, () => 'dies');
    life.end();
    life = undefined;
    connector = undefined;
    gauges = undefined;
    time.after(downMs, start);
  }

  function stall(ms: number): void {
    const mine = life;
    if (mine === undefined) return;
    history.note(name, () => `stands still for ${ms} ms`);
    mine.stall();
    time.after(ms, () => mine.goOn(time));
  }

  return {
    fspId,
    settings,
    start,
    crash,
    crashInside(nth, downMs) {
      armed = { at: '', hitsLeft: nth, befalls: () => crash(downMs) };
    },
    stallInside(nth, ms) {
      armed = { at: '.append.before.', hitsLeft: nth, befalls: () => stall(ms) };
    },
    jumpClock(byMs) {
      offsetMs += byMs;
    },
    stall,
    cutOff(ms) {
      const mine = who;
      store.setCut(mine, true);
      time.after(ms, () => store.setCut(mine, false));
    },
    get openInMemory() {
      return life?.alive === true ? (gauges?.sum('pm_open_records') ?? 0) : 0;
    },
    get connector() {
      return connector;
    },
    get standsStill() {
      return life?.standsStill === true;
    },
  };
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

interface Process {
  readonly name: string;
  readonly life: MortalLife;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly journal: Journal;
  readonly metrics: Metrics;
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
