const KEY = /^[\x20-\x7e]{1,255}$/;
const TRACE_PARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-.{1,64})?$/;
const TRACE_STATE_LENGTH_MAX = 512;

type Headers = Readonly<Record<string, string>>;

/** The Idempotency-Key: absent, 1 to 255 printable ASCII characters, or `false` when it is anything else. */
export function idempotencyKey(headers: Headers): string | undefined | false {
  const key = headers['idempotency-key'];
  return key === undefined || KEY.test(key) ? key : false;
}

/** The caller's trace (W3C Trace Context). A malformed one is no reason to refuse a payment: it is not continued. */
export function traceOf(headers: Headers): { traceparent: string; tracestate?: string } | undefined {
  const { traceparent, tracestate } = headers;
  if (traceparent === undefined || !TRACE_PARENT.test(traceparent)) return undefined;
  return tracestate === undefined || tracestate.length > TRACE_STATE_LENGTH_MAX ? { traceparent } : { traceparent, tracestate };
}

/**
 * Whether the body says to be JSON. Demanded not for form's sake: a web page that a clerk has open can send anything
 * else to this API without asking, JSON it cannot (a browser asks first, and is refused).
 */
export function isJsonContent(headers: Headers): boolean {
  return /^application\/(?:json|[\w.+-]+\+json)\s*(?:;|$)/i.test(headers['content-type'] ?? '');
}
