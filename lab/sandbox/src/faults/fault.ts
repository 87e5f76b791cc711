/**
 * What can go wrong on demand. `delay`, `drop` … are faults of messages; the last four are those of a core system, where
 * what matters is whether the work was done (docs/money-rules.md, 1).
 */
export type FaultAction =
  /** Handled or sent, `ms` later; the other side waits. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** Acknowledged and lost. */
  | { readonly kind: 'drop' }
  /** Handled or sent `times` times at once. */
  | { readonly kind: 'duplicate'; readonly times: number }
  /** Held until the next message of the same kind has gone by, 10 s at most. */
  | { readonly kind: 'reorder' }
  /** Refused with this status; the message is not processed. */
  | { readonly kind: 'reject'; readonly status: number; readonly errorCode?: string; readonly message?: string }
  /** In: never answered, not processed. Out: sent, but its answer counts as lost, so that it is sent again. */
  | { readonly kind: 'timeout' }
  /** One character of the body is changed after it was signed. */
  | { readonly kind: 'corrupt' }
  /** One character of the signature is changed. */
  | { readonly kind: 'bad-signature' }
  /** Acknowledged now, processed or sent `ms` later. */
  | { readonly kind: 'late'; readonly ms: number }
  /** Acknowledged and lost, and then an error callback comes, `ms` later; with `execute` the work is done all the same. A hub's `in` only. */
  | { readonly kind: 'accept-then-error'; readonly ms: number; readonly errorCode: string; readonly execute: boolean }
  /** The connection breaks before anything is done. */
  | { readonly kind: 'reset' }
  /** The work is done, then the connection breaks. */
  | { readonly kind: 'execute-then-reset' }
  /** The work is done, then the answer is this error. */
  | { readonly kind: 'execute-then-error'; readonly status: number; readonly errorCode?: string; readonly message?: string }
  /** The answer is this error, and the work is done `ms` later all the same. */
  | {
      readonly kind: 'error-then-execute';
      readonly ms: number;
      readonly status: number;
      readonly errorCode?: string;
      readonly message?: string;
    };

export type FaultKind = FaultAction['kind'];
export type FaultDirection = 'in' | 'out';

/** Which messages a fault strikes, and how. */
export interface FaultRule {
  /** `POST /transfers`, `PUT /quotes/error`, …; `*` for all. A core knows `GET /parties`, `POST /quoterequests`, `POST /transfers`, `PUT /transfers`, `GET /transfers`. */
  readonly operation: string;
  /** Seen from the one that has the fault: `in` arrives there, `out` is sent by it. Default `in`. */
  readonly direction: FaultDirection;
  /** Only messages from (in) or to (out) this FSP. */
  readonly fspId?: string;
  /** The first match that is struck, from 1. Default 1. */
  readonly nth: number;
  /** How many matches from there on. Absent: all until the fault is removed. */
  readonly count?: number;
  /** Chance in [0, 1] that a match is struck. Default 1. */
  readonly probability: number;
  readonly action: FaultAction;
}

/** A message as the rules see it. */
export interface MessageFacts {
  readonly operation: string;
  readonly direction: FaultDirection;
  readonly fspId?: string;
}

const MS_MAX = 600_000;
const DUPLICATES_MAX = 100;

/** A request that does not describe a fault: 400 at the admin API. */
export class FaultInvalid extends Error {}

/**
 * Reads a fault from parsed JSON.
 *
 * @throws FaultInvalid naming the member that is wrong
 * @example parseFault({ operation: 'POST /transfers', action: { kind: 'delay', ms: 500 } })
 */
export function parseFault(value: unknown): FaultRule {
  const json = record(value, 'fault');
  const operation = text(json['operation'] ?? '*', 'operation');
  const direction = json['direction'] ?? 'in';
  if (direction !== 'in' && direction !== 'out') throw new FaultInvalid('direction must be "in" or "out"');
  const fspId = json['fspId'] === undefined ? undefined : text(json['fspId'], 'fspId');
  const count = json['count'] === undefined ? undefined : number(json['count'], 'count', 1, 1_000_000_000);
  return {
    operation,
    direction,
    ...(fspId !== undefined && { fspId }),
    nth: number(json['nth'] ?? 1, 'nth', 1, 1_000_000_000),
    ...(count !== undefined && { count }),
    probability: number(json['probability'] ?? 1, 'probability', 0, 1),
    action: parseAction(json['action']),
  };
}

function parseAction(value: unknown): FaultAction {
  const json = record(value, 'action');
  const kind = text(json['kind'], 'action.kind');
  switch (kind) {
    case 'drop':
    case 'reorder':
    case 'timeout':
    case 'corrupt':
    case 'bad-signature':
    case 'reset':
    case 'execute-then-reset':
      return { kind };
    case 'delay':
    case 'late':
      return { kind, ms: number(json['ms'], 'action.ms', 0, MS_MAX) };
    case 'accept-then-error':
      return {
        kind,
        ms: number(json['ms'] ?? 50, 'action.ms', 0, MS_MAX),
        errorCode: text(json['errorCode'] ?? '3100', 'action.errorCode'),
        execute: json['execute'] === true,
      };
    case 'duplicate':
      return { kind, times: number(json['times'] ?? 2, 'action.times', 2, DUPLICATES_MAX) };
    case 'reject':
    case 'execute-then-error':
      return { kind, ...parseError(json) };
    case 'error-then-execute':
      return { kind, ms: number(json['ms'] ?? 50, 'action.ms', 0, MS_MAX), ...parseError(json) };
    default:
      throw new FaultInvalid(`action.kind ${JSON.stringify(kind)} is not known`);
  }
}

function parseError(json: Readonly<Record<string, unknown>>): { status: number; errorCode?: string; message?: string } {
  const errorCode = json['errorCode'] === undefined ? undefined : text(json['errorCode'], 'action.errorCode');
  const message = json['message'] === undefined ? undefined : text(json['message'], 'action.message');
  return {
    status: number(json['status'] ?? 500, 'action.status', 200, 599),
    ...(errorCode !== undefined && { errorCode }),
    ...(message !== undefined && { message }),
  };
}

function record(value: unknown, name: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new FaultInvalid(`${name} must be an object`);
  return value as Readonly<Record<string, unknown>>;
}

function text(value: unknown, name: string): string {
  if (typeof value !== 'string' || value.length === 0 || value.length > 128)
    throw new FaultInvalid(`${name} must be a text of 1 to 128 characters`);
  return value;
}

function number(value: unknown, name: string, least: number, most: number): number {
  if (typeof value !== 'number' || !(value >= least && value <= most))
    throw new FaultInvalid(`${name} must be a number from ${least} to ${most}`);
  return value;
}
