import { type CoreCapabilities, flows } from '@payment-manager/mojaloop-connector';
import { PAYEE, PAYER } from '../scenario/parties.ts';
import type { Model, Step } from './explore.ts';
import { payeeCoreSteps } from './payee-core.ts';
import { payeeForgets, payeeKeyNumbers, payeeWorldLeft } from './payee-forgets.ts';
import { payeeHubSteps } from './payee-hub.ts';
import {
  AMOUNT,
  CONDITION,
  type Forgotten,
  type PayeeNode,
  type PayeeSurroundings,
  payeeExpiration,
  payeeInput,
  prepareInput,
  TRANSFER,
} from './payee-node.ts';
import { payeePersonSteps } from './payee-person.ts';
import { putBack, restoreKey } from './payee-restored.ts';
import { payeeWrong, payeeWrongStep } from './payee-rules.ts';
import { crash, nextInstant, recordKey, underWay } from './record.ts';
import { flowsByMark, type Mark, restoreSteps, type SeesMark } from './restored.ts';
import { EXPLORED_START_MS, exploredSettings } from './settings.ts';
import { forgetting, timelessNumbers } from './timeless.ts';

export interface PayeeModelOptions {
  readonly core?: Partial<CoreCapabilities>;
  /** Version in which the payer speaks of transfers; 1.0 has no PATCH. */
  readonly version?: string;
  readonly hubAheadMs?: number;
  /** Does a person only settle what is before them, or also ask hub and core, and have the core told again? */
  readonly person?: 'settles' | 'acts';
  /** The journal is put back to an older copy once. */
  readonly restores?: boolean;
  /** Tests break what is seen of the mark. */
  readonly seesMark?: SeesMark;
  readonly flow?: (flow: flows.PayeeFlow) => flows.PayeeFlow;
}

const QUOTE = '00000000-0000-4000-8000-000000000002';

/** A quote that we gave, and the transfer that spends it, under every order of what may happen. */
export function payeeModel(options: PayeeModelOptions = {}): Model<PayeeNode> {
  const settings = exploredSettings(PAYEE, options.core);
  const { hubAheadMs = 0, version = '1.1', person = 'settles', restores = false } = options;
  const change = options.flow ?? ((same) => same);
  const flowOf = flowsByMark((restored) => change(flows.payeeFlow({ ...settings, restored })), options.seesMark);
  const worldOf = ({ mark }: { readonly mark?: Mark }): PayeeSurroundings => {
    return { settings, flow: flowOf(mark), hubAheadMs, version, person, restores };
  };
  const timeless = timelessNumbers();
  const less = forgetting(timeless, payeeForgets);
  const merged = (node: PayeeNode, blind: boolean): string => {
    const world = worldOf(node);
    const key = recordKey(world.flow, node.record, payeeBorders(world, node), less, {
      numberMax: payeeKeyNumbers(node.record.state),
      blind,
    });
    return `${key}\n${JSON.stringify(payeeWorldLeft(node))}${node.copy === undefined ? '' : less(node.copy)}`;
  };
  return {
    name: `${nameOf(worldOf({}))}${restores ? ', restored' : ''}`,
    start: startNode(worldOf({})),
    steps(node) {
      const world = worldOf(node);
      return [
        ...quoteSteps(world, node),
        ...payeeCoreSteps(world, node),
        ...payeeHubSteps(world, node),
        ...timeSteps(world, node),
        ...mishaps(world, node),
        ...(restores ? restoreSteps(node, (copy) => putBack(flowOf, node, copy)) : []),
      ];
    },
    key: (node) => merged(node, false),
    keyWithoutTime: (node) => merged(node, true),
    finerKey(node) {
      const { mayRunUntil: _instant, ...core } = node.core;
      const world = worldOf(node);
      const rest = JSON.stringify([
        node.hub,
        node.letters,
        core,
        node.person,
        node.lied,
        node.doubted,
        node.jumpedMs > 0,
        restoreKey(node),
      ]);
      return `${recordKey(world.flow, node.record, payeeBorders(world, node), timeless)}\n${rest}${node.copy === undefined ? '' : timeless(node.copy)}`;
    },
    wrong: (node) => payeeWrong(worldOf(node), node),
    wrongStep: payeeWrongStep,
    isEnd: (node) => !worldOf(node).flow.project(node.record.state).open || node.record.state.exception !== undefined,
    stage: (node) => {
      const { state } = node.record;
      return state.exception !== undefined && worldOf(node).flow.project(state).open ? `${state.stage}-exception` : state.stage;
    },
  };
}

function nameOf({ settings: { core }, version, hubAheadMs }: PayeeSurroundings): string {
  const able = [
    core.transferRepeatable && 'repeatable',
    core.transferAskable && 'askable',
    core.notificationRepeatable && 'notification repeatable',
    core.notificationReadsState ? 'reads state' : 'told COMMITTED only',
  ].filter((one) => one !== false);
  const clock = hubAheadMs === 0 ? [] : [`hub's clock ${hubAheadMs > 0 ? 'ahead' : 'behind'}`];
  return ['payee', `core ${core.atPrepare}s`, ...able, `transfers ${version}`, ...clock].join(', ');
}

function startNode(world: PayeeSurroundings): PayeeNode {
  const quote = {
    quoteId: QUOTE,
    transactionId: TRANSFER,
    payee: { partyIdInfo: { partyIdType: 'MSISDN' as const, partyIdentifier: '2', fspId: PAYEE } },
    payer: { partyIdInfo: { partyIdType: 'MSISDN' as const, partyIdentifier: '1', fspId: PAYER } },
    amountType: 'SEND' as const,
    amount: AMOUNT,
    transactionType: { scenario: 'TRANSFER' as const, initiator: 'PAYER' as const, initiatorType: 'CONSUMER' as const },
    expiration: new Date(EXPLORED_START_MS + 60_000).toISOString(),
  };
  const asked = { source: PAYER, version: '1.1' };
  const input: flows.PayeeInput = { type: 'quote', quote, hash: 'q', asked, firstOfTransaction: true };
  let state: flows.PayeeState | undefined;
  for (const event of world.flow.decide(undefined, input, EXPLORED_START_MS).events) state = world.flow.apply(state, event);
  if (state === undefined) throw new Error('a quote that does not start');
  return {
    record: { state, durable: state, lazy: [], answered: [], now: EXPLORED_START_MS },
    hub: 'none',
    letters: [],
    core: { booked: 'no', effects: 0, mayRunUntil: 0, resumed: false, repeats: false, calledTwice: false },
    person: 'idle',
    lied: false,
    doubted: false,
    jumpedMs: 0,
  };
}

/** Expiration of the transfer, when there is one. */
/** Instants on whose passing something depends now; what is decided depends on them no more. */
function payeeBorders(world: PayeeSurroundings, node: PayeeNode): readonly number[] {
  const { state } = node.record;
  const expiration = payeeExpiration(node);
  if (expiration === undefined) return [];
  const { clockSkewMs } = world.settings;
  const { deadline } = state.core;
  const borders = [node.core.mayRunUntil];
  if (node.hub === 'reserved') borders.push(expiration - world.hubAheadMs + node.jumpedMs);
  if (state.stage === 'calling-core') borders.push(deadline);
  if (state.outcome === undefined && state.stage !== 'refused') {
    borders.push(expiration, expiration - clockSkewMs);
    // from then on a person may settle what is before them
    if (state.exception !== undefined) borders.push(expiration + clockSkewMs);
  }
  return borders;
}

// ---- the quote, and the prepare that spends it

const NO = { errorCode: '2004', errorDescription: 'explored' };

function quoteSteps(world: PayeeSurroundings, node: PayeeNode): readonly Step<PayeeNode>[] {
  const steps: Step<PayeeNode>[] = [];
  const { now } = node.record;
  for (const action of underWay(world.flow, node.record)) {
    if (action.type === 'core-quote') steps.push(...pricingSteps(world, node, action.key));
    if (action.key !== 'send:quote' && action.key !== 'send:quote-error') continue;
    const sent = (label: string, outcome: flows.SendOutcome) =>
      payeeInput(world, node, `${action.key} ${label}`, { type: 'sent', key: action.key, outcome });
    steps.push(sent('is acknowledged', { kind: 'acknowledged', detail: '' }));
    steps.push(sent('is refused', { kind: 'refused', detail: '', errorInformation: NO }));
    if (now >= ((action as flows.SendAction).until ?? 0))
      steps.push(sent('is given up', { kind: 'given-up', detail: '', errorInformation: NO, mayHaveArrived: true }));
  }
  if (node.hub === 'none' && node.record.state.response !== undefined) {
    steps.push(payeeInput(world, node, 'the prepare comes', prepareInput(world, now, 30_000), { hub: 'reserved' }));
    steps.push(payeeInput(world, node, 'a prepare comes almost too late', prepareInput(world, now, 2_100), { hub: 'reserved' }));
    const changed = prepareInput(world, now, 30_000, { amount: { ...AMOUNT, amount: '11' } });
    steps.push(payeeInput(world, node, 'a prepare of another amount comes', changed, { hub: 'reserved' }));
  }
  const forgotten = node.forgotten?.prepare;
  if (forgotten !== undefined && node.record.state.prepare === undefined)
    steps.push(payeeInput(world, node, 'the forgotten prepare comes again', foundAgain(node, forgotten)));
  return steps;
}

/** Where the journal has forgotten its answer to the quote, no quote has the condition of the prepare. */
function foundAgain({ record }: PayeeNode, prepare: NonNullable<Forgotten['prepare']>): flows.PayeeInput {
  if (record.state.response !== undefined) return prepare;
  return { ...prepare, type: 'stray-prepare', errorInformation: { errorCode: '3100', errorDescription: 'explored' } };
}

function pricingSteps(world: PayeeSurroundings, node: PayeeNode, key: string): readonly Step<PayeeNode>[] {
  const response = {
    transferAmount: AMOUNT,
    expiration: new Date(node.record.now + 60_000).toISOString(),
    ilpPacket: 'AA',
    condition: CONDITION,
  };
  return [
    payeeInput(world, node, 'the core quotes', {
      type: 'core-quoted',
      key,
      result: { kind: 'ok', response, coreQuote: {}, sealedFulfilment: 'sealed' },
    }),
    payeeInput(world, node, 'the core does not quote', { type: 'core-quoted', key, result: { kind: 'refused', errorInformation: NO } }),
  ];
}

// ---- time and crashes

function timeSteps(world: PayeeSurroundings, node: PayeeNode): readonly Step<PayeeNode>[] {
  const steps: Step<PayeeNode>[] = [];
  for (const action of underWay(world.flow, node.record)) {
    if (action.type === 'timer') steps.push(payeeInput(world, node, `${action.key} is due`, { type: 'due', key: action.key }));
  }
  const next = nextInstant(world.flow, node.record, payeeBorders(world, node));
  if (next !== undefined) steps.push({ label: 'time passes', to: { ...node, record: { ...node.record, now: next } } });
  return steps;
}

function mishaps(world: PayeeSurroundings, node: PayeeNode): readonly Step<PayeeNode>[] {
  const record = crash(world.flow, node.record, (key) => ({ type: 'interrupted' as const, key }));
  const resumed = world.flow.owed(record.state).some(({ type }) => type === 'core-transfer' || type === 'core-notify');
  const crashed = { label: 'we crash', to: { ...node, record, core: { ...node.core, resumed } }, mishap: true };
  return [crashed, ...setForward(world, crashed.to), ...payeePersonSteps(world, node)];
}

const JUMP_MS = 60_000;

/** The same with our clock set forward meanwhile, once, and where it could prove something: the core has its time by its own clock. */
function setForward(world: PayeeSurroundings, { record, core, ...node }: PayeeNode): readonly Step<PayeeNode>[] {
  if (
    !world.settings.core.transferAskable ||
    record.state.stage !== 'core-unknown' ||
    record.state.core.quiet === true ||
    node.jumpedMs > 0
  )
    return [];
  const mayRunUntil = core.mayRunUntil === 0 ? 0 : core.mayRunUntil + JUMP_MS;
  const before = { ...record, now: record.now + JUMP_MS };
  const after = crash(world.flow, before, (key) => ({ type: 'interrupted' as const, key }));
  const to = { ...node, record: after, core: { ...core, mayRunUntil }, jumpedMs: JUMP_MS };
  return [{ label: 'our clock is set forward while we are down', to, mishap: true }];
}
