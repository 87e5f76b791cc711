import type { Sealer } from '@payment-manager/runtime';
import type { Operation } from '../language/operation.ts';
import type { CoreEvent } from '../record/events.ts';
import type { RunningConnector } from '../record/settings.ts';
import type { CoreState } from '../record/state.ts';
import type { EffectView } from '../run/money.ts';
import type { KeptAnswers } from './kept-answers.ts';
import type { Told } from './told.ts';

/** An operation of the record that is gone over with another connector. */
export interface OperationReplay {
  readonly running: RunningConnector;
  readonly operation: Operation;
  /** As the record knows it. */
  readonly name: string;
  readonly state: CoreState;
  readonly events: readonly CoreEvent[];
  readonly sealer: Sealer;
  readonly answers: KeptAnswers;
  /** The effects of the operations before it, and then its own: as this connector would have them. */
  readonly views: Map<string, EffectView>;
  readonly told: Told;
}
