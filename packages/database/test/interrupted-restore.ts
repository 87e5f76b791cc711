/**
 * A process for the test of interrupted restores: restores a backup, and kills itself before the nth change of a name in
 * the folder. Exits with 0 when there was no nth change.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const [, , from = '', file = '', nth = ''] = process.argv;
let changes = 0;
const { renameSync } = fs;
fs.renameSync = (oldPath, newPath) => {
  changes += 1;
  if (changes === Number(nth)) process.kill(process.pid, 'SIGKILL');
  renameSync(oldPath, newPath);
};
syncBuiltinESMExports();

const { restoreSqlite } = await import('../src/sqlite-backup.ts');
const { migrations } = await import('./ledger-script.ts');
await restoreSqlite({ from, file, aside: `${file}.aside`, migrations, key: Buffer.alloc(32, 1) });
