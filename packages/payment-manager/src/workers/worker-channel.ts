import type { HttpHandler, HttpRequest, HttpResponse, Timers } from '@payment-manager/runtime';
import type { ReadyMessage } from './ready-message.ts';

/** What the primary asks a worker: a request to the operations API. */
export interface ToWorker {
  readonly kind: 'operations';
  readonly id: number;
  readonly request: HttpRequest;
}

/** What a worker tells the primary. `operations` of its URLs is empty: it opens no such port. */
export type FromWorker =
  | { readonly kind: 'ready'; readonly urls: ReadyMessage }
  | { readonly kind: 'answered'; readonly id: number; readonly response: HttpResponse };

/** Where messages come from and go to: a process's channel to its parent, or to its child. */
export interface Channel {
  send(message: object): void;
  onMessage(listener: (message: never) => void): void;
}

/** The worker's side: each question is answered by its own operations API. A failure is an answer, too. */
export function answerOperations(channel: Channel, handler: HttpHandler, failed: HttpResponse): void {
  const tell = (message: FromWorker): void => channel.send(message);
  channel.onMessage(({ kind, id, request }: ToWorker) => {
    if (kind !== 'operations') return;
    handler(request).then(
      (response) => tell({ kind: 'answered', id, response }),
      () => tell({ kind: 'answered', id, response: failed }),
    );
  });
}

/** The primary's side. */
export interface WorkerQuestions {
  /** Undefined when the worker ends, or does not answer in time. */
  ask(request: HttpRequest): Promise<HttpResponse | undefined>;
  /** The worker is gone: whoever waits is told. */
  end(): void;
}

/** Longest waits: a worker that stands still must not make the others' figures wait; what a person does may ask the hub. */
const LOOK_MS = 5_000;
const ACT_MS = 90_000;

/** Gives each question its answer. */
export function askOperations(channel: Channel, timers: Timers): WorkerQuestions {
  const asked = new Map<number, (response: HttpResponse | undefined) => void>();
  let lastId = 0;
  let ended = false;
  channel.onMessage((message: FromWorker) => {
    if (message.kind === 'answered') asked.get(message.id)?.(message.response);
  });
  return {
    ask(request) {
      if (ended) return Promise.resolve(undefined);
      const id = ++lastId;
      return new Promise((resolve) => {
        const settle = (response: HttpResponse | undefined): void => {
          timer.cancel();
          asked.delete(id);
          resolve(response);
        };
        const timer = timers.after(request.method === 'GET' ? LOOK_MS : ACT_MS, () => settle(undefined));
        asked.set(id, settle);
        channel.send({ kind: 'operations', id, request } satisfies ToWorker);
      });
    },
    end() {
      ended = true;
      for (const settle of [...asked.values()]) settle(undefined);
    },
  };
}
