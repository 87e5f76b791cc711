import { DatabaseSync } from 'node:sqlite';
import { chainQuestion, entriesQuestion, type Question, readEntry } from '../src/store/entry-questions.ts';
import type { ManagementStore } from '../src/store/management-store.ts';
import { migrations, operations } from '../src/store/sqlite-script.ts';
import { readKept } from '../src/store/sqlite-store.ts';

/** The real tables and statements of SQLite, in memory and in this thread. `db`: for who alters what is stored. */
export function memoryStore(): ManagementStore & { readonly db: DatabaseSync } {
  const db = new DatabaseSync(':memory:');
  for (const migration of migrations) db.exec(migration as string);
  const { write, read } = operations(db);
  const ask = ({ text, values }: Question) => read.ask([text.replaceAll('$', '?'), values]);
  return {
    db,
    get: async (kind, id, now) => read.get([kind, id, now]).map(readKept)[0],
    list: async (kind, { owner, after = '', limit, now }) => read.list([kind, owner ?? null, after, limit, now]).map(readKept),
    async change(puts, entries, now) {
      return write([
        puts.map(({ kind, id, seen, body, owner = '', expires = 0 }) => [kind, id, seen, body ?? null, owner, expires]),
        entries.map(({ at, actor, action, target, text }) => [at, actor, action, target, text]),
        now,
      ]);
    },
    entries: async (query) => ask(entriesQuestion(query)).map(readEntry),
    chain: async (after, limit) => ask(chainQuestion(after, limit)).map(readEntry),
    close: async () => db.close(),
  };
}
