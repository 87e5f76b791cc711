/** The examples of the core's API: one payment from the payer's price to the outcome. The persons and numbers are made up. */

export const TRANSFER_ID = 'b51ec534-ee48-4575-b6a9-ead2955b8069';
const QUOTE_ID = '7c23e80c-d078-4077-8263-2c047876fcf6';

const TO = { idType: 'MSISDN', idValue: '27713803912', fspId: 'bluewallet', displayName: 'Thandi Nkosi' } as const;
const FROM = { idType: 'MSISDN', idValue: '27713803911', fspId: 'greenbank', displayName: 'Amara Diallo' } as const;

export const PARTY_ANSWER = {
  displayName: 'Thandi Nkosi',
  firstName: 'Thandi',
  lastName: 'Nkosi',
  supportedCurrencies: ['USD'],
} as const;

export const QUOTE_REQUEST = {
  quoteId: QUOTE_ID,
  transactionId: TRANSFER_ID,
  to: TO,
  from: FROM,
  amountType: 'SEND',
  amount: '25',
  currency: 'USD',
  transactionType: 'TRANSFER',
  initiator: 'PAYER',
  initiatorType: 'CONSUMER',
  note: 'Salary March',
  expiration: '2026-03-31T08:14:55.120Z',
} as const;

export const QUOTE_ANSWER = {
  transferAmount: '25',
  transferAmountCurrency: 'USD',
  payeeReceiveAmount: '24.75',
  payeeReceiveAmountCurrency: 'USD',
  payeeFspFeeAmount: '0.25',
  payeeFspFeeAmountCurrency: 'USD',
  expiration: '2026-03-31T08:15:00.000Z',
} as const;

export const TRANSFER_REQUEST = {
  transferId: TRANSFER_ID,
  quote: QUOTE_ANSWER,
  from: FROM,
  to: TO,
  amountType: 'SEND',
  currency: 'USD',
  amount: '25',
  transferAmount: '25',
  transferAmountCurrency: 'USD',
  transactionType: 'TRANSFER',
  initiator: 'PAYER',
  initiatorType: 'CONSUMER',
  note: 'Salary March',
  ilpPacket: { data: { transactionId: TRANSFER_ID, quoteId: QUOTE_ID, amount: { currency: 'USD', amount: '25' } } },
} as const;

export const TRANSFER_ANSWER = { homeTransactionId: 'BW-2026-000117', transferState: 'RESERVED' } as const;

export const NOTIFICATION = {
  initiatedTimestamp: '2026-03-31T08:13:56.410Z',
  transferId: TRANSFER_ID,
  homeTransactionId: 'BW-2026-000117',
  direction: 'INBOUND',
  currentState: 'COMPLETED',
  finalNotification: { completedTimestamp: '2026-03-31T08:14:04.020Z', transferState: 'COMMITTED' },
} as const;

export const STATE_ANSWER = { transferId: TRANSFER_ID, homeTransactionId: 'BW-2026-000117', transferState: 'COMMITTED' } as const;

export const NOT_FOUND_PARTY = { statusCode: '3204', message: 'Party not found' } as const;
export const REFUSED = { statusCode: '5105', message: 'The account is closed' } as const;
export const NOT_FOUND_TRANSFER = { statusCode: '3208', message: 'Transfer ID not found' } as const;
