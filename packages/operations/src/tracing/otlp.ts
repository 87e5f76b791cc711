import type { Span } from './spans.ts';

/** Who tells: the resource of every span. */
export interface TracedProcess {
  readonly fspId: string;
  readonly environment: string;
  readonly version: string;
}

/** A request of OTLP/HTTP in its JSON encoding (`POST /v1/traces`). Times are nanoseconds as decimal text. */
export function otlpRequest(spans: readonly Span[], { fspId, environment, version }: TracedProcess): object {
  return {
    resourceSpans: [
      {
        resource: {
          attributes: attributes({
            'service.name': 'payment-manager',
            'service.namespace': fspId,
            'service.version': version,
            'deployment.environment.name': environment,
          }),
        },
        scopeSpans: [{ scope: { name: 'payment-manager' }, spans: spans.map(otlpSpan) }],
      },
    ],
  };
}

const INTERNAL = 1;
const SERVER = 2;
const FAILED = { code: 2 };

function otlpSpan({ traceId, spanId, parentSpanId, name, of, from, to, failed, attributes: own }: Span): object {
  return {
    traceId,
    spanId,
    ...(parentSpanId !== undefined && { parentSpanId }),
    name,
    kind: of === 'record' ? SERVER : INTERNAL,
    startTimeUnixNano: nanoseconds(from),
    endTimeUnixNano: nanoseconds(to),
    attributes: attributes(own),
    ...(failed && { status: FAILED }),
  };
}

function nanoseconds(ms: number): string {
  return `${Math.trunc(ms)}000000`;
}

function attributes(values: Readonly<Record<string, string>>): readonly object[] {
  return Object.entries(values).map(([key, stringValue]) => ({ key, value: { stringValue } }));
}
