import type { ConnectorSettings } from '@payment-manager/mojaloop-connector';
import type { CoreSettings } from '@payment-manager/sandbox';
import { between, type Chance, chanceOf, oneOf } from '../chance.ts';
import { type FalseWord, type Mishap, type MishapKind, NETWORK_FAULTS, type NetworkFault } from './mishaps.ts';
import { coreHost, DFSPS, type Dfsp, HUB_HOST, PAYEE, PAYER } from './parties.ts';
import { connectorSettings, coreSettings } from './settings.ts';

/** A payment that a customer of the payer's DFSP orders. */
export interface PlannedPayment {
  readonly id: string;
  readonly at: number;
  readonly amount: string;
  readonly amountType: 'SEND' | 'RECEIVE';
}

/** One run: everything in it follows from the seed, less what the shrinker took away. All instants are ms since the start. */
export interface Scenario {
  readonly seed: number;
  readonly payments: readonly PlannedPayment[];
  readonly settings: Readonly<Record<Dfsp, ConnectorSettings>>;
  readonly cores: Readonly<Record<Dfsp, CoreSettings>>;
  /** Processes of each DFSP on one journal. */
  readonly replicas: Readonly<Record<Dfsp, number>>;
  /** Replicas get a new name at each start, instead of one that is configured. */
  readonly namedAnew: boolean;
  /** Wall clock of each DFSP against the hub's. Together never more than `clockSkewMs`. */
  readonly clockOffsets: Readonly<Record<Dfsp, number>>;
  readonly weather: Weather;
  readonly mishaps: readonly Mishap[];
  /** What GET /transfers tells of an aborted transfer; hubs do either. */
  readonly abortedAs: 'error' | 'state';
  /** From here on nothing goes wrong any more. */
  readonly calmFrom: number;
}

/** How the network is: chance of each fault per exchange. Each seed has its own few, so that rare kinds meet each other. */
export interface Weather {
  readonly rates: readonly (readonly [fault: NetworkFault, rate: number])[];
  /** Latency of one direction. */
  readonly latencyMsMax: number;
}

/** What the shrinker keeps: absent means everything. */
export interface Kept {
  readonly payments?: ReadonlySet<string>;
  /** Ids of faults of the network and of mishaps. */
  readonly faults?: ReadonlySet<string>;
}

const CALM_FROM_MS = 90_000;
const LAST_PAYMENT_MS = 40_000;
const INTENSITIES = [0, 0.01, 0.03, 0.08, 0.2];
const MISHAPS_MAX = 6;
const ROTATION_MS_MAX = 15_000;

/** The scenario of a seed. */
export function scenarioOf(seed: number, kept: Kept = {}): Scenario {
  const chance = chanceOf(seed);
  const all = plannedPayments(chance);
  const counts = replicas(chance);
  const mishaps = [...plannedMishaps(chance, counts[PAYEE] > 1 ? MISHAP_KINDS_OF_REPLICAS : MISHAP_KINDS), ...plannedDoubts(chance)];
  const core = coreSettings(chance);
  return {
    seed,
    payments: all.filter(({ id }) => kept.payments?.has(id) ?? true),
    settings: { [PAYER]: connectorSettings(chance, PAYER), [PAYEE]: connectorSettings(chance, PAYEE) },
    cores: { [PAYER]: core(PAYER), [PAYEE]: core(PAYEE) },
    replicas: counts,
    namedAnew: chance('named anew') < 0.5,
    clockOffsets: { [PAYER]: between(chance, 'offset payer', -900, 900), [PAYEE]: between(chance, 'offset payee', -900, 900) },
    weather: weather(chance),
    mishaps: mishaps.filter(({ id }) => kept.faults?.has(id) ?? true),
    abortedAs: oneOf(chance, 'aborted as', ['error', 'state'] as const),
    calmFrom: CALM_FROM_MS,
  };
}

/** A third of the seeds runs with replicas. */
function replicas(chance: Chance): Readonly<Record<Dfsp, number>> {
  if (chance('replicas') >= 1 / 3) return { [PAYER]: 1, [PAYEE]: 1 };
  return { [PAYER]: between(chance, 'replicas payer', 2, 3), [PAYEE]: between(chance, 'replicas payee', 2, 3) };
}

function plannedPayments(chance: Chance): readonly PlannedPayment[] {
  const count = between(chance, 'payments', 1, 16);
  return Array.from({ length: count }, (_, index) => ({
    id: `p${index}`,
    at: between(chance, `payment ${index} at`, 0, LAST_PAYMENT_MS),
    amount: String(between(chance, `payment ${index} amount`, 1, 20)),
    amountType: oneOf(chance, `payment ${index} type`, ['SEND', 'SEND', 'RECEIVE'] as const),
  }));
}

function weather(chance: Chance): Weather {
  const intensity = oneOf(chance, 'intensity', INTENSITIES);
  const rates: [NetworkFault, number][] = [];
  for (const fault of Object.keys(NETWORK_FAULTS) as NetworkFault[]) {
    if (chance(`weather ${fault}`) < 0.5) rates.push([fault, intensity * (0.2 + chance(`weather rate ${fault}`))]);
  }
  return { rates, latencyMsMax: oneOf(chance, 'latency', [2, 20, 200]) };
}

type PlannedKind = Exclude<MishapKind, 'doubt'>;
const MISHAP_KINDS: readonly PlannedKind[] = [
  'crash',
  'crash',
  'crash-inside',
  'crash-inside',
  'crash-inside',
  'stall',
  'stall-inside',
  'stall-inside',
  'commit-lost',
  'disk-full',
  'store-down',
  'clock-jump',
  'key-rotation',
  'certificate-rotation',
  'outage',
  'false-word',
  'stranger',
  'foreign-question',
  'question-error',
];
/** What matters where several processes share a journal, more often than the rest. */
const MISHAP_KINDS_OF_REPLICAS: readonly PlannedKind[] = [
  ...MISHAP_KINDS,
  ...(['stall', 'stall-inside', 'stall-inside', 'stall-inside', 'cut-off', 'cut-off', 'cut-off', 'commit-lost'] as const),
];
/** At most so many in a run. */
const DOUBTS_MAX = 4;
const DOUBTS = ['3100', '2001', '3106'] as const;
const QUESTION_ERRORS = ['3000', '3001', '3100', '3105', '3106', '2001'];
const WORDS: readonly FalseWord[] = ['error-3303', 'error-5105', 'committed', 'aborted', 'wrong-fulfilment'];

function plannedMishaps(chance: Chance, kinds: readonly PlannedKind[]): readonly Mishap[] {
  const count = Math.floor(chance('mishaps') ** 2 * (MISHAPS_MAX + 1));
  return Array.from({ length: count }, (_, index) => plannedMishap((label) => chance(`mishap ${index} ${label}`), index, kinds));
}

/** Errors of the hub that decide nothing, in a part of the seeds. */
function plannedDoubts(chance: Chance): readonly Mishap[] {
  const count = Math.floor(chance('doubts') ** 2 * (DOUBTS_MAX + 1));
  return Array.from({ length: count }, (_, index) => ({
    id: `doubt-${index}`,
    at: between(chance, `doubt ${index} at`, 10, CALM_FROM_MS - 1_000),
    kind: 'doubt',
    code: oneOf(chance, `doubt ${index} code`, DOUBTS),
    patched: chance(`doubt ${index} patched`) < 0.3,
    nth: between(chance, `doubt ${index} nth`, 0, 40),
  }));
}

function plannedMishap(chance: Chance, index: number, kinds: readonly PlannedKind[]): Mishap {
  const kind = oneOf(chance, 'kind', kinds);
  const base = { id: `${kind}-${index}`, at: between(chance, 'at', 10, CALM_FROM_MS - 1_000) };
  const dfsp = oneOf(chance, 'dfsp', DFSPS);
  const downMs = between(chance, 'down', 0, 20_000);
  const ms = Math.min(between(chance, 'ms', 100, 30_000), CALM_FROM_MS - base.at);
  const nth = between(chance, 'nth', 0, 40);
  const which = between(chance, 'which', 0, 4);
  switch (kind) {
    case 'crash':
      return { ...base, kind, dfsp, which, downMs };
    case 'crash-inside':
      return { ...base, at: between(chance, 'early', 10, LAST_PAYMENT_MS), kind, dfsp, which, nth: 1 + nth, downMs };
    case 'stall-inside':
      return {
        ...base,
        at: between(chance, 'early', 10, LAST_PAYMENT_MS),
        kind,
        dfsp,
        which,
        nth: 1 + (nth % 20),
        ms: between(chance, 'still', 2_000, 25_000),
      };
    case 'stall':
    case 'cut-off':
      return { ...base, at: between(chance, 'early', 10, LAST_PAYMENT_MS), kind, dfsp, which, ms };
    case 'commit-lost':
      return { ...base, at: between(chance, 'early', 10, LAST_PAYMENT_MS), kind, dfsp, nth: 1 + (nth % 20) };
    case 'disk-full':
    case 'store-down':
      return { ...base, kind, dfsp, ms };
    case 'clock-jump':
      return { ...base, kind, dfsp, which, byMs: oneOf(chance, 'by', [-300_000, -20_000, 20_000, 300_000]), ms };
    case 'key-rotation':
      return { ...base, kind, dfsp };
    case 'certificate-rotation':
      return { ...base, at: between(chance, 'early', 10, LAST_PAYMENT_MS), kind, dfsp, ms: Math.min(ms, ROTATION_MS_MAX) };
    case 'outage':
      return { ...base, kind, host: oneOf(chance, 'host', [HUB_HOST, coreHost(PAYEE)]), ms, how: oneOf(chance, 'how', HOWS) };
    case 'false-word':
    case 'stranger':
      return { ...base, kind, to: dfsp, word: oneOf(chance, 'word', WORDS), nth };
    case 'question-error':
      return { ...base, kind, code: oneOf(chance, 'code', QUESTION_ERRORS), nth };
    case 'foreign-question':
      return { ...base, kind, word: oneOf(chance, 'word', WORDS), nth };
  }
}

const HOWS = ['connect-refused', 'request-lost'] as const;
