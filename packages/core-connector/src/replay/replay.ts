import type { KeptMessage } from '@payment-manager/messages';
import type { Sealer } from '@payment-manager/runtime';
import { secretValues, without } from '../back-end/secret-values.ts';
import type { CoreEvent } from '../record/events.ts';
import { operationNamed, type RunningConnector } from '../record/settings.ts';
import { applyCore, type CoreState } from '../record/state.ts';
import type { EffectView } from '../run/money.ts';
import { keptAnswers } from './kept-answers.ts';
import { replayOperation } from './replay-operation.ts';
import { type Said, Told } from './told.ts';

/** What a payment's record would have come to with another connector. */
export interface Replayed {
  /** Each step with its request, answer and outcome, as `connector try` tells it. */
  readonly lines: readonly Said[];
  /** What would be otherwise than it was. */
  readonly differences: readonly Said[];
  /** What nobody can tell, e.g. since an answer was not kept. */
  readonly unknown: readonly Said[];
}

/** What is replayed. */
export interface ReplayOf {
  /** The connector that is tried, with the settings of now. */
  readonly running: RunningConnector;
  /** Of the payment's record at the core, as it was journalled. */
  readonly events: readonly CoreEvent[];
  /** Opens what was sealed with the starts. */
  readonly sealer: Sealer;
  /** What was said about the payment; empty: nothing was kept. */
  readonly messages: readonly KeptMessage[];
}

/**
 * Goes over the operations of a payment again, with the answers and outcomes of then: the core is not called, and nothing is written. Times
 * (deadlines, quiet times) are those of then and are not tried, nor are repeats, enquiries and reversals.
 *
 * @throws SealBroken when the record was sealed with another key
 */
export function replay({ running, events, sealer, messages }: ReplayOf): Replayed {
  const state = events.reduce<CoreState | undefined>(applyCore, undefined);
  if (state === undefined) return { lines: [], differences: [], unknown: [{ says: 'the payment has no record at the core' }] };
  const { needles } = secretValues(running);
  const told = new Told();
  const views = new Map<string, EffectView>();
  const answers = keptAnswers(messages, running, needles);
  for (const name of Object.keys(state.operations)) {
    const operation = operationNamed(running, name);
    if (operation === undefined) told.differs(`${name}: the connector has no such operation`);
    else replayOperation({ running, operation, name, state, events, sealer, answers, views, told });
  }
  const clean = (all: readonly Said[]): readonly Said[] =>
    all.map(({ says, values, ...rest }) => ({
      ...rest,
      says: without(needles, says),
      ...(values !== undefined && { values: without(needles, values) }),
    }));
  return { lines: clean(told.lines), differences: clean(told.differences), unknown: clean(told.unknown) };
}
