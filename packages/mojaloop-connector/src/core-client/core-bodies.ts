import type { QuotesPostRequest } from '@payment-manager/fspiop';
import { fromFspiopParty } from '../transfer/party.ts';
import type { CoreNotification, CoreTransferRequest } from './core-door.ts';

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
