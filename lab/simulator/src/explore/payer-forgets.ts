import type { flows } from '@payment-manager/mojaloop-connector';
import type { PayerNode } from './payer-node.ts';
import type { KeyNumberMax } from './record.ts';

type Payer = flows.PayerState;
type Contradictions = Payer['contradictions'];

const isFinal = ({ stage }: Payer): boolean => stage === 'completed' || stage === 'failed' || stage === 'aborted';

/**
 * The state less what decides nothing from here on, so that states that differ in nothing else are explored once. `./pm explore --check-merging`
 * compares what follows from each state that is merged with what follows from the one that is explored instead.
 */
export function payerForgets(state: Payer): object {
  const { prepareSent, rung, askedAt, inquiredAt, contradictions, settled, ...kept } = state;
  const settledOnes = settled?.contradictions ?? 0;
  return {
    ...kept,
    // by whom and how often the hub was asked is one: an error of the hub may be the answer
    asked: askedAt !== undefined || inquiredAt !== undefined || state.confirmation !== undefined,
    // the ladder and the prepare end with the payment
    ...(!isFinal(state) && { rung: Math.min(rung, 1), prepareSent }),
    contradictions: [sorted(contradictions.slice(0, settledOnes)), sorted(contradictions.slice(settledOnes))],
    settled: settled?.as,
  };
}

/** In which order words came is for people. */
const sorted = (contradictions: Contradictions): readonly string[] => contradictions.map(({ source, says }) => `${source} ${says}`).sort();

/** The number of a question is the first, or another one. */
export const payerKeyNumbers: KeyNumberMax = (key) => (key.startsWith('send:ask:') ? 1 : 4);

/** What of the world around it still counts: whether the payee has lied only as long as nobody else has, and no other end is reached. */
export function payerWorldLeft(node: PayerNode): object {
  const { record, payeeLied, copy: _apart, mark, forgottenExpiration: _border, ...rest } = node;
  const kept = { ...rest, standing: mark?.standing };
  const { stage } = record.state;
  const counts = !node.lied && stage !== 'completed' && stage !== 'aborted';
  return counts ? { ...kept, payeeLied } : kept;
}
