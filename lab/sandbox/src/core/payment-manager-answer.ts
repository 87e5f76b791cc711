import { isAmount } from '@payment-manager/fspiop';
import type { HttpOutcome } from '@payment-manager/runtime';
import type { Payment, PaymentState } from './payment.ts';

/** What an answer of the Payment Manager's outbound API means for a payment (docs/protocol.md, 16.1 and 16.2, docs/money-rules.md, 4). */
export interface Meaning {
  /** `again`: nothing is known; do the same once more. `ask`: ask GET /transfers/{id}. `refused`: never started. */
  readonly kind: 'state' | 'again' | 'ask' | 'refused';
  readonly state?: PaymentState;
  /** What the payment has learned. */
  readonly learned: Pick<
    Payment,
    'transferId' | 'payee' | 'transferAmount' | 'payeeReceiveAmount' | 'payeeFspFee' | 'payeeFspCommission' | 'error'
  >;
  readonly what: string;
}

type Json = Readonly<Record<string, unknown>>;

/** Reads an answer. `call` is which of the three calls it answers. */
export function meaningOf(call: 'start' | 'decide' | 'ask', outcome: HttpOutcome): Meaning {
  if (outcome.kind === 'failed') return { kind: 'again', learned: {}, what: `no answer: ${outcome.code}` };
  const body = parse(outcome.body);
  const detail = outcome.status < 300 ? body : object(body['transferState']);
  const learned = { ...learn(detail), ...(outcome.status >= 300 && { error: errorOf(body, outcome.status) }) };
  const state = stateOf(outcome.status, detail);
  if (state !== undefined) return { kind: 'state', state, learned, what: `the Payment Manager says ${state}` };
  if (outcome.status === 503 || outcome.status === 429) return { kind: 'again', learned: {}, what: 'the Payment Manager is busy' };
  if (call === 'start' && outcome.status === 400) return { kind: 'refused', learned, what: 'the Payment Manager refused the request' };
  return { kind: 'ask', learned, what: `no outcome yet: HTTP ${outcome.status}` };
}

/** Only the words that the API has count; a COMPLETED whose transfer is not COMMITTED does not. */
function stateOf(status: number, detail: Json): PaymentState | undefined {
  const state = detail['currentState'];
  if (status >= 300) return state === 'ERROR_OCCURRED' || state === 'ABORTED' ? state : undefined;
  switch (state) {
    case 'COMPLETED': {
      const transferState = object(object(detail['fulfil'])['body'])['transferState'];
      return transferState === undefined || transferState === 'COMMITTED' ? state : undefined;
    }
    case 'ABORTED':
    case 'ERROR_OCCURRED':
    case 'WAITING_FOR_PARTY_ACCEPTANCE':
    case 'WAITING_FOR_QUOTE_ACCEPTANCE':
      return state;
    default:
      return undefined;
  }
}

function learn(detail: Json): Meaning['learned'] {
  const to = object(detail['to']);
  const party = object(object(object(detail['getPartiesResponse'])['body'])['party']);
  const quote = object(object(detail['quoteResponse'])['body']);
  const transferId = text(detail['transferId']);
  const name = text(party['name']) ?? text(to['displayName']) ?? fullName(to);
  const fspId = text(to['fspId']) ?? text(object(party['partyIdInfo'])['fspId']);
  const amount = (member: string): string | undefined => {
    const value = object(quote[member])['amount'];
    return isAmount(value) ? value : undefined;
  };
  const [transferAmount, payeeReceiveAmount, payeeFspFee, payeeFspCommission] = [
    'transferAmount',
    'payeeReceiveAmount',
    'payeeFspFee',
    'payeeFspCommission',
  ].map(amount);
  return {
    ...(transferId !== undefined && { transferId }),
    ...((name !== undefined || fspId !== undefined) && {
      payee: { ...(name !== undefined && { name }), ...(fspId !== undefined && { fspId }) },
    }),
    ...(transferAmount !== undefined && { transferAmount }),
    ...(payeeReceiveAmount !== undefined && { payeeReceiveAmount }),
    ...(payeeFspFee !== undefined && { payeeFspFee }),
    ...(payeeFspCommission !== undefined && { payeeFspCommission }),
  };
}

function errorOf(body: Json, status: number): { statusCode: string; message: string } {
  const statusCode = body['statusCode'] === undefined ? String(status) : String(body['statusCode']);
  return { statusCode, message: text(body['message']) ?? 'no message' };
}

function fullName(to: Json): string | undefined {
  const parts = [text(to['firstName']), text(to['middleName']), text(to['lastName'])].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.join(' ');
}

function parse(body: Uint8Array): Json {
  try {
    return object(JSON.parse(Buffer.from(body).toString('utf8')));
  } catch {
    return {};
  }
}

function object(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value.length > 0 ? value : undefined;
}
