import type { HttpOutcome, HttpRequest, HttpResponse, VirtualTime } from '@payment-manager/runtime';
import { between, type Chance, oneOf } from '../chance.ts';
import type { NetworkFault } from '../scenario/mishaps.ts';
import type { LinkKind } from '../scenario/parties.ts';

/** One exchange of HTTP, for a fault to work on. */
export interface Exchange {
  readonly time: VirtualTime;
  readonly label: string;
  readonly chance: Chance;
  readonly link: LinkKind;
  readonly request: HttpRequest;
  latency(label: string): number;
  /** Undefined: nobody listens there. */
  deliver(request: HttpRequest, delayMs: number): Promise<HttpResponse | undefined>;
  /** Tells the client. Only the first word counts. */
  end(outcome: HttpOutcome): void;
}

/** How late is late, ms. A core is declared to be quiet after its deadline and a quiet time, so there it is less. */
const LATE_MS: Readonly<Record<LinkKind, number>> = { 'to-hub': 60_000, 'from-hub': 60_000, 'to-core': 20_000, 'from-core': 20_000 };
const ERRORS_NOT_DONE = [500, 502, 503, 504, 429, 408];
const ERRORS_DONE = [500, 502, 504];

/** Carries out an exchange with a fault, or without one. */
export function exchange(one: Exchange, fault: Exclude<NetworkFault, 'throws'> | undefined): void {
  const out = one.latency(`${one.label} out`);
  const back = one.latency(`${one.label} back`);
  const after = (ms: number, outcome: HttpOutcome): void => void one.time.after(ms, () => one.end(outcome));
  const passOn = (response: HttpResponse | undefined): void => after(back, outcomeOf(response));
  const late = between(one.chance, `${one.label} late`, 500, LATE_MS[one.link]);
  const acknowledged = answer({ status: one.request.method === 'PUT' || one.request.method === 'PATCH' ? 200 : 202 });
  switch (fault) {
    case undefined:
      void one.deliver(one.request, out).then(passOn);
      return;
    case 'connect-refused':
      after(out + back, failed('connect', false, 'CONNECT_REFUSED'));
      return;
    case 'tls-refused':
      after(out + back, failed('tls', false, 'TLS_FAILED'));
      return;
    case 'request-lost':
      return;
    case 'reset':
      after(out + back, failed('answer', true, 'CONNECTION_LOST'));
      return;
    case 'answer-lost':
      void one.deliver(one.request, out).then((response) => after(back, response === undefined ? outcomeOf(response) : LOST));
      return;
    case 'slow':
      void one.deliver(one.request, late).then(passOn);
      return;
    case 'duplicate':
      void one.deliver(one.request, out).then(passOn);
      void one.deliver(one.request, out + (late % 3_000));
      return;
    case 'swallowed':
      after(out + back, acknowledged);
      return;
    case 'late':
      after(out + back, acknowledged);
      void one.deliver(one.request, late);
      return;
    case 'corrupted':
      void one.deliver(corrupted(one), out).then(passOn);
      return;
    default:
      failing(one, fault, { out, back, late, after });
  }
}

const LOST = failed('answer', true, 'CONNECTION_LOST');

/** Faults in which the server (or a gateway before it) answers, and the answer is not the truth. */
function failing(
  one: Exchange,
  fault: Exclude<
    NetworkFault,
    | 'throws'
    | 'connect-refused'
    | 'tls-refused'
    | 'request-lost'
    | 'reset'
    | 'answer-lost'
    | 'slow'
    | 'duplicate'
    | 'swallowed'
    | 'late'
    | 'corrupted'
  >,
  { out, back, late, after }: { out: number; back: number; late: number; after: (ms: number, outcome: HttpOutcome) => void },
): void {
  const notDone = answer({ status: oneOf(one.chance, `${one.label} status`, ERRORS_NOT_DONE) });
  const done = answer({ status: oneOf(one.chance, `${one.label} status`, ERRORS_DONE) });
  const refusal = answer({ status: 400, body: '{"statusCode":"4001","message":"simulated refusal"}' });
  const instead = (outcome: HttpOutcome) => (response: HttpResponse | undefined) =>
    after(back, response === undefined ? outcomeOf(response) : outcome);
  switch (fault) {
    case 'error-not-done':
      after(out + back, notDone);
      return;
    case 'done-then-error':
      void one.deliver(one.request, out).then(instead(done));
      return;
    case 'error-then-done':
      after(out + back, done);
      void one.deliver(one.request, late);
      return;
    case 'empty-answer':
      void one.deliver(one.request, out).then(instead(answer({ status: 200 })));
      return;
    case 'done-then-refused':
      void one.deliver(one.request, out).then(instead(refusal));
      return;
    case 'refused-then-done':
      after(out + back, refusal);
      void one.deliver(one.request, late);
  }
}

/** A failed exchange. */
export function failed(
  phase: 'connect' | 'tls' | 'answer',
  sent: boolean,
  code: 'CONNECT_REFUSED' | 'TLS_FAILED' | 'CONNECTION_LOST' | 'ANSWER_TIMEOUT',
): HttpOutcome {
  return { kind: 'failed', phase, sent, code, message: `simulated ${code}`, advice: '' };
}

function outcomeOf(response: HttpResponse | undefined): HttpOutcome {
  if (response === undefined) return failed('connect', false, 'CONNECT_REFUSED');
  return response.reset === true ? LOST : answer(response);
}

function answer({ status, headers, body }: HttpResponse): HttpOutcome {
  return { kind: 'answer', status, headers: headers ?? {}, body: body === undefined ? new Uint8Array() : Buffer.from(body) };
}

/** Another letter or digit somewhere in the body. */
function corrupted(one: Exchange): HttpRequest {
  const { body } = one.request;
  if (body.length === 0) return one.request;
  const changed = Buffer.from(body);
  const start = between(one.chance, `${one.label} place`, 0, body.length - 1);
  for (let step = 0; step < body.length; step++) {
    const at = (start + step) % body.length;
    const byte = changed[at] ?? 0;
    if (!/[0-9A-Za-z]/.test(String.fromCharCode(byte))) continue;
    changed[at] = byte === 0x41 ? 0x42 : byte === 0x31 ? 0x32 : byte >= 0x30 && byte <= 0x39 ? 0x31 : 0x41;
    break;
  }
  return { ...one.request, body: changed };
}
