import { MessageChannel } from 'node:worker_threads';

/**
 * Runs `work` and keeps the process alive meanwhile: the timers and connections of `runtime` do not, so that a server can
 * end when it is told to, but a command that waits must not end in the middle.
 */
export async function stayAlive<T>(work: () => Promise<T>): Promise<T> {
  const { port1 } = new MessageChannel();
  port1.on('message', () => {});
  try {
    return await work();
  } finally {
    port1.close();
  }
}
