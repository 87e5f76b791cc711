import type { Answer, Message } from '@payment-manager/messages';
import type { Clock, HttpOutcome, OutgoingRequest } from '@payment-manager/runtime';
import type { HttpBackend } from '../language/backend.ts';
import type { CallAbout } from '../record/walk.ts';
import type { Credentials } from './authentication.ts';
import type { BackEndDeps } from './back-end.ts';
import { bytesWithout, formsOf, NOT_KEPT, type SecretValues, secretValues, without } from './secret-values.ts';

/** A call as it was made, and what became of it. */
export interface MadeCall {
  /** Wall clock, milliseconds since the epoch, and the monotonic one, when it was sent. */
  readonly at: number;
  readonly startedMs: number;
  /** Base address, and path with the query that is the connector's own. */
  readonly base: string;
  readonly path: string;
  readonly request: Pick<OutgoingRequest, 'method' | 'headers' | 'body'>;
  readonly credentials: Credentials;
  readonly outcome: HttpOutcome;
  readonly about: CallAbout;
  /** From 1. */
  readonly attempt: number;
}

/** Keeps the calls of a back end, without what proves who we are. Undefined: no messages are kept. */
export function callRecorder(backend: HttpBackend, { messages, clock, running }: BackEndDeps): ((call: MadeCall) => void) | undefined {
  if (messages === undefined) return undefined;
  const secrets = secretValues(running);
  const ownSecretHeaders = backend.headers.flatMap(([name, value]) => (secrets.isIn(value) ? [name.toLowerCase()] : []));
  const hidden: Hidden = { secrets, backend, tokens: tokensRemembered(), ownSecretHeaders };
  return (call) => messages.record(keptCall(call, hidden, clock));
}

/** A token is of many calls. */
function tokensRemembered(): (credentials: Credentials) => readonly string[] {
  let last: readonly string[] = [];
  let forms: readonly string[] = [];
  return (credentials) => {
    const tokens = tokensOf(credentials);
    if (tokens.length !== last.length || tokens.some((token, index) => token !== last[index])) {
      last = tokens;
      forms = formsOf(tokens);
    }
    return forms;
  };
}

interface Hidden {
  readonly secrets: SecretValues;
  readonly backend: HttpBackend;
  /** In every form, as `SecretValues.needles`. */
  readonly tokens: (credentials: Credentials) => readonly string[];
  /** Names in lower case of the back end's headers that have a secret. */
  readonly ownSecretHeaders: readonly string[];
}

/** A token of fewer characters is none, and may be a word of any message. */
const TOKEN_MIN = 8;

function keptCall(call: MadeCall, { secrets, backend, tokens, ownSecretHeaders }: Hidden, clock: Clock): Message {
  const { at, startedMs, request, credentials, outcome, about, attempt } = call;
  const needles = [...tokens(credentials), ...secrets.needles];
  const secretHeaders = new Set([...Object.keys(credentials.headers).map((name) => name.toLowerCase()), ...ownSecretHeaders]);
  const base = secrets.isIn(backend.base) ? NOT_KEPT : without(needles, call.base);
  const made = { at, direction: 'out', side: 'core', backEnd: backend.name, method: request.method, attempt, ids: about.ids } as const;
  const tookMs = clock.monotonic() - startedMs;
  const failure = outcome.kind === 'failed' ? outcome.code : undefined;
  if (secrets.areMadeInto) {
    const answer = outcome.kind === 'answer' ? { status: outcome.status, headers: {} } : undefined;
    return { ...made, target: `${base}/${NOT_KEPT}`, headers: {}, tookMs, failure, answer, ...leftOut(request.body) };
  }
  const { query } = credentials;
  const credential = query === undefined ? '' : `${call.path.includes('?') ? '&' : '?'}${query.split('=')[0]}=${NOT_KEPT}`;
  return {
    ...made,
    target: `${base}${without(needles, call.path)}${credential}`,
    headers: headersWithout(needles, request.headers, secretHeaders),
    body: bodyWithout(needles, request.body),
    tookMs,
    failure,
    answer: outcome.kind === 'answer' ? answerWithout(needles, outcome) : undefined,
  };
}

/** What shows who we are, as an answer may repeat it. */
function tokensOf({ headers, query }: Credentials): readonly string[] {
  const words = [...Object.values(headers).map((value) => value.split(' ').at(-1) ?? ''), query?.split('=')[1] ?? ''];
  return words.filter((word) => word.length >= TOKEN_MIN);
}

function leftOut(body: OutgoingRequest['body']): Pick<Message, 'bodyLeftOut'> {
  return body === undefined ? {} : { bodyLeftOut: Buffer.byteLength(body) };
}

/** The very same where there is nothing to be left out, as nearly always in an answer. */
function headersWithout(
  needles: readonly string[],
  headers: Readonly<Record<string, string>>,
  secret: ReadonlySet<string> = NONE,
): Readonly<Record<string, string>> {
  let kept: Record<string, string> | undefined;
  for (const name of Object.keys(headers)) {
    const value = headers[name] as string;
    const left = secret.has(name.toLowerCase()) ? NOT_KEPT : without(needles, value);
    if (left !== value) {
      kept ??= { ...headers };
      kept[name] = left;
    }
  }
  return kept ?? headers;
}

const NONE: ReadonlySet<string> = new Set();

function bodyWithout(needles: readonly string[], body: Uint8Array | string | undefined): Uint8Array | string | undefined {
  return body === undefined ? undefined : typeof body === 'string' ? without(needles, body) : bytesWithout(needles, body);
}

function answerWithout(needles: readonly string[], { status, headers, body }: Answer): Answer {
  return { status, headers: headersWithout(needles, headers), body: bodyWithout(needles, body) };
}
