import type { X509Certificate } from 'node:crypto';
import type { RequestListener, Server } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import type { HttpResponse, HttpServerOptions, RefusalReason } from './http.ts';
import { boundConnections } from './http-handshakes.ts';
import type { Log } from './log.ts';
import { createServer, statusText } from './node-http.ts';
import { serverTls } from './tls-options.ts';

/** Longest request line and headers together. Real ones have under 4 KB. */
const MAX_HEADER_BYTES = 65_536;
const TLS_HANDSHAKE_TIMEOUT_MS = 10_000;
/** See `HttpServerOptions.answerTimeoutMs`. */
export const DEFAULT_ANSWER_TIMEOUT_MS = 30_000;

/** Node's server, and what ends the connections that are still in their TLS handshake. */
export interface NodeServer {
  readonly server: Server;
  readonly endHandshakes: () => void;
}

/** Node's server with every limit set, and with its own refusals said in the API's words. Does not listen yet. */
export function createNodeServer(options: HttpServerOptions, log: Log, listener: RequestListener): NodeServer {
  const requestTimeout = options.requestTimeoutMs ?? 60_000;
  const limits = {
    maxHeaderSize: MAX_HEADER_BYTES,
    requestTimeout,
    headersTimeout: requestTimeout,
    keepAliveTimeout: options.keepAliveTimeoutMs ?? 72_000,
    // How often Node looks for requests that are over time.
    connectionsCheckingInterval: Math.max(10, Math.min(1_000, requestTimeout / 4)),
    // Two different values of one header must be seen by whoever checks it, not silently become the first.
    joinDuplicateHeaders: true,
    // Node would refuse it with an empty body; see `letIn`.
    requireHostHeader: false,
    noDelay: true,
  };
  const maxConnections = options.maxConnections ?? 10_000;
  const secure =
    options.tls &&
    createTlsServer(
      {
        ...limits,
        ...serverTls(options.tls.credentials, options.tls.requireClientCertificate),
        requestCert: options.tls.requireClientCertificate,
        rejectUnauthorized: options.tls.requireClientCertificate,
        handshakeTimeout: TLS_HANDSHAKE_TIMEOUT_MS,
        ALPNProtocols: ['http/1.1'],
      },
      listener,
    );
  const server = secure ?? createServer(limits, listener);
  const admitClient = options.tls?.admitClient;
  if (secure && admitClient) closeStrangers(secure, admitClient);
  const endHandshakes = secure ? boundConnections(secure, maxConnections) : () => {};
  if (!secure) server.maxConnections = maxConnections;
  // Node's own bound would drop the rest without a word; see `letIn`.
  server.maxHeadersCount = 0;
  // An expectation that is not known may be ignored (RFC 9110 10.1.1). Node would answer 417, which is not an answer of an API of ours.
  server.on('checkExpectation', listener);
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => refuseOnSocket(options, log, error, socket));
  return { server, endHandshakes };
}

/** A CA's word is not enough where it vouches for others, too. No byte of theirs is read: the listener runs before the first can come. */
function closeStrangers(server: TlsServer, admitClient: (certificate: X509Certificate) => boolean): void {
  server.on('secureConnection', (socket: TLSSocket) => {
    const certificate = socket.authorized ? socket.getPeerX509Certificate() : undefined;
    if (certificate === undefined || !admitClient(certificate)) socket.destroy();
  });
}

function refuseOnSocket(options: HttpServerOptions, log: Log, error: NodeJS.ErrnoException, socket: Duplex): void {
  const reason = refusalFor(error.code ?? '');
  log.debug('a connection was closed', { code: error.code, refused: reason });
  if (!reason || !socket.writable || answerHasBegun(socket)) {
    socket.destroy();
    return;
  }
  // Not destroyed before it is written; and not left open for a sender who never closes, or never reads.
  socket.end(responseText(options.refuse(reason)), () => socket.destroy());
  setTimeout(() => socket.destroy(), options.answerTimeoutMs ?? DEFAULT_ANSWER_TIMEOUT_MS).unref();
}

/** TLS and socket errors have no HTTP answer: undefined. */
function refusalFor(code: string): RefusalReason | undefined {
  if (code === 'HPE_HEADER_OVERFLOW') return 'headers-too-large';
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return 'request-timeout';
  return code.startsWith('HPE_') ? 'malformed-request' : undefined;
}

/** Bytes of an answer under way must not be mixed with those of a refusal. Node itself looks at the same member. */
function answerHasBegun(socket: Duplex): boolean {
  const message: unknown = Reflect.get(socket, '_httpMessage');
  return typeof message === 'object' && message !== null && Reflect.get(message, 'headersSent') === true;
}

function responseText(response: HttpResponse): Buffer {
  const body = Buffer.from(response.body ?? '');
  const headers = Object.entries({ ...response.headers, 'content-length': String(body.length), connection: 'close' });
  const head = [`HTTP/1.1 ${response.status} ${statusText(response.status)}`, ...headers.map(([name, value]) => `${name}: ${value}`)];
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1'), body]);
}
