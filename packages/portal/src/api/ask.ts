import type { ShownProblem } from '@payment-manager/management-api/types';
import { sinceInput } from '../browser/last-input.ts';
import { callServer } from '../browser/network.ts';
import { ProblemError } from './problem.ts';

export type Line = `${'GET' | 'POST' | 'PUT' | 'DELETE'} /${string}`;

export interface Asking {
  /** Values of `:name` in the line. */
  readonly params?: Readonly<Record<string, string | number>>;
  /** What is undefined or empty is left out. */
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

/**
 * Asks the management API: `ask<PaymentPage>('GET /payments', { query })`. A test compares each line in these sources with docs/management-api.openapi.json.
 * Rejects with ProblemError, also where the server is not reached.
 */
export async function ask<T>(line: Line, { params, query, body, signal }: Asking = {}): Promise<T> {
  const answer = await fetched(line, { params, query, body, signal });
  const text = await answer.text();
  if (answer.ok) return (text === '' ? undefined : JSON.parse(text)) as T;
  throw new ProblemError(answer.status, problemIn(text, answer.status));
}

/** Where a line leads, with its values in it. */
export function addressOf(line: Line, { params = {}, query = {} }: Pick<Asking, 'params' | 'query'> = {}): string {
  const path = line.replace(/^\w+ /, '').replace(/:(\w+)/g, (_all, name: string) => encodeURIComponent(String(params[name] ?? '')));
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined && value !== '') search.set(name, String(value));
  const asked = search.toString();
  return `/api${path}${asked === '' ? '' : `?${asked}`}`;
}

/** A page that nobody has touched for so long asks by itself, and says so: the server then takes it for no sign of somebody at the desk. */
const BY_ITSELF_MS = 120_000;

async function fetched(
  line: Line,
  { params, query, body, signal }: { readonly [K in keyof Asking]: Asking[K] | undefined },
): Promise<Response> {
  const method = line.slice(0, line.indexOf(' '));
  try {
    return await callServer(addressOf(line, { ...(params && { params }), ...(query && { query }) }), {
      method,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(sinceInput() > BY_ITSELF_MS && { 'x-pm-by-itself': '1' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(signal !== undefined && { signal }),
    });
  } catch (error) {
    if (signal?.aborted === true) throw error;
    throw new ProblemError(0, { code: 'OFFLINE', message: 'The server was not reached.' });
  }
}

function problemIn(text: string, status: number): ShownProblem {
  try {
    const { code, message } = JSON.parse(text) as Partial<ShownProblem>;
    if (typeof code === 'string' && typeof message === 'string') return JSON.parse(text) as ShownProblem;
  } catch {
    // something between us and the server answered
  }
  return { code: 'UNEXPECTED', message: `The server answered with status ${status}.` };
}
