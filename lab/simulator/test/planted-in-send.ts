import type { SendEvent, SendFlow, SendInput, SendState } from '@payment-manager/core-connector/send-flow';
import type { PlantedInFlow } from './planted-in-flow.ts';

type Decision = ReturnType<SendFlow['decide']>;

/** Wraps what the flow decides. `decide` answers undefined to leave it as it is. */
function send(decide: (state: SendState, input: SendInput, now: number) => readonly SendEvent[] | undefined) {
  return {
    send: (flow: SendFlow): SendFlow => ({
      ...flow,
      decide: (state, input, now): Decision => {
        const events = state && decide(state, input, now);
        return events === undefined ? flow.decide(state, input, now) : { events };
      },
    }),
  };
}

/** Faults of the flow of our customers' payments. */
export const plantedInSend: readonly PlantedInFlow[] = [
  {
    name: 'send: the price is accepted with the customer’s word, before the hold is there',
    broken: send((state, input, at) =>
      input.type === 'decide' && input.accept && state.stage === 'offered'
        ? [
            { type: 'accepted', at, by: 'customer', total: '11' },
            { type: 'accepting', at, notAfter: (state.offer?.expiration ?? 0) - 2_500 },
          ]
        : undefined,
    ),
    complaint: /accepted, and nothing was held/,
  },
  {
    name: 'send: a refused hold is taken for one',
    broken: send((state, input, at) =>
      input.type === 'held' && state.stage === 'holding'
        ? [{ type: 'accepting', at, notAfter: (state.offer?.expiration ?? 0) - 2_500 }]
        : undefined,
    ),
    complaint: /accepted, and nothing was held|may have expired/,
  },
  {
    name: 'send: released when the outcome is not known for long',
    broken: send((state, input, at) =>
      input.type === 'due' && input.key === 'tell:open' && (state.stage === 'open' || state.stage === 'accepting')
        ? [{ type: 'not-committed', at, message: 'nobody says' }]
        : undefined,
    ),
    complaint: /released, and the money moves|told that no money moves/,
  },
  {
    name: 'send: an acceptance without an answer is given up when the price expires',
    broken: send((state, input, at) =>
      input.type === 'seen' && state.stage === 'accepting' && input.seen.kind === 'open' && at > (state.notAfter ?? 0)
        ? [{ type: 'given-up', at, message: 'late', mayBeHeld: true }]
        : undefined,
    ),
    complaint: /told that no money moves/,
  },
  {
    name: 'send: the price is accepted when it may have expired',
    broken: send((state, input, at) =>
      input.type === 'held' && input.end.kind === 'ok' && state.stage === 'holding'
        ? [{ type: 'accepting', at, notAfter: (state.offer?.expiration ?? 0) + 1 }]
        : undefined,
    ),
    complaint: /may have expired/,
  },
  {
    name: 'send: captured before it has committed',
    broken: send((state, input, at) =>
      input.type === 'seen' && input.seen.kind === 'open' && state.stage === 'accepting'
        ? [
            { type: 'taken', at },
            { type: 'committed', at },
          ]
        : undefined,
    ),
    complaint: /has not committed|has committed, and it has not/,
  },
  {
    name: 'send: captured again',
    broken: {
      send: (flow) => ({
        ...flow,
        owed: (state) => (state.hold === 'captured' ? [{ key: 'capture:2', type: 'capture', repeatable: true, state }] : flow.owed(state)),
      }),
    },
    complaint: /a capture is owed that was done/,
  },
  {
    name: 'send: a hold that is not decided in time is left alone',
    broken: send((state, input, at) =>
      state.stage === 'holding' &&
      ((input.type === 'held' && input.end.kind === 'refused') || (input.type === 'due' && input.key === 'end:holding'))
        ? [{ type: 'given-up', at, message: 'late', mayBeHeld: false }]
        : undefined,
    ),
    complaint: /the hold stays/,
  },
  {
    name: 'send: what others have accepted is not told',
    broken: send((state, input, at) =>
      input.type === 'seen' && input.seen.kind === 'committed' && state.hold === 'none' ? [{ type: 'committed', at }] : undefined,
    ),
    complaint: /is over, and nothing was captured/,
  },
];
