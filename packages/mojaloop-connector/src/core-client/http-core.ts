import { FspiopError, httpDate, type Party, parseJson, partyPath } from '@payment-manager/fspiop';
import type { MessageLog } from '@payment-manager/messages';
import type { Clock, Histogram, HttpClient, HttpOutcome, Log, Metrics } from '@payment-manager/runtime';
import type { ConnectorSettings } from '../transfer/connector-settings.ts';
import { becameOf, idsOfMessage } from '../transfer/message-ids.ts';
import type { CoreDoor, PartyKey, ReadOutcome } from './core-door.ts';
import { type AnswerReaders, answerReaders, notificationBody, quoteRequestBody, transferRequestBody } from './core-messages.ts';
import { type CoreAnswer, type CoreOperation, moneyOutcome, readOutcome, refusal, TRANSPORT_FAILURES } from './core-outcome.ts';

/**
 * The core over HTTP: the backend API that the Mojaloop SDK calls (docs/protocol.md, 17), so that a core or core connector
 * made for the SDK works unchanged. What the SDK does wrong there is mended, see README.md of this folder: money calls
 * are sent once, every failure gets a valid code, every answer is checked, and an Idempotency-Key goes with what moves
 * money. How many calls run at once is decided before (`guardedCore`).
 *
 * @example
 * const core = httpCore(settings, createHttpClient({}), systemClock, metrics, log);
 * const party = await core.findParty({ type: 'MSISDN', id: '27713803912' }, deadlineMs);
 */
export function httpCore(
  settings: HttpCoreSettings,
  client: HttpClient,
  clock: Clock,
  metrics: Metrics,
  log: Log,
  messages?: MessageLog,
): CoreDoor {
  const http = coreHttp(settings, client, clock, metrics, log, messages);
  const readers: AnswerReaders = answerReaders(settings.fspId, settings.core.emptyAnswerIsOk, clock, metrics, log);
  return {
    async findParty(party: PartyKey, deadline: number, trace?: string): Promise<ReadOutcome<Party>> {
      const path = safePartyPath(party);
      if (path === undefined) return { kind: 'rejected', refusal: refusal('3204'), notFound: true };
      return readOutcome('party', await http.read({ operation: 'party', method: 'GET', path, deadline, trace }), (body) =>
        readers.party(body, party),
      );
    },
    async quote({ quote }, deadline, trace) {
      const call = { operation: 'quote', method: 'POST', path: '/quoterequests', body: quoteRequestBody(quote), deadline, trace } as const;
      return readOutcome('quote', await http.read(call), (body) => readers.quote(body, quote));
    },
    async transfer(request, key, deadline, trace) {
      const call = {
        operation: 'transfer',
        method: 'POST',
        path: '/transfers',
        body: transferRequestBody(request),
        key,
        deadline,
        trace,
      } as const;
      return moneyOutcome('transfer', await http.once(call), readers.transfer);
    },
    async notify(notification, key, deadline, trace) {
      const call = {
        operation: 'notify',
        method: 'PUT',
        path: transferPath(notification.transferId),
        body: notificationBody(notification),
        key,
        deadline,
        trace,
      } as const;
      // Every 2xx is an answer to a notification, with or without a body (docs/protocol.md, 17.2).
      return moneyOutcome('notify', await http.once(call), (body) => body ?? {});
    },
    async ask(transferId, deadline, _begunAt, trace) {
      const answer = await http.read({ operation: 'ask', method: 'GET', path: transferPath(transferId), deadline, trace });
      return readOutcome('ask', answer, (body) => readers.state(body, transferId));
    },
  };
}

/** `undefined`: an identifier that no URL can hold without changing its meaning (`..`); no core can know it. */
function safePartyPath(party: PartyKey): string | undefined {
  try {
    return partyPath('parties', party);
  } catch (error) {
    if (error instanceof FspiopError) return undefined;
    throw error;
  }
}

function transferPath(transferId: string): string {
  return `/transfers/${encodeURIComponent(transferId)}`;
}

/** The settings that calling a core over HTTP needs. */
type HttpCoreSettings = Pick<ConnectorSettings, 'fspId' | 'core' | 'timeouts'>;

/** A call to be made. */
export interface CoreCall {
  readonly operation: CoreOperation;
  readonly method: 'GET' | 'POST' | 'PUT';
  /** Begins with a slash, every segment already encoded. */
  readonly path: string;
  readonly body?: object;
  /** Idempotency-Key; on money calls. */
  readonly key?: string;
  /** `traceparent` */
  readonly trace?: string | undefined;
  /** Wall clock, milliseconds since the epoch. */
  readonly deadline: number;
}

/** How the core is called. */
interface CoreHttp {
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
function coreHttp(
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
    const answer = answerIn(outcome);
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
  if (call.trace !== undefined) headers['traceparent'] = call.trace;
  return headers;
}

function answerIn(outcome: HttpOutcome): CoreAnswer {
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
