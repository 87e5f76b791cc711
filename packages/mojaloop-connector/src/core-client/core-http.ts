import { FspiopError, httpDate, parseJson } from '@payment-manager/fspiop';
import type { MessageLog } from '@payment-manager/messages';
import type { Clock, Histogram, HttpClient, HttpOutcome, Log, Metrics, TransportCode } from '@payment-manager/runtime';
import type { ConnectorSettings } from '../transfer/connector-settings.ts';
import { becameOf, idsOfMessage } from '../transfer/message-ids.ts';
import { type CoreOperation, TRANSPORT_FAILURES } from './core-refusal.ts';

/** The settings that calling a core over HTTP needs. */
export type HttpCoreSettings = Pick<ConnectorSettings, 'fspId' | 'core' | 'timeouts'>;

/** One call, and what became of it. `body` is there when the answer was a JSON object. */
export type CoreAnswer =
  | { readonly kind: 'answer'; readonly status: number; readonly body?: Readonly<Record<string, unknown>>; readonly empty: boolean }
  | { readonly kind: 'failed'; readonly sent: boolean; readonly code: TransportCode; readonly message: string }
  /** The deadline had passed before the call. */
  | { readonly kind: 'too-late' };

/** A call to be made. */
export interface CoreCall {
  readonly operation: CoreOperation;
  readonly method: 'GET' | 'POST' | 'PUT';
  /** Begins with a slash, every segment already encoded. */
  readonly path: string;
  readonly body?: object;
  /** Idempotency-Key; on money calls. */
  readonly key?: string;
  /** Wall clock, milliseconds since the epoch. */
  readonly deadline: number;
}

/** How the core is called. */
export interface CoreHttp {
  /** One exchange, never repeated: for calls that change the core (docs/money-rules.md, 1). */
  once(call: CoreCall): Promise<CoreAnswer>;
  /** A read: repeated at most twice, at once, when nothing came back because of the connection. Statuses are answers. */
  read(call: CoreCall): Promise<CoreAnswer>;
}

const READ_REPEATS_MAX = 2;
const BUCKETS_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const ACCEPT = 'application/json';

/**
 * Calls the core over HTTP, keep-alive, as the Mojaloop SDK does (docs/protocol.md, 17.1), within the deadline and
 * `timeouts.backendMs`, whichever ends first. Logs and metrics know the operation, status and code of a call; never a
 * path or a body, for these name people.
 */
export function coreHttp(
  settings: HttpCoreSettings,
  client: HttpClient,
  clock: Clock,
  metrics: Metrics,
  log: Log,
  messages?: MessageLog,
): CoreHttp {
  const baseUrl = settings.core.baseUrl.replace(/\/+$/, '');
  const seconds: Histogram = metrics.histogram('pm_core_call_seconds', 'Calls of the core, by operation and outcome', BUCKETS_SECONDS, [
    'operation',
    'outcome',
  ]);

  async function exchange(call: CoreCall, timeoutMs: number, attempt: number): Promise<CoreAnswer> {
    const [at, startedMs] = [clock.now(), clock.monotonic()];
    const request = {
      method: call.method,
      url: baseUrl + call.path,
      headers: headersOf(call, clock),
      ...(call.body !== undefined && { body: JSON.stringify(call.body) }),
      timeoutMs,
    };
    const outcome = await client.request(request);
    messages?.record({
      at,
      direction: 'out',
      side: 'core',
      method: request.method,
      target: request.url,
      headers: request.headers,
      body: request.body,
      attempt,
      tookMs: clock.monotonic() - startedMs,
      ...becameOf(outcome),
      ids: idsOfMessage(call.path, call.body),
    });
    const answer = readOutcome(outcome);
    const label = answer.kind === 'answer' ? `${Math.floor(answer.status / 100)}xx` : answer.kind === 'failed' ? answer.code : answer.kind;
    seconds.observe((clock.monotonic() - startedMs) / 1000, { operation: call.operation, outcome: label });
    if (outcome.kind === 'failed')
      log.warn('core: call failed', {
        operation: call.operation,
        code: outcome.code,
        sent: outcome.sent,
        why: outcome.message,
        advice: outcome.advice,
      });
    else if (outcome.status >= 400) log.warn('core: refused', { operation: call.operation, status: outcome.status });
    return answer;
  }

  const budget = (call: CoreCall): number => Math.min(settings.timeouts.backendMs, call.deadline - clock.now());

  return {
    async once(call) {
      const timeoutMs = budget(call);
      return timeoutMs > 0 ? exchange(call, timeoutMs, 1) : { kind: 'too-late' };
    },
    async read(call) {
      // Running time is monotonic, so that a clock that jumps ends nothing (docs/money-rules.md, 6).
      const endsMs = clock.monotonic() + budget(call);
      let answer: CoreAnswer = { kind: 'too-late' };
      for (let attempt = 0; attempt <= READ_REPEATS_MAX; attempt++) {
        const timeoutMs = endsMs - clock.monotonic();
        if (timeoutMs <= 0) break;
        answer = await exchange(call, timeoutMs, attempt + 1);
        if (answer.kind !== 'failed' || !TRANSPORT_FAILURES[answer.code].repeatRead) break;
      }
      return answer;
    },
  };
}

function headersOf(call: CoreCall, clock: Clock): Record<string, string> {
  const headers: Record<string, string> = { accept: ACCEPT, date: httpDate(clock.now()) };
  if (call.body !== undefined) headers['content-type'] = ACCEPT;
  if (call.key !== undefined) headers['idempotency-key'] = call.key;
  return headers;
}

function readOutcome(outcome: HttpOutcome): CoreAnswer {
  if (outcome.kind === 'failed') return { kind: 'failed', sent: outcome.sent, code: outcome.code, message: outcome.message };
  const body = jsonObject(outcome.body);
  return { kind: 'answer', status: outcome.status, empty: outcome.body.length === 0, ...(body !== undefined && { body }) };
}

function jsonObject(bytes: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  if (bytes.length === 0) return undefined;
  try {
    const value = parseJson(bytes);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch (error) {
    // What cannot be read is not an answer; anything but a refusal of the reader would be a defect of ours.
    if (error instanceof FspiopError) return undefined;
    throw error;
  }
}
