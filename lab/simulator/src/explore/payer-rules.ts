import { parseAmount } from '@payment-manager/fspiop';
import type { flows } from '@payment-manager/mojaloop-connector';
import { HUB, STRANGER } from '../scenario/parties.ts';
import { hubExpired, type PayerNode, type Surroundings } from './payer-node.ts';
import { costOf, FEE_MAX, FULFILMENT, from, quoteResponse, REFUSAL } from './payer-words.ts';
import { underWay } from './record.ts';

/** What is wrong with this state of the world, whatever came before. */
export function payerWrongs(world: Surroundings, node: PayerNode): readonly string[] {
  const { state } = node.record;
  const wrongs: string[] = [];
  const committed = node.hub === 'committed';
  if (state.stage === 'completed' && !committed && state.settled === undefined)
    wrongs.push('the DFSP is told COMPLETED, and the hub has not committed');
  const canCommit = node.hub === 'reserved' || (node.hub === 'none' && node.prepare === 'under way' && !hubExpired(world, node));
  if (state.confirmation?.confirmed === true && !node.lied && (committed || canCommit))
    wrongs.push('a repeat of the request starts a new attempt, and this one has committed or still can');
  const failed = state.stage === 'failed' || state.stage === 'aborted';
  if (failed && !node.lied && !node.payeeLied) {
    if (committed) wrongs.push('the DFSP is told that it failed, and the hub has committed');
    if (node.hub === 'reserved') wrongs.push('the DFSP is told that it failed, and the hub can still commit');
    if (node.hub === 'none' && node.prepare === 'under way' && !hubExpired(world, node))
      wrongs.push('the DFSP is told that it failed, and the prepare is still under way');
  }
  const open = world.flow.project(state).open;
  const owed = world.flow.owed(state);
  const next = owed.filter((action) => !node.record.answered.includes(action.key));
  if (open && next.length === 0) wrongs.push('it is open, and nothing will ever be done about it');
  for (const action of owed)
    if (action.notBefore !== undefined && !Number.isFinite(action.notBefore)) wrongs.push(`${action.key} has a time that is none`);
  if (node.mark !== undefined && underWay(world.flow, node.record).some(({ key }) => key === 'send:prepare' || key === 'send:quote'))
    wrongs.push('a payment from before the restore goes on, and nobody knows how far it had come');
  wrongs.push(...strangers(world, node));
  return wrongs;
}

/** Words of who was not asked change nothing, whatever they are; nor does RESERVED, whoever says it (docs/money-rules.md, 4 and 5). */
function strangers(world: Surroundings, node: PayerNode): readonly string[] {
  const sender = from(STRANGER, node.record.now);
  const words: readonly flows.PayerInput[] = [
    { type: 'transfer', from: sender, body: { transferState: 'ABORTED' } },
    { type: 'transfer', from: sender, body: { transferState: 'COMMITTED', fulfilment: FULFILMENT } },
    { type: 'transfer-error', from: sender, errorInformation: { errorCode: '3303', errorDescription: '' } },
    { type: 'quote', from: sender, body: quoteResponse('cheap', node.record.now) },
    { type: 'quote-error', from: sender, errorInformation: REFUSAL },
    { type: 'transfer', from: from(HUB, node.record.now), body: { transferState: 'RESERVED' } },
  ];
  return words
    .filter((word) => world.flow.decide(node.record.state, word, node.record.now).events.length > 0)
    .map((word) => `${word.type} from ${'from' in word ? word.from.source : 'nobody'} changes the payment`);
}

const ORDER = ['lookup', 'party-offered', 'quoting', 'quote-offered', 'open'];

/** What is wrong with having gone from one to the other. */
export function payerStepWrongs(before: PayerNode, after: PayerNode): readonly string[] {
  if (before.mark === undefined && after.mark !== undefined) return [];
  const [a, b] = [before.record.state, after.record.state];
  const wrongs: string[] = [];
  const settles = a.settled === undefined && b.settled !== undefined;
  // a crash may take back what was not durable; nothing else goes back
  const [was, is] = [ORDER.indexOf(a.stage), ORDER.indexOf(b.stage)];
  if (was < 0 && a.stage !== b.stage && !settles) wrongs.push(`an end (${a.stage}) became ${b.stage}`);
  if (was >= 0 && is >= 0 && is < was) wrongs.push(`${a.stage} went back to ${b.stage}`);
  if (a.stage === 'quoting' && b.prepare !== undefined && costOf(b) > parseAmount(FEE_MAX))
    wrongs.push('a quote was accepted automatically that costs more than is allowed');
  if (a.prepare !== undefined && a.prepare !== b.prepare && JSON.stringify(a.prepare) !== JSON.stringify(b.prepare))
    wrongs.push('the prepare changed');
  return wrongs;
}
