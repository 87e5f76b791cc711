/**
 * Stands in a list of migrations for a version whose stored form is not read any more. A new database passes over it; one that stopped at it, or
 * before it, is refused: nothing is guessed of what it holds.
 */
export const RETIRED_MIGRATION = '-- retired';

/** Whether a database of this version is in a form that is not read any more. Version 0 is an empty one. */
export function isRetired(version: number, migrations: readonly unknown[]): boolean {
  return version > 0 && version <= migrations.lastIndexOf(RETIRED_MIGRATION) + 1;
}

/** What to tell, and what to do. `what`: the database, for people. */
export function retiredMessage(what: string): string {
  return `${what} is in a stored form that this version does not read, and was not changed. Let the version that wrote it finish what is open; then set it aside (keep it, with its keys, for questions), and begin a new one.`;
}
