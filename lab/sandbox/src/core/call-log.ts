/** A call of the backend API as it was seen, for tests and demonstrations. */
export interface SeenCall {
  readonly number: number;
  /** Wall clock, ms. */
  readonly at: number;
  readonly operation: string;
  readonly target: string;
  readonly idempotencyKey?: string;
  readonly body?: unknown;
  /** Undefined while it runs. */
  status?: number;
}

/** The newest calls of a core, in the order in which they arrived. */
export interface CallLog {
  begin(call: Omit<SeenCall, 'number'>): SeenCall;
  list(): readonly SeenCall[];
  /** How many calls of this operation arrived since the start. */
  count(operation: string): number;
}

const CALLS_MAX = 10_000;

/** Makes an empty log; it lives in memory only. */
export function callLog(): CallLog {
  const calls: SeenCall[] = [];
  const counts = new Map<string, number>();
  let number = 0;
  return {
    begin(call) {
      number += 1;
      const seen: SeenCall = { number, ...call };
      calls.push(seen);
      if (calls.length > CALLS_MAX) calls.splice(0, CALLS_MAX / 10);
      counts.set(call.operation, (counts.get(call.operation) ?? 0) + 1);
      return seen;
    },
    list: () => calls,
    count: (operation) => counts.get(operation) ?? 0,
  };
}
