/** A rule that did not hold. */
export interface Violation {
  /** The rule by a short name, as in the README's table. */
  readonly rule: Rule;
  readonly what: string;
  /** ms since the start. */
  readonly at: number;
}

export type Rule =
  | 'durable-first'
  | 'acknowledged-is-durable'
  | 'told-is-durable'
  | 'forward-only'
  | 'next-action'
  | 'one-payment-per-key'
  | 'same-message-again'
  | 'one-effect'
  | 'lease'
  | 'owner'
  | 'quiet'
  | 'one-call-per-start'
  | 'money'
  | 'hub-decides'
  | 'acceptance'
  | 'reconcile'
  | 'liveness'
  | 'bounded'
  | 'defect';

/** Where violations are collected. */
export interface Violations {
  readonly all: readonly Violation[];
  report(rule: Rule, what: string): void;
}

const KEPT_MAX = 50;

/** An empty list; the first are kept, for what follows from them is noise. */
export function noViolations(now: () => number): Violations {
  const all: Violation[] = [];
  return {
    all,
    report(rule, what) {
      if (all.length < KEPT_MAX) all.push({ rule, what, at: now() });
    },
  };
}
