import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { PeerCertificate, TLSSocket } from 'node:tls';
import type { Entry, HttpRequest, HttpResponse, HttpServer, HttpServerOptions, RefusalReason, RequestHead } from './http.ts';
import { bytesOf, writeAnswer, writePieces } from './http-answer.ts';
import { collectBody } from './http-body.ts';
import { createNodeServer, DEFAULT_ANSWER_TIMEOUT_MS, type NodeServer } from './http-listener.ts';
import { type Secured, secured } from './http-secured.ts';
import { type Visit, visits } from './http-visits.ts';
import type { Log } from './log.ts';
import { serverTls } from './tls-options.ts';

/** What one server shares between its requests. */
interface Serving {
  readonly options: HttpServerOptions;
  readonly log: Log;
  readonly clientNames: WeakMap<object, string | undefined>;
  readonly begin: ReturnType<typeof visits>;
  /** Connections without a request as yet: Node 24 does not count them among the idle ones, and would wait for them. */
  readonly unasked: Set<Socket>;
  /** Who is at the other end; undefined where nobody has to show a certificate. */
  secured?: Secured;
  /** Connections since the credentials were replaced; undefined as long as they have not been. */
  sinceSwap?: WeakSet<object>;
  inFlight: number;
  /** Bytes of bodies, and of answers that have not left. */
  held: number;
  draining: boolean;
  closing: boolean;
}

/** A request, from its head until its answer has left and its handler has ended. */
interface Guest {
  /** Absent when it was not let in. */
  entry?: Entry;
  visit?: Visit;
  /** What of it is held in memory: its body, and then its answer. */
  bytes: number;
  /** Its body is being read, or its handler works. */
  working: boolean;
  /** Its answer has left, or its connection is gone. */
  gone: boolean;
}

/** Real requests have about twenty. Their size is bounded elsewhere, but many small ones cost more than a few large ones. */
const MAX_HEADER_LINES = 1_000;

const everybody: Entry = { isNew: false, leave: () => {} };

/**
 * Starts an HTTP API on a socket. Resolves when it listens; rejects when the address cannot be taken.
 *
 * The server decides nothing about a request but its limits: every method and path goes to the one handler with the body's bytes as they
 * came, since an API must be able to say in its own words what is wrong with a path, a content type or a body ("bytes are sacred").
 */
export async function startHttpServer(options: HttpServerOptions, log: Log): Promise<HttpServer> {
  const serving: Serving = {
    options,
    log,
    clientNames: new WeakMap(),
    begin: visits(options.answerTimeoutMs ?? DEFAULT_ANSWER_TIMEOUT_MS),
    unasked: new Set(),
    inFlight: 0,
    held: 0,
    draining: false,
    closing: false,
  };
  const made = createNodeServer(options, log, (raw, reply) => serve(serving, raw, reply));
  const { server } = made;
  server.on('secureConnection', (socket: object) => serving.sinceSwap?.add(socket));
  server.on(options.tls ? 'secureConnection' : 'connection', (socket: Socket) => {
    serving.unasked.add(socket);
    socket.once('close', () => serving.unasked.delete(socket));
  });
  if (options.tls?.requireClientCertificate) serving.secured = secured(server as HttpsServer, options.tls.credentials, log);
  await listen(server, options);

  const { port } = server.address() as AddressInfo;
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  return {
    port,
    url: `${options.tls ? 'https' : 'http'}://${host}:${port}`,
    setCredentials(credentials) {
      if (!options.tls) throw new TypeError('a server without TLS has no credentials');
      (server as HttpsServer).setSecureContext(serverTls(credentials, options.tls.requireClientCertificate));
      serving.sinceSwap = new WeakSet();
      serving.secured?.use(credentials);
    },
    drain() {
      serving.draining = true;
    },
    close: (graceMs) => close(serving, made, graceMs),
  };
}

function listen(server: NodeServer['server'], options: HttpServerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: options.host, port: options.port, backlog: 1024 }, () => {
      server.off('error', reject);
      server.on('error', () => {});
      resolve();
    });
  });
}

function serve(serving: Serving, raw: IncomingMessage, reply: ServerResponse): void {
  serving.unasked.delete(raw.socket);
  if (serving.secured?.isOver(raw.socket)) {
    raw.socket.destroy();
    return;
  }
  const guest: Guest = { bytes: 0, working: false, gone: false };
  const visit = serving.begin(raw.socket, reply, () => {
    guest.gone = true;
    leave(serving, guest);
  });
  if (visit === undefined) return;
  guest.visit = visit;
  const entry = entryOf(serving, raw);
  if (typeof entry === 'string' || 'status' in entry) {
    raw.resume();
    answer(serving, guest, reply, typeof entry === 'string' ? serving.options.refuse(entry) : entry);
    return;
  }
  guest.entry = entry;
  guest.working = true;
  serving.inFlight++;
  const takes = (bytes: number): boolean => {
    hold(serving, guest, guest.bytes + bytes);
    return serving.held <= heldMax(serving.options, entry);
  };
  collectBody(raw, serving.options.maxBodyBytes, takes, (body) => {
    if (typeof body !== 'string') {
      void handle(serving, guest, entry, request(serving, raw, body), reply);
      return;
    }
    handled(serving, guest, entry);
    if (body !== 'gone') answer(serving, guest, reply, serving.options.refuse(body === 'too-large' ? 'body-too-large' : body));
  });
}

/** What is let in, or what it is answered instead. */
function entryOf(serving: Serving, raw: IncomingMessage): Entry | HttpResponse | RefusalReason {
  try {
    return turnedAway(serving, raw) ?? letIn(serving, raw);
  } catch (error) {
    logFailure(serving.log, raw.method ?? '', error);
    return 'handler-failed';
  }
}

function turnedAway({ options, closing }: Serving, raw: IncomingMessage): HttpResponse | undefined {
  if (closing) return undefined;
  return options.turnAway?.(headOf(raw));
}

function letIn(serving: Serving, raw: IncomingMessage): Entry | RefusalReason {
  if (serving.closing) return 'closing';
  if (raw.rawHeaders.length > 2 * MAX_HEADER_LINES) return 'headers-too-large';
  // RFC 9112 3.2
  if (raw.headers.host === undefined && raw.httpVersion !== '1.0') return 'malformed-request';
  // A decoded body would not be the bytes that were signed, and a small one could become a huge one.
  const encoding = raw.headers['content-encoding'];
  if (!(encoding === undefined || encoding === '' || encoding.toLowerCase() === 'identity')) return 'malformed-request';
  const { admit } = serving.options;
  const entry = admit === undefined ? everybody : admit(headOf(raw));
  if (entry === undefined) return 'overloaded';
  if (hasRoom(serving, entry)) return entry;
  entry.leave();
  return 'overloaded';
}

function hasRoom({ options, inFlight, held }: Serving, entry: Entry): boolean {
  return inFlight < share(entry) * (options.maxRequestsInFlight ?? 10_000) && held <= heldMax(options, entry);
}

function heldMax({ maxHeldBytes = 134_217_728 }: HttpServerOptions, entry: Entry): number {
  return share(entry) * maxHeldBytes;
}

/** New work may take one half of what there is. */
function share({ isNew }: Entry): number {
  return isNew ? 0.5 : 1;
}

function hold(serving: Serving, guest: Guest, bytes: number): void {
  serving.held += bytes - guest.bytes;
  guest.bytes = bytes;
}

/** Nothing works for it any more; what is left is its answer. */
function handled(serving: Serving, guest: Guest, entry: Entry): void {
  guest.working = false;
  hold(serving, guest, 0);
  entry.leave();
  leave(serving, guest);
}

/** It counts until both are over: the work for it, and the way of its answer. */
function leave(serving: Serving, guest: Guest): void {
  if (guest.working || !guest.gone) return;
  hold(serving, guest, 0);
  if (guest.entry !== undefined) serving.inFlight--;
}

async function handle(serving: Serving, guest: Guest, entry: Entry, request: HttpRequest, reply: ServerResponse): Promise<void> {
  let response: HttpResponse;
  try {
    response = await serving.options.handler(request);
  } catch (error) {
    logFailure(serving.log, request.method, error);
    response = serving.options.refuse('handler-failed');
  } finally {
    handled(serving, guest, entry);
  }
  answer(serving, guest, reply, response);
}

function headOf(raw: IncomingMessage): RequestHead {
  return { method: raw.method ?? '', target: raw.url ?? '', headers: flatHeaders(raw) };
}

function request(serving: Serving, raw: IncomingMessage, body: Uint8Array): HttpRequest {
  const socket = raw.socket as Partial<TLSSocket>;
  const made: HttpRequest = { ...headOf(raw), body, clientAuthenticated: socket.authorized === true };
  const name = made.clientAuthenticated ? clientName(serving, raw.socket as TLSSocket) : undefined;
  if (name !== undefined) made.clientName = name;
  return made;
}

/** Node joins repeated headers itself (`joinDuplicateHeaders`), with one exception. */
function flatHeaders(raw: IncomingMessage): Readonly<Record<string, string>> {
  const headers = raw.headers as Record<string, string>;
  const cookies = raw.headers['set-cookie'];
  return cookies === undefined ? headers : { ...headers, 'set-cookie': cookies.join(', ') };
}

/** Read from the certificate once per connection: parsing it costs more than a small request. */
function clientName(serving: Serving, socket: TLSSocket): string | undefined {
  if (serving.clientNames.has(socket)) return serving.clientNames.get(socket);
  // Null, other than its type says, when the connection is gone.
  const certificate = socket.getPeerCertificate() as PeerCertificate | null;
  const commonName: string | string[] | undefined = certificate?.subject?.CN;
  const name = typeof commonName === 'string' ? commonName : undefined;
  serving.clientNames.set(socket, name);
  return name;
}

function answer(serving: Serving, guest: Guest, reply: ServerResponse, response: HttpResponse): void {
  try {
    write(serving, guest, reply, response);
  } catch (error) {
    // a header that HTTP does not allow
    logFailure(serving.log, reply.req.method ?? '', error);
    write(serving, guest, reply, serving.options.refuse('handler-failed'));
  }
}

function write(serving: Serving, guest: Guest, reply: ServerResponse, response: HttpResponse): void {
  if (response.reset) {
    reply.socket?.destroy();
    return;
  }
  const close = serving.draining || serving.closing || isOutdated(serving, reply);
  if (response.pieces !== undefined) {
    writePieces(reply, response, response.pieces, close);
    return;
  }
  const body = bytesOf(response.body);
  if (!guest.gone) hold(serving, guest, body.length);
  writeAnswer(reply, response, body, close);
  guest.visit?.answering(body.length);
}

/** A client that is never idle would otherwise stay on the old certificate for ever; each answer asks it to connect anew. */
function isOutdated({ sinceSwap }: Serving, { socket }: ServerResponse): boolean {
  return sinceSwap !== undefined && socket !== null && !sinceSwap.has(socket);
}

/** Where it failed, not what was in the message: an error's message may quote what a person sent. */
function logFailure(log: Log, method: string, error: unknown): void {
  const known = error instanceof Error ? error : new TypeError('something that is not an Error was thrown');
  const where = (known.stack ?? '')
    .split('\n')
    .filter((line) => line.startsWith('    at '))
    .slice(0, 4);
  log.error('a request handler failed; this is a defect of the program', {
    method,
    error: known.name,
    code: 'code' in known ? String(known.code) : undefined,
    where: where.map((line) => line.trim()).join(' < '),
  });
}

async function close(serving: Serving, { server, endHandshakes }: NodeServer, graceMs: number): Promise<void> {
  // A connection on which a request has arrived that nobody has read yet looks idle: so what has arrived is read first.
  serving.draining = true;
  for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
  serving.closing = true;
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), graceMs);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
    for (const socket of serving.unasked) socket.destroy();
    endHandshakes();
  });
}
