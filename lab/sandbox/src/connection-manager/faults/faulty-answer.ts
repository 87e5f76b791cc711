import type { HttpResponse } from '@payment-manager/runtime';
import { crash, json, Problem, refusedByValidator } from '../api/problem.ts';
import type { ServerParts } from '../server-parts.ts';
import { dripping, lengthened, whiteSpace, withOddPem } from './costly-answer.ts';
import type { ConnectionManagerFault } from './fault.ts';

/** Who asks in vain gets the connection broken after this time. */
const SILENCE_MS = 60_000;

/** Answers a request as the fault that is in force for it wants. `work` does what was asked. */
export async function underFault(
  parts: Pick<ServerParts, 'faults' | 'timers' | 'clock'>,
  operation: string,
  fspId: string | undefined,
  work: () => Promise<HttpResponse>,
): Promise<HttpResponse> {
  const fault = parts.faults.strike({ kind: 'request', operation, fspId });
  if (!fault) return work();
  const pause = (ms: number): Promise<void> => new Promise((resolve) => void parts.timers.after(ms, resolve));
  switch (fault.kind) {
    case 'refuse': {
      const { status, body } = refusal(fault.status, fault.message, operation);
      return json(status, body);
    }
    case 'garbage':
      return { status: 200, headers: { 'content-type': 'text/html' }, body: '<html><body><h1>Welcome to nginx!</h1></body></html>' };
    case 'silence':
      await pause(SILENCE_MS);
      return { status: 502, reset: true };
    case 'reset':
      return { status: 502, reset: true };
    case 'drip':
    case 'endless': {
      const { body = '', ...head } = await done(work);
      return { ...head, pieces: fault.kind === 'endless' ? whiteSpace() : dripping(Buffer.from(body), () => pause(fault.ms)) };
    }
    case 'delay':
      await pause(fault.ms);
      return work();
    default:
      return damaged(fault, await done(work), parts.clock.now());
  }
}

/** What is answered is damaged, not what is done; a refusal stays what it is. */
async function done(work: () => Promise<HttpResponse>): Promise<HttpResponse> {
  return work().catch((error: unknown) => {
    if (error instanceof Problem) return json(error.status, error.body);
    throw error;
  });
}

function damaged(fault: ConnectionManagerFault, response: HttpResponse, now: number): HttpResponse {
  if (fault.kind === 'execute-then-reset') return { status: 502, reset: true };
  if (fault.kind === 'empty') return { status: 200 };
  if (response.status >= 400 || typeof response.body !== 'string') return response;
  if (fault.kind === 'odd-pem') return { ...response, body: withOddPem(response.body, now) };
  const content: unknown = JSON.parse(response.body);
  if (fault.kind === 'long-list') return Array.isArray(content) ? json(response.status, lengthened(content, fault.bytes)) : response;
  if (fault.kind === 'without') {
    const { [fault.member]: _left, ...rest } = content as Record<string, unknown>;
    return json(response.status, rest);
  }
  if (fault.kind === 'not-a-list') return json(response.status, { message: 'no list' });
  return fault.kind === 'holes' && Array.isArray(content) ? json(response.status, withHoles(content)) : response;
}

/** Entries without their members, of another kind, and twice. */
function withHoles(list: readonly unknown[]): unknown[] {
  const [first] = list as readonly Record<string, unknown>[];
  const without = (member: string): unknown[] =>
    first ? [Object.fromEntries(Object.entries(first).filter(([name]) => name !== member))] : [];
  return [null, {}, ...without('dfspId'), ...without('createdAt'), ...without('publicKey'), 'text', ...list, ...list.slice(0, 1)];
}

/** In the shape in which the real server says it. */
function refusal(status: number, message: string | undefined, path: string): Problem {
  if (status >= 500)
    return status === 500
      ? crash('Error', message ?? 'connect ECONNREFUSED 127.0.0.1:8200')
      : new Problem(status, { message: message ?? 'Bad Gateway' });
  const words: Readonly<Record<number, string>> = { 401: 'Authentication required', 403: 'Forbidden', 404: 'not found' };
  return refusedByValidator(status, [{ path, message: message ?? words[status] ?? 'refused' }]);
}
