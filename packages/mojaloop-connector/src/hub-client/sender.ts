import type { KeyObject } from 'node:crypto';
import type { ActionContext } from '@payment-manager/engine';
import {
  algorithmFor,
  attachSignature,
  buildMessage,
  continueTrace,
  type ErrorInformation,
  errorBody,
  FspiopError,
  isErrorCode,
  isFulfilment,
  type Outgoing,
  signingInput,
} from '@payment-manager/fspiop';
import type { MessageLog } from '@payment-manager/messages';
import { type Histogram, type HttpClient, type HttpOutcome, MESSAGE_SECONDS, type Sealer, type World } from '@payment-manager/runtime';
import type { ConnectorSettings } from '../transfer/connector-settings.ts';
import type { Message, SendAction, SendOutcome, Sent } from '../transfer/message.ts';
import { becameOf, idsOfMessage } from '../transfer/message-ids.ts';

interface SenderDeps extends World {
  readonly settings: ConnectorSettings;
  readonly client: HttpClient;
  readonly sealer: Sealer;
  /** Our JWS key as it is now; it may be replaced while the product runs. */
  readonly signingKey: () => KeyObject | undefined;
  /** Where the bytes are kept that were sent. Absent: nowhere. */
  readonly messages?: MessageLog | undefined;
  /** What a message bears as its span; absent: a new one for each. */
  readonly spanId?: string;
}

interface SendingDeps extends SenderDeps {
  readonly seconds: Histogram;
}

const BACKOFF_FIRST_MS = 100;
const BACKOFF_MAX_MS = 10_000;

/** Sends messages to the hub: date, trace, signature, connection, and repeats with back-off within the action's time. */
export interface Sender {
  send(action: SendAction, context: Pick<ActionContext, 'resumed' | 'signal'> & Partial<ActionContext>): Promise<Sent | undefined>;
}

/** The sender of one connector; stateless but for its metrics. */
export function createSender(given: SenderDeps): Sender {
  const seconds = given.metrics.histogram(
    'pm_hub_message_seconds',
    'Messages sent to the hub, each attempt until the hub has answered, by operation and result',
    MESSAGE_SECONDS,
    ['operation', 'result'],
  );
  const deps: SendingDeps = { ...given, seconds };
  const sent = deps.metrics.counter('pm_hub_messages_total', 'Messages sent to the hub by operation and result', ['operation', 'result']);
  return {
    async send(action, context) {
      const { tracing } = deps;
      const traced = tracing === undefined || context.recordId === undefined ? deps : { ...deps, spanId: tracing.spanOf(context.recordId) };
      const outcome = await repeat(traced, action, context);
      if (outcome === undefined) return undefined;
      sent.add(1, { operation: action.message.operation, result: outcome.kind });
      return action.key.startsWith('courtesy:') ? undefined : { type: 'sent', key: action.key, outcome };
    },
  };
}

/** Attempts until an end. The same content each time; only Date, trace span and signature are new (docs/money-rules.md, 3). */
async function repeat(
  deps: SendingDeps,
  action: SendAction,
  context: Pick<ActionContext, 'resumed' | 'signal'>,
): Promise<SendOutcome | undefined> {
  const { message, until, attempts } = action;
  // what an earlier process did with this action is unknown
  let mayHaveArrived = context.resumed;
  let last: Exclude<Verdict, { kind: 'taken' }> = {
    kind: 'again',
    detail: 'not tried',
    errorInformation: { errorCode: '2004', errorDescription: 'there was no time left to send the message' },
    mayHaveArrived,
  };
  for (let attempt = 1; attempts === undefined || attempt <= attempts; attempt++) {
    const now = deps.clock.now();
    if (until !== undefined && now >= until) break;
    const left = until === undefined ? deps.settings.timeouts.hubHttpMs : until - now;
    deps.failpoints.hit(`send.before.${message.operation}`);
    const verdict = await exchange(deps, action, attempt, Math.min(deps.settings.timeouts.hubHttpMs, left));
    deps.failpoints.hit(`send.after.${message.operation}`);
    if (verdict.kind === 'taken') return { kind: 'acknowledged', detail: verdict.detail };
    last = verdict;
    deps.log[attempt === 1 ? 'debug' : 'warn']('message not taken', { operation: message.operation, attempt, result: verdict.detail });
    // a question without an end is asked again even after a refusal: only the hub's answer ends it (docs/money-rules.md, 6)
    if (verdict.kind === 'refused' && until !== undefined) {
      if (mayHaveArrived) break;
      return { kind: 'refused', detail: verdict.detail, errorInformation: verdict.errorInformation };
    }
    if (verdict.kind === 'elsewhere' || (verdict.kind === 'again' && verdict.mayHaveArrived)) mayHaveArrived = true;
    if (verdict.kind === 'elsewhere' && until !== undefined) break;
    if (context.signal.aborted) return undefined;
    await pause(deps, backoff(deps, attempt), until, context.signal);
    if (context.signal.aborted) return undefined;
  }
  return { kind: 'given-up', detail: last.detail, errorInformation: last.errorInformation, mayHaveArrived };
}

function backoff(deps: SenderDeps, attempt: number): number {
  const full = Math.min(BACKOFF_FIRST_MS * 2 ** Math.min(attempt - 1, 20), BACKOFF_MAX_MS);
  return full * (0.5 + 0.5 * deps.random.fraction());
}

function pause(deps: SenderDeps, ms: number, until: number | undefined, signal: AbortSignal): Promise<void> {
  const wait = until === undefined ? ms : Math.min(ms, Math.max(0, until - deps.clock.now()));
  return new Promise((resolve) => {
    const timer = deps.timers.after(wait, done);
    signal.addEventListener('abort', done, { once: true });
    function done() {
      timer.cancel();
      signal.removeEventListener('abort', done);
      resolve();
    }
  });
}

async function exchange(deps: SendingDeps, action: SendAction, attempt: number, timeoutMs: number): Promise<Verdict> {
  const outgoing = built(deps, action);
  if ('kind' in outgoing) return outgoing;
  const unsigned = await sign(deps, action.message, outgoing).then(
    () => undefined,
    (error: unknown) => unsignedVerdict(error),
  );
  if (unsigned !== undefined) return unsigned;
  const request = {
    method: outgoing.method,
    url: baseUrl(deps.settings, action.message) + outgoing.path,
    headers: outgoing.headers,
    timeoutMs,
  };
  const [at, startedMs] = [deps.clock.now(), deps.clock.monotonic()];
  const outcome = await deps.client.request(outgoing.body === undefined ? request : { ...request, body: outgoing.body });
  const tookMs = deps.clock.monotonic() - startedMs;
  deps.messages?.record({
    at,
    direction: 'out',
    side: 'hub',
    method: request.method,
    target: request.url,
    headers: request.headers,
    body: outgoing.body,
    attempt,
    tookMs,
    ...becameOf(outcome),
    ids: idsOfMessage(action.message.path, action.message.body),
  });
  const verdict = verdictOf(outcome);
  deps.seconds.observe(tookMs / 1_000, { operation: action.message.operation, result: verdict.kind });
  return verdict;
}

/** What cannot be a message (its destination cannot stand in a header) never leaves: nobody need wait for an answer. */
function built(deps: SenderDeps, action: SendAction): Outgoing | Extract<Verdict, { kind: 'refused' }> {
  try {
    return buildOutgoing(deps, action);
  } catch (error) {
    if (error instanceof FspiopError) return { kind: 'refused', detail: 'no message', errorInformation: error.toBody().errorInformation };
    throw error;
  }
}

function buildOutgoing(deps: SenderDeps, action: SendAction): Outgoing {
  const { message } = action;
  const trace =
    message.trace &&
    continueTrace(message.trace, { spanId: deps.spanId ?? Buffer.from(deps.random.bytes(8)).toString('hex'), ownKey: deps.settings.fspId });
  return buildMessage({
    operation: message.operation,
    path: message.path,
    source: deps.settings.fspId,
    version: message.version,
    date: deps.clock.now(),
    ...(message.destination !== undefined && { destination: message.destination }),
    ...(message.body !== undefined && { body: bodyOf(deps, action, message.body) }),
    ...(trace !== undefined && { trace }),
  });
}

/** The fulfilment is unsealed only here, on its way to the hub. */
function bodyOf(deps: SenderDeps, action: SendAction, body: object): object {
  if (action.sealedFulfilment === undefined) return body;
  const { sealed, context } = action.sealedFulfilment;
  const fulfilment = Buffer.from(deps.sealer.open(sealed, context)).toString('base64url');
  // the seal is bound to the condition; that they belong together is checked all the same before anything is sent (docs/money-rules.md, 3)
  if (!isFulfilment(fulfilment, context)) throw new Error('the sealed fulfilment does not match its condition');
  return { ...body, fulfilment };
}

async function sign(deps: SenderDeps, message: Message, outgoing: Outgoing): Promise<void> {
  const { jws } = deps.settings;
  if (!jws.sign || outgoing.body === undefined) return;
  if (message.operation === 'PUT /parties' && !jws.signPutParties) return;
  const key = deps.signingKey();
  if (key === undefined) throw new Error('there is no signing key');
  const algorithm = algorithmFor(key);
  const { protectedHeader, input } = signingInput(outgoing, algorithm);
  attachSignature(outgoing, protectedHeader, await deps.signatures.sign(algorithm, key, input));
}

/**
 * A key that is missing or was withdrawn, or an HSM that does not answer: nothing left, and a successor may come in time. Only a code
 * is told: what signs may quote what it signs with.
 */
function unsignedVerdict(error: unknown): Verdict {
  const code = (error as { code?: unknown }).code;
  const why = typeof code === 'string' ? code : error instanceof Error ? error.message : 'unknown';
  const { errorInformation } = errorBody('2001', 'the message cannot be signed');
  return { kind: 'again', detail: `not signed: ${why}`, errorInformation, mayHaveArrived: false };
}

function baseUrl(settings: ConnectorSettings, message: Message): string {
  const resource = message.operation.split('/')[1] as keyof ConnectorSettings['hub'];
  return settings.hub[resource];
}

/** What one HTTP exchange with the hub means for the message that was sent (docs/protocol.md, 4 and 10; docs/money-rules.md, 4). */
export type Verdict =
  | { readonly kind: 'taken'; readonly detail: string }
  /** The hub has said no to this message: the same message again gets the same no. */
  | { readonly kind: 'refused'; readonly detail: string; readonly errorInformation: ErrorInformation }
  /** Worth another attempt. `arrived` false: proven that no byte of this attempt left. */
  | { readonly kind: 'again'; readonly detail: string; readonly errorInformation: ErrorInformation; readonly mayHaveArrived: boolean }
  /** A redirect: never followed and never repeated by itself (docs/protocol.md, 4), and no proof that nothing was done. */
  | { readonly kind: 'elsewhere'; readonly detail: string; readonly errorInformation: ErrorInformation };

/** Client errors that mean "not now" rather than "no". */
const NOT_NOW = new Set([408, 425, 429]);
/** Answers that tell the code of the protocol when the body does not. */
const CODE_OF_STATUS: Readonly<Record<number, string>> = {
  400: '3100',
  401: '3000',
  403: '3000',
  404: '3002',
  405: '3000',
  406: '3001',
  501: '2002',
  503: '2003',
};

/** Reads one exchange. Only a failure before a byte left proves that nothing arrived. */
export function verdictOf(outcome: HttpOutcome): Verdict {
  if (outcome.kind === 'failed') {
    const timeout = outcome.code === 'ANSWER_TIMEOUT' || outcome.code === 'CONNECT_TIMEOUT';
    const { errorInformation } = errorBody(timeout ? '2004' : '1001', `${outcome.code}: ${outcome.message}`);
    return { kind: 'again', detail: outcome.code, errorInformation, mayHaveArrived: outcome.sent };
  }
  const { status } = outcome;
  const detail = `HTTP ${status}`;
  if (status >= 200 && status < 300) return { kind: 'taken', detail };
  const errorInformation = errorOf(status, outcome.body);
  if (status >= 300 && status < 400) return { kind: 'elsewhere', detail, errorInformation };
  // "not implemented" is a no for ever; every other 5xx may have been acted on
  if ((status >= 400 && status < 500 && !NOT_NOW.has(status)) || status === 501) return { kind: 'refused', detail, errorInformation };
  return { kind: 'again', detail, errorInformation, mayHaveArrived: true };
}

/** The error in the hub's own words, when the body has them; proxies answer with anything. */
function errorOf(status: number, body: Uint8Array): ErrorInformation {
  const code = CODE_OF_STATUS[status] ?? (status >= 500 ? '2001' : '3000');
  try {
    const parsed = JSON.parse(Buffer.from(body).toString('utf8')) as { errorInformation?: Partial<ErrorInformation> };
    const told = parsed.errorInformation;
    if (told !== undefined && isErrorCode(told.errorCode))
      return errorBody(told.errorCode, String(told.errorDescription ?? '')).errorInformation;
  } catch {
    // not JSON: the status has to do
  }
  return errorBody(code, `the hub answered HTTP ${status}`).errorInformation;
}
