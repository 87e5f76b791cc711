import { openSqlite } from '@payment-manager/database';
import type { World } from '@payment-manager/runtime';
import { chainQuestion, entriesQuestion, type Question, readEntry } from './entry-questions.ts';
import type { Kept, ManagementStore } from './management-store.ts';

/** The store in a file of its own, which one process at a time has. Rejects with DatabaseUnavailable. */
export async function openSqliteManagement(
  file: string,
  { log, onFatal }: Pick<World, 'log'> & { readonly onFatal?: (error: Error) => void },
): Promise<ManagementStore> {
  const store = await openSqlite<typeof import('./sqlite-script.ts')>({
    file,
    script: new URL('./sqlite-script.ts', import.meta.url),
    shared: true,
    log,
    gatherMs: 0,
    ...(onFatal !== undefined && { onFatal }),
  });
  const ask = ({ text, values }: Question) => store.read('ask', [text.replaceAll('$', '?'), values]);
  return {
    get: async (kind, id, now) => (await store.read('get', [kind, id, now])).map(readKept)[0],
    list: async (kind, { owner, after = '', limit, now }) =>
      (await store.read('list', [kind, owner ?? null, after, limit, now])).map(readKept),
    change: (puts, entries, now) =>
      store.write([
        puts.map(({ kind, id, seen, body, owner = '', expires = 0 }) => [kind, id, seen, body ?? null, owner, expires]),
        entries.map(({ at, actor, action, target, text }) => [at, actor, action, target, text]),
        now,
      ]),
    entries: async (query) => (await ask(entriesQuestion(query))).map(readEntry),
    chain: async (after, limit) => (await ask(chainQuestion(after, limit))).map(readEntry),
    close: () => store.close(),
  };
}

/** A thing from a row of either database. */
export function readKept(row: Readonly<Record<string, unknown>>): Kept {
  return { id: String(row['id']), version: Number(row['version']), body: String(row['body']) };
}
