import type { HttpResponse } from '@payment-manager/runtime';

/** One fault that the request validator found. */
export interface RequestFault {
  /** `.body.clientCSR`, `.query.state`, or the path of the request. */
  readonly path: string;
  readonly message: string;
  readonly errorCode?: string;
}

/** The server's own classes of errors and their statuses. */
const STATUS_OF = {
  ValidationError: 400,
  BadRequestError: 400,
  UnauthorizedError: 401,
  NotFoundError: 404,
  InvalidEntityError: 422,
  ExternalProcessError: 422,
  InternalError: 500,
  NotImplementedError: 501,
} as const;

type ProblemClass = keyof typeof STATUS_OF;

/** A refusal with the body that the real server sends; only `message` is the same in all three shapes, and it may be empty. */
export class Problem extends Error {
  readonly status: number;
  readonly body: object;
  constructor(status: number, body: { readonly message: string }) {
    super(body.message);
    this.status = status;
    this.body = body;
  }
}

/** From the validator in front of the handlers: authorisation, path, method, content type, query, body. */
export function refusedByValidator(status: number, faults: readonly [RequestFault, ...RequestFault[]]): Problem {
  return new Problem(status, { message: faults.map(({ message }) => message).join(', '), errors: faults } as { message: string });
}

/** One of the server's own classes. `reason` is what an underlying library said. */
export function problem(id: ProblemClass, message: string, reason?: string): Problem {
  const validationErrors = reason === undefined ? {} : { validationErrors: { message, payload: { message: reason } } };
  return new Problem(STATUS_OF[id], { payload: { id, message, ...validationErrors }, message } as { message: string });
}

/** Any other exception: 500, and `payload` is a text. */
export function crash(payload: 'Error' | 'TypeError' | 'AssertionError', message: string): Problem {
  return new Problem(500, { payload, message } as { message: string });
}

/** Before anything is looked at: JSON syntax, size. */
export function unreadable(status: 400 | 413, message: string): Problem {
  return new Problem(status, { message });
}

/** Pretty-printed JSON. */
export function json(status: number, content: unknown): HttpResponse {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: `${JSON.stringify(content, null, 2)}`,
  };
}
