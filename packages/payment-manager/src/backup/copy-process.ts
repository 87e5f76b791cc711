import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { childEnvironment } from '@payment-manager/vault/child-environment';
import type { CopyAnswer, CopyOrder } from './copy-order.ts';

/** Has a process of its own make one copy. Rejects with an error for people; aborted: the process is killed. Answers the copy's bytes. */
export function copyInProcess(order: CopyOrder, signal: AbortSignal): Promise<number> {
  const child = fork(fileURLToPath(new URL('./copy.main.ts', import.meta.url)), [], {
    env: childEnvironment(['NODE_COMPILE_CACHE']),
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    signal,
    killSignal: 'SIGKILL',
  });
  return new Promise((resolve, reject) => {
    let answer: CopyAnswer | undefined;
    child.once('message', (told: CopyAnswer) => {
      answer = told;
    });
    // more than one may come: a process that could not be started cannot be told its order either
    child.on('error', reject);
    child.once('exit', (code, by) => {
      if (answer === undefined) reject(new Error(`the process that copies ended before it was done (${by ?? code})`));
      else if ('failed' in answer) reject(new Error(answer.failed));
      else resolve(answer.bytes);
    });
    child.send(order, (error) => error !== null && reject(error));
  });
}
