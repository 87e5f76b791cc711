import { JournalUnavailable } from '@payment-manager/journal';
import { type Connector, type ConnectorDeps, type ConnectorSettings, createConnector, httpCore } from '@payment-manager/mojaloop-connector';
import { type Clock, createSealer, type Random, type Signatures, seededRandom, type VirtualTime } from '@payment-manager/runtime';
import { inboundHost, outboundHost } from '../scenario/parties.ts';
import type { SimulatedDisk } from './disk.ts';
import type { History } from './history.ts';
import type { SchemeKeys } from './keys.ts';
import { begin, type MortalLife, whileAlive } from './life.ts';
import type { Network } from './network.ts';
import { errorsOnly, noMetrics } from './quiet.ts';

/** A way to break the product on purpose: tests change what the connector is given and see the checkers notice. */
export type Sabotage = (deps: ConnectorDeps, fspId: string) => ConnectorDeps;

export interface ManagerParts {
  readonly settings: ConnectorSettings;
  readonly seed: number;
  readonly time: VirtualTime;
  readonly network: Network;
  readonly disk: SimulatedDisk;
  readonly keys: SchemeKeys;
  readonly signatures: Signatures;
  readonly history: History;
  readonly clockOffsetMs: number;
  readonly onDefect: (what: string) => void;
  readonly sabotage: Sabotage | undefined;
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
  jumpClock(byMs: number): void;
  readonly connector: Connector | undefined;
}

/** A start that fails because the store is out of reach is tried again by the supervisor after this time. */
const RESTART_MS = 1_000;

/** Makes a process that is not started yet. */
export function simulatedManager(parts: ManagerParts): SimulatedManager {
  const { settings, time, history } = parts;
  const { fspId } = settings;
  let life: MortalLife | undefined;
  let connector: Connector | undefined;
  let generation = 0;
  let offsetMs = parts.clockOffsetMs;
  let armed: { hitsLeft: number; downMs: number } | undefined;
  const clock: Clock = { now: () => time.now() + offsetMs, monotonic: () => time.monotonic() };

  function start(): void {
    const mine = begin();
    life = mine;
    const made = createConnector(depsOf(parts, mine, clock, seededRandom(parts.seed * 1_000 + generation * 2 + fspId.length), hit));
    connector = made;
    generation++;
    parts.network.listen(inboundHost(fspId), { handler: made.inbound, life: mine });
    history.note(fspId, () => `starts (${generation})`);
    made.start().then(
      () => parts.network.listen(outboundHost(fspId), { handler: made.outbound, life: mine }),
      (error: unknown) => {
        if (!(error instanceof JournalUnavailable)) parts.onDefect(`the connector cannot start: ${String(error)}`);
        crash(RESTART_MS);
      },
    );
  }

  function hit(name: string): void {
    if (armed === undefined || --armed.hitsLeft > 0) return;
    const { downMs } = armed;
    armed = undefined;
    history.note(fspId, () => `is at ${name}`);
    crash(downMs);
  }

  function crash(downMs: number): void {
    if (life === undefined) return;
    history.note(fspId, () => 'dies');
    life.end();
    life = undefined;
    connector = undefined;
    time.after(downMs, start);
  }

  return {
    fspId,
    settings,
    start,
    crash,
    crashInside(nth, downMs) {
      armed = { hitsLeft: nth, downMs };
    },
    jumpClock(byMs) {
      offsetMs += byMs;
    },
    get connector() {
      return connector;
    },
  };
}

/** The real connector's surroundings, all of which end with the life. */
function depsOf(parts: ManagerParts, life: MortalLife, clock: Clock, random: Random, hit: (name: string) => void): ConnectorDeps {
  const { settings, time, network, keys, signatures } = parts;
  const { fspId } = settings;
  const log = errorsOnly((message, fields) => {
    if (life.alive) parts.onDefect(`${fspId} logs an error: ${message} ${fields}`);
  });
  const client = network.clientOf(fspId, life);
  // the sealing key is the DFSP's, not the process's: what was sealed before a crash must open after it
  const sealingKey = seededRandom(parts.seed).bytes(32);
  const deps: ConnectorDeps = {
    settings,
    journal: parts.disk.open(life),
    clock,
    timers: {
      after: (ms, run) => time.after(Math.ceil(ms), () => life.alive && run()),
      soon: (run) => time.soon(() => life.alive && run()),
    },
    random,
    signatures: {
      sign: (...args) => whileAlive(life, signatures.sign(...args)),
      verify: (...args) => whileAlive(life, signatures.verify(...args)),
    },
    sealer: createSealer(sealingKey, random),
    hubClient: client,
    core: httpCore(settings, client, clock, noMetrics, log),
    signingKey: () => keys.signingKey(fspId),
    peerKeys: keys.peerKeys(),
    log,
    metrics: noMetrics,
    failpoints: { hit: (name) => life.alive && hit(name) },
  };
  return parts.sabotage?.(deps, fspId) ?? deps;
}
