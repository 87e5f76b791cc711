import type { flows } from '@payment-manager/mojaloop-connector';
import type { Step } from './explore.ts';
import { type CoreTruth, type PayeeNode, type PayeeSurroundings, payeeInput } from './payee-node.ts';
import { underWay } from './record.ts';

type Transfer = Extract<flows.PayeeAction, { type: 'core-transfer' }>;
type Notify = Extract<flows.PayeeAction, { type: 'core-notify' }>;

/** What may become of the calls of the payee's core: what it does, and what we learn of it, apart from each other. */
export function payeeCoreSteps(world: PayeeSurroundings, node: PayeeNode): readonly Step<PayeeNode>[] {
  const steps: Step<PayeeNode>[] = [];
  const { core } = node;
  if (core.mayRunUntil > node.record.now)
    steps.push({ label: 'the core executes the transfer', to: { ...node, core: executed(world, core) } });
  const late = bookedLate(node);
  if (late !== undefined) steps.push({ label: 'the core books COMMITTED after all', to: { ...node, core: late } });
  for (const action of underWay(world.flow, node.record)) {
    if (action.type === 'core-transfer') steps.push(...transferSteps(world, node, action));
    if (action.type === 'core-ask') steps.push(...coreAnswerSteps(world, node, action.key));
    if (action.type === 'core-notify') steps.push(...notifySteps(world, node, action));
  }
  return steps;
}

/** A call that nobody heard the end of may still be executed when nothing more is told. */
function bookedLate({ core, record }: PayeeNode): CoreTruth | undefined {
  const { notification } = record.state;
  return notification?.held === true && core.booked === 'reserved' ? { ...core, booked: 'committed' } : undefined;
}

function executed(world: PayeeSurroundings, core: CoreTruth): CoreTruth {
  const booked = world.settings.core.atPrepare === 'reserve' ? 'reserved' : 'credited';
  return { ...core, booked, effects: core.effects + 1, mayRunUntil: 0 };
}

function transferSteps(world: PayeeSurroundings, node: PayeeNode, action: Transfer): readonly Step<PayeeNode>[] {
  const { core, record } = node;
  type Outcome = Extract<flows.PayeeInput, { type: 'core-transferred' }>['outcome'];
  const input = (outcome: Outcome, mayHaveRun: boolean): flows.PayeeInput => ({
    type: 'core-transferred',
    key: action.key,
    outcome,
    ...(mayHaveRun && { mayHaveRun }),
  });
  const answer = (label: string, outcome: Outcome, change: Partial<CoreTruth> = {}) =>
    payeeInput(world, node, label, input(outcome, core.resumed || core.repeats), { core: { ...core, ...change } });
  const refusal = { code: '3303', description: 'explored' };
  // a repeatable one that throws simply comes again
  const thrown = action.repeatable
    ? []
    : [payeeInput(world, node, 'the call of the core throws', { type: 'interrupted', key: action.key })];
  if (core.called !== action.key) {
    // as the performer has it: not calling now proves nothing about a call before (docs/money-rules.md, 1)
    const mayHaveRun = core.resumed || core.called !== undefined;
    const steps: Step<PayeeNode>[] = [...thrown];
    const noCall: Outcome = mayHaveRun ? { kind: 'unknown', reason: '' } : { kind: 'not-sent', refusal, reason: '' };
    steps.push(answer('the core cannot be reached', noCall));
    if (record.now >= action.deadline) {
      steps.push(answer('there is no time to call the core', mayHaveRun ? { kind: 'unknown', reason: '' } : { kind: 'rejected', refusal }));
      return steps;
    }
    const mayRun = core.booked !== 'no' || core.mayRunUntil > record.now;
    const called: CoreTruth = {
      ...core,
      called: action.key,
      // a core that knows our key executes once, however often it is called
      mayRunUntil: core.booked !== 'no' && world.settings.core.transferRepeatable ? 0 : action.deadline + world.settings.core.quietMs,
      resumed: false,
      repeats: mayHaveRun,
      calledTwice: core.calledTwice || (mayRun && !world.settings.core.transferRepeatable),
    };
    return [...steps, { label: 'the core is called', to: { ...node, core: called } }];
  }
  const steps = [...thrown, answer('the call of the core has no answer', { kind: 'unknown', reason: '' })];
  // a core that remembers its successes only refuses the repeat of what it executed; a gateway refuses without asking it
  const { transferRepeatable, repeatKeepsRefusals } = world.settings.core;
  if (core.repeats && transferRepeatable) {
    if (!repeatKeepsRefusals && core.booked !== 'no') steps.push(answer('the core refuses the repeat', { kind: 'rejected', refusal }));
    steps.push(answer('a gateway refuses the repeat', { kind: 'rejected', refusal, uncoded: true }));
  }
  if (core.booked === 'no') steps.push(answer('the core refuses', { kind: 'rejected', refusal }, { mayRunUntil: 0 }));
  else steps.push(answer('the core says done', { kind: 'ok', value: {} }));
  return steps;
}

/** What the core answers when it is asked what it did. */
export function coreAnswerSteps(world: PayeeSurroundings, node: PayeeNode, key: string): readonly Step<PayeeNode>[] {
  type Result = Extract<flows.PayeeInput, { type: 'core-asked' }>['result'];
  const truth: Readonly<Record<CoreTruth['booked'], Result>> = {
    no: { kind: 'not-found' },
    reserved: { kind: 'executed', mode: 'reserve' },
    credited: { kind: 'executed', mode: 'credit' },
    committed: { kind: 'executed', mode: 'credit' },
    released: { kind: 'aborted' },
  };
  return [
    payeeInput(world, node, 'the core tells what it did', { type: 'core-asked', key, result: truth[node.core.booked] }),
    payeeInput(world, node, 'the core does not tell', { type: 'core-asked', key, result: { kind: 'no-answer' } }),
  ];
}

function notifySteps(world: PayeeSurroundings, node: PayeeNode, action: Notify): readonly Step<PayeeNode>[] {
  const { transferState } = action.notification;
  const { core } = node;
  type Outcome = Extract<flows.PayeeInput, { type: 'core-told' }>['outcome'];
  const { resumed } = core;
  const answer = (label: string, outcome: Outcome) =>
    payeeInput(
      world,
      node,
      `the core is told ${transferState}: ${label}`,
      { type: 'core-told', key: action.key, outcome, ...(resumed && { mayHaveRun: true as const }) },
      { core: { ...core, resumed: false } },
    );
  const refusal = { code: '3208', description: 'explored' };
  // as the performer has it; a call that left in time, and was executed, is answered all the same
  if (node.record.now >= (action.deadline ?? Number.POSITIVE_INFINITY) && core.booked === 'reserved')
    return [answer('there is no time left', { kind: 'not-sent', refusal, reason: '' })];
  // the attempt that was executed has left: only another one can be proven not to have
  const { stage, notification } = node.record.state;
  const mayNotHaveLeft = stage !== 'commit-first' || core.booked === 'reserved' || notification?.mayHaveRun === true || resumed;
  const steps = [
    ...(mayNotHaveLeft ? [answer('it cannot be reached', { kind: 'not-sent', refusal, reason: '' })] : []),
    answer('no answer', { kind: 'unknown', reason: '' }),
    ...(action.repeatable
      ? []
      : [payeeInput(world, node, `the core is told ${transferState}: it throws`, { type: 'interrupted', key: action.key })]),
  ];
  const wanted = transferState === 'COMMITTED' ? 'committed' : 'released';
  if (core.booked === 'reserved')
    steps.push({ label: `the core books ${transferState}`, to: { ...node, core: { ...core, booked: wanted } } });
  else if (core.booked === wanted || (core.booked === 'credited' && transferState === 'COMMITTED'))
    steps.push(answer('taken', { kind: 'ok', value: {} }));
  else steps.push(answer('refused', { kind: 'rejected', refusal }));
  return steps;
}
