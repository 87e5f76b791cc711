import cluster from 'node:cluster';
import { refuseOperations } from '@payment-manager/operations/api';
import type { HttpHandler } from '@payment-manager/runtime';
import type { ReadyMessage } from './ready-message.ts';
import { answerOperations, type Channel, type FromWorker } from './worker-channel.ts';

/** Tells a worker which of the places it has. Not a `PM_` variable: those are configuration. */
export const WORKER_VARIABLE = 'PAYMENT_MANAGER_WORKER';

/** A process that is one of several. */
export interface WorkerRole {
  /** 1 to N. */
  readonly number: number;
  /** Instead of a server: the operations API is asked through the channel to the primary. */
  openOperations(handler: HttpHandler): Promise<{ readonly url: string; close(): Promise<void> }>;
  tellReady(urls: ReadyMessage): void;
}

/** This process's role as a worker; undefined when it is none. */
export function workerRole(environment: Readonly<Record<string, string | undefined>>): WorkerRole | undefined {
  const number = Number(environment[WORKER_VARIABLE]);
  if (!cluster.isWorker || !(number > 0)) return undefined;
  // Without this Node would end the process at once when the primary is gone; it is to leave in good order.
  if (cluster.worker) cluster.worker.exitedAfterDisconnect = true;
  const channel: Channel = {
    // the primary may be gone
    send: (message) => void process.send?.(message, undefined, undefined, () => {}),
    onMessage: (listener) => void process.on('message', listener as (message: unknown) => void),
  };
  return {
    number,
    async openOperations(handler) {
      answerOperations(channel, handler, refuseOperations('handler-failed'));
      return { url: '', close: async () => {} };
    },
    tellReady: (urls) => channel.send({ kind: 'ready', urls } satisfies FromWorker),
  };
}
