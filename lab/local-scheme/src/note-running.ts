import { rename, rm, writeFile } from 'node:fs/promises';
import { type RunningSandbox, runningFile } from '@payment-manager/payment-manager';

/** Notes what runs where, for the commands of the product as well. Written whole or not at all. */
export async function writeRunning(folder: string, running: RunningSandbox): Promise<void> {
  const temporary = `${runningFile(folder)}.new`;
  await writeFile(temporary, `${JSON.stringify(running, undefined, 2)}\n`);
  await rename(temporary, runningFile(folder));
}

/** Notes that nothing runs any more. */
export async function forgetRunning(folder: string): Promise<void> {
  await rm(runningFile(folder), { force: true });
}
