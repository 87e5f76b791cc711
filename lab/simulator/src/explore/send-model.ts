import { type SendAction, type SendFlow, type SendInput, sendFlow } from '@payment-manager/core-connector/send-flow';
import type { Model, Step } from './explore.ts';
import { crash, nextInstant, recordKey, take, underWay } from './record.ts';
import { hasExpired, limitOf, MINIMUM_MS, type SendNode, type SendSurroundings, SKEW_MS } from './send-node.ts';
import { sendStepWrongs, sendWrongs } from './send-rules.ts';
import { EXPLORED_START_MS } from './settings.ts';
import { timelessNumbers } from './timeless.ts';

export interface SendModelOptions {
  /** The clock of whoever accepts, less ours; at most the skew. */
  readonly aheadMs?: number;
  /** The other side may accept the price by itself, as it must not. */
  readonly acceptsItself?: boolean;
  /** Tests break the flow on purpose. */
  readonly flow?: (flow: SendFlow) => SendFlow;
}

const TRANSFER = '00000000-0000-4000-8000-000000000001';
const OFFER = { quoteId: 'q', currency: 'USD', transferAmount: '10', payeeReceiveAmount: '10', payee: { idType: 'MSISDN', idValue: '2' } };
const PRICE_MS = 60_000;
const TELL_MS = 300_000;

/** One payment of our customer, under every order of what core, scheme, customer and clock may do to it. */
export function sendModel({ aheadMs = 0, acceptsItself = false, flow: change = (same) => same }: SendModelOptions = {}): Model<SendNode> {
  const world: SendSurroundings = { flow: change(sendFlow({ clockSkewMs: SKEW_MS, tellAfterMs: TELL_MS })), aheadMs };
  const timeless = timelessNumbers();
  const key = (node: SendNode, blind: boolean): string => {
    const { record, ...rest } = node;
    return `${recordKey(world.flow, record, borders(world, node), timeless, { blind })}\n${JSON.stringify(rest)}`;
  };
  const clock = aheadMs === 0 ? '' : `, the other clock ${aheadMs > 0 ? 'ahead' : 'behind'}`;
  return {
    name: `send${clock}${acceptsItself ? ', accepted by others' : ''}`,
    start: startNode(world),
    steps: (node) => [
      ...underWay(world.flow, node.record).flatMap((action) => actionSteps(world, node, action, acceptsItself)),
      ...schemeSteps(world, node),
      ...coreSteps(node),
      ...customerSteps(world, node),
      ...timeSteps(world, node),
    ],
    key: (node) => key(node, false),
    keyWithoutTime: (node) => key(node, true),
    finerKey: (node) => key(node, false),
    wrong: (node) => sendWrongs(world, node),
    wrongStep: sendStepWrongs,
    isEnd: (node) => !world.flow.project(node.record.state).open || node.record.state.exception !== undefined,
    stage: ({ record: { state } }) => (state.exception !== undefined ? `${state.stage}-exception` : state.stage),
  };
}

function startNode({ flow }: SendSurroundings): SendNode {
  const request = {
    homeTransactionId: 'h1',
    from: { idType: 'MSISDN', idValue: '1' },
    to: { idType: 'MSISDN', idValue: '2' },
    amountType: 'SEND',
    transactionType: 'TRANSFER',
    amount: '10',
    currency: 'USD',
  } as const;
  const { events } = flow.decide(undefined, { type: 'begin', request, hash: 'h', key: 'k', byHomeId: true }, EXPLORED_START_MS);
  const state = events.reduce<SendNode['record']['state'] | undefined>((so, event) => flow.apply(so, event), undefined);
  if (state === undefined) throw new Error('a payment that does not begin');
  return {
    record: { state, durable: state, lazy: [], answered: [], now: EXPLORED_START_MS },
    scheme: 'none',
    accepting: false,
    hold: 'none',
    itself: false,
  };
}

function borders(world: SendSurroundings, node: SendNode): readonly number[] {
  const { offer } = node.record.state;
  if (offer === undefined || !world.flow.project(node.record.state).open) return [];
  return [limitOf(node), offer.expiration - world.aheadMs];
}

function input(world: SendSurroundings, node: SendNode, label: string, given: SendInput, more: Partial<SendNode> = {}): Step<SendNode> {
  return { label, to: { ...node, ...more, record: take(world.flow, node.record, given).record } };
}

/** Something happens, and nobody is told. */
const silently = (node: SendNode, label: string, more: Partial<SendNode>): Step<SendNode> => ({ label, to: { ...node, ...more } });

// ---- what we do, and what becomes of it

function actionSteps(world: SendSurroundings, node: SendNode, action: SendAction, acceptsItself: boolean): readonly Step<SendNode>[] {
  const { key } = action;
  switch (action.type) {
    case 'timer':
      return [input(world, node, `${key} is due`, { type: 'due', key })];
    case 'check':
      return [
        input(world, node, 'the customer may pay', {
          type: 'checked',
          key,
          checked: { kind: 'ok', fee: '1', facts: '{}', version: 'v', minimumMs: MINIMUM_MS },
        }),
        input(world, node, 'the customer may not pay', { type: 'checked', key, checked: { kind: 'refused', code: '4400', message: 'no' } }),
      ];
    case 'start':
      return startSteps(world, node, key, acceptsItself);
    case 'hold':
      return holdSteps(world, node, key);
    case 'accept':
      return acceptSteps(world, node, key);
    case 'outcome':
      return [truth(world, node, key, 'the outcome is told')].filter(isEnd);
    case 'reject':
      return rejectSteps(world, node, key);
    case 'capture':
    case 'release':
      return moveSteps(world, node, key, action.type);
  }
}

function startSteps(world: SendSurroundings, node: SendNode, key: string, acceptsItself: boolean): readonly Step<SendNode>[] {
  const offer = { ...OFFER, expiration: node.record.now + PRICE_MS };
  const offered = { type: 'seen', key, seen: { kind: 'offered', transferId: TRANSFER, offer } } as const;
  const refused = { type: 'seen', key, seen: { kind: 'not-committed', transferId: TRANSFER, code: '3204', message: 'no' } } as const;
  const itself = { scheme: 'open', itself: true } as const;
  return [
    input(world, node, 'a price comes', offered, { scheme: 'offered' }),
    input(world, node, 'there is no price', refused, { scheme: 'not-committed' }),
    ...(acceptsItself
      ? [input(world, node, 'the price is accepted by others', { type: 'seen', key, seen: { kind: 'open', transferId: TRANSFER } }, itself)]
      : []),
  ];
}

/** The core's record begins nothing from the limit on, and says what is proven when it is asked again. */
function holdSteps(world: SendSurroundings, node: SendNode, key: string): readonly Step<SendNode>[] {
  const over = node.record.now >= limitOf(node);
  const no = (begun: boolean) => ({ type: 'held', key, end: { kind: 'refused', code: '5105', message: 'no', begun } }) as const;
  switch (node.hold) {
    case 'none':
      return over
        ? [input(world, node, 'the hold is begun too late', no(false))]
        : [silently(node, 'the hold is begun', { hold: 'asked' })];
    case 'asked':
      return over ? [input(world, node, 'the hold is not decided in time', no(true))] : [];
    case 'held':
      return [input(world, node, 'the hold is there', { type: 'held', key, end: { kind: 'ok' } })];
    default:
      return [input(world, node, 'the hold is refused', no(true))];
  }
}

/** It leaves while there is time, and is refused after it; each answer may be lost. */
function acceptSteps(world: SendSurroundings, node: SendNode, key: string): readonly Step<SendNode>[] {
  if (node.record.now >= (node.record.state.notAfter ?? 0)) return rejectSteps(world, node, key);
  const leaves = node.accepting ? [] : [silently(node, 'the acceptance leaves', { accepting: true })];
  return [...leaves, ...(node.scheme === 'offered' ? [] : [truth(world, node, key, 'the acceptance is answered')])];
}

function rejectSteps(world: SendSurroundings, node: SendNode, key: string): readonly Step<SendNode>[] {
  if (node.scheme !== 'offered') return [truth(world, node, key, 'the refusal is answered')];
  const refused = { ...node, scheme: 'not-committed' } as const;
  return [silently(node, 'the refusal arrives', { scheme: 'not-committed' }), truth(world, refused, key, 'the refusal is taken')];
}

/** The core's record does it once, however often it is asked; a release waits until the hold is known. */
function moveSteps(world: SendSurroundings, node: SendNode, key: string, what: 'capture' | 'release'): readonly Step<SendNode>[] {
  const done = (label: string, hold: SendNode['hold']) => input(world, node, label, { type: 'moved', key, end: 'done' }, { hold });
  const excluded = input(world, node, `the ${what} is excluded`, { type: 'moved', key, end: 'excluded' });
  const { hold } = node;
  if (what === 'release') {
    if (hold === 'held')
      return [silently(node, 'the hold is released, unseen', { hold: 'released' }), done('the hold is released', 'released')];
    if (hold === 'captured' || hold === 'suspense') return [excluded];
    return hold === 'asked' ? [] : [done('nothing is held', hold)];
  }
  if (hold === 'held')
    return [
      silently(node, 'the hold is captured, unseen', { hold: 'captured' }),
      done('the hold is captured', 'captured'),
      done('the capture is refused, and posted to suspense', 'suspense'),
    ];
  if (hold === 'lost') return [done('the hold is gone, and it is posted to suspense', 'suspense')];
  if (hold === 'released') return [excluded];
  return hold === 'captured' || hold === 'suspense' ? [done('it was captured', hold)] : [];
}

/** What whoever is asked says: what is so. */
function truth(world: SendSurroundings, node: SendNode, key: string | undefined, label: string): Step<SendNode> {
  const { scheme } = node;
  const { offer } = node.record.state;
  const transferId = TRANSFER;
  const seen =
    scheme === 'not-committed'
      ? ({ kind: scheme, transferId, message: 'no' } as const)
      : scheme === 'offered' && offer !== undefined
        ? ({ kind: scheme, transferId, offer } as const)
        : scheme === 'open' || scheme === 'committed'
          ? ({ kind: scheme, transferId } as const)
          : ({ kind: 'no-answer', reason: '' } as const);
  return input(world, node, `${label} as ${seen.kind}`, { type: 'seen', seen, ...(key !== undefined && { key }) });
}

function isEnd({ label }: Step<SendNode>): boolean {
  return label.endsWith('committed');
}

// ---- the others

function schemeSteps(world: SendSurroundings, node: SendNode): readonly Step<SendNode>[] {
  const steps: Step<SendNode>[] = [];
  const { scheme, hold, accepting } = node;
  if (accepting && scheme === 'offered') {
    if (!hasExpired(world, node))
      steps.push(silently(node, 'the acceptance arrives', { scheme: 'open', atAcceptance: hold, accepting: false }));
    else steps.push(silently(node, 'the acceptance arrives too late', { scheme: 'not-committed', accepting: false }));
  }
  if (scheme === 'open')
    steps.push(silently(node, 'the hub commits', { scheme: 'committed' }), silently(node, 'the hub aborts', { scheme: 'not-committed' }));
  if (scheme !== 'none') steps.push({ ...truth(world, node, undefined, 'somebody asks'), mishap: true });
  return steps.filter(({ to }) => to !== node);
}

function coreSteps(node: SendNode): readonly Step<SendNode>[] {
  const { hold } = node;
  if (hold === 'asked')
    return [silently(node, 'the core holds', { hold: 'held' }), silently(node, 'the core refuses', { hold: 'refused' })];
  if (hold !== 'held') return [];
  return [{ ...silently(node, 'the core lets go of the hold', { hold: 'lost' }), mishap: true }];
}

function customerSteps(world: SendSurroundings, node: SendNode): readonly Step<SendNode>[] {
  return [true, false].map((accept): Step<SendNode> => {
    const step = input(world, node, accept ? 'the customer accepts' : 'the customer refuses', { type: 'decide', accept });
    // nobody has to answer
    return { ...step, mishap: true };
  });
}

function timeSteps(world: SendSurroundings, node: SendNode): readonly Step<SendNode>[] {
  const next = nextInstant(world.flow, node.record, borders(world, node));
  const crashed = { ...node, record: crash(world.flow, node.record, (key) => ({ type: 'interrupted' as const, key })) };
  return [
    ...(next === undefined ? [] : [{ label: 'time passes', to: { ...node, record: { ...node.record, now: next } } }]),
    { label: 'we crash', to: crashed, mishap: true },
  ];
}
