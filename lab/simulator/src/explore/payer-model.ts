import { flows } from '@payment-manager/mojaloop-connector';
import { HUB, PAYEE, PAYER } from '../scenario/parties.ts';
import type { Model, Step } from './explore.ts';
import { payerForgets, payerKeyNumbers, payerWorldLeft } from './payer-forgets.ts';
import { expirationOf, hubExpired, hubNow, type Letter, type PayerNode, type Surroundings } from './payer-node.ts';
import { payerPersonSteps } from './payer-person.ts';
import { putBack } from './payer-restored.ts';
import { payerStepWrongs, payerWrongs } from './payer-rules.ts';
import { AMOUNT, FEE_MAX, FULFILMENT, from, type QuoteKind, quoteResponse, REFUSAL } from './payer-words.ts';
import { crash, nextInstant, recordKey, take, underWay } from './record.ts';
import { flowsByMark, type Mark, restoreSteps, type SeesMark } from './restored.ts';
import { EXPLORED_START_MS, exploredSettings } from './settings.ts';
import { forgetting, timelessNumbers } from './timeless.ts';

export interface PayerModelOptions {
  /** The hub's clock less ours; at most the skew that both sides allow for. */
  readonly hubAheadMs?: number;
  /** Does a person only settle what is before them, or also ask hub and core, and have the core told again? */
  readonly person?: 'settles' | 'acts';
  /** The journal is put back to an older copy once. */
  readonly restores?: boolean;
  /** Tests break what is seen of the mark. */
  readonly seesMark?: SeesMark;
  /** Tests break the flow on purpose. */
  readonly flow?: (flow: flows.PayerFlow) => flows.PayerFlow;
}

const TRANSFER = '00000000-0000-4000-8000-000000000001';
const QUOTE = '00000000-0000-4000-8000-000000000002';
const WRONG_FULFILMENT = Buffer.alloc(32, 8).toString('base64url');
/** One payment that we make, under every order of what may happen to it. */
export function payerModel(options: PayerModelOptions = {}): Model<PayerNode> {
  const settings = { ...exploredSettings(PAYER), autoAcceptQuote: true, maxAutoAcceptFee: { USD: { absolute: FEE_MAX } } };
  const { hubAheadMs = 0, person = 'settles', restores = false } = options;
  const change = options.flow ?? ((same) => same);
  const flowOf = flowsByMark((restored) => change(flows.payerFlow({ ...settings, restored })), options.seesMark);
  const worldOf = ({ mark }: { readonly mark?: Mark }): Surroundings => ({ settings, flow: flowOf(mark), hubAheadMs, person, restores });
  const timeless = timelessNumbers();
  const less = forgetting(timeless, payerForgets);
  const merged = (node: PayerNode, blind: boolean): string => {
    const world = worldOf(node);
    const key = recordKey(world.flow, node.record, borders(world, node), less, { numberMax: payerKeyNumbers, blind });
    return `${key}\n${JSON.stringify(payerWorldLeft(node))}${node.copy === undefined ? '' : less(node.copy)}`;
  };
  const clock = hubAheadMs === 0 ? '' : `, hub's clock ${hubAheadMs > 0 ? 'ahead' : 'behind'}`;
  return {
    name: `payer${clock}${restores ? ', restored' : ''}`,
    start: startNode(worldOf({})),
    steps(node) {
      const world = worldOf(node);
      return [
        ...ourSteps(world, node),
        ...hubSteps(world, node),
        ...letterSteps(world, node),
        ...mishaps(world, node),
        // of what has ended the copy forgets nothing but later words
        ...(restores && (node.copy ?? world.flow.project(node.record.durable).open)
          ? restoreSteps(node, (copy) => putBack(flowOf, node, copy))
          : []),
      ];
    },
    key: (node) => merged(node, false),
    keyWithoutTime: (node) => merged(node, true),
    finerKey(node) {
      const { record, copy, mark, forgottenExpiration: _instant, ...rest } = node;
      const world = worldOf(node);
      const key = recordKey(world.flow, record, borders(world, node), timeless);
      return `${key}\n${JSON.stringify([rest, mark?.standing])}${copy === undefined ? '' : timeless(copy)}`;
    },
    wrong: (node) => payerWrongs(worldOf(node), node),
    wrongStep: payerStepWrongs,
    isEnd: (node) => !worldOf(node).flow.project(node.record.state).open || node.record.state.exception !== undefined,
    stage: (node) => {
      const { state } = node.record;
      return state.exception !== undefined && worldOf(node).flow.project(state).open ? `${state.stage}-exception` : state.stage;
    },
  };
}

function startNode({ flow }: Surroundings): PayerNode {
  const request = {
    homeTransactionId: 'h1',
    from: { idType: 'MSISDN', idValue: '1' },
    to: { idType: 'MSISDN', idValue: '2' },
    amountType: 'SEND',
    transactionType: 'TRANSFER',
    ...AMOUNT,
  } as const;
  const { events } = flow.decide(
    undefined,
    { type: 'start', transferId: TRANSFER, quoteId: QUOTE, request, hash: 'h', attempt: 1 },
    EXPLORED_START_MS,
  );
  let state: flows.PayerState | undefined;
  for (const event of events) state = flow.apply(state, event);
  if (state === undefined) throw new Error('a payment that does not start');
  const record = { state, durable: state, lazy: [], answered: [], now: EXPLORED_START_MS };
  return {
    record,
    prepare: 'here',
    hub: 'none',
    letters: [],
    asking: false,
    personAsked: false,
    lied: false,
    payeeLied: false,
    confirmations: 0,
  };
}

function borders(world: Surroundings, node: PayerNode): readonly number[] {
  const expiration = expirationOf(node);
  if (expiration === undefined) return [];
  const byHub = expiration - world.hubAheadMs;
  // what has ended waits for no instant of ours
  return world.flow.project(node.record.state).open ? [byHub, expiration, expiration + world.settings.clockSkewMs] : [byHub];
}

/** An input that changes nothing is no step. */
function input(
  world: Surroundings,
  node: PayerNode,
  label: string,
  given: flows.PayerInput,
  change: Partial<PayerNode> = {},
): Step<PayerNode> {
  const { record } = take(world.flow, node.record, given);
  return { label, to: { ...node, ...change, record } };
}

// ---- what we do, and what becomes of it

function ourSteps(world: Surroundings, node: PayerNode): readonly Step<PayerNode>[] {
  const steps: Step<PayerNode>[] = [];
  for (const action of underWay(world.flow, node.record)) {
    if (action.type === 'timer') {
      steps.push(input(world, node, `${action.key} is due`, { type: 'due', key: action.key }));
      continue;
    }
    if (action.key === 'send:prepare') steps.push(...prepareSteps(world, node, action.until ?? 0));
    else steps.push(...sendSteps(world, node, action));
  }
  if (node.asking) steps.push(hubIsAsked(world, node, 'our GET arrives'));
  const { stage } = node.record.state;
  if (stage === 'party-offered') steps.push(...decisions(world, node, 'accept-party'));
  if (stage === 'quote-offered') steps.push(...decisions(world, node, 'accept-quote'));
  if (stage === 'open' && !node.asking)
    steps.push(input(world, node, 'the DFSP asks for the state', { type: 'inquire' }, { asking: true }));
  // what is from before a restore never becomes another attempt, so nobody asks for it
  if (node.mark === undefined && stage === 'failed' && node.record.state.neverLeft !== true && node.confirmations === 0)
    steps.push(input(world, node, 'the DFSP repeats the request', { type: 'confirm', nonce: 1 }, { confirmations: 1 }));
  const next = nextInstant(world.flow, node.record, borders(world, node));
  if (next !== undefined) steps.push({ label: 'time passes', to: { ...node, record: { ...node.record, now: next } } });
  return steps;
}

function decisions(world: Surroundings, node: PayerNode, type: 'accept-party' | 'accept-quote'): readonly Step<PayerNode>[] {
  return [true, false].map(
    (accept): Step<PayerNode> => input(world, node, `${type} ${accept ? 'yes' : 'no'}`, { type, accept } as flows.PayerInput),
  );
}

/** Any message but the prepare: taken, refused, or given up when its time is over. Whether it arrived is another matter. */
function sendSteps(world: Surroundings, node: PayerNode, action: flows.SendAction): readonly Step<PayerNode>[] {
  const sent = (label: string, outcome: flows.SendOutcome, change: Partial<PayerNode> = {}) =>
    input(world, node, `${action.key} ${label}`, { type: 'sent', key: action.key, outcome }, change);
  const isQuestion = action.message.operation === 'GET /transfers';
  const steps = [sent('is acknowledged', { kind: 'acknowledged', detail: '' })];
  if (isQuestion) steps.push(hubIsAsked(world, node, `${action.key} arrives`));
  if (action.until === undefined) return steps;
  steps.push(sent('is refused', { kind: 'refused', detail: '', errorInformation: REFUSAL }));
  if (node.record.now >= action.until)
    steps.push(sent('is given up', { kind: 'given-up', detail: '', errorInformation: REFUSAL, mayHaveArrived: true }));
  return steps;
}

/** The prepare: a refusal proves that no attempt arrived (the sender sees to that); an acknowledgement proves nothing. */
function prepareSteps(world: Surroundings, node: PayerNode, until: number): readonly Step<PayerNode>[] {
  const sent = (label: string, outcome: flows.SendOutcome, change: Partial<PayerNode> = {}) =>
    input(world, node, `send:prepare ${label}`, { type: 'sent', key: 'send:prepare', outcome }, change);
  const steps: Step<PayerNode>[] = [];
  const over = node.record.now >= until;
  if (node.prepare === 'here') {
    if (!over) steps.push({ label: 'the prepare leaves', to: { ...node, prepare: 'under way' } });
    steps.push(sent('is refused', { kind: 'refused', detail: '', errorInformation: REFUSAL }, { prepare: 'never arrives' }));
    if (over)
      steps.push(
        sent(
          'never left',
          { kind: 'given-up', detail: '', errorInformation: REFUSAL, mayHaveArrived: false },
          { prepare: 'never arrives' },
        ),
      );
  } else steps.push(sent('is acknowledged', { kind: 'acknowledged', detail: '' }));
  if (over) steps.push(sent('is given up', { kind: 'given-up', detail: '', errorInformation: REFUSAL, mayHaveArrived: true }));
  return steps;
}

// ---- the hub

function withLetter(node: PayerNode, ...letters: readonly Letter[]): PayerNode {
  return { ...node, letters: [...new Set([...node.letters, ...letters])].sort() };
}

/** A question arrives: the answer is what the hub knows now, however late it comes; or an error about the question alone. */
function hubIsAsked(world: Surroundings, node: PayerNode, label: string): Step<PayerNode> {
  const answers: Readonly<Record<PayerNode['hub'], readonly Letter[]>> = {
    none: hubExpired(world, node) ? ['3208 after'] : ['3208 before'],
    reserved: [],
    committed: ['COMMITTED'],
    aborted: ['ABORTED'],
  };
  return { label, to: withLetter(node, ...answers[node.hub], 'error-2001', 'error-3100') };
}

function hubSteps(world: Surroundings, node: PayerNode): readonly Step<PayerNode>[] {
  const steps: Step<PayerNode>[] = [];
  const expired = hubExpired(world, node);
  if (node.prepare === 'under way') {
    if (!expired) steps.push({ label: 'the prepare arrives', to: { ...node, prepare: 'arrived', hub: 'reserved' } });
    steps.push({
      label: 'the prepare arrives and is refused',
      to: withLetter({ ...node, prepare: 'arrived', hub: 'aborted' }, 'error-3100'),
    });
  }
  if (node.hub === 'reserved') {
    if (!expired) {
      steps.push({ label: 'the hub commits', to: withLetter({ ...node, hub: 'committed' }, 'COMMITTED') });
      steps.push({ label: 'the payee refuses', to: withLetter({ ...node, hub: 'aborted' }, 'error-3303') });
    } else steps.push({ label: 'the hub lets it expire', to: withLetter({ ...node, hub: 'aborted' }, 'error-3303') });
  }
  return steps;
}

// ---- what comes to us

function letterSteps(world: Surroundings, node: PayerNode): readonly Step<PayerNode>[] {
  const { state } = node.record;
  const steps: Step<PayerNode>[] = [];
  if (state.stage === 'lookup') steps.push(...partySteps(world, node));
  if (state.stage === 'quoting') steps.push(...quoteSteps(world, node));
  for (const letter of node.letters) steps.push(input(world, node, `${letter.split(' ')[0]} comes`, letterInput(world, node, letter)));
  if (state.prepare !== undefined && !world.restores) steps.push(...lies(world, node));
  return steps;
}

/** The hub lies at most once: what follows is the same each time. The payee as often as it likes. A lie that changes nothing is none. */
function lies(world: Surroundings, node: PayerNode): readonly Step<PayerNode>[] {
  const { now, state } = node.record;
  const body = { transferState: 'COMMITTED', fulfilment: WRONG_FULFILMENT } as const;
  const untrue = (letter: Letter): Step<PayerNode> =>
    input(world, node, `an untrue ${letter} comes`, letterInput(world, node, letter), { lied: true });
  const steps = [
    ...(node.lied ? [] : [untrue('error-3303'), untrue('ABORTED')]),
    ...(node.lied ? [] : [input(world, node, 'COMMITTED with a wrong fulfilment comes', { type: 'transfer', from: from(HUB, now), body })]),
    // it decides what is open, and nothing else
    input(world, node, 'an untrue refusal of the payee comes', payeeRefuses(node), { payeeLied: node.payeeLied || state.stage === 'open' }),
  ];
  return steps.filter(({ to }) => to.record.state !== state).map((step) => ({ ...step, mishap: true }));
}

const payeeRefuses = (node: PayerNode): flows.PayerInput => ({
  type: 'transfer-error',
  from: from(PAYEE, node.record.now),
  errorInformation: { errorCode: '5105', errorDescription: 'explored' },
});

function letterInput(world: Surroundings, node: PayerNode, letter: Letter): flows.PayerInput {
  const written = letter === '3208 before' ? (expirationOf(node) ?? 0) - 1_000 : hubNow(world, node);
  const sender = from(HUB, written);
  if (letter === 'ABORTED') return { type: 'transfer', from: sender, body: { transferState: letter } };
  if (letter === 'COMMITTED') return { type: 'transfer', from: sender, body: { transferState: 'COMMITTED', fulfilment: FULFILMENT } };
  const errorCode = letter.startsWith('3208') ? '3208' : letter.slice('error-'.length);
  return { type: 'transfer-error', from: sender, errorInformation: { errorCode, errorDescription: 'explored' } };
}

function partySteps(world: Surroundings, node: PayerNode): readonly Step<PayerNode>[] {
  const party = { partyIdInfo: { partyIdType: 'MSISDN' as const, partyIdentifier: '2', fspId: PAYEE } };
  const sender = from(PAYEE, node.record.now);
  return [
    input(world, node, 'the party comes', { type: 'party', from: sender, body: { party } }),
    input(world, node, 'the look-up fails', { type: 'party-error', from: sender, errorInformation: REFUSAL }),
  ];
}

function quoteSteps(world: Surroundings, node: PayerNode): readonly Step<PayerNode>[] {
  const sender = from(PAYEE, node.record.now);
  const quote = (kind: QuoteKind) =>
    input(world, node, `a ${kind} quote comes`, { type: 'quote', from: sender, body: quoteResponse(kind, node.record.now) });
  return [
    quote('cheap'),
    quote('dear'),
    { ...quote('other'), label: 'a quote of another amount comes' },
    input(world, node, 'the quote is refused', { type: 'quote-error', from: sender, errorInformation: REFUSAL }),
  ];
}

// ---- crashes

function mishaps(world: Surroundings, node: PayerNode): readonly Step<PayerNode>[] {
  const record = crash(world.flow, node.record, (key) => ({ type: 'interrupted' as const, key }));
  return [{ label: 'we crash', to: { ...node, record }, mishap: true }, ...payerPersonSteps(world, node)];
}
