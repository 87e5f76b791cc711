import type { flows } from '@payment-manager/mojaloop-connector';
import { HUB, PAYER, STRANGER } from '../scenario/parties.ts';
import { hubExpired, type PayeeNode, type PayeeSurroundings, prepareInput } from './payee-node.ts';
import { underWay } from './record.ts';

/** What must hold in every state of a transfer to us (docs/money-rules.md, 1, 3 and 5). */
export function payeeWrong(world: PayeeSurroundings, node: PayeeNode): readonly string[] {
  return [
    ...wrongAboutCore(world, node),
    ...wrongAboutHub(world, node),
    ...wrongAtEnd(world, node),
    ...wrongAboutNext(world, node),
    ...wrongAfterRestore(world, node),
    ...strangers(world, node),
  ];
}

function wrongAboutCore(world: PayeeSurroundings, node: PayeeNode): readonly string[] {
  const { core, record } = node;
  const wrongs: string[] = [];
  if (core.effects > 1) wrongs.push('the core has booked the transfer twice');
  if (core.calledTwice) wrongs.push('the core is called again although the call before may have been executed');
  const mayRun = core.mayRunUntil > record.now;
  const { stage } = record.state;
  if (stage === 'refused' && !node.lied && (mayRun || (core.booked !== 'no' && core.booked !== 'released')))
    wrongs.push('the transfer is refused, and the core may have executed it');
  for (const action of underWay(world.flow, record)) {
    if (action.key === 'send:fulfil' && core.booked === 'no') wrongs.push('the fulfilment is sent, and the core has done nothing');
    if (action.type === 'core-transfer' && node.hub === 'none') wrongs.push('the core is called without a prepare');
  }
  return wrongs;
}

/** What the copy has forgotten is not done a second time, whatever is asked of us (docs/money-rules.md, 8). */
function wrongAfterRestore(world: PayeeSurroundings, { record, mark, forgotten }: PayeeNode): readonly string[] {
  if (mark === undefined) return [];
  return underWay(world.flow, record).flatMap((action) => {
    if (action.type === 'core-transfer') return ['the core is called for a quote from before the restore'];
    if (action.key === 'send:quote') return ['a quote from before the restore is given again'];
    const again = action.type === 'core-notify' && !action.repeatable && record.state.notification?.resent !== true;
    return again && forgotten?.told === true ? ['the core may not be told twice, and was told before the restore'] : [];
  });
}

function wrongAboutHub(world: PayeeSurroundings, node: PayeeNode): readonly string[] {
  if (node.lied) return [];
  const wrongs: string[] = [];
  const { stage } = node.record.state;
  if (stage === 'committed' && node.hub !== 'committed') wrongs.push('we hold it for COMMITTED, and the hub has not committed');
  if (stage === 'aborted' && node.hub !== 'aborted') wrongs.push('we hold it for ABORTED, and the hub has not aborted');
  const { callback, prepare } = node.record.state;
  if (stage === 'acknowledged' && (callback?.at ?? 0) >= Date.parse(prepare?.expiration ?? '') - world.settings.clockSkewMs)
    wrongs.push('a 200 that came when it counts no more is held for a receipt');
  for (const action of underWay(world.flow, node.record)) {
    if (action.type !== 'core-notify') continue;
    const { transferState } = action.notification;
    const commitFirst = stage === 'commit-first' && transferState === 'COMMITTED' && world.version === '1.0';
    if (commitFirst && isToldTooLate(world, node, action))
      wrongs.push('the core is told COMMITTED when its time is over, and it may be the first time that it books');
    if (transferState === 'COMMITTED' && node.hub !== 'committed' && !commitFirst)
      wrongs.push('the core is told COMMITTED, and the hub has not committed');
    if (transferState === 'ABORTED' && node.hub !== 'aborted') wrongs.push('the core is told ABORTED, and the hub has not aborted');
  }
  return wrongs;
}

/** From expiration - skew on a core that has not booked must not be told to (docs/money-rules.md, 3). A person may have it told. */
function isToldTooLate(
  { settings }: PayeeSurroundings,
  { record, core }: PayeeNode,
  { deadline = Number.POSITIVE_INFINITY }: Extract<flows.PayeeAction, { type: 'core-notify' }>,
): boolean {
  const { prepare, notification } = record.state;
  const over = record.now >= Date.parse(prepare?.expiration ?? '') - settings.clockSkewMs;
  return over && record.now < deadline && core.booked === 'reserved' && notification?.resent !== true;
}

/** Closed and nobody was told: then hub, core and record agree. */
function wrongAtEnd(world: PayeeSurroundings, node: PayeeNode): readonly string[] {
  const { state } = node.record;
  // the quote of a prepare that is forgotten says nothing: the report of hub or core does
  if (node.mark !== undefined && state.prepare === undefined) return [];
  if (world.flow.project(state).open || node.lied || world.flow.project(state).attention.some(({ level }) => level === 'exception'))
    return [];
  const { booked } = node.core;
  const mayRun = node.core.mayRunUntil > node.record.now;
  // it took our COMMITTED and was asked: what it does not answer stays ACKNOWLEDGED, and reconciliation asks again
  if (state.stage === 'acknowledged') return wrongAcknowledged(world, node);
  if (node.hub === 'committed' && booked !== 'committed' && booked !== 'credited')
    return [`it is closed, the hub has committed, and the core is at "${booked}"`];
  const ended = node.hub === 'aborted' || (node.hub === 'reserved' && hubExpired(world, node));
  const kept = booked === 'reserved' && !world.settings.core.notificationReadsState;
  if (ended && !kept && (mayRun || (booked !== 'no' && booked !== 'released')))
    return [`it is closed, the hub has not committed, and the core is at "${booked}"${mayRun ? ' with a call that may still run' : ''}`];
  return [];
}

/** A receipt is no outcome: it is at rest only when the hub was asked about it, and has said nothing against it (docs/money-rules.md, 3). */
function wrongAcknowledged(world: PayeeSurroundings, { record: { state }, doubted }: PayeeNode): readonly string[] {
  if (state.settled !== undefined) return [];
  if (doubted) return ['it is closed, and nobody asks about the error that the hub sent after our fulfilment'];
  const asked = state.confirmation?.asked ?? 0;
  return asked < world.settings.ladder.rungs ? ['it is closed on a receipt, and the hub was not asked how the transfer ended'] : [];
}

function wrongAboutNext(world: PayeeSurroundings, node: PayeeNode): readonly string[] {
  const wrongs: string[] = [];
  const owed = world.flow.owed(node.record.state);
  const next = owed.filter((action) => !node.record.answered.includes(action.key));
  if (world.flow.project(node.record.state).open && next.length === 0) wrongs.push('it is open, and nothing will ever be done about it');
  for (const action of owed)
    if (action.notBefore !== undefined && !Number.isFinite(action.notBefore)) wrongs.push(`${action.key} has a time that is none`);
  return wrongs;
}

/** Words of others than the hub, and repeats and changes of a prepare, change nothing (docs/money-rules.md, 2 and 5). */
function strangers(world: PayeeSurroundings, node: PayeeNode): readonly string[] {
  const { state, now } = node.record;
  const words: flows.PayeeInput[] = [];
  for (const source of [STRANGER, PAYER]) {
    words.push({ type: 'final-word', source, said: 'patch', state: 'ABORTED' });
    words.push({ type: 'final-word', source, said: 'patch', state: 'COMMITTED' });
    words.push({ type: 'transfer-error', source, errorInformation: { errorCode: '3303', errorDescription: '' } });
  }
  if (state.fulfil === undefined || state.outcome !== undefined)
    words.push({ type: 'transfer-error', source: HUB, errorInformation: { errorCode: '2001', errorDescription: '' } });
  if (state.prepare !== undefined) {
    words.push(prepareInput(world, now, 30_000, { expiration: state.prepare.expiration }));
    words.push(prepareInput(world, now, 30_000, { transferId: '00000000-0000-4000-8000-000000000009' }));
  }
  return words
    .filter((word) => world.flow.decide(state, word, now).events.length > 0)
    .map((word) => `${word.type} of ${'source' in word ? word.source : 'the payer, again,'} changes the transfer`);
}

const ENDS = new Set<flows.PayeeStage>(['refused', 'committed', 'aborted']);

/** An end is an end, and what was given once does not change. */
export function payeeWrongStep(before: PayeeNode, after: PayeeNode): readonly string[] {
  if (before.mark === undefined && after.mark !== undefined) return [];
  // a crash may take back what was not durable
  const [a, b] = [before.record.durable, after.record.durable];
  const wrongs: string[] = [];
  const settles = a.settled === undefined && b.settled !== undefined;
  if (ENDS.has(a.stage) && a.stage !== b.stage && !settles) wrongs.push(`an end (${a.stage}) became ${b.stage}`);
  if (a.outcome !== undefined && b.outcome?.state !== a.outcome.state)
    wrongs.push(`the outcome ${a.outcome.state} became ${b.outcome?.state ?? 'none'}`);
  if (a.fulfil !== undefined && a.fulfil !== b.fulfil) wrongs.push('the fulfil changed');
  if (a.prepare !== undefined && a.prepare !== b.prepare) wrongs.push('the prepare changed');
  return wrongs;
}
