/** What is told of anything that is not done: one shape for all. Nothing that was sent is repeated in it. */
export interface ShownProblem {
  /** Stable, like `NOT_PERMITTED`; docs/errors.md. */
  readonly code: string;
  /** One sentence for people. */
  readonly message: string;
  /** Where it is wrong: `body.reason`, `query.limit`, `cookie`. */
  readonly place?: string;
  readonly expected?: string;
  /** What to do. */
  readonly advice?: string;
  /** Whole seconds after which a repeat may succeed. */
  readonly retryAfter?: number;
}

/** Thrown wherever a request cannot be served; answered in the one shape. */
export class Problem extends Error {
  readonly status: number;
  readonly shown: ShownProblem;
  constructor(status: number, shown: ShownProblem) {
    super(shown.message);
    this.name = 'Problem';
    this.status = status;
    this.shown = shown;
  }
}

export const notFound = (what: string): Problem =>
  new Problem(404, {
    code: 'NOT_FOUND',
    message: `There is no such ${what}.`,
    advice: 'Look at the list again: it may have been removed.',
  });

export const changedMeanwhile = (): Problem =>
  new Problem(409, {
    code: 'CHANGED_MEANWHILE',
    message: 'Somebody else changed it in the same moment.',
    advice: 'Load it again, and repeat.',
  });

export const notNow = (why: string, advice: string): Problem => new Problem(409, { code: 'NOT_ALLOWED_NOW', message: why, advice });

/** Where a part of the product is switched off. */
export const switchedOff = (message: string, key: string): Problem =>
  new Problem(409, { code: 'SWITCHED_OFF', message, place: key, advice: `Set \`${key}\` in the configuration.` });
