import type { HttpOutcome, TransportCode } from '@payment-manager/runtime';
import { writeExactJson } from '../codec/json.ts';
import type { Value } from '../expression/value.ts';
import type { Fault } from './fault.ts';

const JSON_TYPE = { 'content-type': 'application/json' } as const;

/** An answer with a body in JSON, or with none. */
export function answered(status: number, body: Value): HttpOutcome {
  return { kind: 'answer', status, headers: JSON_TYPE, body: body === undefined ? new Uint8Array() : Buffer.from(writeExactJson(body)) };
}

/** An answer with a body in XML. */
export function answeredXml(status: number, xml: string): HttpOutcome {
  return { kind: 'answer', status, headers: { 'content-type': 'text/xml; charset=utf-8' }, body: Buffer.from(xml) };
}

/** A call that has no answer. */
export function failed(sent: boolean, code: TransportCode): HttpOutcome {
  return { kind: 'failed', phase: sent ? 'answer' : 'connect', sent, code, message: `the scripted core: ${code}`, advice: '' };
}

/** The connection was lost. */
export function lost(): HttpOutcome {
  return failed(true, 'CONNECTION_LOST');
}

/** What comes back of an answer that the core gave, or of a call that did not come to it. */
export function spoilt(fault: Fault | undefined, answer: HttpOutcome | undefined): HttpOutcome {
  switch (fault) {
    case 'lost-after':
    case 'refuse-lost':
      return lost();
    case 'huge':
      return failed(true, 'ANSWER_TOO_LARGE');
    case 'page':
      return { kind: 'answer', status: 502, headers: { 'content-type': 'text/html' }, body: Buffer.from('<html><body>Bad Gateway') };
    case 'error':
      return answered(500, Object.assign(Object.create(null), { error: 'INTERNAL' }));
    case 'error-after':
      return answered(503, undefined);
    case 'limit':
      return { ...answered(429, undefined), headers: { 'retry-after': '1' } } as HttpOutcome;
    case 'cut':
      return answer?.kind === 'answer' ? { ...answer, body: cut(answer.body) } : lost();
    case 'empty':
      return answer?.kind === 'answer' ? { ...answer, body: new Uint8Array() } : lost();
    case 'deep':
      return answer?.kind === 'answer' ? { ...answer, body: Buffer.from(`${'['.repeat(5_000)}1${']'.repeat(5_000)}`) } : lost();
    default:
      return answer ?? lost();
  }
}

/** A body without its end. One that has none is cut to half of an object. */
function cut(body: Uint8Array): Uint8Array {
  return body.length < 2 ? Buffer.from('{"') : body.subarray(0, body.length - 1 - Math.floor(body.length / 3));
}
