import { parseHttpDate } from './datetime.ts';
import { FspiopError } from './errors.ts';
import { isFspId } from './ids.ts';
import { parseJson } from './json.ts';
import { BODY_SCHEMAS, type MessageBodies } from './messages.ts';
import { matchRoute, type Operation, type Route } from './resources.ts';
import { readTrace, type Trace } from './trace.ts';
import { validateMessage } from './validation.ts';
import { answerVersion, contentVersion, type SupportedVersions } from './versions.ts';

/** A request as it arrived; structurally what `runtime`'s HTTP server hands over. */
export interface RawRequest {
  method: string;
  /** Path with query, exactly as in the request line. */
  target: string;
  /** Names in lower case. */
  headers: Readonly<Record<string, string>>;
  body: Uint8Array;
}

/** A message that is well-formed in every way but its signature. */
export interface Received<B = unknown> {
  operation: Operation;
  route: Route;
  /** FSPIOP-Source: whom to answer. Only the signature proves it. */
  source: string;
  /** FSPIOP-Destination; absent when the header is absent or empty. */
  destination?: string;
  /** Version of the Content-Type. */
  contentVersion: string;
  /** Version that the callback must bear; of a callback, its own. */
  answerVersion: string;
  /** The Date header as it came. */
  date: string;
  trace?: Trace;
  /** Parsed; unknown members are kept. Absent for GET. */
  body?: B;
  /** The bytes of the body, as they came and were signed. */
  raw: Uint8Array;
}

/** What `receive` gives: the operation tells the type of the body. */
export type ReceivedMessage = {
  [O in Operation]: Omit<Received, 'operation' | 'body'> & { operation: O } & (MessageBodies[O] extends undefined
      ? { body?: undefined }
      : { body: MessageBodies[O] });
}[Operation];

/** Largest body of the protocol, in bytes (docs/protocol.md, 1). */
const BODY_BYTES_MAX = 5_242_880;

export interface ReceiveOptions {
  /** Our FSP id: a message for another one is refused. */
  fspId: string;
  versions: SupportedVersions;
  extraCurrencies?: readonly string[];
}

/**
 * Reads and checks a request in the order of docs/protocol.md, 4: size of the body, form of source and destination, path, method, Content-Type and Accept, required headers, JSON,
 * schema. Whatever is wrong is a FspiopError with the HTTP status of the refusal, and nothing else is ever thrown. The
 * signature is checked by the caller, after this and before accepting (see `checkSignature`).
 *
 * Accept is not looked at in PUT and PATCH. The body of a GET is ignored.
 */
export function receive(request: RawRequest, options: ReceiveOptions): ReceivedMessage {
  const { headers } = request;
  if (request.body.length > BODY_BYTES_MAX) throw new FspiopError('3104', 'body is larger than 5242880 bytes');
  checkFspId(headers, 'fspiop-source');
  checkFspId(headers, 'fspiop-destination');
  const route = matchRoute(request.method, request.target);
  const { operation, resource } = route;
  const version = contentVersion(headers['content-type'], resource, options.versions);
  const isCallback = request.method === 'PUT' || request.method === 'PATCH';
  const answer = isCallback ? version : answerVersion(headers['accept'], resource, options.versions, version);
  const date = readDate(headers['date']);
  const source = readSource(headers['fspiop-source']);
  const destination = readDestination(headers['fspiop-destination'], isCallback ? undefined : options.fspId);
  const received: Received = { operation, route, source, contentVersion: version, answerVersion: answer, date, raw: request.body };
  if (destination !== undefined) received.destination = destination;
  const trace = readTrace(headers);
  if (trace !== undefined) received.trace = trace;
  if (BODY_SCHEMAS[operation] !== undefined) {
    received.body = parseJson(request.body);
    validateMessage(operation, version, received.body, options);
  }
  return received as ReceivedMessage;
}

/** Whoever cannot be an FSP (`{$inputs.fromFspId}`, a name with blanks) is refused before anything else is looked at; missing is later. */
function checkFspId(headers: RawRequest['headers'], name: 'fspiop-source' | 'fspiop-destination'): void {
  const fspId = headers[name];
  if (fspId !== undefined && fspId !== '' && !isFspId(fspId)) throw new FspiopError('3100', `${name} has the wrong format`);
}

function readDate(date: string | undefined): string {
  if (date === undefined || date === '') throw new FspiopError('3102', 'date is missing');
  parseHttpDate(date);
  return date;
}

function readSource(source: string | undefined): string {
  if (source === undefined || source === '') throw new FspiopError('3102', 'fspiop-source is missing');
  return source;
}

/**
 * Absent or empty is fine: the hub routes to us also what does not name us. A request for another FSP is refused; a
 * callback for another one is left to the caller, who acknowledges it and does nothing (docs/money-rules.md, 5).
 */
function readDestination(destination: string | undefined, fspId: string | undefined): string | undefined {
  if (destination === undefined || destination === '') return undefined;
  if (fspId !== undefined && destination !== fspId) throw new FspiopError('3201', 'fspiop-destination is another FSP');
  return destination;
}
