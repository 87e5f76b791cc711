import type { IncomingMessage } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { Readable } from 'node:stream';
import type { PeerCertificate, TLSSocket } from 'node:tls';
import { type FastifyReply, fastify, LogController } from 'fastify';
import type { Entry, HttpRequest, HttpResponse, HttpServer, HttpServerOptions, RefusalReason } from './http.ts';
import { collectBody } from './http-body.ts';
import { createNodeServer, defaultAnswerTimeoutMs, type NodeServer } from './http-listener.ts';
import { type Secured, secured } from './http-secured.ts';
import { type Visit, visits } from './http-visits.ts';
import type { Log } from './log.ts';
import { serverTls } from './tls-options.ts';

const bodyMethods = ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'QUERY'] as const;

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
const maxHeaderLines = 1_000;

const everybody: Entry = { isNew: false, leave: () => {} };

/**
 * Starts an HTTP API on a socket. Resolves when it listens; rejects when the address cannot be taken.
 *
 * Fastify serves, but decides nothing about the request: every method and path goes to the one handler with the body's
 * bytes as they came, since an API must be able to say in its own words what is wrong with a path, a content type or a
 * body ("bytes are sacred"). So its router always sees `/`, and no method has a body in its eyes.
 */
export async function startHttpServer(options: HttpServerOptions, log: Log): Promise<HttpServer> {
  const serving: Serving = {
    options,
    log,
    clientNames: new WeakMap(),
    begin: visits(options.answerTimeoutMs ?? defaultAnswerTimeoutMs),
    unasked: new Set(),
    inFlight: 0,
    held: 0,
    draining: false,
    closing: false,
  };
  let endHandshakes = () => {};
  const app = fastify({
    serverFactory(listener) {
      const made = createNodeServer(options, log, listener);
      endHandshakes = made.endHandshakes;
      return made.server;
    },
    rewriteUrl: () => '/',
    exposeHeadRoutes: false,
    logController: new LogController({ disableRequestLogging: true }),
    return503OnClosing: false,
    // Without its own compilers Fastify would load Ajv, which takes 7 MB and is not used here: bodies are the handler's.
    schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
  });
  for (const method of bodyMethods) app.addHttpMethod(method, { hasBody: false, overrideExisting: true });
  app.all('/', (request, reply) => serve(serving, request.raw, request.originalUrl, reply));
  app.setNotFoundHandler((request, reply) => serve(serving, request.raw, request.originalUrl, reply));
  app.server.on('secureConnection', (socket: object) => serving.sinceSwap?.add(socket));
  app.server.on(options.tls ? 'secureConnection' : 'connection', (socket: Socket) => {
    serving.unasked.add(socket);
    socket.once('close', () => serving.unasked.delete(socket));
  });
  if (options.tls?.requireClientCertificate) serving.secured = secured(app.server as HttpsServer, options.tls.credentials, log);
  await app.ready();
  await listen(app.server, options);

  const { port } = app.server.address() as AddressInfo;
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  return {
    port,
    url: `${options.tls ? 'https' : 'http'}://${host}:${port}`,
    setCredentials(credentials) {
      if (!options.tls) throw new TypeError('a server without TLS has no credentials');
      (app.server as HttpsServer).setSecureContext(serverTls(credentials, options.tls.requireClientCertificate));
      serving.sinceSwap = new WeakSet();
      serving.secured?.use(credentials);
    },
    drain() {
      serving.draining = true;
    },
    close: (graceMs) => close(serving, { server: app.server, endHandshakes }, graceMs),
  };
}

function noSchemas(): never {
  throw new TypeError('this server has no schemas');
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

function serve(serving: Serving, raw: IncomingMessage, target: string, reply: FastifyReply): void {
  serving.unasked.delete(raw.socket);
  if (serving.secured?.isOver(raw.socket)) {
    reply.hijack();
    raw.socket.destroy();
    return;
  }
  const guest: Guest = { bytes: 0, working: false, gone: false };
  const visit = serving.begin(raw.socket, reply.raw, () => {
    guest.gone = true;
    leave(serving, guest);
  });
  if (visit === undefined) {
    reply.hijack();
    return;
  }
  guest.visit = visit;
  const entry = turnedAway(serving, raw, target) ?? letIn(serving, raw, target);
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
      void handle(serving, guest, entry, request(serving, raw, target, body), reply);
      return;
    }
    handled(serving, guest, entry);
    if (body !== 'gone') answer(serving, guest, reply, serving.options.refuse(body === 'too-large' ? 'body-too-large' : body));
  });
}

function turnedAway({ options, closing }: Serving, raw: IncomingMessage, target: string): HttpResponse | undefined {
  if (closing) return undefined;
  return options.turnAway?.({ method: raw.method ?? '', target, headers: flatHeaders(raw) });
}

function letIn(serving: Serving, raw: IncomingMessage, target: string): Entry | RefusalReason {
  if (serving.closing) return 'closing';
  if (raw.rawHeaders.length > 2 * maxHeaderLines) return 'headers-too-large';
  // RFC 9112 3.2
  if (raw.headers.host === undefined && raw.httpVersion !== '1.0') return 'malformed-request';
  // A decoded body would not be the bytes that were signed, and a small one could become a huge one.
  const encoding = raw.headers['content-encoding'];
  if (!(encoding === undefined || encoding === '' || encoding.toLowerCase() === 'identity')) return 'malformed-request';
  const { admit } = serving.options;
  const entry = admit === undefined ? everybody : admit({ method: raw.method ?? '', target, headers: flatHeaders(raw) });
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

async function handle(serving: Serving, guest: Guest, entry: Entry, request: HttpRequest, reply: FastifyReply): Promise<void> {
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

function request(serving: Serving, raw: IncomingMessage, target: string, body: Uint8Array): HttpRequest {
  const socket = raw.socket as Partial<TLSSocket>;
  const made: HttpRequest = {
    method: raw.method ?? '',
    target,
    headers: flatHeaders(raw),
    body,
    clientAuthenticated: socket.authorized === true,
  };
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

function answer(serving: Serving, guest: Guest, reply: FastifyReply, response: HttpResponse): void {
  if (response.reset) {
    reply.hijack();
    reply.raw.socket?.destroy();
    return;
  }
  reply.code(response.status);
  if (response.headers) reply.headers(response.headers);
  if (serving.draining || serving.closing || isOutdated(serving, reply)) reply.header('connection', 'close');
  if (response.pieces !== undefined) {
    reply.send(Readable.from(response.pieces, { objectMode: false }));
    return;
  }
  const body = bytesOf(response.body);
  if (!guest.gone) hold(serving, guest, body.length);
  if (body.length === 0) reply.removeHeader('content-type').send();
  else reply.send(body);
  guest.visit?.answering(body.length);
}

function bytesOf(body: string | Uint8Array = ''): Buffer {
  return typeof body === 'string' ? Buffer.from(body, 'utf8') : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
}

/** A client that is never idle would otherwise stay on the old certificate for ever; each answer asks it to connect anew. */
function isOutdated({ sinceSwap }: Serving, reply: FastifyReply): boolean {
  const { socket } = reply.raw;
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
