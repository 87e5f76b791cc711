import type { PaymentTexts } from './en.ts';

const FR: PaymentTexts = {
  title: (direction) => (direction === 'out' ? 'Paiement sortant' : 'Paiement entrant'),
  back: 'Tous les paiements',
  parties: 'Parties et montants',
  from: 'De',
  to: 'À',
  amount: 'Montant',
  fee: 'Frais du côté du bénéficiaire',
  peer: 'Pair',
  begun: 'Début',
  lastEvent: 'Dernier événement',
  ids: 'Identifiants',
  transferId: 'Id du transfert',
  transactionId: 'Id de la transaction',
  quoteId: 'Id du devis',
  homeTransactionId: 'Id de notre système',
  timeline: 'Ce qui s’est passé',
};

export default FR;
