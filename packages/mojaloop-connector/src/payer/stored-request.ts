/** What the DFSP asked for, as events keep it: the journal's own, whatever becomes of the API (`request-codec.ts`). */
export interface StoredRequest {
  homeTransactionId: string;
  from: StoredRequestParty;
  to: StoredRequestParty;
  amountType: 'SEND' | 'RECEIVE';
  currency: string;
  /** Decimal text. */
  amount: string;
  transactionType: 'TRANSFER' | 'DEPOSIT' | 'WITHDRAWAL' | 'PAYMENT' | 'REFUND';
  subScenario?: string;
  initiator?: 'PAYER' | 'PAYEE';
  refundInfo?: { originalTransactionId: string; refundReason?: string };
  note?: string;
  quoteRequestExtensions?: StoredExtension[];
  transferRequestExtensions?: StoredExtension[];
  skipPartyLookup?: boolean;
  prepareExpirySeconds?: number;
  quoteExpirySeconds?: number;
  fxPrepareExpirySeconds?: number;
  fxQuoteExpirySeconds?: number;
}

/** A party as the DFSP named it. */
export interface StoredRequestParty {
  type?: 'CONSUMER' | 'AGENT' | 'BUSINESS' | 'DEVICE';
  idType: string;
  idValue: string;
  idSubValue?: string;
  displayName?: string;
  firstName?: string;
  middleName?: string;
  lastName?: string;
  dateOfBirth?: string;
  merchantClassificationCode?: string;
  fspId?: string;
  supportedCurrencies?: string[];
  kycInformation?: string;
  extensionList?: StoredExtension[];
}

interface StoredExtension {
  key: string;
  value: string;
}
