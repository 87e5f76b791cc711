import type { Journal, StoredRecord } from '@payment-manager/journal';
import type { Wanted } from '@payment-manager/messages';
import type { World } from '@payment-manager/runtime';
import { transferClaim } from '../payee/flow.ts';
import type { PayeeState } from '../payee/state.ts';
import { isFinal, type PayerState } from '../payer/state.ts';
import { idsOfMessage, partyId } from '../transfer/message-ids.ts';
import { type PaymentFacts, payeeFacts, payerFacts } from './payment-facts.ts';

/** By what the messages of a payment are found. */
export interface PaymentTrace {
  readonly payment: PaymentFacts;
  readonly wanted: Wanted;
}

export interface TraceDeps extends Pick<World, 'clock'> {
  readonly journal: Pick<Journal, 'load'>;
  readonly payer: { state(recordId: string): Promise<PayerState | undefined> };
  readonly payee: {
    find(claim: ReturnType<typeof transferClaim>): Promise<string | undefined>;
    state(recordId: string): Promise<PayeeState | undefined>;
  };
}

/** A payee is looked up at most so long before it is asked for a quote. */
const LOOKED_UP_BEFORE_MS = 300_000;
/** What began a payment had arrived before it was one: at most as long as a body may take. */
const ARRIVED_BEFORE_MS = 60_000;
/** Repeats and answers that change nothing any more. */
const AFTER_THE_END_MS = 3_600_000;

/** The payments with this transferId, as payer and as payee, and by what their messages are found. */
export async function paymentTraces(deps: TraceDeps, transferId: string): Promise<readonly PaymentTrace[]> {
  const payer = await deps.payer.state(transferId);
  const recordId = await deps.payee.find(transferClaim(transferId));
  const payee = recordId === undefined ? undefined : await deps.payee.state(recordId);
  const traces = [
    payer && (await payerTrace(deps, transferId, payer)),
    recordId !== undefined && payee !== undefined ? await payeeTrace(deps, recordId, payee) : undefined,
  ];
  return traces.filter((trace) => trace !== undefined);
}

async function payerTrace(deps: TraceDeps, id: string, state: PayerState): Promise<PaymentTrace> {
  const { startedAt, quoteId, quoteRequest, quoteResponse, prepare, request } = state;
  const end = await endOf(deps, id, isFinal(state));
  return {
    payment: payerFacts(state),
    wanted: {
      ids: [id, quoteId, quoteRequest?.transactionId, quoteResponse?.condition, prepare?.condition].filter(isText),
      parties: request === undefined ? [] : [partyId(request.to.idType, request.to.idValue, request.to.idSubValue)],
      fromMs: startedAt - ARRIVED_BEFORE_MS,
      partiesFromMs: startedAt,
      // while nothing is prepared, a look-up may still be asked again
      partiesUntilMs: state.preparedAt ?? end,
      toMs: end,
    },
  };
}

async function payeeTrace(deps: TraceDeps, recordId: string, state: PayeeState): Promise<PaymentTrace | undefined> {
  const payment = payeeFacts(state);
  if (payment === undefined) return undefined;
  const { quote, response, prepare, quotedAt, preparedAt, outcome } = state;
  const begun = Math.min(...[quotedAt, preparedAt].filter((at) => at > 0));
  return {
    payment,
    wanted: {
      ids: [payment.id, quote?.quoteId, quote?.transactionId, response?.condition, prepare?.condition].filter(isText),
      parties: quote === undefined ? [] : idsOfMessage('/', { payee: quote.payee }),
      fromMs: begun - LOOKED_UP_BEFORE_MS,
      partiesFromMs: begun - LOOKED_UP_BEFORE_MS,
      partiesUntilMs: begun,
      toMs: await endOf(deps, recordId, outcome !== undefined || state.stage === 'refused'),
    },
  };
}

function isText(text: string | undefined): text is string {
  return text !== undefined && text !== '';
}

/** Until when there may be messages: of a payment that has ended, an hour after the last event. */
async function endOf({ journal, clock }: TraceDeps, recordId: string, ended: boolean): Promise<number> {
  const record: StoredRecord | undefined = ended ? await journal.load(recordId) : undefined;
  const last = record?.events.at(-1)?.at;
  return last === undefined ? clock.now() : last + AFTER_THE_END_MS;
}
