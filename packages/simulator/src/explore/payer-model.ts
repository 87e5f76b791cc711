import { conditionOf, encodeIlpV1, httpDate, type QuotesIdPutResponse } from '@payment-manager/fspiop';
import { type ConnectorSettings, flows } from '@payment-manager/mojaloop-connector';
import { HUB, PAYEE, PAYER, STRANGER } from '../scenario/parties.ts';
import type { Model, Step } from './explore.ts';
import { payerPersonSteps } from './payer-person.ts';
import { crash, nextInstant, type RecordNode, recordKey, take, underWay } from './record.ts';
import { EXPLORED_START_MS, exploredSettings } from './settings.ts';
import { timelessNumbers } from './timeless.ts';

/** What the hub may have sent to us about the transfer; it may arrive at any time from then on, and more than once. */
type Letter = 'COMMITTED' | 'ABORTED' | 'error-3303' | 'error-2001' | '3208 before' | '3208 after';

/** The world around one payment of ours. */
export interface PayerNode {
  readonly record: RecordNode<flows.PayerState, flows.PayerEvent>;
  /** Where our prepare is. `under way` may arrive until the hub's clock has passed its expiration. */
  readonly prepare: 'here' | 'under way' | 'arrived' | 'never arrives';
  readonly hub: 'none' | 'reserved' | 'committed' | 'aborted';
  readonly letters: readonly Letter[];
  /** A GET of ours, outside the ladder, is under way. */
  readonly asking: boolean;
  /** A person has asked the hub. */
  readonly personAsked: boolean;
  /** The hub has said something that is not true. */
  readonly lied: boolean;
  readonly confirmations: number;
}

export interface PayerModelOptions {
  /** The hub's clock less ours; at most the skew that both sides allow for. */
  readonly hubAheadMs?: number;
  /** Does a person only settle what is before them, or also ask hub and core, and have the core told again? */
  readonly person?: 'settles' | 'acts';
  /** Tests break the flow on purpose. */
  readonly flow?: (flow: flows.PayerFlow) => flows.PayerFlow;
}

const TRANSFER = '00000000-0000-4000-8000-000000000001';
const QUOTE = '00000000-0000-4000-8000-000000000002';
const FULFILMENT = Buffer.alloc(32, 7).toString('base64url');
const WRONG_FULFILMENT = Buffer.alloc(32, 8).toString('base64url');
const AMOUNT = { currency: 'USD', amount: '10' };
const QUOTES = { 10: quoteOf('10'), 11: quoteOf('11') };

/** One payment that we make, under every order of what may happen to it. */
export function payerModel(options: PayerModelOptions = {}): Model<PayerNode> {
  const settings = exploredSettings(PAYER);
  const flow = (options.flow ?? ((same) => same))(flows.payerFlow(settings));
  const world: Surroundings = { settings, flow, hubAheadMs: options.hubAheadMs ?? 0, person: options.person ?? 'settles' };
  const timeless = timelessNumbers();
  return {
    name: `payer${options.hubAheadMs === undefined || options.hubAheadMs === 0 ? '' : `, hub's clock ${options.hubAheadMs > 0 ? 'ahead' : 'behind'}`}`,
    start: startNode(world),
    steps: (node) => [...ourSteps(world, node), ...hubSteps(world, node), ...letterSteps(world, node), ...mishaps(world, node)],
    key: (node) => {
      const { record, ...rest } = node;
      return `${recordKey(flow, record, borders(world, node), timeless)}\n${JSON.stringify(rest)}`;
    },
    wrong: (node) => wrong(world, node),
    wrongStep,
    isEnd: ({ record: { state } }) => !flow.open(state) || state.exception !== undefined,
    stage: ({ record: { state } }) => (state.exception !== undefined && flow.open(state) ? `${state.stage}-exception` : state.stage),
  };
}

/** What all nodes of a model have in common. */
export interface Surroundings {
  /** Does a person only settle what is before them, or also ask hub and core, and have the core told again? */
  readonly person: 'settles' | 'acts';
  readonly settings: ConnectorSettings;
  readonly flow: flows.PayerFlow;
  readonly hubAheadMs: number;
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
  return { record, prepare: 'here', hub: 'none', letters: [], asking: false, personAsked: false, lied: false, confirmations: 0 };
}

const expirationOf = (node: PayerNode): number | undefined =>
  node.record.state.prepare === undefined ? undefined : Date.parse(node.record.state.prepare.expiration);
const hubNow = (world: Surroundings, node: PayerNode): number => node.record.now + world.hubAheadMs;
const hubExpired = (world: Surroundings, node: PayerNode): boolean =>
  hubNow(world, node) >= (expirationOf(node) ?? Number.POSITIVE_INFINITY);

function borders(world: Surroundings, node: PayerNode): readonly number[] {
  const expiration = expirationOf(node);
  if (expiration === undefined) return [];
  const { clockSkewMs } = world.settings;
  return [expiration, expiration + clockSkewMs, expiration - world.hubAheadMs, expiration + clockSkewMs + world.settings.retryMarginMs];
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
  if (stage === 'failed' && node.record.state.neverLeft !== true && node.confirmations === 0)
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

const NO = { errorCode: '2004', errorDescription: 'explored' };

/** Any message but the prepare: taken, refused, or given up when its time is over. Whether it arrived is another matter. */
function sendSteps(world: Surroundings, node: PayerNode, action: flows.SendAction): readonly Step<PayerNode>[] {
  const sent = (label: string, outcome: flows.SendOutcome, change: Partial<PayerNode> = {}) =>
    input(world, node, `${action.key} ${label}`, { type: 'sent', key: action.key, outcome }, change);
  const isQuestion = action.message.operation === 'GET /transfers';
  const steps = [sent('is acknowledged', { kind: 'acknowledged', detail: '' })];
  if (isQuestion) steps.push(hubIsAsked(world, node, `${action.key} arrives`));
  if (action.until === undefined) return steps;
  steps.push(sent('is refused', { kind: 'refused', detail: '', errorInformation: NO }));
  if (node.record.now >= action.until)
    steps.push(sent('is given up', { kind: 'given-up', detail: '', errorInformation: NO, mayHaveArrived: true }));
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
    steps.push(sent('is refused', { kind: 'refused', detail: '', errorInformation: NO }, { prepare: 'never arrives' }));
    if (over)
      steps.push(
        sent('never left', { kind: 'given-up', detail: '', errorInformation: NO, mayHaveArrived: false }, { prepare: 'never arrives' }),
      );
  } else steps.push(sent('is acknowledged', { kind: 'acknowledged', detail: '' }));
  if (over) steps.push(sent('is given up', { kind: 'given-up', detail: '', errorInformation: NO, mayHaveArrived: true }));
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
  return { label, to: withLetter(node, ...answers[node.hub], 'error-2001') };
}

function hubSteps(world: Surroundings, node: PayerNode): readonly Step<PayerNode>[] {
  const steps: Step<PayerNode>[] = [];
  const expired = hubExpired(world, node);
  if (node.prepare === 'under way') {
    if (!expired) steps.push({ label: 'the prepare arrives', to: { ...node, prepare: 'arrived', hub: 'reserved' } });
    steps.push({
      label: 'the prepare arrives and is refused',
      to: withLetter({ ...node, prepare: 'arrived', hub: 'aborted' }, 'error-3303'),
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

const from = (source: string, date: number): flows.CallbackFrom => ({ source, sourceKnown: true, headers: { date: httpDate(date) } });

function letterSteps(world: Surroundings, node: PayerNode): readonly Step<PayerNode>[] {
  const { state } = node.record;
  const steps: Step<PayerNode>[] = [];
  if (state.stage === 'lookup') steps.push(...partySteps(world, node));
  if (state.stage === 'quoting') steps.push(...quoteSteps(world, node));
  for (const letter of node.letters) steps.push(input(world, node, `${letter.split(' ')[0]} comes`, letterInput(world, node, letter)));
  // the hub lies at most once: what follows is the same each time
  if (state.prepare !== undefined && !node.lied) {
    for (const letter of ['error-3303', 'ABORTED'] as const)
      steps.push({ ...input(world, node, `an untrue ${letter} comes`, letterInput(world, node, letter), { lied: true }), mishap: true });
    const body = { transferState: 'COMMITTED', fulfilment: WRONG_FULFILMENT } as const;
    const sender = from(HUB, node.record.now);
    const wrongWord = input(world, node, 'COMMITTED with a wrong fulfilment comes', { type: 'transfer', from: sender, body });
    steps.push({ ...wrongWord, mishap: true });
  }
  return steps.filter(({ to }) => to !== node);
}

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
    input(world, node, 'the look-up fails', { type: 'party-error', from: sender, errorInformation: NO }),
  ];
}

function quoteSteps(world: Surroundings, node: PayerNode): readonly Step<PayerNode>[] {
  const sender = from(PAYEE, node.record.now);
  const right = quoteResponse('10', node.record.now);
  return [
    input(world, node, 'the quote comes', { type: 'quote', from: sender, body: right }),
    input(world, node, 'a quote of another amount comes', { type: 'quote', from: sender, body: quoteResponse('11', node.record.now) }),
    input(world, node, 'the quote is refused', { type: 'quote-error', from: sender, errorInformation: NO }),
  ];
}

function quoteResponse(amount: '10' | '11', now: number): QuotesIdPutResponse {
  return { ...QUOTES[amount], expiration: new Date(now + 60_000).toISOString() };
}

function quoteOf(amount: string): Omit<QuotesIdPutResponse, 'expiration'> {
  const transferAmount = { currency: 'USD', amount };
  const ilpPacket = encodeIlpV1({ amount: transferAmount, account: 'g.bluewallet.msisdn.2', transaction: {} });
  return { transferAmount, ilpPacket, condition: conditionOf(FULFILMENT) };
}

// ---- crashes

function mishaps(world: Surroundings, node: PayerNode): readonly Step<PayerNode>[] {
  const record = crash(world.flow, node.record, (key) => ({ type: 'interrupted' as const, key }));
  return [{ label: 'we crash', to: { ...node, record }, mishap: true }, ...payerPersonSteps(world, node)];
}

// ---- the rules

function wrong(world: Surroundings, node: PayerNode): readonly string[] {
  const { state } = node.record;
  const wrongs: string[] = [];
  const committed = node.hub === 'committed';
  if (state.stage === 'completed' && !committed && state.settled === undefined)
    wrongs.push('the DFSP is told COMPLETED, and the hub has not committed');
  const failed = state.stage === 'failed' || state.stage === 'aborted';
  if (failed && !node.lied) {
    if (committed) wrongs.push('the DFSP is told that it failed, and the hub has committed');
    if (node.hub === 'reserved') wrongs.push('the DFSP is told that it failed, and the hub can still commit');
    if (node.hub === 'none' && node.prepare === 'under way' && !hubExpired(world, node))
      wrongs.push('the DFSP is told that it failed, and the prepare is still under way');
  }
  const open = world.flow.open(state);
  const owed = world.flow.owed(state);
  const next = owed.filter((action) => !node.record.answered.includes(action.key));
  if (open && next.length === 0) wrongs.push('it is open, and nothing will ever be done about it');
  for (const action of owed)
    if (action.notBefore !== undefined && !Number.isFinite(action.notBefore)) wrongs.push(`${action.key} has a time that is none`);
  wrongs.push(...strangers(world, node));
  return wrongs;
}

/** Words of who was not asked change nothing, whatever they are; nor does RESERVED, whoever says it (money-rules 4 and 5). */
function strangers(world: Surroundings, node: PayerNode): readonly string[] {
  const sender = from(STRANGER, node.record.now);
  const words: readonly flows.PayerInput[] = [
    { type: 'transfer', from: sender, body: { transferState: 'ABORTED' } },
    { type: 'transfer', from: sender, body: { transferState: 'COMMITTED', fulfilment: FULFILMENT } },
    { type: 'transfer-error', from: sender, errorInformation: { errorCode: '3303', errorDescription: '' } },
    { type: 'quote', from: sender, body: quoteResponse('10', node.record.now) },
    { type: 'quote-error', from: sender, errorInformation: NO },
    { type: 'transfer', from: from(HUB, node.record.now), body: { transferState: 'RESERVED' } },
  ];
  return words
    .filter((word) => world.flow.decide(node.record.state, word, node.record.now).events.length > 0)
    .map((word) => `${word.type} from ${'from' in word ? word.from.source : 'nobody'} changes the payment`);
}

const ORDER = ['lookup', 'party-offered', 'quoting', 'quote-offered', 'open'];

function wrongStep(before: PayerNode, after: PayerNode): readonly string[] {
  const [a, b] = [before.record.state, after.record.state];
  const wrongs: string[] = [];
  const settles = a.settled === undefined && b.settled !== undefined;
  // a crash may take back what was not durable; nothing else goes back
  const [was, is] = [ORDER.indexOf(a.stage), ORDER.indexOf(b.stage)];
  if (was < 0 && a.stage !== b.stage && !settles) wrongs.push(`an end (${a.stage}) became ${b.stage}`);
  if (was >= 0 && is >= 0 && is < was) wrongs.push(`${a.stage} went back to ${b.stage}`);
  if (a.prepare !== undefined && a.prepare !== b.prepare && JSON.stringify(a.prepare) !== JSON.stringify(b.prepare))
    wrongs.push('the prepare changed');
  return wrongs;
}
