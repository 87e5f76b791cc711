import { currencyDecimals } from '@payment-manager/fspiop';
import { exactNumber } from './answers.ts';
import type { SavingsAccount, SavingsAccounts } from './savings-accounts.ts';
import { dateParts, FINERACT_TENANT, type FineractParts } from './tenant.ts';
import { heldOn, type Transaction, type TransactionType, transactionsOf } from './transactions.ts';

const TYPES: Readonly<
  Record<TransactionType, { readonly id: number; readonly code: string; readonly value: string; readonly is: string }>
> = {
  deposit: { id: 1, code: 'deposit', value: 'Deposit', is: 'deposit' },
  withdrawal: { id: 2, code: 'withdrawal', value: 'Withdrawal', is: 'withdrawal' },
  hold: { id: 20, code: 'onHold', value: 'Hold', is: 'amountHold' },
  release: { id: 21, code: 'release', value: 'Release', is: 'amountRelease' },
};

/** `GET /v1/savingsaccounts/{id}`; without transactions there is no such member at all. */
export function accountView(parts: FineractParts, accounts: SavingsAccounts, account: SavingsAccount, withTransactions: boolean): object {
  const { block } = account;
  const transactions = withTransactions ? transactionsOf(parts, account) : [];
  const held = heldOn(parts, account);
  const available = parts.ledger.account(account.ledgerAccount ?? '')?.units ?? 0n;
  return {
    ...shortView(parts, account),
    clientId: account.client,
    clientName: accounts.customer(account.client)?.displayName ?? 'Suspense of the scheme',
    subStatus: {
      none: block === 'NONE',
      inactive: false,
      dormant: false,
      escheat: false,
      block: block === 'BLOCK',
      blockCredit: block === 'BLOCK_CREDIT',
      blockDebit: block === 'BLOCK_DEBIT',
    },
    ...(held !== 0n && { savingsAmountOnHold: exactNumber(held) }),
    summary: { currency: currencyView(account), accountBalance: exactNumber(available + held), availableBalance: exactNumber(available) },
    ...(transactions.length > 0 && { transactions: transactions.map((one) => transactionView(account, one)) }),
  };
}

/** As in the list of a client's accounts. */
export function shortView({ ledger }: FineractParts, account: SavingsAccount): object {
  const { id, accountNo, externalId, active } = account;
  return {
    id,
    accountNo,
    externalId,
    depositType: { id: 100, code: 'depositAccountType.savingsDeposit', value: 'Savings' },
    productName: `Savings ${account.currency}`,
    status: active
      ? { id: 300, code: 'savingsAccountStatusType.active', value: 'Active', active: true, closed: false }
      : { id: 600, code: 'savingsAccountStatusType.closed', value: 'Closed', active: false, closed: true },
    currency: currencyView(account),
    accountBalance: exactNumber(ledger.account(account.ledgerAccount ?? '')?.units ?? 0n),
  };
}

function currencyView({ currency }: SavingsAccount): object {
  return { code: currency, name: currency, decimalPlaces: currencyDecimals(currency) ?? 2, inMultiplesOf: 0 };
}

/** A transaction as Fineract shows it in an account, or alone. */
export function transactionView(account: SavingsAccount, one: Transaction): object {
  const { id, code, value, is } = TYPES[one.type];
  const is_ = Object.fromEntries(Object.values(TYPES).map(({ is: name }) => [name, name === is]));
  return {
    id: one.id,
    transactionType: { id, code: `savingsAccountTransactionType.${code}`, value, ...is_ },
    accountId: account.id,
    accountNo: account.accountNo,
    date: dateParts(one.date),
    currency: currencyView(account),
    amount: exactNumber(one.units),
    reversed: one.reversed,
    isReversal: one.isReversal,
    lienTransaction: false,
    releaseTransactionId: one.releasedBy,
    ...(one.reason !== '' && { reasonForBlock: one.reason }),
    // a hold has none, nor what was paid in over the counter
    ...(one.details !== undefined && { paymentDetailData: { id: one.id, paymentType: PAYMENT_TYPE, ...one.details } }),
  };
}

const PAYMENT_TYPE = { id: FINERACT_TENANT.paymentTypeId, name: 'Mojaloop' };

/** `GET /v1/clients/{id}`; undefined: there is none. */
export function clientView(accounts: SavingsAccounts, id: string): object | undefined {
  const bank = accounts.all().find(({ client, externalId }) => String(client) === id && externalId.startsWith('suspense-'));
  if (bank !== undefined) return { id: Number(id), displayName: 'Suspense of the scheme', active: true };
  const customer = accounts.clients().find((one) => String(one.id) === id)?.customer;
  if (customer === undefined) return undefined;
  const { displayName, firstName, lastName, dateOfBirth, identifiers } = customer;
  return {
    id: Number(id),
    accountNo: id.padStart(9, '0'),
    externalId: customer.id,
    status: { id: 300, code: 'clientStatusType.active', value: 'Active' },
    active: true,
    firstname: firstName,
    lastname: lastName,
    displayName,
    mobileNo: identifiers.find(({ idType }) => idType === 'MSISDN')?.idValue,
    ...(dateOfBirth !== undefined && { dateOfBirth: dateParts(dateOfBirth) }),
  };
}
