/**
 * Messages of the scheme as events keep them. The journal outlives the code: these types are its own, and no type of an API may stand in their
 * place. What the schemas allow besides (a later version, an extension) is kept as it came; a change of the schemas that these types do
 * not follow is an error of the types where a message becomes an event, or an event a message.
 */

export interface StoredMoney {
  currency: string;
  /** Decimal text. */
  amount: string;
}

export interface StoredExtensionList {
  extension: { key: string; value: string }[];
}

export interface StoredParty {
  partyIdInfo: {
    partyIdType: 'MSISDN' | 'EMAIL' | 'PERSONAL_ID' | 'BUSINESS' | 'DEVICE' | 'ACCOUNT_ID' | 'IBAN' | 'ALIAS';
    partyIdentifier: string;
    partySubIdOrType?: string;
    fspId?: string;
    extensionList?: StoredExtensionList;
  };
  merchantClassificationCode?: string;
  name?: string;
  personalInfo?: {
    complexName?: { firstName?: string; middleName?: string; lastName?: string };
    dateOfBirth?: string;
    kycInformation?: string;
  };
  supportedCurrencies?: string[];
}

export interface StoredTransactionType {
  scenario: 'DEPOSIT' | 'WITHDRAWAL' | 'TRANSFER' | 'PAYMENT' | 'REFUND';
  subScenario?: string;
  initiator: 'PAYER' | 'PAYEE';
  initiatorType: 'CONSUMER' | 'AGENT' | 'BUSINESS' | 'DEVICE';
  refundInfo?: { originalTransactionId: string; refundReason?: string };
  balanceOfPayments?: string;
}

interface StoredGeoCode {
  latitude: string;
  longitude: string;
}

/** `POST /quotes`. */
export interface StoredQuoteRequest {
  quoteId: string;
  transactionId: string;
  transactionRequestId?: string;
  payee: StoredParty;
  payer: StoredParty;
  amountType: 'SEND' | 'RECEIVE';
  amount: StoredMoney;
  fees?: StoredMoney;
  transactionType: StoredTransactionType;
  geoCode?: StoredGeoCode;
  note?: string;
  expiration?: string;
  extensionList?: StoredExtensionList;
  converter?: 'PAYER' | 'PAYEE';
  currencyConversion?: { sourceAmount: StoredMoney; targetAmount: StoredMoney };
}

/** `PUT /quotes/{id}`. */
export interface StoredQuote {
  transferAmount: StoredMoney;
  payeeReceiveAmount?: StoredMoney;
  payeeFspFee?: StoredMoney;
  payeeFspCommission?: StoredMoney;
  expiration: string;
  geoCode?: StoredGeoCode;
  ilpPacket: string;
  condition: string;
  extensionList?: StoredExtensionList;
}

/** `POST /transfers`. */
export interface StoredPrepare {
  transferId: string;
  payeeFsp: string;
  payerFsp: string;
  amount: StoredMoney;
  ilpPacket: string;
  condition: string;
  expiration: string;
  extensionList?: StoredExtensionList;
}

/** `PUT /transfers/{id}`. */
export interface StoredFulfil {
  fulfilment?: string;
  completedTimestamp?: string;
  transferState: 'RECEIVED' | 'RESERVED' | 'COMMITTED' | 'ABORTED';
  extensionList?: StoredExtensionList;
}

export interface StoredError {
  errorCode: string;
  errorDescription: string;
  extensionList?: StoredExtensionList;
}

/** W3C trace context of a request. */
export interface StoredTrace {
  readonly traceparent?: string;
  readonly tracestate?: string;
}

/** How a request came, as far as its callback needs it. */
export interface Asked {
  /** FSPIOP-Source: where the callback goes. */
  readonly source: string;
  /** Version that the callback bears. */
  readonly version: string;
  readonly trace?: StoredTrace;
}
