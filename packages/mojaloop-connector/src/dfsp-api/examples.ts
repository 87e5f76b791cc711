/** The examples of the documentation: one payment, told the same way everywhere. The persons and numbers are made up. */

export const TRANSFER_ID = 'b51ec534-ee48-4575-b6a9-ead2955b8069';
const QUOTE_ID = '7c23e80c-d078-4077-8263-2c047876fcf6';
const CONDITION = 'fH9pAYDQbmoZLPbvv3CSW2RfjU4jvM4ApG_fqGnR7Xs';
const PACKET = 'AQAAAAAAACasIWcuYmx1ZXdhbGxldC5tc2lzZG4uMjc3MTM4MDM5MTI';

const FROM = { type: 'CONSUMER', idType: 'MSISDN', idValue: '27713803911', displayName: 'Amara Diallo' } as const;
const TO = { idType: 'MSISDN', idValue: '27713803912' } as const;
const money = (amount: string) => ({ currency: 'USD', amount });

export const TRANSFER_REQUEST = {
  homeTransactionId: 'salary-2026-03-0042',
  from: FROM,
  to: TO,
  amountType: 'SEND',
  currency: 'USD',
  amount: '25',
  transactionType: 'TRANSFER',
  note: 'Salary March',
} as const;

const PARTY = {
  partyIdInfo: { partyIdType: 'MSISDN', partyIdentifier: TO.idValue, fspId: 'bluewallet' },
  name: 'Thandi Nkosi',
};
const PRICE = {
  transferAmount: money('25'),
  payeeReceiveAmount: money('24.75'),
  payeeFspFee: money('0.25'),
  expiration: '2026-03-31T08:15:00.000Z',
  ilpPacket: PACKET,
  condition: CONDITION,
};

const STARTED = {
  ...TRANSFER_REQUEST,
  to: { ...TO, fspId: 'bluewallet', displayName: 'Thandi Nkosi' },
  transferId: TRANSFER_ID,
  direction: 'OUTBOUND',
  initiatedTimestamp: '2026-03-31T08:13:55.120Z',
} as const;

export const WAITING_FOR_PARTY = {
  ...STARTED,
  currentState: 'WAITING_FOR_PARTY_ACCEPTANCE',
  outcome: 'none-yet',
  getPartiesResponse: { body: { party: PARTY }, headers: { 'fspiop-source': 'bluewallet' } },
} as const;

export const WAITING_FOR_QUOTE = {
  ...STARTED,
  currentState: 'WAITING_FOR_QUOTE_ACCEPTANCE',
  outcome: 'none-yet',
  quoteId: QUOTE_ID,
  quoteResponse: { body: PRICE, headers: { 'fspiop-source': 'bluewallet' } },
  quoteResponseSource: 'bluewallet',
} as const;

const FULFIL = { transferState: 'COMMITTED', completedTimestamp: '2026-03-31T08:14:03.870Z' } as const;

export const COMPLETED = {
  ...STARTED,
  currentState: 'COMPLETED',
  outcome: 'committed',
  fulfil: { body: { ...FULFIL, fulfilment: 'mhPUT9ZAwd-BXLfeSd7-YPh46rBWRNBiTCSWjpku90s' }, headers: { 'fspiop-source': 'bluewallet' } },
} as const;

export const SEND_REQUEST = { ...TRANSFER_REQUEST, maxFee: '0.5' } as const;

const { ilpPacket: _packet, condition: _condition, ...SEND_PRICE } = PRICE;
const SEND_STARTED = { ...STARTED, quoteId: QUOTE_ID, quoteResponse: { body: SEND_PRICE }, fee: '0.5', total: '25.5' } as const;

export const SEND_OFFERED = { ...SEND_STARTED, currentState: 'WAITING_FOR_QUOTE_ACCEPTANCE', outcome: 'none-yet', hold: 'none' } as const;

export const SENT = { ...SEND_STARTED, currentState: 'COMPLETED', outcome: 'committed', hold: 'captured' } as const;

const REJECTED = { errorCode: '5105', errorDescription: 'Payee FSP rejected the transaction' };

export const FAILED = {
  message: 'The payment failed: Payee FSP rejected the transaction',
  statusCode: '5105',
  transferState: {
    ...STARTED,
    currentState: 'ERROR_OCCURRED',
    outcome: 'not-committed',
    lastError: { httpStatusCode: 500, mojaloopError: { errorInformation: REJECTED } },
  },
} as const;

export const UNKNOWN = {
  message: `The outcome of transfer ${TRANSFER_ID} is not known yet. It may still be completed: do not pay again, ask with GET /transfers/${TRANSFER_ID}.`,
  statusCode: '504',
  outcome: 'unknown',
  transferId: TRANSFER_ID,
  transferState: { ...STARTED, currentState: 'WAITING_FOR_QUOTE_ACCEPTANCE', outcome: 'unknown' },
} as const;

export const REFUSED = { message: 'amount has the wrong format.', statusCode: 400 } as const;

export const PARTY_FOUND = { party: { body: PARTY, headers: { 'fspiop-source': 'bluewallet' } }, currentState: 'COMPLETED' } as const;

export const PARTY_NOT_FOUND = {
  errorInformation: { errorCode: '3204', errorDescription: 'Party not found' },
  currentState: 'COMPLETED',
} as const;

export const QUOTE_REQUEST = {
  fspId: 'bluewallet',
  quotesPostRequest: {
    quoteId: QUOTE_ID,
    transactionId: TRANSFER_ID,
    payee: PARTY,
    payer: { partyIdInfo: { partyIdType: 'MSISDN', partyIdentifier: FROM.idValue, fspId: 'greenbank' } },
    amountType: 'SEND',
    amount: money('25'),
    transactionType: { scenario: 'TRANSFER', initiator: 'PAYER', initiatorType: 'CONSUMER' },
  },
} as const;

export const QUOTED = { quotes: { body: PRICE, headers: { 'fspiop-source': 'bluewallet' } }, currentState: 'COMPLETED' } as const;

export const SIMPLE_REQUEST = {
  fspId: 'bluewallet',
  transfersPostRequest: {
    transferId: TRANSFER_ID,
    payerFsp: 'greenbank',
    payeeFsp: 'bluewallet',
    amount: money('25'),
    ilpPacket: PACKET,
    condition: CONDITION,
    expiration: '2026-03-31T08:15:00.000Z',
  },
} as const;

export const SIMPLE_DONE = { transferId: TRANSFER_ID, transfer: { body: FULFIL, headers: {} }, currentState: 'COMPLETED' } as const;
