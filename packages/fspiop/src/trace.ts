/** Trace context of a message (docs/protocol.md, 2); both members in the form in which they are sent. */
export interface Trace {
  traceparent?: string;
  tracestate?: string;
}

const TRACEPARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;
const SPAN_ID = /^(?!0{16})[0-9a-f]{16}$/;
const TRACESTATE_LENGTH_MAX = 512;
const TRACESTATE_MEMBERS_MAX = 32;

function isTracestate(text: string): boolean {
  return (
    text !== '' && text.length <= TRACESTATE_LENGTH_MAX && /^[\x20-\x7e]*$/.test(text) && text.split(',').length <= TRACESTATE_MEMBERS_MAX
  );
}

/**
 * The trace context of a received message. A malformed traceparent is as none; tracestate without traceparent
 * means nothing and is dropped, and so is one over 512 characters or 32 members.
 */
export function readTrace(headers: Readonly<Record<string, string>>): Trace | undefined {
  const { traceparent, tracestate } = headers;
  if (traceparent === undefined || !TRACEPARENT.test(traceparent)) return undefined;
  return tracestate !== undefined && isTracestate(tracestate) ? { traceparent, tracestate } : { traceparent };
}

export interface TraceStep {
  /** 16 lower-case hexadecimal digits, not all zero; new for every message. */
  spanId: string;
  /** Our key in tracestate: the FSP id. Lower-cased here. */
  ownKey: string;
  /** A value to record under our key. Without one, tracestate goes on as it came. */
  ownValue?: string;
}

/**
 * The trace context of a message that follows from a received one: same trace, our span. Our own entry of tracestate moves to the
 * front only when we change it; the oldest entries go when the limits are reached. Undefined when there is nothing to continue.
 */
export function continueTrace(trace: Trace | undefined, step: TraceStep): Trace | undefined {
  if (trace?.traceparent === undefined || !TRACEPARENT.test(trace.traceparent) || !SPAN_ID.test(step.spanId)) return undefined;
  const traceparent = `${trace.traceparent.slice(0, 36)}${step.spanId}${trace.traceparent.slice(52)}`;
  const tracestate =
    step.ownValue === undefined ? trace.tracestate : withOwnEntry(trace.tracestate, step.ownKey.toLowerCase(), step.ownValue);
  return tracestate === undefined ? { traceparent } : { traceparent, tracestate };
}

function withOwnEntry(tracestate: string | undefined, key: string, value: string): string {
  const others = (tracestate ?? '').split(',').filter((entry) => entry.trim() !== '' && entry.split('=')[0]?.trim() !== key);
  const entries = [`${key}=${value}`, ...others].slice(0, TRACESTATE_MEMBERS_MAX);
  while (entries.length > 1 && entries.join(',').length > TRACESTATE_LENGTH_MAX) entries.pop();
  return entries.join(',');
}
