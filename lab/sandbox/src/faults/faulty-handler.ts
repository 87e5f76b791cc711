import type { HttpHandler, HttpRequest, HttpResponse, World } from '@payment-manager/runtime';
import { corruptBody, corruptSignature } from './damage.ts';
import type { FaultAction, MessageFacts } from './fault.ts';
import { type HeldMessages, heldMessages } from './held-messages.ts';
import type { MessageFaults } from './message-faults.ts';

/** How long a request that is never answered is held before its connection is closed. */
const NEVER_MS = 120_000;

/** What the faults of an API need to know about it. */
export interface FaultyHandlerOptions extends Pick<World, 'timers' | 'log'> {
  readonly book: MessageFaults;
  /** Which message a request is; undefined: not one that faults strike. */
  readonly facts: (request: HttpRequest) => MessageFacts | undefined;
  /** The API's acknowledgement of a message that it accepts (202 or 200, empty). */
  readonly accepted: (request: HttpRequest) => HttpResponse;
  /** Sends an error callback about the request to who made it. Absent: an API without callbacks. */
  readonly tellError?: (request: HttpRequest, errorCode: string) => void;
  /** An error in the API's own words. */
  readonly refused: (error: { status: number; errorCode?: string; message?: string }) => HttpResponse;
}

/** The same API, with the faults of the book. Faults strike before anything is checked. */
export function faultyHandler(handler: HttpHandler, options: FaultyHandlerOptions): HttpHandler {
  const held = heldMessages(options.timers);
  return async (request) => {
    const message = options.facts(request);
    const action = message && options.book.strike(message);
    if (message === undefined) return handler(request);
    if (action === undefined) {
      const response = await handler(request);
      held.overtaken(message.operation);
      return response;
    }
    options.log.info('fault', { fault: action.kind, operation: message.operation, direction: message.direction, fsp: message.fspId });
    return strike(action, request, message, handler, held, options);
  };
}

async function strike(
  action: FaultAction,
  request: HttpRequest,
  message: MessageFacts,
  handler: HttpHandler,
  held: HeldMessages,
  options: FaultyHandlerOptions,
): Promise<HttpResponse> {
  const pause = (ms: number): Promise<void> => new Promise((resolve) => void options.timers.after(ms, resolve));
  /** Does the work although nobody waits for its answer. */
  const later = (start: Promise<void>): void => {
    start
      .then(() => handler(request))
      .catch((error: unknown) => options.log.warn('a message after a fault failed', { reason: String(error) }));
  };
  switch (action.kind) {
    case 'delay':
      await pause(action.ms);
      return handler(request);
    case 'drop':
      return options.accepted(request);
    case 'duplicate': {
      const answers = await Promise.all(Array.from({ length: action.times }, () => handler(request)));
      return answers[0] ?? options.accepted(request);
    }
    case 'reorder':
      later(held.hold(message.operation));
      return options.accepted(request);
    case 'late':
      later(pause(action.ms));
      return options.accepted(request);
    case 'accept-then-error':
      if (action.execute) await handler(request);
      void pause(action.ms).then(() => options.tellError?.(request, action.errorCode));
      return options.accepted(request);
    case 'reject':
      return options.refused(action);
    case 'timeout':
      await pause(NEVER_MS);
      return { status: 503, reset: true };
    case 'corrupt':
      return handler({ ...request, body: Buffer.from(corruptBody(Buffer.from(request.body).toString('utf8'))) });
    case 'bad-signature':
      return handler({ ...request, headers: corruptSignature(request.headers) });
    case 'reset':
      return { status: 503, reset: true };
    case 'execute-then-reset':
      await handler(request);
      return { status: 503, reset: true };
    case 'execute-then-error':
      await handler(request);
      return options.refused(action);
    case 'error-then-execute':
      later(pause(action.ms));
      return options.refused(action);
  }
}
