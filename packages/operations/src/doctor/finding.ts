/** `skipped`: the check could not be made, or does not apply; the message says why. */
export type FindingState = 'passed' | 'warning' | 'failed' | 'skipped';

/** The result of one check. */
export interface Finding {
  /** What was checked: `hub`, `core`, `token`, `vault`, … */
  readonly part: string;
  /** Which side of it: `dns`, `connect`, `tls`, `certificate`, `answer`, `clock`, … */
  readonly check: string;
  readonly state: FindingState;
  /** One sentence for people. No secrets. */
  readonly message: string;
  /** What to do, where the check did not pass. */
  readonly remedy?: string;
}

/** Makes findings of one part. */
export interface Findings {
  passed(check: string, message: string): Finding;
  skipped(check: string, message: string): Finding;
  warning(check: string, message: string, remedy: string): Finding;
  failed(check: string, message: string, remedy: string): Finding;
}

/** @example findingsOf('vault').passed('open', 'opens with its master key') */
export function findingsOf(part: string): Findings {
  return {
    passed: (check, message) => ({ part, check, state: 'passed', message }),
    skipped: (check, message) => ({ part, check, state: 'skipped', message }),
    warning: (check, message, remedy) => ({ part, check, state: 'warning', message, remedy }),
    failed: (check, message, remedy) => ({ part, check, state: 'failed', message, remedy }),
  };
}
