import { CURRENCIES, contentHash } from '@payment-manager/fspiop';
import type { HttpRequest, World } from '@payment-manager/runtime';
import {
  asObject,
  type JsonObject,
  RequestInvalid,
  readAmount,
  readChoice,
  readObject,
  readOptionalText,
  readText,
} from '../request-body.ts';
import { type CoreAnswer, coreError } from './core-answer.ts';
import { type CustomerRegister, customerAccount } from './customer-register.ts';
import { InsufficientFunds } from './ledger.ts';
import type { PayerSide } from './payer-side.ts';
import { isFinal, isWaiting, type Payment } from './payment.ts';
import type { Customer } from './settings.ts';

export interface PaymentsApiParts extends Pick<World, 'clock' | 'random'> {
  readonly payer: PayerSide;
  readonly customers: CustomerRegister;
  readonly fspId: string;
}

/**
 * What the bank's own staff and apps call: `POST /payments` starts a payment, `PUT /payments/{id}` `{accept}` answers an offer,
 * `GET /payments[/{id}]` shows. The first two wait until the payment rests, or answer 202. `?wait=no`: they answer at once.
 */
export async function paymentsApi(request: HttpRequest, parts: PaymentsApiParts): Promise<CoreAnswer | undefined> {
  const [path = '', query = ''] = request.target.split('?');
  const [, resource, id, more] = path.split('/');
  if (resource !== 'payments' || more !== undefined) return undefined;
  const waits = new URLSearchParams(query).get('wait') !== 'no';
  switch (`${request.method} ${id === undefined ? '' : 'one'}`) {
    case 'GET ':
      return { status: 200, body: { payments: parts.payer.all(200) } };
    case 'GET one': {
      const payment = parts.payer.find(id ?? '');
      return payment === undefined ? coreError(404, '3208', 'no such payment') : { status: 200, body: payment };
    }
    case 'POST ':
      return start(request, parts, waits);
    case 'PUT one':
      return decide(request, parts, id ?? '', waits);
    default:
      return coreError(405, '3000', 'use GET, POST or PUT');
  }
}

async function start(request: HttpRequest, parts: PaymentsApiParts, waits: boolean): Promise<CoreAnswer> {
  if (parts.payer.isFull) return coreError(503, '2005', 'too many payments are open');
  const json = readObject(request.body);
  const payment = readPayment(json, request.headers['idempotency-key'], parts);
  try {
    const begun = parts.payer.start(payment, contentHash(json));
    if (!begun.sameContent) return coreError(409, '3106', 'this Idempotency-Key was used for another payment');
  } catch (error) {
    if (error instanceof InsufficientFunds) return coreError(400, '4001', error.message);
    throw error;
  }
  return rest(parts, payment.paymentId, waits);
}

async function decide(request: HttpRequest, parts: PaymentsApiParts, id: string, waits: boolean): Promise<CoreAnswer> {
  const accept = readObject(request.body)['accept'];
  if (typeof accept !== 'boolean') throw new RequestInvalid('3101', 'accept must be true or false');
  if (parts.payer.decide(id, accept) === undefined) return coreError(404, '3208', 'no such payment');
  return rest(parts, id, waits);
}

async function rest(parts: PaymentsApiParts, id: string, waits: boolean): Promise<CoreAnswer> {
  const payment = waits ? await parts.payer.rested(id) : parts.payer.find(id);
  if (payment === undefined) return coreError(404, '3208', 'no such payment');
  return { status: isFinal(payment.state) || isWaiting(payment.state) ? 200 : 202, body: payment };
}

function readPayment(json: JsonObject, idempotencyKey: string | undefined, parts: PaymentsApiParts): Payment {
  const currency = readText(json, 'currency');
  if (!CURRENCIES.has(currency)) throw new RequestInvalid('3101', 'currency is not known');
  const to = asObject(json['to'], 'to');
  const idSubValue = readOptionalText(to, 'idSubValue');
  const note = readOptionalText(json, 'note');
  const amount = readAmount(json, 'amount');
  if (amount === '0') throw new RequestInvalid('3101', 'amount must be above zero');
  const payer = findPayer(parts, readOptionalText(json, 'from'), currency);
  const [identifier] = payer.identifiers;
  if (identifier === undefined) throw new RequestInvalid('3101', 'the payer has no identifier');
  const { displayName, firstName, lastName } = payer;
  return {
    paymentId: idempotencyKey ?? parts.random.uuid(),
    account: customerAccount(payer, currency),
    from: { ...identifier, displayName, firstName, lastName },
    to: { idType: readText(to, 'idType'), idValue: readText(to, 'idValue'), ...(idSubValue !== undefined && { idSubValue }) },
    amountType: json['amountType'] === undefined ? 'SEND' : readChoice(json, 'amountType', ['SEND', 'RECEIVE']),
    amount,
    currency,
    ...(note !== undefined && { note }),
    held: amount,
    state: 'PENDING',
    autoAccept: json['autoAccept'] !== false,
    steps: [{ at: parts.clock.now(), what: 'money held' }],
  };
}

/** `from` is a customer's id or account id; absent: the first customer who has such an account. */
function findPayer(parts: PaymentsApiParts, from: string | undefined, currency: string): Customer {
  const found = parts.customers.all().find((customer) => {
    if (customer.accounts[currency] === undefined) return false;
    return from === undefined || from === customer.id || from === customerAccount(customer, currency);
  });
  if (found === undefined) throw new RequestInvalid('3101', `no account of that customer in ${currency}`);
  return found;
}
