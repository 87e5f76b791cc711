import { DatabaseSync } from 'node:sqlite';
import type { StoreMigration } from './store-script.ts';

/** What the planner keeps for itself when somebody asks it to; it changes no row. */
const OWN_OF_SQLITE = /^sqlite_stat\d$/;

/**
 * Compares all tables, indexes, triggers and views of a database with what the migrations make, to the version that it has. A trigger that
 * removes claims would let a payment happen twice, and no row of the journal would show it.
 *
 * @param besides statements that may have made something more
 * @returns the name of the first that differs, is missing, or is more than that; undefined: none
 */
export function alteredInSchema(
  db: DatabaseSync,
  migrations: readonly StoreMigration[],
  besides: readonly string[] = [],
): string | undefined {
  const version = Number(Object.values(db.prepare('PRAGMA user_version').get() ?? {})[0]);
  const wanted = new DatabaseSync(':memory:');
  try {
    for (const migration of [...migrations.slice(0, version), ...besides]) {
      if (typeof migration === 'string') wanted.exec(migration);
      else migration(wanted);
    }
    const [made, there] = [schemaOf(wanted), schemaOf(db)];
    return [...new Set([...made.keys(), ...there.keys()])].find((name) => made.get(name) !== there.get(name));
  } finally {
    wanted.close();
  }
}

/** By kind and name: to which table it belongs, and the statement that made it. */
function schemaOf(db: DatabaseSync): ReadonlyMap<string, string> {
  const rows = db.prepare('SELECT type, name, tbl_name, sql FROM sqlite_schema').all();
  return new Map(
    rows
      .filter(({ name }) => !OWN_OF_SQLITE.test(String(name)))
      .map(({ type, name, tbl_name, sql }) => [`${type} ${name}`, JSON.stringify([tbl_name, sql])]),
  );
}
