import { FineractRefusal, jsonAnswer, readExactly } from './answers.ts';
import type { Command } from './commands.ts';
import { accountChange, type SavingsAccounts } from './savings-accounts.ts';
import type { FineractParts } from './tenant.ts';
import { readTransaction } from './transaction-requests.ts';
import { release, takeBack, transact } from './transactions.ts';

/** What a POST asks for. */
export interface Posted {
  /** Below `/v1`. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  readonly body: string;
  readonly key: string | undefined;
}

const ACTIONS: Readonly<Record<string, string>> = {
  deposit: 'DEPOSIT',
  withdrawal: 'WITHDRAWAL',
  holdAmount: 'HOLDAMOUNT',
  releaseAmount: 'RELEASEAMOUNT',
  undo: 'UNDOTRANSACTION',
  reverse: 'REVERSETRANSACTION',
};

/** The command that a POST is; undefined: this Fineract has no such URL. What is wrong with it is found when it is done, under its key. */
export function commandOf(parts: FineractParts, accounts: SavingsAccounts, { path, query, body, key }: Posted): Command | undefined {
  const [resource, id = '', sub, item, more] = path;
  const name = query.get('command') ?? '';
  if (resource !== 'savingsaccounts' || id === '' || more !== undefined) return undefined;
  const command = (action: string, entity: string, work: () => object): Command => ({
    action,
    entity,
    key,
    body,
    work: () => jsonAnswer(work()),
  });
  if (sub === undefined) {
    const change = accountChange(name);
    if (change === undefined) return undefined;
    return command(name.toUpperCase(), 'SAVINGSACCOUNT', () => {
      const account = accounts.byId(id);
      accounts.change(account.id, change);
      return { savingsId: account.id, resourceId: account.id };
    });
  }
  const action = ACTIONS[name];
  const ofOne = ['releaseAmount', 'undo', 'reverse'].includes(name);
  if (sub !== 'transactions' || action === undefined || ofOne !== (item !== undefined)) return undefined;
  return command(action, 'SAVINGSACCOUNT', () => {
    const account = accounts.byId(id);
    const resourceId = transactionOf(parts, account, name, item ?? '', body);
    return { officeId: 1, clientId: account.client, savingsId: account.id, resourceId, changes: {} };
  });
}

function transactionOf(
  parts: FineractParts,
  account: ReturnType<SavingsAccounts['byId']>,
  name: string,
  item: string,
  body: string,
): number {
  switch (name) {
    case 'deposit':
    case 'withdrawal':
      return transact(parts, account, name, readTransaction(readExactly(body), false, account));
    case 'holdAmount':
      return transact(parts, account, 'hold', readTransaction(readExactly(body), true, account));
    case 'releaseAmount':
      return release(parts, account, item);
    case 'undo':
    case 'reverse':
      return takeBack(parts, account, item, name);
    default:
      throw new FineractRefusal(400, 'error.msg.unrecognized.param');
  }
}
