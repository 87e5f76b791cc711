import type { Action, Input } from '@payment-manager/engine';
import type { ErrorInformation, Operation } from '@payment-manager/fspiop';

export interface Trace {
  readonly traceparent?: string;
  readonly tracestate?: string;
}

/** A message to the hub as a flow wants it. The sender adds date, signature and connection. */
export interface Message {
  readonly operation: Operation;
  readonly path: string;
  readonly destination?: string;
  /** Content-Type version. */
  readonly version: string;
  readonly body?: object;
  readonly trace?: Trace | undefined;
}

/** Sends a message until the hub takes it, refuses it for good, or the time is over. */
export interface SendAction extends Action {
  readonly type: 'send';
  readonly message: Message;
  /** No attempt begins after this instant. Absent: until the hub answers. */
  readonly until?: number;
  /** Given up after so many attempts; absent: by time alone. */
  readonly attempts?: number;
  /** The sealed fulfilment that belongs into the body as `fulfilment`. */
  readonly sealedFulfilment?: { readonly sealed: string; readonly context: string };
}

/** What became of a message, and what that proves (docs/money-rules.md, 4). */
export type SendOutcome =
  | { readonly kind: 'acknowledged'; readonly detail: string }
  /** The hub refused it with a 4xx, and no earlier attempt can have arrived. */
  | { readonly kind: 'refused'; readonly detail: string; readonly errorInformation: ErrorInformation }
  /** The time is over (or the hub refused a repeat). `mayHaveArrived` false: proven that no byte of it ever left. */
  | { readonly kind: 'given-up'; readonly detail: string; readonly errorInformation: ErrorInformation; readonly mayHaveArrived: boolean };

/** `GET /transfers/{id}` now, beside the ladder, best effort: whoever wants it can ask again. */
export function inquiry(
  settings: { readonly versions: { readonly transfers: string }; readonly timeouts: { readonly callbackMs: number } },
  transferId: string,
  now: number,
): SendAction {
  return {
    key: 'courtesy:inquire',
    type: 'send',
    repeatable: true,
    message: { operation: 'GET /transfers', path: `/transfers/${transferId}`, version: settings.versions.transfers },
    until: now + settings.timeouts.callbackMs,
    attempts: 3,
  };
}

export interface Sent extends Input {
  readonly type: 'sent';
  readonly key: string;
  readonly outcome: SendOutcome;
}

/** A timer: its only effect is the input `due`. */
export interface TimerAction extends Action {
  readonly type: 'timer';
}

export interface Due extends Input {
  readonly type: 'due';
  readonly key: string;
}
