import { underWay } from './record.ts';
import { hasExpired, limitOf, type SendNode, type SendSurroundings } from './send-node.ts';

/** What is wrong with this state of the world, whatever came before. */
export function sendWrongs(world: SendSurroundings, node: SendNode): readonly string[] {
  const { scheme, hold, atAcceptance, itself, record } = node;
  const { state } = record;
  const wrongs: string[] = [];
  const moves = scheme === 'open' || scheme === 'committed' || mayBeAccepted(world, node);
  const told = state.exception !== undefined;
  if (atAcceptance !== undefined && atAcceptance !== 'held' && atAcceptance !== 'lost')
    wrongs.push('the price was accepted, and nothing was held for it');
  if (hold === 'released' && moves && !itself) wrongs.push('the hold was released, and the money moves or still can');
  if ((hold === 'captured' || hold === 'suspense') && scheme !== 'committed')
    wrongs.push('the hold was captured, and it has not committed');
  if (state.outcome === 'not-committed' && moves && !itself)
    wrongs.push('the customer is told that no money moves, and it does or still can');
  if (state.outcome === 'committed' && scheme !== 'committed') wrongs.push('the customer is told that it has committed, and it has not');
  if (state.stage === 'accepting' && (state.stageAt >= limitOf(node) || (state.notAfter ?? 0) > limitOf(node)))
    wrongs.push('a price is accepted that may have expired');
  const owed = world.flow.owed(state);
  if (owed.some(({ type }) => type === 'capture') && (state.hold === 'captured' || hold === 'captured') && state.stage === 'ended')
    wrongs.push('a capture is owed that was done');
  const open = world.flow.project(state).open;
  if (open && owed.every(({ key }) => record.answered.includes(key)) && !waits(node))
    wrongs.push('it is open, and nothing will ever be done about it');
  if (!open && !told) {
    if (scheme === 'committed' && hold !== 'captured' && hold !== 'suspense')
      wrongs.push('it has committed and is over, and nothing was captured');
    if (scheme !== 'committed' && (hold === 'held' || hold === 'asked')) wrongs.push('no money moved, it is over, and the hold stays');
  }
  if (underWay(world.flow, record).some(({ type }) => type === 'hold') && state.total === undefined)
    wrongs.push('a hold without an amount');
  return wrongs;
}

/** An acceptance that has left may still arrive. */
function mayBeAccepted(world: SendSurroundings, node: SendNode): boolean {
  return node.accepting && node.scheme === 'offered' && !hasExpired(world, node);
}

/** The customer's word is waited for. */
function waits({ record }: SendNode): boolean {
  return record.state.stage === 'offered';
}

const ORDER = ['checking', 'quoting', 'offered', 'holding', 'accepting', 'open'];

/** What is wrong with having gone from one to the other. */
export function sendStepWrongs(before: SendNode, after: SendNode): readonly string[] {
  const [a, b] = [before.record.state, after.record.state];
  const wrongs: string[] = [];
  const [was, is] = [ORDER.indexOf(a.stage), ORDER.indexOf(b.stage)];
  if (is >= 0 && (was < 0 || is < was)) wrongs.push(`${a.stage} went back to ${b.stage}`);
  if (a.outcome !== b.outcome && (a.outcome === 'committed' || a.outcome === 'not-committed'))
    wrongs.push(`a final word changed: ${a.outcome} became ${b.outcome}`);
  if (a.total !== undefined && a.total !== b.total) wrongs.push('the amount changed');
  return wrongs;
}
