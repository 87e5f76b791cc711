import type { Flow } from '@payment-manager/engine';
import { SEND_KIND, sendClaims } from './claims.ts';
import { decideSend } from './decide.ts';
import type { SendEvent } from './events.ts';
import type { SendAction, SendInput } from './inputs.ts';
import { owedBySend } from './owed.ts';
import type { SendSettings } from './settings.ts';
import { applySend, type SendState } from './state.ts';

export type SendFlow = Flow<SendState, SendInput, SendEvent, SendAction>;

/** The payments that our customers make: check, price, hold, accept, capture or release. */
export function sendFlow(settings: SendSettings): SendFlow {
  const owed = (state: SendState) => owedBySend(settings, state);
  return {
    kind: SEND_KIND,
    apply: applySend,
    decide: (state, input, now) => decideSend(settings, state, input, now),
    claims: sendClaims,
    owed,
    project: (state) => {
      const { stage, exception, transferId, key, rejects } = state;
      return {
        owed: owed(state),
        open: rejects || (stage !== 'ended' && stage !== 'unheld'),
        awaited: stage === 'checking' || stage === 'quoting' || stage === 'holding' || stage === 'accepting',
        topics: [],
        attention: exception === undefined ? [] : [{ level: 'exception', ...exception }],
        stage,
        label: transferId ?? key,
        trace: state.trace?.traceparent,
      };
    },
  };
}
