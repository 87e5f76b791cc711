import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Collects everything that a start has left behind (texts of modules, parsed files, code that ran once) and gives the memory back to
 * the system. It stops the process for some 70 ms, so it is for the moment before anybody is served. V8 does the same by itself only
 * when it is about to run out of memory.
 */
export function giveMemoryBack(): void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as (options: { type: 'major'; flavor: 'last-resort' }) => void;
  setFlagsFromString('--no-expose-gc');
  collect({ type: 'major', flavor: 'last-resort' });
}
