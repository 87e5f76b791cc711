import { createHash } from 'node:crypto';
import { contentHash, formatAmount, parseAmount, type Units } from '@payment-manager/fspiop';
import type { HttpHandler, HttpRequest, World } from '@payment-manager/runtime';
import { type JsonObject, RequestInvalid, readAmount, readChoice, readObject, readText } from '../request-body.ts';
import type { CallLog } from './call-log.ts';
import { type CoreAnswer, toResponse } from './core-answer.ts';
import type { CoreDatabase } from './core-database.ts';
import { type CustomerRegister, customerAccount } from './customer-register.ts';
import { priceOf } from './fee-schedule.ts';
import { bankAccount, type Ledger, type Line } from './ledger.ts';
import type { CoreSettings, Customer } from './settings.ts';

export interface BankApiParts extends Pick<World, 'clock'> {
  readonly settings: CoreSettings;
  readonly db: CoreDatabase;
  readonly ledger: Ledger;
  readonly customers: CustomerRegister;
  readonly calls: CallLog;
}

/** Below this path a demo core offers the API of `connectors/rest-core/openapi.yaml`. */
export const BANK_PATH = '/bank';
/** The client of its OAuth 2: `payment-manager`, with this secret. In a sandbox it is nobody's secret. */
export const BANK_CLIENT = { clientId: 'payment-manager', clientSecret: 'sandbox-core-secret' } as const;

/** Operation of a call, `POST /bank/holds`; undefined when the path is not of this API. */
export function bankOperation({ method, target }: HttpRequest): string | undefined {
  const [first, resource = '', , action] = segments(target);
  if (`/${first}` !== BANK_PATH) return undefined;
  return `${method} ${BANK_PATH}/${resource}${action === undefined || resource === 'accounts' ? '' : `/${action}`}`;
}

/** A core behind the connector `rest-core`, on the books of the demo core: each posting under its key once, refusals kept, and an enquiry. */
export function bankApi(parts: BankApiParts): HttpHandler {
  return async (request) => {
    const key = request.headers['idempotency-key'];
    const call = parts.calls.begin({
      at: parts.clock.now(),
      operation: bankOperation(request) ?? `${request.method} ?`,
      target: request.target,
      ...(key !== undefined && { idempotencyKey: key }),
    });
    const answer = answerTo(parts, request);
    call.status = answer.status;
    return toResponse(answer);
  };
}

function answerTo(parts: BankApiParts, request: HttpRequest): CoreAnswer {
  const [, resource = '', first = '', second = ''] = segments(request.target);
  if (resource === 'token') return tokenFor(request);
  if (resource === 'health') return { status: 200, body: { status: 'UP' } };
  if (request.headers['authorization'] !== `Bearer ${TOKEN}`) return { status: 401, body: { code: 'UNAUTHORISED' } };
  try {
    switch (`${request.method} ${resource}`) {
      case 'GET accounts':
        return second === 'fees' ? fees(parts, first, request) : account(parts, first, second);
      case 'GET postings':
        return enquiry(parts, first);
      case 'POST holds':
        return once(parts, request, (json) => {
          if (first === '') return hold(parts, json);
          return second === 'renew' ? renew(parts, first) : end(parts, first, second === 'capture', json);
        });
      case 'POST suspense':
        return once(parts, request, (json) => suspense(parts, json));
      default:
        return { status: 404, body: { code: 'REFUSED' } };
    }
  } catch (error) {
    if (error instanceof RequestInvalid) return { status: 400, body: { code: 'REFUSED', message: error.message } };
    throw error;
  }
}

/** The same for all who know the secret: a sandbox has nobody to keep apart. */
const TOKEN = createHash('sha256').update(BANK_CLIENT.clientSecret).digest('hex');

function tokenFor({ headers, body }: HttpRequest): CoreAnswer {
  const basic = `Basic ${Buffer.from(`${BANK_CLIENT.clientId}:${BANK_CLIENT.clientSecret}`).toString('base64')}`;
  const grant = new URLSearchParams(Buffer.from(body).toString('utf8')).get('grant_type');
  if (headers['authorization'] !== basic || grant !== 'client_credentials') return { status: 401, body: { error: 'invalid_client' } };
  return { status: 200, body: { access_token: TOKEN, token_type: 'Bearer', expires_in: 300 } };
}

function account({ customers }: BankApiParts, type: string, value: string): CoreAnswer {
  const customer = customers.find(type, value);
  if (customer === undefined) return refusal('UNKNOWN_ACCOUNT', 404);
  const { id, displayName, firstName, lastName, dateOfBirth, blocked, accounts } = customer;
  const person = { displayName, firstName, lastName, ...(dateOfBirth !== undefined && { dateOfBirth }) };
  return {
    status: 200,
    body: { accountId: id, status: blocked === true ? 'BLOCKED' : 'OPEN', ...person, currencies: Object.keys(accounts) },
  };
}

function fees({ settings }: BankApiParts, _account: string, { target }: HttpRequest): CoreAnswer {
  const query = new URL(target, 'http://core').searchParams;
  const amountType = query.get('amountType') === 'SEND' ? 'SEND' : 'RECEIVE';
  // the demo banks take nothing of their own customers' payments
  if (query.get('direction') === 'DEBIT') return { status: 200, body: { fee: '0' } };
  const price = priceOf(amountType, parseAmount(query.get('amount') ?? ''), query.get('currency') ?? '', settings.fees);
  return price === undefined ? refusal('REFUSED') : { status: 200, body: { fee: formatAmount(price.fee) } };
}

/** The same key: the first answer again, a refusal too, in one transaction with what it did. */
function once({ db }: BankApiParts, request: HttpRequest, work: (json: JsonObject) => CoreAnswer): CoreAnswer {
  const json = readObject(request.body);
  const key = request.headers['idempotency-key'];
  if (key === undefined || readText(json, 'reference') !== key) return { status: 400, body: { code: 'REFUSED' } };
  const scoped = `bank ${key}`;
  const hash = contentHash({ target: request.target, json });
  return db.transaction(() => {
    const known = db.row('SELECT hash, status, body FROM answers WHERE key = ?', scoped);
    if (known !== undefined) {
      if (known['hash'] !== hash) return { status: 409, body: { code: 'REFUSED' } };
      return { status: Number(known['status']), body: JSON.parse(String(known['body'])) as object };
    }
    const answer = work(json);
    db.run('INSERT INTO answers (key, hash, status, body) VALUES (?, ?, ?, ?)', scoped, hash, answer.status, JSON.stringify(answer.body));
    return answer;
  });
}

/** A credit that is reserved, or (`DEBIT`) what a payment of the customer costs them. */
interface Hold {
  readonly id: string;
  readonly transferId: string;
  readonly account: string;
  readonly accountId: string;
  readonly currency: string;
  readonly amount: string;
  /** What the bank keeps. */
  readonly fee: string;
  /** Of a debit alone: what goes to the scheme. */
  readonly transferAmount?: string;
}

/** Whether it is of a payment of the customer. */
export const isDebit = ({ transferAmount }: Pick<Hold, 'transferAmount'>): boolean => transferAmount !== undefined;

/** What goes through the scheme: of a credit it owes the fee, too; of a debit the fee is in what the customer pays. */
export function throughScheme({ amount, fee, transferAmount }: Pick<Hold, 'amount' | 'fee' | 'transferAmount'>): Units {
  return transferAmount === undefined ? parseAmount(amount) + parseAmount(fee) : parseAmount(transferAmount);
}

function hold(parts: BankApiParts, json: JsonObject): CoreAnswer {
  const accountId = readText(json, 'accountId');
  const currency = readText(json, 'currency');
  const customer = parts.customers.all().find(({ id }) => id === accountId);
  if (customer === undefined) return refusal('UNKNOWN_ACCOUNT');
  if (customer.blocked === true) return refusal('ACCOUNT_BLOCKED');
  if (customer.accounts[currency] === undefined) return refusal('CURRENCY');
  const reference = readText(json, 'reference');
  const made = holdIn(json, customer, currency, reference);
  const has = parts.ledger.account(made.account)?.units ?? 0n;
  if (isDebit(made) && has < parseAmount(made.amount)) return refusal('INSUFFICIENT_FUNDS');
  book(parts, made, 'reserve', held(made, 1n));
  parts.db.run(
    'INSERT INTO holds (id, reference, transfer_id, state, body) VALUES (?, ?, ?, ?, ?)',
    made.id,
    reference,
    made.transferId,
    'HELD',
    JSON.stringify(made),
  );
  return { status: 201, body: shown(made, 'HOLD') };
}

function holdIn(json: JsonObject, customer: Customer, currency: string, reference: string): Hold {
  const direction = json['direction'] === undefined ? 'CREDIT' : readChoice(json, 'direction', ['CREDIT', 'DEBIT']);
  return {
    id: `H-${reference}`,
    transferId: readText(json, 'transferId'),
    account: customerAccount(customer, currency),
    accountId: customer.id,
    currency,
    amount: readAmount(json, 'amount'),
    fee: json['fee'] === undefined ? '0' : readAmount(json, 'fee'),
    ...(direction === 'DEBIT' && { transferAmount: readAmount(json, 'transferAmount') }),
  };
}

/** A demo bank lets go of no hold by itself. */
function renew({ db }: BankApiParts, id: string): CoreAnswer {
  const state = db.row('SELECT state FROM holds WHERE id = ?', id)?.['state'];
  if (state === undefined) return refusal('UNKNOWN_REFERENCE');
  return state === 'HELD' ? { status: 200, body: {} } : refusal('REFUSED');
}

/** Captures or releases. A release of what was released is no error. */
function end(parts: BankApiParts, id: string, captures: boolean, json: JsonObject): CoreAnswer {
  const row = parts.db.row('SELECT state, body FROM holds WHERE id = ?', id);
  if (row === undefined) return refusal('UNKNOWN_REFERENCE');
  const found = JSON.parse(String(row['body'])) as Hold;
  const state = String(row['state']);
  const wanted = captures ? 'CAPTURED' : 'RELEASED';
  if (state === wanted && !captures) return { status: 200, body: {} };
  if (state !== 'HELD') return refusal('REFUSED');
  book(parts, found, captures ? 'capture' : 'release', captures ? paid(found) : held(found, -1n));
  const reference = captures ? readText(json, 'reference') : null;
  parts.db.run('UPDATE holds SET state = ?, captured_by = ? WHERE id = ?', wanted, reference, id);
  return captures ? { status: 200, body: shown(found, 'CAPTURE') } : { status: 200, body: {} };
}

/** What the customer cannot get is the bank's to look at; the hold of the transfer ends with it. */
function suspense(parts: BankApiParts, json: JsonObject): CoreAnswer {
  const row = parts.db.row("SELECT id, body FROM holds WHERE transfer_id = ? AND state = 'HELD'", readText(json, 'transferId'));
  if (row === undefined) return refusal('REFUSED');
  const found = JSON.parse(String(row['body'])) as Hold;
  const account = `suspense:${found.currency}`;
  parts.ledger.openAccount({ id: account, holder: 'the bank', currency: found.currency, kind: 'incoming' });
  book(parts, found, 'suspense', inSuspense(found, account));
  parts.db.run("UPDATE holds SET state = 'SUSPENDED' WHERE id = ?", found.id);
  return { status: 201, body: {} };
}

function enquiry({ db }: BankApiParts, reference: string): CoreAnswer {
  const row = db.row('SELECT reference, body FROM holds WHERE reference = ?1 OR captured_by = ?1', reference);
  if (row !== undefined)
    return { status: 200, body: shown(JSON.parse(String(row['body'])) as Hold, row['reference'] === reference ? 'HOLD' : 'CAPTURE') };
  const known = db.row('SELECT status, body FROM answers WHERE key = ?', `bank ${reference}`);
  if (known === undefined) return refusal('UNKNOWN_REFERENCE', 404);
  return { status: 200, body: { ...(JSON.parse(String(known['body'])) as object), status: 'REFUSED' } };
}

const shown = ({ id, accountId, amount }: Hold, kind: 'HOLD' | 'CAPTURE') => ({ id, accountId, amount, kind, status: 'DONE' });

function refusal(code: string, status = 422): CoreAnswer {
  return { status, body: { code } };
}

/** While it is held the scheme owes the whole transfer, or the customer has less; −1: no more. */
function held(hold: Hold, sign: 1n | -1n): readonly Line[] {
  const { currency, amount, account } = hold;
  const units = sign * (isDebit(hold) ? parseAmount(amount) : throughScheme(hold));
  return [
    { account: isDebit(hold) ? account : bankAccount('scheme', currency), units: -units },
    { account: bankAccount(isDebit(hold) ? 'outgoing' : 'incoming', currency), units },
  ];
}

/** What was held goes where it belongs; the difference to what goes through the scheme is the bank's. */
function paid(hold: Hold, payee: string = hold.account): readonly Line[] {
  const { currency } = hold;
  const [own, through] = [parseAmount(hold.amount), throughScheme(hold)];
  const pays = isDebit(hold);
  const kept = pays ? own - through : through - own;
  return [
    { account: bankAccount(pays ? 'outgoing' : 'incoming', currency), units: pays ? -own : -through },
    { account: pays ? bankAccount('scheme', currency) : payee, units: pays ? through : own },
    ...(kept === 0n ? [] : [{ account: bankAccount('fees', currency), units: kept }]),
  ];
}

/** The bank has it for the customer, or has paid for them. */
function inSuspense(hold: Hold, account: string): readonly Line[] {
  if (!isDebit(hold)) return paid(hold, account);
  const units = parseAmount(hold.amount);
  return [...paid(hold), { account, units: -units }, { account: hold.account, units }];
}

function book({ ledger }: BankApiParts, hold: Hold, step: string, lines: readonly Line[]): void {
  ledger.post({ key: `bank/${hold.id}/${step}`, memo: `${isDebit(hold) ? 'outgoing' : 'incoming'} transfer: ${step}`, lines });
}

function segments(target: string): readonly string[] {
  return (target.split('?')[0] ?? '')
    .split('/')
    .slice(1)
    .map((segment) => decodeURIComponent(segment));
}
