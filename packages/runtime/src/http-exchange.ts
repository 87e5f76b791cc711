import type { Dispatcher } from 'undici';
import { Gathered } from './gathered.ts';
import type { HttpOutcome, OutgoingRequest } from './http.ts';
import { failure, failureAfterSending, failureBeforeSending } from './http-failure.ts';

/**
 * One request and its answer, from the queue to the last byte. It tells its outcome exactly once, and `released` once:
 * when the connection no longer works for it, which can be later (a time-out while the connection is still being made).
 *
 * A class, because undici wants one object per request with these methods, and objects of a class share them.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly origin: string;
  readonly path: string;
  readonly request: OutgoingRequest;
  /** True once it has an outcome. */
  settled = false;
  #dispatched = false;
  #queue: Set<Exchange> | undefined;
  #resolve: (outcome: HttpOutcome) => void;
  #released: () => void = () => {};
  #timer: NodeJS.Timeout;
  #maxAnswerBytes: number;
  #controller: Dispatcher.DispatchController | undefined;
  #requestSent = false;
  #status = 0;
  #headers: Readonly<Record<string, string>> = {};
  #body: Gathered;

  constructor(origin: string, path: string, request: OutgoingRequest, maxAnswerBytes: number, resolve: (outcome: HttpOutcome) => void) {
    this.origin = origin;
    this.path = path;
    this.request = request;
    this.#maxAnswerBytes = maxAnswerBytes;
    this.#body = new Gathered(maxAnswerBytes);
    this.#resolve = resolve;
    this.#timer = setTimeout(onTimeout, Math.max(0, request.timeoutMs), this);
    this.#timer.unref();
  }

  /** Waits its turn in a queue, and leaves it when it starts or is given up. */
  waitIn(queue: Set<Exchange>): void {
    this.#queue = queue;
    queue.add(this);
  }

  /** Gives the request to a connection pool; `released` is called when the pool is done with it. */
  dispatchOn(dispatcher: Dispatcher, released: () => void): void {
    this.#queue?.delete(this);
    this.#dispatched = true;
    this.#released = released;
    const { method, headers, body } = this.request;
    dispatcher.dispatch({ path: this.path, method, headers, body: body ?? null, headersTimeout: 0, bodyTimeout: 0 }, this);
  }

  settle(outcome: HttpOutcome): void {
    if (this.settled) return;
    this.settled = true;
    this.#queue?.delete(this);
    clearTimeout(this.#timer);
    this.#resolve(outcome);
  }

  timeOut(): void {
    if (this.settled) return;
    const after = `${this.request.timeoutMs} ms`;
    if (!this.#dispatched) this.settle(failure('POOL_EXHAUSTED', 'connect', false, this.origin, `waited ${after}`));
    else if (!this.#controller) this.settle(failure('CONNECT_TIMEOUT', 'connect', false, this.origin, after));
    else this.#abort(failure('ANSWER_TIMEOUT', this.#phase(), true, this.origin, after));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // A time-out came first, so nothing may leave. And nothing may leave twice: should undici ever begin a request anew
    // after its connection broke, the first copy may have arrived.
    if (this.settled || this.#controller) {
      if (this.#controller) this.settle(failure('CONNECTION_LOST', 'send', true, this.origin));
      controller.abort(new Error('settled'));
      return;
    }
    this.#controller = controller;
  }

  onRequestSent(): void {
    this.#requestSent = true;
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    this.#status = status;
    this.#headers = flatHeaders(headers);
    if (Number(this.#headers['content-length'] ?? 0) > this.#maxAnswerBytes && this.request.method !== 'HEAD') this.#tooLarge();
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Uint8Array): void {
    if (!this.settled && !this.#body.add(chunk)) this.#tooLarge();
  }

  onResponseEnd(): void {
    this.settle({ kind: 'answer', status: this.#status, headers: this.#headers, body: this.#body.whole() });
    this.#released();
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    this.settle(this.#controller ? failureAfterSending(error, this.#phase(), this.origin) : failureBeforeSending(error, this.origin));
    this.#released();
  }

  /** Whether the request was written whole; that it arrived is proven only by an answer. */
  #phase(): 'send' | 'answer' {
    return this.#requestSent || this.#status > 0 ? 'answer' : 'send';
  }

  #tooLarge(): void {
    this.#abort(failure('ANSWER_TOO_LARGE', 'answer', true, this.origin));
  }

  #abort(outcome: HttpOutcome): void {
    this.settle(outcome);
    this.#body.clear();
    this.#controller?.abort(new Error('settled'));
  }
}

function onTimeout(exchange: Exchange): void {
  exchange.timeOut();
}

function flatHeaders(headers: Record<string, string | string[] | undefined>): Readonly<Record<string, string>> {
  for (const name in headers) {
    const value = headers[name];
    if (Array.isArray(value)) headers[name] = value.join(', ');
  }
  return headers as Readonly<Record<string, string>>;
}
