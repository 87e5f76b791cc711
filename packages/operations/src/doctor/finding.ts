/** `skipped`: it could not be looked at, or does not apply; the message says why. */
export type FindingState = 'ok' | 'warning' | 'broken' | 'skipped';

/** What one look came to. */
export interface Finding {
  /** What was looked at: `hub`, `core`, `token`, `vault`, … */
  readonly part: string;
  /** Which side of it: `dns`, `connect`, `tls`, `certificate`, `answer`, `clock`, … */
  readonly check: string;
  readonly state: FindingState;
  /** One sentence for people. No secrets. */
  readonly message: string;
  /** What to do, when it is not well. */
  readonly remedy?: string;
}

/** Makes findings of one part. */
export interface Findings {
  ok(check: string, message: string): Finding;
  skipped(check: string, message: string): Finding;
  warning(check: string, message: string, remedy: string): Finding;
  broken(check: string, message: string, remedy: string): Finding;
}

/** @example findingsOf('vault').ok('open', 'it opens with its master key') */
export function findingsOf(part: string): Findings {
  return {
    ok: (check, message) => ({ part, check, state: 'ok', message }),
    skipped: (check, message) => ({ part, check, state: 'skipped', message }),
    warning: (check, message, remedy) => ({ part, check, state: 'warning', message, remedy }),
    broken: (check, message, remedy) => ({ part, check, state: 'broken', message, remedy }),
  };
}
