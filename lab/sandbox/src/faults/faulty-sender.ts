import type { HttpClient, HttpOutcome, Log, OutgoingRequest, Timers } from '@payment-manager/runtime';
import { corruptBody, corruptSignature } from './damage.ts';
import type { FaultAction, MessageFacts } from './fault.ts';
import { type HeldMessages, heldMessages } from './held-messages.ts';
import type { MessageFaults } from './message-faults.ts';

/** Sends one message of which `facts` tell the kind and the receiver. */
export type Sender = (request: OutgoingRequest, facts: MessageFacts) => Promise<HttpOutcome>;

/** An HTTP client with the faults of the book. */
export function faultySender(client: HttpClient, options: { book: MessageFaults; timers: Timers; log: Log }): Sender {
  const held = heldMessages(options.timers);
  return async (request, facts) => {
    const action = options.book.strike(facts);
    if (action === undefined) {
      const outcome = await client.request(request);
      held.overtaken(facts.operation);
      return outcome;
    }
    options.log.info('fault', { fault: action.kind, operation: facts.operation, direction: facts.direction, fsp: facts.fspId });
    return strike(action, request, facts, client, held, options);
  };
}

async function strike(
  action: FaultAction,
  request: OutgoingRequest,
  facts: MessageFacts,
  client: HttpClient,
  held: HeldMessages,
  options: { timers: Timers },
): Promise<HttpOutcome> {
  const pause = (ms: number): Promise<void> => new Promise((resolve) => void options.timers.after(ms, resolve));
  const acknowledged = (status: number): HttpOutcome => ({ kind: 'answer', status, headers: {}, body: new Uint8Array() });
  const accepted = acknowledged(request.method === 'PUT' || request.method === 'PATCH' ? 200 : 202);
  switch (action.kind) {
    case 'delay':
      await pause(action.ms);
      return client.request(request);
    case 'drop':
    case 'accept-then-error':
      return accepted;
    case 'duplicate': {
      const outcomes = await Promise.all(Array.from({ length: action.times }, () => client.request(request)));
      return outcomes[0] ?? accepted;
    }
    case 'reorder':
      await held.hold(facts.operation);
      return client.request(request);
    case 'late':
      void pause(action.ms).then(() => client.request(request));
      return accepted;
    case 'reject':
      return acknowledged(action.status);
    case 'corrupt':
      return client.request({ ...request, body: corruptBody(Buffer.from(request.body ?? '').toString('utf8')) });
    case 'bad-signature':
      return client.request({ ...request, headers: corruptSignature(request.headers) });
    case 'timeout':
    case 'execute-then-reset':
    case 'execute-then-error':
      await client.request(request);
      return lost('answer', 'ANSWER_TIMEOUT');
    case 'reset':
    case 'error-then-execute':
      return lost('send', 'CONNECTION_LOST');
  }
}

function lost(phase: 'answer' | 'send', code: 'ANSWER_TIMEOUT' | 'CONNECTION_LOST'): HttpOutcome {
  return { kind: 'failed', phase, sent: true, code, message: 'a fault of the sandbox lost the answer', advice: 'Remove the fault.' };
}
