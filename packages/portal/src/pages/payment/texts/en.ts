const EN = {
  title: (direction: 'out' | 'in'): string => (direction === 'out' ? 'Payment out' : 'Payment in'),
  back: 'All payments',
  parties: 'Parties and amounts',
  from: 'From',
  to: 'To',
  amount: 'Amount',
  fee: 'Fee of the payee’s side',
  peer: 'Peer',
  begun: 'Begun',
  lastEvent: 'Last event',
  ids: 'Ids',
  transferId: 'Transfer id',
  transactionId: 'Transaction id',
  quoteId: 'Quote id',
  homeTransactionId: 'Id of our core',
  timeline: 'What happened',
};

export default EN;
export type PaymentTexts = typeof EN;
