/** A SQLite database in the thread of whoever measures it, with what the database's thread does in the product. */
export { batchCommit } from '../src/batch-commit.ts';
export { openSqliteFile } from '../src/sqlite-file.ts';
