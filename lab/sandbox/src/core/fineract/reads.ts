import { parseAmount } from '@payment-manager/fspiop';
import { errorAnswer, type FineractAnswer, FineractRefusal, jsonAnswer } from './answers.ts';
import type { SavingsAccount, SavingsAccounts } from './savings-accounts.ts';
import type { FineractParts } from './tenant.ts';
import { searched, transactionOf } from './transactions.ts';
import { accountView, clientView, shortView, transactionView } from './views.ts';

/** Answers a GET below `/v1`; 404 for what is not there, and for what this Fineract has not. @throws FineractRefusal */
export function read(parts: FineractParts, accounts: SavingsAccounts, path: readonly string[], query: URLSearchParams): FineractAnswer {
  const [resource = '', id = '', sub = '', item] = path;
  switch (resource) {
    case 'offices':
      return jsonAnswer([{ id: 1, name: parts.settings.fspId, nameDecorated: parts.settings.fspId }]);
    case 'search':
      return jsonAnswer(search(accounts, query));
    case 'interoperation': {
      // parties/{type}/{value}[/{subId}]
      const found = id === 'parties' ? accounts.ofIdentifier(sub, item ?? '', path[4]) : undefined;
      if (found === undefined) throw new FineractRefusal(404, 'error.msg.interop.account.not.found');
      return jsonAnswer({ accountId: found.externalId });
    }
    case 'clients':
      return clients(parts, accounts, id, sub);
    case 'savingsaccounts':
      return savings(parts, accounts, path, query);
    default:
      return errorAnswer(404, 'error.msg.resource.not.found');
  }
}

function savings(parts: FineractParts, accounts: SavingsAccounts, path: readonly string[], query: URLSearchParams): FineractAnswer {
  const [, id = '', sub = '', item] = path;
  const account = id === 'external-id' ? accounts.byExternalId(sub) : accounts.byId(id);
  if (account === undefined) throw new FineractRefusal(404, 'error.msg.saving.account.external.id.invalid');
  if (id !== 'external-id' && sub === 'transactions') {
    if (item === 'search') return jsonAnswer(searchOf(parts, account, query));
    const found = transactionOf(parts, account, item ?? '');
    if (found === undefined) throw new FineractRefusal(404, 'error.msg.savingsaccount.trasaction.id.invalid');
    return jsonAnswer(transactionView(account, found));
  }
  const associations = (query.get('associations') ?? '').split(',');
  return jsonAnswer(accountView(parts, accounts, account, associations.includes('transactions') || associations.includes('all')));
}

/** Where a search names no limit. */
const SEARCH_LIMIT = 15;
const UNITS_MOST = BigInt(Number.MAX_SAFE_INTEGER);

/** A page of an account's transactions, by day and amount. */
function searchOf(parts: FineractParts, account: SavingsAccount, query: URLSearchParams): object {
  const units = (name: string, otherwise: bigint): bigint => {
    const text = query.get(name);
    return text === null ? otherwise : parseAmount(text);
  };
  const { total, found } = searched(parts, account, {
    fromDate: query.get('fromDate') ?? '',
    toDate: query.get('toDate') ?? '9999-12-31',
    fromUnits: units('fromAmount', 0n),
    toUnits: units('toAmount', UNITS_MOST),
    limit: Number(query.get('limit') ?? SEARCH_LIMIT),
  });
  return { total, content: found.map((one) => transactionView(account, one)) };
}

/** The list does not look at `mobileNo`: it has everybody, whoever was asked for. */
function clients(parts: FineractParts, accounts: SavingsAccounts, id: string, sub: string): FineractAnswer {
  if (id === '') {
    const pageItems = accounts.clients().map((one) => clientView(accounts, String(one.id)));
    return jsonAnswer({ totalFilteredRecords: pageItems.length, pageItems });
  }
  const client = clientView(accounts, id);
  if (client === undefined) throw new FineractRefusal(404, 'error.msg.client.id.invalid');
  if (sub !== 'accounts') return jsonAnswer(client);
  const own = accounts.all().filter((account) => String(account.client) === id);
  return jsonAnswer(own.length === 0 ? {} : { savingsAccounts: own.map((account) => shortView(parts, account)) });
}

/** "Contains", unless `exactMatch` is true; of every kind, unless `resource` names kinds. */
function search(accounts: SavingsAccounts, query: URLSearchParams): readonly object[] {
  const wanted = query.get('query') ?? '';
  const kinds = (query.get('resource') ?? 'clients,savings').split(',');
  const exact = query.get('exactMatch') === 'true';
  const hit = (...texts: readonly string[]): boolean =>
    wanted !== '' && texts.some((text) => (exact ? text === wanted : text.includes(wanted)));
  const people = accounts
    .clients()
    .filter(({ id, customer }) => kinds.includes('clients') && hit(String(id).padStart(9, '0'), customer.displayName, customer.id))
    .map(({ id, customer }) => ({
      entityId: id,
      entityAccountNo: String(id).padStart(9, '0'),
      entityName: customer.displayName,
      entityType: 'CLIENT',
    }));
  const own = accounts
    .all()
    .filter(({ accountNo, externalId }) => kinds.includes('savings') && hit(accountNo, externalId))
    .map(({ id, accountNo, externalId, client }) => ({
      entityId: id,
      entityAccountNo: accountNo,
      entityExternalId: externalId,
      entityType: 'SAVING',
      parentId: client,
      parentType: 'client',
    }));
  return [...people, ...own];
}
