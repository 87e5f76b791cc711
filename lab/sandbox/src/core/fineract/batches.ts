import type { JsonObject } from '../../request-body.ts';
import { errorAnswer, type FineractAnswer, FineractRefusal, jsonAnswer, readExactly } from './answers.ts';
import { execute, executeInside } from './commands.ts';
import { read } from './reads.ts';
import type { SavingsAccounts } from './savings-accounts.ts';
import type { FineractParts } from './tenant.ts';
import { objectOf } from './transaction-requests.ts';
import { commandOf } from './writes.ts';

/** One request of a batch. Its key is its own: that of the HTTP request is not looked at. */
interface Item {
  readonly requestId: number;
  readonly method: string;
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  readonly body: string;
  readonly key: string | undefined;
}

interface ItemAnswer extends FineractAnswer {
  readonly requestId: number;
}

const ITEMS_MAX = 100;
/** A URL that Fineract does not know in a batch. */
const UNKNOWN_URL = errorAnswer(501, 'error.msg.batch.command.not.implemented');

/** An enclosing transaction is undone. */
class RolledBack extends Error {
  readonly answers: readonly ItemAnswer[];
  constructor(answers: readonly ItemAnswer[]) {
    super('rolled back');
    this.answers = answers;
  }
}

/** `POST /v1/batches`: 200 whatever becomes of its items. @throws FineractRefusal for what is no batch; Crashed */
export async function batch(parts: FineractParts, accounts: SavingsAccounts, body: string, enclosing: boolean): Promise<FineractAnswer> {
  const items = readItems(body);
  const answers = enclosing ? together(parts, accounts, items) : await oneByOne(parts, accounts, items);
  return jsonAnswer(
    answers.map(({ requestId, status, body: text, fromCache }) => ({
      requestId,
      statusCode: status,
      headers: fromCache === true ? [{ name: 'x-served-from-cache', value: 'true' }] : [],
      body: text,
    })),
  );
}

async function oneByOne(parts: FineractParts, accounts: SavingsAccounts, items: readonly Item[]): Promise<readonly ItemAnswer[]> {
  const answers: ItemAnswer[] = [];
  for (const item of items) {
    const command = item.method === 'POST' ? commandOf(parts, accounts, item) : undefined;
    const answer = command === undefined ? readItem(parts, accounts, item) : await execute(parts, command);
    answers.push({ requestId: item.requestId, ...answer });
  }
  return answers;
}

/** All or nothing. A failed item is answered alone; but for a URL that is not known, beside which those before it still say 200. */
function together(parts: FineractParts, accounts: SavingsAccounts, items: readonly Item[]): readonly ItemAnswer[] {
  try {
    return parts.db.transaction(() => {
      const answers: ItemAnswer[] = [];
      for (const item of items) {
        const command = item.method === 'POST' ? commandOf(parts, accounts, item) : undefined;
        const answer = {
          requestId: item.requestId,
          ...(command === undefined ? readItem(parts, accounts, item) : executeInside(parts, command)),
        };
        answers.push(answer);
        if (answer.status === 501) throw new RolledBack(answers);
        if (answer.status !== 200) throw new RolledBack([answer]);
      }
      return answers;
    });
  } catch (error) {
    if (error instanceof RolledBack) return error.answers;
    throw error;
  }
}

function readItem(parts: FineractParts, accounts: SavingsAccounts, { method, path, query }: Item): FineractAnswer {
  if (method !== 'GET') return UNKNOWN_URL;
  try {
    return read(parts, accounts, path, query);
  } catch (error) {
    if (error instanceof FineractRefusal) return error.answer;
    throw error;
  }
}

function readItems(body: string): readonly Item[] {
  const list = readExactly(body);
  if (!Array.isArray(list) || list.length > ITEMS_MAX) throw new FineractRefusal(400, 'error.msg.invalid.request.body');
  return list.map((one) => {
    const json = objectOf(one);
    const [path = '', query = ''] = text(json, 'relativeUrl').split('?');
    return {
      requestId: Number(text(json, 'requestId')),
      method: text(json, 'method'),
      path: path.replace(/^\/?(?:v1\/)?/, '').split('/'),
      query: new URLSearchParams(query),
      body: typeof json['body'] === 'string' ? json['body'] : '{}',
      key: keyOf(json),
    };
  });
}

/** Under the exact name: here it is no header of HTTP. */
function keyOf({ headers }: JsonObject): string | undefined {
  const list: readonly unknown[] = Array.isArray(headers) ? headers : [];
  const found = list.map(objectOf).find(({ name }) => name === 'Idempotency-Key')?.['value'];
  return found === undefined ? undefined : String(found);
}

function text(json: JsonObject, name: string): string {
  const value = json[name];
  if (typeof value !== 'string') throw new FineractRefusal(400, 'error.msg.invalid.request.body', name);
  return value;
}
