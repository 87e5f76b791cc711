import { httpDate } from './datetime.ts';
import { FspiopError } from './errors.ts';
import { isFspId } from './ids.ts';
import { canonicalJson } from './json.ts';
import { BODY_SCHEMAS } from './messages.ts';
import type { Operation } from './resources.ts';
import type { Trace } from './trace.ts';
import { onlyKnownMembers } from './validation.ts';
import { contentTypeText } from './versions.ts';

/** A message that is ready to be signed and sent. The body's bytes are the UTF-8 of the text, unchanged (promise 5). */
export interface Outgoing {
  method: string;
  /** From the resource name on, with query. */
  path: string;
  /** Names in the protocol's own spelling; `attachSignature` adds to them. */
  headers: Record<string, string>;
  body?: string;
}

export interface MessageInput {
  operation: Operation;
  /** From the resource name on: `/quotes`, or what `partyPath` makes. */
  path: string;
  source: string;
  /** Absent only where it is not known: `GET /parties`. */
  destination?: string;
  /** `major.minor`. */
  version: string;
  /** For requests: `1`, or `1.1`. The major of `version` when absent, so that any minor may come back. */
  acceptVersion?: string;
  body?: unknown;
  trace?: Trace;
  /** When it is sent, milliseconds since the epoch. */
  date: number;
}

/**
 * Builds a message. The body is stripped of what the version does not know and serialised sorted and compact, as peers
 * verify it (docs/protocol.md, 12.4); PUT and PATCH have no Accept. Throws 3100 when source or destination cannot stand in a
 * header.
 */
export function buildMessage(input: MessageInput): Outgoing {
  const [method = '', resourcePath = ''] = input.operation.split(' ', 2);
  const resource = resourcePath.split('/', 2)[1] ?? '';
  const headers: Record<string, string> = { 'Content-Type': contentTypeText(resource, input.version) };
  if (method === 'GET' || method === 'POST') {
    headers['Accept'] = contentTypeText(resource, input.acceptVersion ?? input.version.split('.', 1)[0] ?? '');
  }
  headers['Date'] = httpDate(input.date);
  headers['FSPIOP-Source'] = headerSafe(input.source);
  if (input.destination !== undefined) headers['FSPIOP-Destination'] = headerSafe(input.destination);
  if (input.trace?.traceparent !== undefined) headers['traceparent'] = input.trace.traceparent;
  if (input.trace?.tracestate !== undefined) headers['tracestate'] = input.trace.tracestate;
  const message: Outgoing = { method, path: input.path, headers };
  if (BODY_SCHEMAS[input.operation] !== undefined)
    message.body = canonicalJson(onlyKnownMembers(input.operation, input.version, input.body));
  return message;
}

/** FSP ids reach us in bodies too, where they may hold anything; a header must not. */
function headerSafe(fspId: string): string {
  if (!isFspId(fspId)) throw new FspiopError('3100', 'FSP id cannot stand in a header');
  return fspId;
}
