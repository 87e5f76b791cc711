import { refuseInbound, refuseOutbound } from '@payment-manager/mojaloop-connector';
import { type Clock, seededRandom, type VirtualTime, virtualTime } from '@payment-manager/runtime';
import { type Core, DEFAULT_HUB_SETTINGS, type Hub, memoryHubStore, openCore, openHub, refuseFspiop } from '@payment-manager/sandbox';
import { chanceOf } from '../chance.ts';
import { type Observer, observer } from '../check/observer.ts';
import { coreHost, DFSPS, type Dfsp, HUB, HUB_HOST, inboundHost, outboundHost, PAYEE, STRANGER } from '../scenario/parties.ts';
import type { Kept, Scenario } from '../scenario/scenario.ts';
import { type Sabotage, type SimulatedManager, simulatedManager } from './dfsp-side.ts';
import { type SimulatedDisk, simulatedDisk } from './disk.ts';
import { emptyHistory, type History } from './history.ts';
import { type SchemeKeys, schemeKeys } from './keys.ts';
import { FOREVER } from './life.ts';
import { type Network, simulatedNetwork } from './network.ts';
import { errorsOnly } from './quiet.ts';
import { type SimulatedSignatures, simulatedSignatures } from './signatures.ts';
import { type NetworkWeather, networkWeather } from './weather.ts';

/** A whole scheme on a virtual clock: the real connectors, hub and cores; network, disks, clocks and keys are simulated. */
export interface World {
  readonly scenario: Scenario;
  readonly time: VirtualTime;
  readonly history: History;
  readonly network: Network;
  readonly weather: NetworkWeather;
  readonly keys: SchemeKeys;
  readonly signatures: SimulatedSignatures;
  readonly hub: Hub;
  readonly cores: Readonly<Record<Dfsp, Core>>;
  /** The Payment Managers of each DFSP; more than one are replicas on one journal. */
  readonly managers: Readonly<Record<Dfsp, readonly SimulatedManager[]>>;
  readonly disks: Readonly<Record<Dfsp, SimulatedDisk>>;
  readonly observer: Observer;
  close(): Promise<void>;
}

export interface WorldOptions {
  readonly kept?: Kept;
  /** Write the history down. */
  readonly written?: boolean;
  readonly sabotage?: Sabotage;
}

/** 2026-11-24T09:00:00Z. */
const START_MS = 1_795_510_800_000;

/** Builds the world of a scenario and starts everything in it. */
export async function openWorld(scenario: Scenario, options: WorldOptions = {}): Promise<World> {
  const time = virtualTime(START_MS);
  const chance = chanceOf(scenario.seed);
  const history = emptyHistory(() => time.monotonic(), options.written ?? false);
  const watch = observer(scenario, () => time.monotonic(), history);
  const weather = networkWeather({ scenario, kept: options.kept ?? {}, time, chance });
  const network = simulatedNetwork({
    time,
    chance,
    history,
    weather,
    onLeave: watch.leaves,
    onFault: watch.struck,
    onAnswer: watch.answered,
    onHandlerFailed(host, operation, error) {
      watch.violations.report('defect', `${host} fails at ${operation}: ${String(error)}`);
      const refused = host.endsWith('-out') ? refuseOutbound : host === HUB_HOST ? refuseFspiop : refuseInbound;
      return refused('handler-failed');
    },
  });
  const signatures = simulatedSignatures();
  const keys = schemeKeys(signatures);
  const base = { scenario, time, network, keys, signatures, history, watch };
  const hub = await startHub(base);
  const cores = { greenbank: startCore(base, 'greenbank'), bluewallet: startCore(base, 'bluewallet') };
  const disks = { greenbank: diskOf(base, 'greenbank'), bluewallet: diskOf(base, 'bluewallet') };
  const managers = {
    greenbank: [startManager(base, 'greenbank', disks.greenbank, options.sabotage)],
    bluewallet: [startManager(base, 'bluewallet', disks.bluewallet, options.sabotage)],
  };
  for (const fspId of [...DFSPS, STRANGER]) await publishKeys(hub, keys, fspId);
  for (const { identifiers } of cores[PAYEE].settings.customers) {
    for (const identifier of identifiers) await hub.putParty({ ...identifier, fspId: PAYEE });
  }
  for (const fspId of DFSPS) cores[fspId].setPaymentManagerUrl(`http://${outboundHost(fspId)}`);
  return {
    scenario,
    time,
    history,
    network,
    weather,
    keys,
    signatures,
    hub,
    cores,
    managers,
    disks,
    observer: watch,
    async close() {
      for (const fspId of DFSPS) for (const manager of managers[fspId]) manager.crash(Number.MAX_SAFE_INTEGER);
      for (const fspId of DFSPS) cores[fspId].stop();
      await hub.stop();
    },
  };
}

/** Tells the hub which keys of a participant count, and where it is. */
export async function publishKeys(hub: Hub, keys: SchemeKeys, fspId: string): Promise<void> {
  await hub.putParticipant({
    fspId,
    endpoint: `http://${inboundHost(fspId)}`,
    jwsPublicKeys: keys.published(fspId),
    currencies: ['USD'],
    netDebitCap: '1000000',
  });
}

interface Base {
  readonly scenario: Scenario;
  readonly time: VirtualTime;
  readonly network: Network;
  readonly keys: SchemeKeys;
  readonly signatures: SimulatedSignatures;
  readonly history: History;
  readonly watch: Observer;
}

async function startHub({ scenario, time, network, keys, signatures, watch }: Base): Promise<Hub> {
  const hub = await openHub({
    identity: { hubId: HUB, signingKey: keys.signingKey(HUB) },
    settings: { ...DEFAULT_HUB_SETTINGS, abortedAs: scenario.abortedAs },
    store: memoryHubStore(),
    client: network.clientOf(HUB, FOREVER),
    clock: time,
    timers: time,
    random: seededRandom(scenario.seed * 7 + 1),
    signatures,
    log: errorsOnly((message, fields) => watch.violations.report('defect', `the hub logs an error: ${message} ${fields}`)),
  });
  network.listen(HUB_HOST, { handler: hub.handler, life: FOREVER });
  return hub;
}

function startCore({ scenario, time, network, watch }: Base, fspId: Dfsp): Core {
  const offsetMs = scenario.clockOffsets[fspId];
  const clock: Clock = { now: () => time.now() + offsetMs, monotonic: () => time.monotonic() };
  const core = openCore({
    settings: scenario.cores[fspId],
    file: ':memory:',
    client: network.clientOf(coreHost(fspId), FOREVER),
    clock,
    timers: time,
    random: seededRandom(scenario.seed * 7 + 2 + DFSPS.indexOf(fspId)),
    log: errorsOnly((message, fields) => watch.violations.report('defect', `core ${fspId} logs an error: ${message} ${fields}`)),
  });
  network.listen(coreHost(fspId), { handler: core.handler, life: FOREVER });
  return core;
}

function diskOf({ scenario, time, watch }: Base, fspId: Dfsp): SimulatedDisk {
  return simulatedDisk({ name: fspId, time, chance: chanceOf(scenario.seed), onDurable: (append) => watch.durable(fspId, append) });
}

function startManager(base: Base, fspId: Dfsp, disk: SimulatedDisk, sabotage: Sabotage | undefined): SimulatedManager {
  const { scenario, watch, ...parts } = base;
  const manager = simulatedManager({
    ...parts,
    disk,
    settings: scenario.settings[fspId],
    seed: scenario.seed,
    clockOffsetMs: scenario.clockOffsets[fspId],
    onDefect: (what) => watch.violations.report('defect', what),
    sabotage,
  });
  manager.start();
  return manager;
}
