import { Worker } from 'node:worker_threads';
import type { Secret, Timer, World } from '@payment-manager/runtime';
import { ConnectionFault } from '../api/connection-fault.ts';
import type { ConnectionManagerApi } from '../api/connection-manager-api.ts';
import { packed, unpacked } from './crossing-error.ts';
import type { ApiMethod, FromWorker, ToWorker, WorkerStart } from './protocol.ts';

export interface ApiInWorkerOptions extends WorkerStart, Pick<World, 'timers' | 'log'> {
  /** Asked for at each log-in. */
  readonly secret: () => Promise<Secret<string>>;
  /** A call that takes longer ends the thread. Default 120,000: a log-in and a call, each twice, have their own time-outs. */
  readonly longestCallMs?: number;
}

/** An API that is in a thread of its own until it is closed. */
export interface ApiInWorker {
  readonly api: ConnectionManagerApi;
  close(): Promise<void>;
}

interface Call {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly timer: Timer;
}

const METHODS = [
  'dfsps',
  'hubCa',
  'hubServerCertificate',
  'dfspCa',
  'publishDfspCa',
  'inboundEnrollments',
  'requestClientCertificate',
  'outboundEnrollments',
  'uploadHubClientCertificate',
  'serverCertificate',
  'publishServerCertificate',
  'jwsKeys',
  'publishJwsKey',
  'egress',
  'publishEgress',
  'ingress',
  'publishIngress',
  'reportStates',
] as const satisfies readonly ApiMethod[];
/** Does not compile when a call is missing above. */
type Listed = (typeof METHODS)[number];

/**
 * The Connection Manager's API in a thread of its own, so that nothing that a server sends is read where payments are made. What crosses is
 * small and plain: calls, what they brought (bounded, see `mostPeers` and `newestEnrollments`), and the client secret at a log-in. A
 * thread that hangs or crashes is ended; the next call begins another. Its memory has no limit of its own, since Node ends the whole process
 * when a thread passes one within a native call: what an answer can take is bounded before it is parsed (`mostParts`).
 */
export function apiInWorker(options: ApiInWorkerOptions): ApiInWorker {
  const { secret, timers, log, longestCallMs = 120_000 } = options;
  const calls = new Map<number, Call>();
  let last = 0;
  let worker: Worker | undefined;
  let closed = false;

  const end = (ended: Worker, why: string): void => {
    if (worker !== ended) return;
    worker = undefined;
    void ended.terminate();
    if (!closed) log.error('the thread that talks to the Connection Manager was ended; the next call begins another', { reason: why });
    for (const { reject, timer } of calls.values()) {
      timer.cancel();
      reject(lost(why));
    }
    calls.clear();
  };
  const begin = (): Worker => {
    const begun = new Worker(new URL('./api-worker.main.ts', import.meta.url), {
      workerData: startOf(options),
      // it waits most of the time: the young generation of a process that pays would be three times as large as all that it holds
      resourceLimits: { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 8 },
    });
    begun.on('message', (message: FromWorker) => {
      if (message.did === 'call') settle(message);
      else void hand(begun, message.id);
    });
    begun.on('error', (error: NodeJS.ErrnoException) => end(begun, error.code ?? error.name));
    begun.on('exit', () => end(begun, 'it ended by itself'));
    return begun;
  };
  const settle = ({ id, value, error }: Extract<FromWorker, { did: 'call' }>): void => {
    const call = calls.get(id);
    calls.delete(id);
    call?.timer.cancel();
    if (error === undefined) call?.resolve(value);
    else call?.reject(unpacked(error));
    // Whoever waits for a call keeps the process alive; an idle thread does not.
    if (calls.size === 0) worker?.unref();
  };
  const hand = async (to: Worker, id: number): Promise<void> => {
    const answer = await secret().then(
      (value): ToWorker => ({ do: 'secret', id, value: value.reveal() }),
      (error: unknown): ToWorker => ({ do: 'secret', id, error: packed(error) }),
    );
    if (worker === to) to.postMessage(answer);
  };
  const call = (method: ApiMethod, args: readonly unknown[]): Promise<unknown> => {
    if (closed) return Promise.reject(lost('it is closed'));
    worker ??= begin();
    const called = worker;
    called.ref();
    last++;
    const id = last;
    const timer = timers.after(longestCallMs, () => end(called, `a call took longer than ${longestCallMs} ms`));
    return new Promise((resolve, reject) => {
      calls.set(id, { resolve, reject, timer });
      called.postMessage({ do: 'call', id, method, args } satisfies ToWorker);
    });
  };
  const over = Object.fromEntries(METHODS.map((method) => [method, (...args: readonly unknown[]) => call(method, args)]));
  const api: Record<Listed, unknown> & Pick<ConnectionManagerApi, 'url'> = {
    ...(over as Record<Listed, unknown>),
    url: options.url.replace(/\/+$/, ''),
  };
  return {
    api: api as ConnectionManagerApi,
    async close() {
      closed = true;
      if (worker) end(worker, 'it is closed');
    },
  };
}

/** What crosses at the start, and nothing else that the options may carry. */
function startOf({ url, token, trustedCas, maxAnswerBytes }: WorkerStart): WorkerStart {
  return { url, maxAnswerBytes, ...(token && { token }), ...(trustedCas !== undefined && { trustedCas }) };
}

function lost(why: string): ConnectionFault {
  return new ConnectionFault(
    'GARBAGE',
    `The Connection Manager's answer could not be read: the thread that reads it was ended (${why}).`,
    "Tell the hub's operator; it is tried again. Nothing else is touched by it.",
  );
}
