import { refuseInbound, refuseOutbound } from '@payment-manager/mojaloop-connector';
import { type Clock, seededRandom, type VirtualTime, virtualTime } from '@payment-manager/runtime';
import { type Core, DEFAULT_HUB_SETTINGS, type Hub, memoryHubStore, openCore, openHub, refuseFspiop } from '@payment-manager/sandbox';
import { chanceOf } from '../chance.ts';
import { type Observer, observer } from '../check/observer.ts';
import { checkOwner } from '../check/owners.ts';
import { coreHost, DFSPS, type Dfsp, HUB, HUB_HOST, inboundHost, outboundHost, PAYEE, STRANGER } from '../scenario/parties.ts';
import type { Kept, Scenario } from '../scenario/scenario.ts';
import { type BreakConnector, type Sabotage, type SimulatedManager, simulatedManager } from './dfsp-side.ts';
import { simulatedDisk } from './disk.ts';
import { emptyHistory, type History } from './history.ts';
import { type SchemeKeys, schemeKeys } from './keys.ts';
import { FOREVER } from './life.ts';
import { type Network, SIMULATED_THROW, simulatedNetwork } from './network.ts';
import type { DatabaseFlaw } from './postgres/statements.ts';
import { errorsOnly } from './quiet.ts';
import { type SimulatedSignatures, simulatedSignatures } from './signatures.ts';
import { type SimulatedStore, type StoreParts, sharedStore } from './store.ts';
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
  readonly stores: Readonly<Record<Dfsp, SimulatedStore>>;
  readonly observer: Observer;
  close(): Promise<void>;
}

export interface WorldOptions {
  readonly kept?: Kept;
  /** Write the history down. */
  readonly written?: boolean;
  readonly sabotage?: Sabotage;
  readonly breakConnector?: BreakConnector;
  /** A database that breaks its word. */
  readonly flaw?: DatabaseFlaw;
}

/** The clocks of two replicas differ, too. */
const CLOCKS_APART_MS = 40;
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
      if (!String(error).includes(SIMULATED_THROW)) watch.violations.report('defect', `${host} fails at ${operation}: ${String(error)}`);
      const refused = host.endsWith('-out') ? refuseOutbound : host === HUB_HOST ? refuseFspiop : refuseInbound;
      return refused('handler-failed');
    },
  });
  const signatures = simulatedSignatures();
  const keys = schemeKeys(signatures);
  const base = { scenario, time, network, keys, signatures, history, watch };
  const hub = await startHub(base);
  const cores = { greenbank: startCore(base, 'greenbank'), bluewallet: startCore(base, 'bluewallet') };
  const stores = { greenbank: storeOf(base, 'greenbank', options), bluewallet: storeOf(base, 'bluewallet', options) };
  const managers = {
    greenbank: startManagers(base, 'greenbank', stores.greenbank, options),
    bluewallet: startManagers(base, 'bluewallet', stores.bluewallet, options),
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
    stores,
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

/** One process has its own disk; replicas share a PostgreSQL. */
function storeOf({ scenario, time, watch }: Base, fspId: Dfsp, { flaw }: WorldOptions): SimulatedStore {
  const parts: StoreParts = {
    name: fspId,
    time,
    chance: chanceOf(scenario.seed),
    isCalm: () => time.monotonic() >= scenario.calmFrom,
    onDurable(append, { by, fenced }) {
      if (fenced)
        watch.violations.report('lease', `${fspId}: an append on ${append.recordId} is stored though its writer's lease has ended`);
      watch.durable(fspId, append, by);
    },
  };
  return scenario.replicas[fspId] === 1 ? simulatedDisk(parts) : sharedStore(parts, flaw);
}

function startManagers(
  base: Base,
  fspId: Dfsp,
  store: SimulatedStore,
  { sabotage, breakConnector }: WorldOptions,
): readonly SimulatedManager[] {
  const { scenario, watch, ...parts } = base;
  const count = scenario.replicas[fspId];
  return Array.from({ length: count }, (_, index) => {
    const manager = simulatedManager({
      ...parts,
      store,
      replica: count === 1 ? undefined : index,
      namedAnew: count > 1 && scenario.namedAnew,
      settings: scenario.settings[fspId],
      seed: scenario.seed,
      clockOffsetMs: scenario.clockOffsets[fspId] + index * CLOCKS_APART_MS,
      onDefect: (what) => watch.violations.report('defect', what),
      onLeave: (self, toCore, operation, request) =>
        checkOwner(watch.records[fspId], store, self, toCore, operation, request, watch.violations),
      sabotage,
      breakConnector,
    });
    manager.start();
    return manager;
  });
}
