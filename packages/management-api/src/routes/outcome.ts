import type { Outcome } from '../approvals/approvals.ts';
import { Answer } from '../server/route.ts';

/** What became of a wish: done, with what came of it, or waiting for somebody else (202). */
export function answerOf(outcome: Outcome): Answer {
  return outcome.kind === 'done'
    ? new Answer(200, { state: 'done', result: outcome.result })
    : new Answer(202, { state: 'waiting', approval: outcome.approval });
}
