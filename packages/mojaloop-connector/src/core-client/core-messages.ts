import { cutText, isDateTime, type Money, type Party, parseAmount, parseDateTime, type QuotesPostRequest } from '@payment-manager/fspiop';
import type { Clock, Log, Metrics } from '@payment-manager/runtime';
import { fromFspiopParty, toFspiopParty } from '../transfer/party.ts';
import {
  extensionsAnswer,
  partyAnswer,
  personName,
  type QuoteAnswer,
  quoteAnswer,
  transferAnswer,
  transferStateAnswer,
} from './core-answer-schemas.ts';
import type { CoreNotification, CoreQuote, CoreTransfer, CoreTransferRequest, CoreTransferState, PartyKey } from './core-door.ts';
import type { CoreOperation } from './core-outcome.ts';

type ExtensionItems = readonly { readonly key: string; readonly value: string }[];

/**
 * Body of `POST /quoterequests` (SDK quoteRequest, docs/protocol.md, 17.3). Beyond the SDK's members it carries what the
 * SDK loses: refundInfo, balanceOfPayments, converter, currencyConversion; only where the payer gave them.
 */
export function quoteRequestBody(quote: QuotesPostRequest): object {
  const { scenario, subScenario, initiator, initiatorType, refundInfo, balanceOfPayments } = quote.transactionType;
  return {
    quoteId: quote.quoteId,
    transactionId: quote.transactionId,
    transactionRequestId: quote.transactionRequestId,
    to: fromFspiopParty(quote.payee),
    from: fromFspiopParty(quote.payer),
    amountType: quote.amountType,
    amount: quote.amount.amount,
    currency: quote.amount.currency,
    feesAmount: quote.fees?.amount,
    feesCurrency: quote.fees?.currency,
    transactionType: scenario,
    subScenario,
    initiator,
    initiatorType,
    refundInfo,
    balanceOfPayments,
    geoCode: quote.geoCode,
    note: quote.note,
    expiration: quote.expiration,
    converter: quote.converter,
    currencyConversion: quote.currencyConversion,
    extensionList: flat(quote.extensionList),
  };
}

/**
 * Body of `POST /transfers` (SDK transferRequest).
 *
 * `amount` keeps the SDK's meaning, the quote request's amount, because it is read together with `amountType`: of a
 * RECEIVE it is what the payee gets, of a SEND that minus the payee FSP's fee, and existing connectors compare it with
 * their quote. The amount that the prepare moves between the DFSPs goes beside it as `transferAmount`; the two are
 * bound to each other, since a prepare that differs from its quote never comes here (docs/money-rules.md, 3).
 */
export function transferRequestBody(request: CoreTransferRequest): object {
  const { quote, transactionType } = request;
  return {
    transferId: request.transferId,
    transactionRequestId: quote.transactionRequestId,
    quote: request.coreQuote,
    from: fromFspiopParty(quote.payer),
    to: fromFspiopParty(quote.payee),
    amountType: quote.amountType,
    currency: quote.amount.currency,
    amount: quote.amount.amount,
    transferAmount: request.amount.amount,
    transferAmountCurrency: request.amount.currency,
    transactionType: transactionType.scenario,
    subScenario: transactionType.subScenario,
    initiator: transactionType.initiator,
    initiatorType: transactionType.initiatorType,
    refundInfo: transactionType.refundInfo,
    note: quote.note,
    quoteRequestExtensions: flat(quote.extensionList),
    ilpPacket: { data: request.transaction },
    extensionList: flat(request.extensionList),
  };
}

/**
 * Body of `PUT /transfers/{id}` (SDK fulfilNotification). Who is told of an abort gets no fulfil, so that a fulfilment
 * is seen only after COMMITTED (docs/money-rules.md, 3).
 */
export function notificationBody(notification: CoreNotification): object {
  const { transferId, transferState, completedTimestamp, homeTransactionId } = notification;
  const committed = transferState === 'COMMITTED';
  return {
    ...notification.context,
    ...(!committed && { fulfil: undefined }),
    transferId,
    homeTransactionId,
    direction: 'INBOUND',
    currentState: committed ? 'COMPLETED' : 'ABORTED',
    finalNotification: { completedTimestamp, transferState, extensionList: flat(notification.extensionList) },
  };
}

/** The SDK's flat form of an extension list; an empty one gives nothing. */
function flat(list: { readonly extension: ExtensionItems } | undefined): ExtensionItems | undefined {
  return list !== undefined && list.extension.length > 0 ? list.extension : undefined;
}

type Body = Readonly<Record<string, unknown>> | undefined;

/** Readers of the core's 2xx answers; `undefined` = not usable. Why is logged, by member, without values. */
export interface AnswerReaders {
  party(body: Body, asked: PartyKey): Party | undefined;
  quote(body: Body, asked: QuotesPostRequest): CoreQuote | undefined;
  transfer(body: Body): CoreTransfer | undefined;
  state(body: Body, transferId: string): CoreTransferState | undefined;
}

/** Longest name that the protocol has (docs/protocol.md, 6). */
const NAME_LENGTH_MAX = 128;
const HOME_ID_LENGTH_MAX = 255;

type Report = (operation: CoreOperation, what: string) => void;

/**
 * Makes the readers. `fspId` is ours: the parties of this core are with us. `emptyTransferIsOk`: a transfer's answer that says neither an id
 * nor a state is one (`core.emptyAnswerIsOk`).
 */
export function answerReaders(fspId: string, emptyTransferIsOk: boolean, clock: Clock, metrics: Metrics, log: Log): AnswerReaders {
  const oddities = metrics.counter('pm_core_answer_oddities_total', 'Answers of the core that were refused or used in part, by operation', [
    'operation',
    'effect',
  ]);
  const unusable: Report = (operation, what) => {
    oddities.add(1, { operation, effect: 'refused' });
    log.warn('core: answer cannot be used', { operation, what });
  };
  const ignored: Report = (operation, what) => {
    oddities.add(1, { operation, effect: 'ignored' });
    log.warn('core: part of the answer is not used', { operation, what });
  };
  return {
    party: (body, asked) => readParty(body, asked, fspId, unusable, ignored),
    quote: (body, asked) => readQuote(body, asked, clock, unusable, ignored),
    transfer: (body) => readTransfer(body, emptyTransferIsOk, clock, unusable, ignored),
    state: (body, transferId) => readState(body, transferId, unusable),
  };
}

/**
 * The party as the answer to what was asked: type, identifier and sub-id are those of the question, since a payer
 * accepts no others; the FSP is ours. Names that are too long are cut, a person's names with characters that the protocol has no
 * place for are left out; other faults, and an answer that says nothing, make it unusable.
 */
function readParty(body: Body, asked: PartyKey, fspId: string, unusable: Report, ignored: Report): Party | undefined {
  const answer = present(body);
  // nobody is found by an answer that says nothing
  if (Object.keys(answer).length === 0) return void unusable('party', 'body is not an object with members');
  if (!partyAnswer.Check(answer)) return void unusable('party', firstFault(partyAnswer.Errors(answer)));
  const { displayName, firstName, middleName, lastName, ...others } = answer;
  const names = personNames({ firstName, middleName, lastName }, ignored);
  const { dateOfBirth, merchantClassificationCode, supportedCurrencies, kycInformation, extensionList } = others;
  return toFspiopParty(
    {
      idType: asked.type,
      idValue: asked.id,
      ...(asked.subId !== undefined && { idSubValue: asked.subId }),
      ...(displayName !== undefined && { displayName: cutText(displayName, NAME_LENGTH_MAX) }),
      ...names,
      ...(dateOfBirth !== undefined && { dateOfBirth }),
      ...(merchantClassificationCode !== undefined && { merchantClassificationCode }),
      ...(supportedCurrencies !== undefined && { supportedCurrencies }),
      ...(kycInformation !== undefined && { kycInformation }),
      ...(extensionList !== undefined && { extensionList }),
    },
    fspId,
  );
}

function personNames(names: Readonly<Record<string, string | undefined>>, ignored: Report): Record<string, string> {
  const usable: Record<string, string> = {};
  for (const [name, value] of Object.entries(names)) {
    if (value === undefined) continue;
    const cut = cutText(value, NAME_LENGTH_MAX);
    if (personName.Check(cut)) usable[name] = cut;
    else ignored('party', name);
  }
  return usable;
}

const QUOTE_AMOUNTS = ['transferAmount', 'payeeReceiveAmount', 'payeeFspFeeAmount', 'payeeFspCommissionAmount'] as const;

/**
 * The price. All its amounts are in the currency that was asked for (docs/protocol.md, 7.2); that the amounts agree with each
 * other is a warning only (docs/protocol.md, 8). Amounts that are whole numbers in JSON are taken as their text. A price that has
 * expired already is none: nobody could be told of it in time.
 */
function readQuote(body: Body, asked: QuotesPostRequest, clock: Clock, unusable: Report, ignored: Report): CoreQuote | undefined {
  const answer = present(body);
  for (const name of QUOTE_AMOUNTS) if (isWhole(answer[name])) answer[name] = String(answer[name]);
  if (!quoteAnswer.Check(answer)) return void unusable('quote', firstFault(quoteAnswer.Errors(answer)));
  const { currency } = asked.amount;
  const foreign = QUOTE_AMOUNTS.find((name) => (answer[`${name}Currency`] ?? currency) !== currency);
  if (foreign !== undefined) return void unusable('quote', `${foreign}Currency is not the currency of the quote`);
  if (answer.expiration !== undefined && parseDateTime(answer.expiration) <= clock.now())
    return void unusable('quote', 'expiration is in the past');
  if (!amountsAgree(answer)) ignored('quote', 'transferAmount - fee + commission is not payeeReceiveAmount');
  const money = (amount: string): Money => ({ currency, amount });
  return {
    transferAmount: money(answer.transferAmount),
    ...(answer.payeeReceiveAmount !== undefined && { payeeReceiveAmount: money(answer.payeeReceiveAmount) }),
    ...(answer.payeeFspFeeAmount !== undefined && { payeeFspFee: money(answer.payeeFspFeeAmount) }),
    ...(answer.payeeFspCommissionAmount !== undefined && { payeeFspCommission: money(answer.payeeFspCommissionAmount) }),
    ...(answer.expiration !== undefined && { expiration: answer.expiration }),
    ...(answer.geoCode !== undefined && { geoCode: answer.geoCode }),
    ...extensionsOf(answer.extensionList),
    raw: body ?? {},
  };
}

function amountsAgree(answer: QuoteAnswer): boolean {
  if (answer.payeeReceiveAmount === undefined) return true;
  const received =
    parseAmount(answer.transferAmount) - parseAmount(answer.payeeFspFeeAmount ?? '0') + parseAmount(answer.payeeFspCommissionAmount ?? '0');
  return received === parseAmount(answer.payeeReceiveAmount);
}

/**
 * The core says that it booked. What only decorates its answer (its own id, its time, extensions) must not make an
 * unknown of a payment that was made: unusable parts of that kind are left out and reported. A completedTimestamp in
 * the future counts as unusable, since hubs refuse it (docs/protocol.md, 7.2).
 */
function readTransfer(body: Body, emptyIsOk: boolean, clock: Clock, unusable: Report, ignored: Report): CoreTransfer | undefined {
  const answer = present(body);
  if (body === undefined || !transferAnswer.Check(answer)) return void unusable('transfer', firstFault(transferAnswer.Errors(answer)));
  const homeTransactionId = homeId(answer);
  if (homeTransactionId === undefined && answer.transferState === undefined && !emptyIsOk)
    return void unusable('transfer', 'neither homeTransactionId nor transferState, and core.emptyAnswerIsOk is not on');
  const { completedTimestamp, extensionList } = answer as Record<string, unknown>;
  const timeUsable = isDateTime(completedTimestamp) && parseDateTime(completedTimestamp) <= clock.now();
  if (completedTimestamp !== undefined && !timeUsable) ignored('transfer', 'completedTimestamp');
  const extensionsUsable = extensionList !== undefined && extensionsAnswer.Check(extensionList);
  if (extensionList !== undefined && !extensionsUsable) ignored('transfer', 'extensionList');
  return {
    ...(homeTransactionId !== undefined && { homeTransactionId }),
    ...(answer.transferState !== undefined && { transferState: answer.transferState }),
    ...(timeUsable && { completedTimestamp }),
    ...(answer.fulfilment !== undefined && { fulfilment: answer.fulfilment }),
    ...(extensionsUsable && extensionsOf(extensionList)),
  };
}

/** An answer about another transfer than the one asked for is none: it would be taken as proof. */
function readState(body: Body, transferId: string, unusable: Report): CoreTransferState | undefined {
  const answer = present(body);
  if (!transferStateAnswer.Check(answer)) return void unusable('ask', firstFault(transferStateAnswer.Errors(answer)));
  if (answer.transferId !== undefined && answer.transferId !== transferId) return void unusable('ask', 'transferId is another one');
  const homeTransactionId = homeId(answer);
  const goesOn = answer.transferState === 'RECEIVED' && answer.personsTold === true;
  return { transferState: goesOn ? 'PENDING' : answer.transferState, ...(homeTransactionId !== undefined && { homeTransactionId }) };
}

/** A copy without the members that are null or empty: many cores write those for "none". */
function present(body: Body): Record<string, unknown> {
  const result: Record<string, unknown> = Object.create(null);
  for (const [name, value] of Object.entries(body ?? {})) if (value !== null && value !== '') result[name] = value;
  return result;
}

/** Exact as a JSON number, whatever the core's language is. Anything with decimals is a float there, and refused (promise 6). */
function isWhole(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** Cores number their bookings as often as they name them. */
function homeId(answer: object): string | undefined {
  const { homeTransactionId: id } = answer as { homeTransactionId?: unknown };
  if (isWhole(id)) return String(id);
  return typeof id === 'string' ? cutText(id, HOME_ID_LENGTH_MAX) : undefined;
}

function extensionsOf(list: { key: string; value: string }[] | undefined): Pick<CoreTransfer, 'extensionList'> {
  return list !== undefined && list.length > 0 ? { extensionList: { extension: list } } : {};
}

/** Names the member and what it should be; never the value, which may be a person's. */
function firstFault(faults: readonly { readonly instancePath: string; readonly message: string }[]): string {
  const [fault] = faults;
  return fault === undefined ? 'body is not an object' : `${fault.instancePath.slice(1).replaceAll('/', '.') || 'body'} ${fault.message}`;
}
