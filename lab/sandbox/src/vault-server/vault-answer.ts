import type { HttpResponse } from '@payment-manager/runtime';

/** A refusal as HashiCorp Vault words it: a status and texts. */
export class VaultRefusal extends Error {
  readonly status: number;
  readonly errors: readonly string[];
  constructor(status: number, ...errors: string[]) {
    super(errors.join('; '));
    this.status = status;
    this.errors = errors;
  }
}

/** 200 with JSON, or 204 without content. */
export function answer(content: object | undefined): HttpResponse {
  if (content === undefined) return { status: 204 };
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(content) };
}

/** `{"errors": […]}`. */
export function refuse({ status, errors }: VaultRefusal, data?: object): HttpResponse {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ errors, ...(data ? { data } : {}) }) };
}

/** A member that must be a text. */
export function textOf(body: Readonly<Record<string, unknown>>, member: string): string {
  const value = body[member];
  if (typeof value !== 'string' || value === '') throw new VaultRefusal(400, `missing ${member}`);
  return value;
}
