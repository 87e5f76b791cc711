/**
 * Loaded into the process that is followed (`node --import`), beside the product, with the path of a socket in WALK_SOCKET. Opens the inspector of its
 * main thread to whoever listens there; and says what comes in from outside, by the channels that Node and undici have for it. Nothing of the
 * product takes part in that. `mark` does nothing: whoever follows sets a breakpoint in it.
 */
import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import { isMainThread, Worker } from 'node:worker_threads';

const socket = process.env['WALK_SOCKET'];

function mark(input: string): string {
  return input;
}

subscribe('http.server.request.start', (message) => {
  const { request } = message as { request: IncomingMessage };
  mark(`${request.method} ${request.url} comes in`);
});

subscribe('undici:request:headers', (message) => {
  const { request, response } = message as { request: { method: string; path: string }; response: { statusCode: number } };
  mark(`${response.statusCode} is the answer to ${request.method} ${request.path}`);
});

if (isMainThread && socket !== undefined) new Worker(new URL('./inspector-relay.ts', import.meta.url), { workerData: socket }).unref();
