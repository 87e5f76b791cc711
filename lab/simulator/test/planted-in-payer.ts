import type { flows } from '@payment-manager/mojaloop-connector';
import type { Broken } from '../src/index.ts';
import { FROM_HUB, type PlantedInFlow } from './planted-in-flow.ts';

type Decision = ReturnType<flows.PayerFlow['decide']>;

/** Wraps what a payer's flow decides. `decide` answers undefined to leave it as it is. */
function payer(
  change: (state: flows.PayerState, input: flows.PayerInput, now: number, flow: flows.PayerFlow) => Decision | undefined,
): Broken {
  return {
    payer: (flow) => ({
      ...flow,
      decide: (state, input, now) => (state && change(state, input, now, flow)) ?? flow.decide(state, input, now),
    }),
  };
}

const notCommitted = (at: number): Decision => ({
  events: [{ type: 'not-committed', at, errorInformation: { errorCode: '2004', errorDescription: 'planted' }, said: 'hub', timeout: true }],
});
const fulfilled = (at: number): Decision => ({
  events: [{ type: 'fulfilled', at, fulfil: { transferState: 'COMMITTED' }, source: 'switch', headers: {} }],
});
/** Faults of a payer's flow. */
export const plantedInPayer: readonly PlantedInFlow[] = [
  {
    name: 'payer: a prepare without an answer is taken for a failure',
    broken: payer((state, input, now) =>
      input.type === 'sent' && input.key === 'send:prepare' && input.outcome.kind === 'given-up' && state.stage === 'open'
        ? notCommitted(now)
        : undefined,
    ),
    complaint: /failed, and the hub (has committed|can still commit)/,
  },
  {
    name: 'payer: silence after the last question is taken for a failure',
    broken: payer((state, input, now) =>
      input.type === 'due' && input.key === 'end:ladder' && state.stage === 'open' ? notCommitted(now) : undefined,
    ),
    complaint: /failed, and the hub/,
  },
  {
    name: 'payer: RESERVED is taken for COMMITTED',
    broken: payer((state, input, now) =>
      input.type === 'transfer' && input.body.transferState === 'RESERVED' && state.stage === 'open' ? fulfilled(now) : undefined,
    ),
    complaint: /transfer from switch changes/,
  },
  {
    name: 'payer: any sender is believed',
    broken: payer((state, input, now, flow) =>
      'from' in input ? flow.decide(state, { ...input, from: { ...input.from, source: FROM_HUB } }, now) : undefined,
    ),
    complaint: /from redfund changes the payment/,
  },
  {
    name: 'payer: "unknown transfer" is believed before the expiration',
    broken: payer((state, input, now) =>
      input.type === 'transfer-error' && input.errorInformation.errorCode === '3208' && state.stage === 'open'
        ? notCommitted(now)
        : undefined,
    ),
    complaint: /failed, and (the hub can still commit|the prepare is still under way)/,
  },
  {
    name: 'payer: an error about the question is taken for the fate of the payment',
    broken: payer((state, input, now) =>
      input.type === 'transfer-error' && input.errorInformation.errorCode === '3100' && state.stage === 'open'
        ? notCommitted(now)
        : undefined,
    ),
    complaint: /failed, and (the hub (has committed|can still commit)|the prepare is still under way)/,
  },
  {
    name: 'payer: the payee that repeats its refusal agrees that the payment is dead',
    broken: payer((state, input, now) =>
      input.type === 'transfer-error' && input.from.source === state.destination && state.confirmation?.confirmed === false
        ? { events: [{ type: 'confirmed', at: now }] }
        : undefined,
    ),
    complaint: /starts a new attempt, and this one has committed or still can/,
  },
  {
    name: 'payer: a quote is accepted automatically whatever it costs',
    broken: payer((state, input, now, flow) => {
      const decision = flow.decide(state, input, now);
      if (input.type !== 'quote' || decision.events.length !== 1 || decision.events[0]?.type !== 'quote-received') return undefined;
      const received = decision.events.reduce<flows.PayerState>((before, event) => flow.apply(before, event), state);
      return { events: [...decision.events, ...flow.decide(received, { type: 'accept-quote', accept: true }, now).events] };
    }),
    complaint: /accepted automatically that costs more/,
  },
  {
    name: 'payer: a later contrary word replaces the first',
    broken: payer((state, input, now) =>
      input.type === 'transfer' && input.body.transferState === 'COMMITTED' && state.stage === 'failed' ? fulfilled(now) : undefined,
    ),
    complaint: /an end \(failed\) became completed|changes the payment/,
  },
  {
    name: 'payer: a timer is forgotten',
    broken: {
      payer: (flow) => ({
        ...flow,
        owed: (state) => flow.owed(state).filter(({ key }) => !key.startsWith('send:ask') && key !== 'end:ladder'),
      }),
    },
    complaint: /nothing will ever be done|no end can be reached/,
  },
  {
    name: 'payer: after a crash the DFSP is told that an open payment failed',
    broken: {
      payer: (flow) => ({
        ...flow,
        owed: (state) => flow.owed(state).map((action) => (action.key === 'send:prepare' ? { ...action, repeatable: false } : action)),
        decide: (state, input, now) =>
          input.type === 'interrupted' && state?.stage === 'open' ? notCommitted(now) : flow.decide(state, input, now),
      }),
    },
    complaint: /failed, and (the hub|the prepare)/,
  },
  {
    name: 'payer: the mark of a restored journal is not seen',
    broken: { payer: (flow) => flow, seesMark: () => undefined },
    afterRestore: true,
    complaint: /goes on, and nobody knows how far it had come|failed, and/,
  },
  {
    name: 'payer: "unknown transfer" is believed while a forgotten prepare may still arrive',
    broken: {
      payer: (flow) => ({
        ...flow,
        apply: (state, event) => flow.apply(state, event.type === 'restored' ? { type: 'restored', at: event.at } : event),
      }),
    },
    afterRestore: true,
    complaint: /failed, and the prepare is still under way/,
  },
];
