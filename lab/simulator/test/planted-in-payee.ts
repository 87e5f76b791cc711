import type { flows } from '@payment-manager/mojaloop-connector';
import type { Broken } from '../src/index.ts';
import { FROM_HUB, type PlantedInFlow } from './planted-in-flow.ts';

type PayeeDecision = ReturnType<flows.PayeeFlow['decide']>;

/** Wraps what a payee's flow decides. `decide` answers undefined to leave it as it is. */
function payee(
  change: (state: flows.PayeeState, input: flows.PayeeInput, now: number, flow: flows.PayeeFlow) => PayeeDecision | undefined,
): Broken {
  return {
    payee: (flow) => ({
      ...flow,
      decide: (state, input, now) => (state && change(state, input, now, flow)) ?? flow.decide(state, input, now),
    }),
  };
}

const refused = (at: number): PayeeDecision => ({
  events: [{ type: 'core-transfer-refused', at, errorInformation: { errorCode: '2001', errorDescription: 'planted' } }],
});
const told = (at: number, state: 'COMMITTED' | 'ABORTED'): PayeeDecision => ({
  events: [{ type: 'notification-started', at, attempt: 1, state }],
});

const committedBy = (at: number): flows.PayeeEvent => ({
  type: 'outcome-known',
  at,
  state: 'COMMITTED',
  said: 'answer',
  completedTimestamp: new Date(at).toISOString(),
});

const abortedBySilence = (at: number): PayeeDecision => ({
  events: [
    { type: 'outcome-known', at, state: 'ABORTED', said: 'error', completedTimestamp: new Date(at).toISOString() },
    ...told(at, 'ABORTED').events,
  ],
});

/** Faults of a payee's flow. */
export const plantedInPayee: readonly PlantedInFlow[] = [
  {
    name: 'payee: an unknown outcome of the core is guessed to be a refusal',
    broken: payee((state, input, now) =>
      input.type === 'core-transferred' && input.outcome.kind === 'unknown' && state.stage === 'calling-core' ? refused(now) : undefined,
    ),
    complaint: /refused, and the core may have executed it/,
  },
  {
    name: 'payee: an unknown call is simply made again',
    broken: payee((state, input, now) =>
      input.type === 'core-transferred' && input.outcome.kind === 'unknown' && state.core.attempt === 1 && state.stage === 'calling-core'
        ? { events: [{ type: 'core-transfer-started', at: now, attempt: 2, deadline: state.core.deadline }] }
        : undefined,
    ),
    complaint: /called again although|booked the transfer twice/,
  },
  {
    name: 'payee: after a crash the core is called again',
    broken: {
      payee: (flow) => ({
        ...flow,
        owed: (state) =>
          flow
            .owed(state)
            .map((action) => (action.type === 'core-transfer' ? { ...action, repeatable: true, key: `${action.key}` } : action)),
        decide: (state, input, now) =>
          input.type === 'core-transferred' && input.outcome.kind === 'unknown' && state?.stage === 'calling-core'
            ? refused(now)
            : flow.decide(state, input, now),
      }),
    },
    complaint: /refused, and the core may have executed it|called again although/,
  },
  {
    name: 'payee: a call of the core that throws counts as not made',
    broken: payee((state, input, now) =>
      input.type === 'interrupted' && input.key.startsWith('core:transfer:') && state.stage === 'calling-core' ? refused(now) : undefined,
    ),
    complaint: /refused, and the core may have executed it/,
  },
  {
    name: 'payee: the hold is released on silence',
    broken: payee((state, input, now) =>
      input.type === 'due' && input.key === 'end:ladder' && state.stage === 'fulfilling' ? abortedBySilence(now) : undefined,
    ),
    complaint: /for ABORTED, and the hub has not aborted/,
  },
  {
    name: 'payee: an acknowledged RESERVED is taken for COMMITTED',
    broken: payee((state, input, now, flow) => {
      const decision = flow.decide(state, input, now);
      if (input.type !== 'sent' || input.key !== 'send:fulfil' || decision.events.length === 0 || state.notification !== undefined)
        return undefined;
      return { events: [...decision.events, ...told(now, 'COMMITTED').events] };
    }),
    complaint: /told COMMITTED, and the hub has not committed/,
  },
  {
    name: 'payee: any sender is believed',
    broken: payee((state, input, now, flow) =>
      input.type === 'final-word' || input.type === 'transfer-error' ? flow.decide(state, { ...input, source: FROM_HUB }, now) : undefined,
    ),
    complaint: /of (redfund|greenbank) changes the transfer/,
  },
  {
    name: 'payee: a repeated prepare starts anew',
    broken: payee((state, input, now, flow) =>
      input.type === 'prepare' && state.prepare !== undefined && state.stage !== 'calling-core'
        ? flow.decide({ ...withoutPrepare(state), stage: 'quoted' }, input, now)
        : undefined,
    ),
    complaint: /prepare of the payer, again, changes/,
  },
  {
    name: 'payee: a second final word replaces the first',
    broken: payee((state, input, now, flow) => {
      if (input.type !== 'final-word' || state.outcome === undefined || state.outcome.state === input.state) return undefined;
      const { outcome: _first, ...before } = state;
      return flow.decide({ ...before, stage: 'fulfilling' }, input, now);
    }),
    complaint: /an end|the outcome|changes the transfer/,
  },
  {
    name: 'payee: a core that has not answered in time is believed to have done nothing',
    broken: payee((state, input, now) =>
      input.type === 'core-asked' && input.result.kind === 'no-answer' && state.stage === 'core-unknown' ? refused(now) : undefined,
    ),
    core: { transferAskable: true },
    complaint: /refused, and the core may have executed it/,
  },
  {
    name: 'payee: the hub’s 200 to a COMMITTED is taken for its outcome',
    broken: payee((state, input, now, flow) => {
      const { events, ...rest } = flow.decide(state, input, now);
      if (!events.some((event) => event.type === 'callback-settled' && event.inTime === true)) return undefined;
      return { ...rest, events: [...events, committedBy(now)] };
    }),
    complaint: /for COMMITTED, and the hub has not committed/,
  },
  {
    name: 'payee: a COMMITTED that the hub has acknowledged is not asked about',
    broken: {
      payee: (flow) => {
        const owed = (state: flows.PayeeState) => flow.owed(state).filter(({ background }) => background !== true);
        return { ...flow, owed, project: (state) => ({ ...flow.project(state), owed: owed(state), open: owed(state).length > 0 }) };
      },
    },
    complaint: /closed on a receipt, and the hub was not asked/,
  },
  {
    name: 'payee: an error after the hub’s 200 is dropped',
    broken: payee((state, input, now, flow) =>
      flow.decide(state, input, now).events.some(({ type }) => type === 'hub-error-said') ? { events: [] } : undefined,
    ),
    complaint: /nobody asks about the error that the hub sent/,
  },
  {
    name: 'payee: a 200 counts until the expiration',
    broken: payee((state, input, now, flow) => {
      const { events, ...rest } = flow.decide(state, input, now);
      if (state.fulfil?.transferState !== 'COMMITTED' || now >= Date.parse(state.prepare?.expiration ?? '')) return undefined;
      const late = (event: flows.PayeeEvent) => event.type === 'callback-settled' && event.acknowledged;
      return { ...rest, events: events.map((event) => (late(event) ? { ...event, inTime: true } : event)) };
    }),
    complaint: /a 200 that came when it counts no more is held for a receipt/,
  },
  {
    name: 'payee: the refusal of a repeat is taken for the refusal of the call before it',
    broken: payee((state, input, now) =>
      input.type === 'core-transferred' && input.outcome.kind === 'rejected' && state.stage === 'calling-core' ? refused(now) : undefined,
    ),
    core: { transferRepeatable: true },
    complaint: /refused, and the core may have executed it/,
  },
  {
    name: 'payee: the core’s quiet time is that of the wall clock',
    broken: {
      payee: (flow) => ({
        ...flow,
        owed: (state) =>
          flow.owed(state).map(({ lasts, ...action }) => {
            return lasts === undefined ? action : { ...action, notBefore: (state.core.unknownSince ?? 0) + lasts };
          }) as readonly flows.PayeeAction[],
      }),
    },
    core: { transferAskable: true },
    complaint: /refused, and the core may have executed it/,
  },
  {
    name: 'payee: with transfers 1.0 a core is told COMMITTED however late it is',
    broken: {
      payee: (flow) => ({
        ...flow,
        owed: (state) =>
          flow.owed(state).map((action) => {
            return action.type === 'core-notify' ? { ...action, deadline: Number.POSITIVE_INFINITY } : action;
          }),
      }),
    },
    complaint: /told COMMITTED when its time is over/,
  },
  {
    name: 'payee: nobody tells the core how it ended',
    broken: {
      payee: (flow) => ({ ...flow, owed: (state) => flow.owed(state).filter(({ type }) => type !== 'core-notify') }),
    },
    complaint: /it is closed, the hub has|nothing will ever be done/,
  },
  {
    name: 'payee: the mark of a restored journal is not seen',
    broken: { payee: (flow) => flow, seesMark: () => undefined },
    afterRestore: true,
    complaint: /called for a quote from before the restore|is given again|refused, and the core may have executed it/,
  },
  {
    name: 'payee: what is older than the mark is not known',
    broken: { payee: (flow) => flow, seesMark: (mark) => ({ ...mark, at: 0 }) },
    afterRestore: true,
    complaint: /called for a quote from before the restore|is given again|refused, and the core may have executed it/,
  },
  {
    name: 'payee: an error of the hub ends what may have been fulfilled since the copy',
    broken: payee((state, input, now) =>
      input.type === 'transfer-error' && state.core.forgotten === true && state.outcome === undefined ? abortedBySilence(now) : undefined,
    ),
    afterRestore: true,
    complaint: /for ABORTED, and the hub has not aborted|transfer-error of .* changes the transfer/,
  },
];

function withoutPrepare(state: flows.PayeeState): flows.PayeeState {
  const {
    prepare: _prepare,
    prepareHash: _hash,
    prepareAsked: _asked,
    outcome: _outcome,
    fulfil: _fulfil,
    callback: _callback,
    ...rest
  } = state;
  return rest;
}
