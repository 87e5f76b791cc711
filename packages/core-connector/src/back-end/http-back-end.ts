import type { HttpClient, TransportCode } from '@payment-manager/runtime';
import { readBody } from '../codec/body.ts';
import type { ValueObject } from '../expression/value.ts';
import type { HttpBackend } from '../language/backend.ts';
import type { CallAbout } from '../record/walk.ts';
import { answerInWords, type CallAnswer, withAnswer } from '../run/answer.ts';
import { textIn } from '../run/fill.ts';
import { holds } from '../run/judge.ts';
import type { HttpRequest } from '../run/render-http.ts';
import { type Authenticator, authenticator } from './authentication.ts';
import type { BackEnd, BackEndDeps } from './back-end.ts';
import { ownTls } from './own-tls.ts';
import { callRecorder, type MadeCall } from './recorded-call.ts';
import { needed, SettingMissing } from './setting.ts';
import { TokenRefused } from './tokens.ts';

interface Prepared {
  readonly backend: HttpBackend;
  readonly base: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly auth: Authenticator;
  readonly client: HttpClient;
  /** Keeps what was said. */
  readonly record: ((call: MadeCall) => void) | undefined;
}

/** Failures of our own making, and answers that are only too large. */
const OWN: ReadonlySet<TransportCode> = new Set(['REQUEST_INVALID', 'POOL_EXHAUSTED', 'CLIENT_CLOSED', 'ANSWER_TOO_LARGE']);
/** A core answers with less; what is more cannot be read. */
const ANSWER_MAX = 1_048_576;
const NOTHING: CallAbout = { ids: [] };

/**
 * A back end over HTTP. Nothing is repeated but a read whose token was refused. Logs name the back end, the method and the status; never a
 * path, a body or a header. `root` has `cfg`.
 *
 * @throws SettingMissing when a setting that it needs is not there, or leads to a host that may not be called.
 */
export function httpBackEnd(backend: HttpBackend, root: ValueObject, deps: BackEndDeps): BackEnd<HttpRequest> {
  const to = prepare(backend, root, deps);
  return {
    async call(request, deadline, purpose, about = NOTHING) {
      const answer = await exchange(deps, to, request, deadline, about);
      if (answer.kind !== 'answer' || answer.status !== 401 || !to.auth.renew() || purpose !== 'read') return answer;
      // only a read is sent again: of what moves money each call is a start of its own
      return exchange(deps, to, request, deadline, { ...about, attempt: (about.attempt ?? 1) + 1 });
    },
    async probe(deadline) {
      const { health } = backend;
      const request: HttpRequest = { kind: 'http', to: backend.name, method: 'GET', path: health?.path ?? '/health', headers: [] };
      const answer = await exchange(deps, to, request, deadline, undefined);
      if (answer.kind === 'failed') return { ok: false, reason: answer.reason };
      // whoever answers, whatever it is, is there
      if (health === undefined || holds(health.ok, withAnswer(root, answer))) return { ok: true };
      return { ok: false, reason: `its health is not what it should be (${answerInWords(answer)})` };
    },
    close: () => to.client.close(),
  };
}

function prepare(backend: HttpBackend, root: ValueObject, deps: BackEndDeps): Prepared {
  const base = needed(backend.base, root, 'the address').replace(/\/+$/, '');
  allowed(base, deps.allowedHosts);
  if (backend.auth?.kind === 'oauth2') allowed(needed(backend.auth.tokenUrl, root, 'the token URL'), deps.allowedHosts);
  const client = deps.client(backend, ownTls(backend, root));
  const headers = Object.fromEntries(
    backend.headers.flatMap(([name, value]) => {
      const text = textIn(value, root, `the header ${name}`);
      return text === undefined ? [] : [[name.toLowerCase(), text]];
    }),
  );
  const onLogIn = (fault?: unknown): void => {
    if (fault !== undefined)
      deps.log.warn('core: no token', { backend: backend.name, why: fault instanceof Error ? fault.message : 'it failed' });
  };
  const auth = authenticator(backend, root, base, { http: client, clock: deps.clock, onLogIn });
  return { backend, base, headers, auth, client, record: callRecorder(backend, deps) };
}

function allowed(address: string, hosts: readonly string[] | undefined): void {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '')
    throw new SettingMissing('the address of a back end is no http or https URL, or has a user in it');
  if (hosts !== undefined && !hosts.includes(url.host) && !hosts.includes(url.hostname))
    throw new SettingMissing(`${url.host} is not among the hosts that may be called`);
}

function ownHeaders({ headers }: HttpRequest): Readonly<Record<string, string>> {
  const made: Record<string, string> = {};
  for (const [name, value] of headers) made[name.toLowerCase()] = value;
  return made;
}

/** `about`: undefined for what is about no payment and is not kept. */
async function exchange(
  { clock, log }: BackEndDeps,
  to: Prepared,
  request: HttpRequest,
  deadline: number,
  about: CallAbout | undefined,
): Promise<CallAnswer> {
  const { method, path, body } = request;
  let credentials: Awaited<ReturnType<Authenticator['credentials']>>;
  try {
    credentials = await to.auth.credentials({ method, path, body: body?.text });
  } catch (error) {
    if (error instanceof TokenRefused) return { kind: 'failed', sent: false, reason: error.message };
    throw error;
  }
  const timeoutMs = Math.min(to.backend.timeouts.totalMs, deadline - clock.now());
  if (timeoutMs <= 0) return { kind: 'failed', sent: false, reason: 'there was no time left for the call', own: true };
  const query = credentials.query === undefined ? '' : `${path.includes('?') ? '&' : '?'}${credentials.query}`;
  const [at, startedMs] = [clock.now(), clock.monotonic()];
  const sent = {
    method,
    url: `${to.base}${path}${query}`,
    headers: {
      accept: body?.type.startsWith('text/xml') === true ? 'text/xml, application/soap+xml, application/xml' : 'application/json',
      ...(body !== undefined && { 'content-type': body.type }),
      ...(about?.trace !== undefined && { traceparent: about.trace }),
      ...to.headers,
      ...ownHeaders(request),
      ...credentials.headers,
    },
    ...(body !== undefined && { body: body.text }),
    timeoutMs,
    maxAnswerBytes: ANSWER_MAX,
  };
  const outcome = await to.client.request(sent);
  if (about !== undefined)
    to.record?.({ at, startedMs, base: to.base, path, request: sent, credentials, outcome, about, attempt: about.attempt ?? 1 });
  if (outcome.kind === 'failed') {
    log.warn('core: call failed', { backend: to.backend.name, method, code: outcome.code, sent: outcome.sent });
    return { kind: 'failed', sent: outcome.sent, reason: outcome.message, ...(OWN.has(outcome.code) && { own: true }) };
  }
  const { status, headers } = outcome;
  if (status >= 400) log.warn('core: refused', { backend: to.backend.name, method, status });
  return { kind: 'answer', status, headers, ...readBody(outcome.body, headers['content-type'], to.backend.namespaces) };
}
