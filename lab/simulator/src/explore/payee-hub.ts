import type { flows } from '@payment-manager/mojaloop-connector';
import { HUB } from '../scenario/parties.ts';
import type { Step } from './explore.ts';
import { hubExpired, type PayeeLetter, type PayeeNode, type PayeeSurroundings, payeeInput } from './payee-node.ts';
import { underWay } from './record.ts';

const DOUBT: flows.PayeeInput = {
  type: 'transfer-error',
  source: HUB,
  errorInformation: { errorCode: '3100', errorDescription: 'explored' },
};
const NO = { errorCode: '2004', errorDescription: 'explored' };

/** What the hub does and says about a transfer to us, and what becomes of our messages to it. */
export function payeeHubSteps(world: PayeeSurroundings, node: PayeeNode): readonly Step<PayeeNode>[] {
  const steps: Step<PayeeNode>[] = [];
  for (const action of underWay(world.flow, node.record)) {
    if (action.type !== 'send') continue;
    if (action.key === 'send:fulfil') steps.push(...fulfilSteps(world, node, action));
    if (action.key === 'send:error') steps.push(...errorSteps(world, node, action));
    if (action.message.operation === 'GET /transfers') steps.push(...questionSteps(world, node, action));
  }
  steps.push(...deciding(world, node));
  for (const letter of node.letters) steps.push(payeeInput(world, node, `${letter} comes`, letterInput(letter)));
  // a repeat, a transfer that the hub holds for aborted, a store that failed: 2001, 3100 or 3106, before its 200 to our fulfil or after
  const { fulfil, outcome, settled } = node.record.state;
  if (fulfil !== undefined && outcome === undefined && settled === undefined && !node.doubted)
    steps.push(payeeInput(world, node, 'an error about our fulfil comes', DOUBT, { doubted: true }));
  // the hub lies at most once, and not where the journal is put back besides: a core would be told for ever what is not so
  if (node.record.state.prepare !== undefined && !node.lied && !world.restores) {
    for (const letter of ['COMMITTED', 'ABORTED'] as const)
      steps.push({ ...payeeInput(world, node, `an untrue ${letter} comes`, letterInput(letter), { lied: true }), mishap: true });
  }
  return steps;
}

function withLetter(node: PayeeNode, ...letters: readonly PayeeLetter[]): PayeeNode {
  return { ...node, letters: [...new Set([...node.letters, ...letters])].sort() };
}

/** The hub decides: by our fulfil, which may arrive at any time once it was decided, or by its clock. */
function deciding(world: PayeeSurroundings, node: PayeeNode): readonly Step<PayeeNode>[] {
  // one that left before a restore may still arrive
  const fulfil = node.record.state.fulfil?.transferState ?? node.forgotten?.fulfil;
  const steps: Step<PayeeNode>[] = [];
  if (node.hub !== 'reserved') return steps;
  if (hubExpired(world, node)) {
    steps.push({ label: 'the hub lets it expire', to: withLetter({ ...node, hub: 'aborted' }, 'ABORTED') });
    return steps;
  }
  if (fulfil !== undefined) {
    const patched = fulfil === 'RESERVED' ? (['COMMITTED'] as const) : [];
    steps.push({ label: 'the fulfil arrives', to: withLetter({ ...node, hub: 'committed' }, ...patched) });
  }
  return steps;
}

/** A hub acknowledges what arrived, and what it loses afterwards, or refuses with an error that comes by itself. */
function fulfilSteps(world: PayeeSurroundings, node: PayeeNode, action: flows.SendAction): readonly Step<PayeeNode>[] {
  const sent = (label: string, outcome: flows.SendOutcome, change: Partial<PayeeNode> = {}) =>
    payeeInput(world, node, `send:fulfil ${label}`, { type: 'sent', key: action.key, outcome }, change);
  const taken: flows.SendOutcome = { kind: 'acknowledged', detail: '' };
  const steps = [sent('is refused', { kind: 'refused', detail: '', errorInformation: NO })];
  steps.push(sent('is acknowledged', taken));
  if (node.record.now >= (action.until ?? 0))
    steps.push(sent('is given up', { kind: 'given-up', detail: '', errorInformation: NO, mayHaveArrived: true }));
  return steps;
}

function errorSteps(world: PayeeSurroundings, node: PayeeNode, action: flows.SendAction): readonly Step<PayeeNode>[] {
  const sent = (label: string, outcome: flows.SendOutcome) =>
    payeeInput(world, node, `send:error ${label}`, { type: 'sent', key: action.key, outcome });
  const steps = [
    sent('is acknowledged', { kind: 'acknowledged', detail: '' }),
    sent('is refused', { kind: 'refused', detail: '', errorInformation: NO }),
  ];
  if (node.hub === 'reserved') steps.push({ label: 'send:error arrives', to: { ...node, hub: 'aborted' } });
  if (node.record.now >= (action.until ?? 0))
    steps.push(sent('is given up', { kind: 'given-up', detail: '', errorInformation: NO, mayHaveArrived: true }));
  return steps;
}

/** The hub is asked: what it answers is on its way from now on. */
export function hubAnswers(node: PayeeNode): PayeeNode {
  const answers: Readonly<Record<PayeeNode['hub'], readonly PayeeLetter[]>> = {
    none: [],
    reserved: [],
    committed: ['COMMITTED'],
    aborted: ['ABORTED'],
  };
  return withLetter(node, ...answers[node.hub]);
}

function questionSteps(world: PayeeSurroundings, node: PayeeNode, action: flows.SendAction): readonly Step<PayeeNode>[] {
  return [
    { label: `${action.key} arrives`, to: hubAnswers(node) },
    payeeInput(world, node, `${action.key} is acknowledged`, {
      type: 'sent',
      key: action.key,
      outcome: { kind: 'acknowledged', detail: '' },
    }),
  ];
}

function letterInput(letter: PayeeLetter): flows.PayeeInput {
  if (letter === 'COMMITTED') return { type: 'final-word', source: HUB, said: 'patch', state: letter };
  // the error is one way to say it, and a PATCH ABORTED another: the first is taken here, both are the same to the flow
  return { type: 'transfer-error', source: HUB, errorInformation: { errorCode: '3303', errorDescription: 'explored' } };
}
