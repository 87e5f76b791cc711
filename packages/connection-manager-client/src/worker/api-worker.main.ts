/**
 * The thread that talks to the Connection Manager: connections, TLS, tokens, answers, and the reading of what is in them. It has no vault, no
 * private key, and no state but a token; it may be ended at any time.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { createHttpClient, Secret, systemClock } from '@payment-manager/runtime/calls';
import { giveMemoryBackWhenQuiet } from '@payment-manager/runtime/give-memory-back';
import { clientCredentials } from '../api/client-credentials.ts';
import { connectionManagerApi } from '../api/http-api.ts';
import { packed, unpacked } from './crossing-error.ts';
import type { FromWorker, ToWorker, WorkerStart } from './protocol.ts';

const { url, token, trustedCas, maxAnswerBytes } = workerData as WorkerStart;
const http = createHttpClient({
  maxConnectionsPerOrigin: 4,
  maxQueuedPerOrigin: 100,
  maxAnswerBytes,
  ...(trustedCas !== undefined && { credentials: { certificate: '', privateKey: new Secret(''), trustedCas } }),
});
const ASKED = new Map<number, PromiseWithResolvers<Secret<string>>>();
let askedLast = 0;
const tell = (message: FromWorker): void => parentPort?.postMessage(message);
const secret = (): Promise<Secret<string>> => {
  askedLast++;
  const waiting = Promise.withResolvers<Secret<string>>();
  ASKED.set(askedLast, waiting);
  tell({ did: 'ask-secret', id: askedLast });
  return waiting.promise;
};
const tokens = token && clientCredentials({ ...token, secret, http, clock: systemClock });
const api = connectionManagerApi({ url, http, ...(tokens && { token: tokens }) });

giveMemoryBackWhenQuiet();
parentPort?.on('message', (message: ToWorker) => {
  if (message.do === 'call') void answer(message);
  else {
    const waiting = ASKED.get(message.id);
    ASKED.delete(message.id);
    if (message.value !== undefined) waiting?.resolve(new Secret(message.value));
    else waiting?.reject(unpacked(message.error ?? { kind: 'defect', message: 'no secret' }));
  }
});

async function answer({ id, method, args }: Extract<ToWorker, { do: 'call' }>): Promise<void> {
  try {
    const value = await (api[method] as (...all: readonly unknown[]) => Promise<unknown>)(...args);
    tell({ did: 'call', id, value });
  } catch (error) {
    tell({ did: 'call', id, error: packed(error) });
  }
}
