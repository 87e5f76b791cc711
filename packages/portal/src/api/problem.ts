import type { ShownProblem } from '@payment-manager/management-api/types';

/** A refusal of the server, or a server that was not reached (`OFFLINE`, status 0). */
export class ProblemError extends Error {
  readonly status: number;
  readonly shown: ShownProblem;
  constructor(status: number, shown: ShownProblem) {
    super(shown.message);
    this.name = 'ProblemError';
    this.status = status;
    this.shown = shown;
  }
}

/** Whether nobody is signed in here any more. */
export const isSignedOut = (error: unknown): boolean =>
  error instanceof ProblemError && error.status === 401 && error.shown.code === 'NOT_SIGNED_IN';

/** Whether what was asked for may have been done all the same: no answer came, or the server broke while it worked. */
export const isUnanswered = (error: unknown): boolean => {
  const { status } = problemOf(error);
  return status === 0 || status >= 500;
};

/** Any error as one that can be shown. */
export function problemOf(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  return new ProblemError(0, { code: 'UNEXPECTED', message: error instanceof Error ? error.message : String(error) });
}
