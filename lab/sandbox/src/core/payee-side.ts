import { contentHash, formatAmount, formatDateTime, parseAmount, type Units } from '@payment-manager/fspiop';
import type { World } from '@payment-manager/runtime';
import { asObject, type JsonObject, readAmount, readChoice, readOptionalText, readText } from '../request-body.ts';
import { type CoreAnswer, coreError } from './core-answer.ts';
import type { CoreDatabase } from './core-database.ts';
import { type CustomerRegister, customerAccount } from './customer-register.ts';
import { priceOf } from './fee-schedule.ts';
import { bankAccount, type Ledger, type Line } from './ledger.ts';
import type { CoreSettings, Customer } from './settings.ts';

/** What the payee's side of the core works on. */
export interface PayeeSideParts extends Pick<World, 'clock' | 'random'> {
  readonly settings: CoreSettings;
  readonly db: CoreDatabase;
  readonly ledger: Ledger;
  readonly customers: CustomerRegister;
}

/** An incoming transfer as it is kept. Amounts are decimal texts. */
interface Incoming {
  readonly transferId: string;
  readonly ordinal: number;
  readonly homeTransactionId: string;
  readonly account: string;
  readonly currency: string;
  readonly transferAmount: string;
  readonly receiveAmount: string;
  readonly timestamp: string;
  readonly request: JsonObject;
}

type IncomingState = 'RESERVED' | 'COMMITTED' | 'ABORTED';

/** The core as payee: the calls of the SDK's backend API (docs/protocol.md, 17.2), each one transaction. */
export interface PayeeSide {
  findParty(idType: string, idValue: string, idSubValue?: string): CoreAnswer;
  quote(json: JsonObject): CoreAnswer;
  transfer(json: JsonObject): CoreAnswer;
  notify(transferId: string, json: JsonObject): CoreAnswer;
  ask(transferId: string): CoreAnswer;
}

/** Makes the payee's side of a core. */
export function payeeSide(parts: PayeeSideParts): PayeeSide {
  return {
    findParty: (idType, idValue, idSubValue) => findParty(parts, idType, idValue, idSubValue),
    quote: (json) => quote(parts, json),
    transfer: (json) => parts.db.transaction(() => transfer(parts, json)),
    notify: (transferId, json) => parts.db.transaction(() => notify(parts, transferId, json)),
    ask: (transferId) => ask(parts, transferId),
  };
}

function findParty(parts: PayeeSideParts, idType: string, idValue: string, idSubValue?: string): CoreAnswer {
  const customer = parts.customers.find(idType, idValue, idSubValue);
  if (customer === undefined) return coreError(404, '3204', 'Party not found');
  const { displayName, firstName, lastName, dateOfBirth } = customer;
  return {
    status: 200,
    body: {
      type: customer.type ?? 'CONSUMER',
      idType,
      idValue,
      ...(idSubValue !== undefined && { idSubValue }),
      displayName,
      firstName,
      lastName,
      ...(dateOfBirth !== undefined && { dateOfBirth }),
      fspId: parts.settings.fspId,
      supportedCurrencies: Object.keys(customer.accounts),
    },
  };
}

/** The customer that the request pays, or why that cannot be. */
function findPayee(parts: PayeeSideParts, to: JsonObject, currency: string): { customer: Customer } | { refusal: CoreAnswer } {
  const customer = parts.customers.find(readText(to, 'idType'), readText(to, 'idValue'), readOptionalText(to, 'idSubValue'));
  if (customer === undefined) return { refusal: coreError(404, '3204', 'Party not found') };
  if (customer.blocked === true) return { refusal: coreError(400, '5400', 'the account is blocked') };
  if (customer.accounts[currency] === undefined) return { refusal: coreError(400, '5106', 'the payee has no account in this currency') };
  return { customer };
}

function quote(parts: PayeeSideParts, json: JsonObject): CoreAnswer {
  const currency = readText(json, 'currency');
  const payee = findPayee(parts, asObject(json['to'], 'to'), currency);
  if ('refusal' in payee) return payee.refusal;
  const amount = parseAmount(readAmount(json, 'amount'));
  const price = priceOf(readChoice(json, 'amountType', ['SEND', 'RECEIVE']), amount, currency, parts.settings.fees);
  if (price === undefined) return coreError(400, '5103', 'the amount does not cover the fees');
  const money = (name: string, units: Units): object => ({ [name]: formatAmount(units), [`${name}Currency`]: currency });
  return {
    status: 200,
    body: {
      quoteId: readText(json, 'quoteId'),
      transactionId: readText(json, 'transactionId'),
      ...money('transferAmount', price.transferAmount),
      ...money('payeeReceiveAmount', price.payeeReceiveAmount),
      ...(price.fee > 0n && money('payeeFspFeeAmount', price.fee)),
      ...(price.commission > 0n && money('payeeFspCommissionAmount', price.commission)),
      expiration: formatDateTime(parts.clock.now() + parts.settings.quoteLifetimeMs),
    },
  };
}

function transfer(parts: PayeeSideParts, json: JsonObject): CoreAnswer {
  const transferId = readText(json, 'transferId', 64);
  const earlier = find(parts, transferId);
  const hash = contentHash(json);
  if (earlier !== undefined && parts.settings.deduplicates) {
    if (earlier.hash !== hash) return coreError(400, '3106', 'this transferId was used for another transfer');
    return transferAnswer(earlier.incoming, earlier.firstState);
  }
  const quoted = asObject(json['quote'], 'quote');
  const currency = readText(quoted, 'transferAmountCurrency');
  const payee = findPayee(parts, asObject(json['to'], 'to'), currency);
  if ('refusal' in payee) return payee.refusal;
  const transferAmount = readAmount(quoted, 'transferAmount');
  const incoming: Incoming = {
    transferId,
    ordinal: (earlier?.incoming.ordinal ?? 0) + 1,
    homeTransactionId: `${parts.settings.fspId}-${parts.random.uuid()}`,
    account: customerAccount(payee.customer, currency),
    currency,
    transferAmount,
    receiveAmount: quoted['payeeReceiveAmount'] === undefined ? transferAmount : readAmount(quoted, 'payeeReceiveAmount'),
    timestamp: formatDateTime(parts.clock.now()),
    request: json,
  };
  const state: IncomingState = parts.settings.atPrepare === 'reserve' ? 'RESERVED' : 'COMMITTED';
  book(parts, incoming, state === 'RESERVED' ? 'reserve' : 'credit');
  parts.db.run(
    'INSERT INTO incoming (transfer_id, ordinal, state, hash, body) VALUES (?, ?, ?, ?, ?)',
    transferId,
    incoming.ordinal,
    state,
    hash,
    JSON.stringify(incoming),
  );
  return transferAnswer(incoming, state);
}

function transferAnswer(incoming: Incoming, state: IncomingState): CoreAnswer {
  const completed = state === 'COMMITTED' ? { completedTimestamp: incoming.timestamp } : {};
  return { status: 200, body: { homeTransactionId: incoming.homeTransactionId, transferState: state, ...completed } };
}

/** PUT /transfers/{id}: the scheme's final word. Repeatable: the same word again changes nothing. */
function notify(parts: PayeeSideParts, transferId: string, json: JsonObject): CoreAnswer {
  const final = json['finalNotification'] === undefined ? json : asObject(json['finalNotification'], 'finalNotification');
  const outcome = readChoice(final, 'transferState', ['COMMITTED', 'ABORTED']);
  const known = parts.db.rows('SELECT state, body FROM incoming WHERE transfer_id = ? ORDER BY ordinal', transferId);
  if (known.length === 0) return coreError(404, '3208', 'Transfer ID not found');
  for (const row of known) {
    const state = String(row['state']) as IncomingState;
    const incoming = JSON.parse(String(row['body'])) as Incoming;
    if (state === outcome) continue;
    if (state !== 'RESERVED') return coreError(400, '3100', `the transfer is already ${state}`);
    book(parts, incoming, outcome === 'COMMITTED' ? 'commit' : 'release');
    parts.db.run('UPDATE incoming SET state = ? WHERE transfer_id = ? AND ordinal = ?', outcome, transferId, incoming.ordinal);
  }
  return { status: 200, body: {} };
}

function ask(parts: PayeeSideParts, transferId: string): CoreAnswer {
  const known = find(parts, transferId);
  if (known === undefined) return coreError(404, '3208', 'Transfer ID not found');
  const { incoming, state } = known;
  const {
    from = {},
    to = {},
    amountType = 'SEND',
    amount = incoming.transferAmount,
    currency = incoming.currency,
    transactionType = 'TRANSFER',
  } = incoming.request;
  return {
    status: 200,
    body: {
      transferId,
      homeTransactionId: incoming.homeTransactionId,
      from,
      to,
      amountType,
      currency,
      amount,
      transactionType,
      timestamp: incoming.timestamp,
      transferState: state,
    },
  };
}

/** The newest booking of a transfer; `firstState` is what the prepare was answered with. */
function find(
  parts: PayeeSideParts,
  transferId: string,
): { incoming: Incoming; hash: string; state: IncomingState; firstState: IncomingState } | undefined {
  const row = parts.db.row('SELECT * FROM incoming WHERE transfer_id = ? ORDER BY ordinal DESC LIMIT 1', transferId);
  if (row === undefined) return undefined;
  return {
    incoming: JSON.parse(String(row['body'])) as Incoming,
    hash: String(row['hash']),
    state: String(row['state']) as IncomingState,
    firstState: parts.settings.atPrepare === 'reserve' ? 'RESERVED' : 'COMMITTED',
  };
}

/** What the scheme owes the bank grows by the transfer; the customer gets the receive amount, the rest is the bank's. */
function book(parts: PayeeSideParts, incoming: Incoming, step: 'reserve' | 'credit' | 'commit' | 'release'): void {
  const scheme = bankAccount('scheme', incoming.currency);
  const held = bankAccount('incoming', incoming.currency);
  const transferred = parseAmount(incoming.transferAmount);
  const received = parseAmount(incoming.receiveAmount);
  const payout: readonly Line[] = [
    { account: incoming.account, units: received },
    { account: bankAccount('fees', incoming.currency), units: transferred - received },
  ];
  const lines: Readonly<Record<typeof step, readonly Line[]>> = {
    reserve: [
      { account: scheme, units: -transferred },
      { account: held, units: transferred },
    ],
    credit: [{ account: scheme, units: -transferred }, ...payout],
    commit: [{ account: held, units: -transferred }, ...payout],
    release: [
      { account: held, units: -transferred },
      { account: scheme, units: transferred },
    ],
  };
  parts.ledger.post({
    key: `transfer/${incoming.transferId}/${incoming.ordinal}/${step}`,
    memo: `incoming transfer: ${step}`,
    lines: lines[step],
  });
}
