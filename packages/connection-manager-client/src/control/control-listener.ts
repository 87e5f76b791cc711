import type { IncomingMessage } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { boundConnections, type Credentials, createHttpServer, serverTls, statusText } from '@payment-manager/runtime';
import type { WebSocket } from 'ws';
import type { Refusal } from './control-entry.ts';

export interface ListenerOptions {
  readonly host: string;
  readonly port: number;
  readonly tls: Credentials | undefined;
  readonly maxClients: number;
  /** Largest frame that a client may send, bytes. */
  readonly maxFrameBytes: number;
  readonly refuse: (request: IncomingMessage) => Refusal | undefined;
  readonly refused: (status: number) => void;
  readonly joined: (socket: WebSocket) => void;
}

export interface Listener {
  readonly port: number;
  setCredentials(credentials: Credentials): void;
  /** Takes nobody any more; resolves when all that are in have gone. */
  close(): Promise<void>;
}

const HANDSHAKE_MS = 10_000;
const MAX_HEADER_BYTES = 16_384;
/** An SDK sends each message in one frame. Each piece costs time and memory, however little is in it. */
const MAX_FRAGMENTS = 64;
/** Pieces as the network brings them, of one frame. */
const MAX_PIECES = 1_024;

/** A WebSocket server that lets nobody in before `refuse` was asked. Rejects when the address cannot be taken. */
export async function listen(options: ListenerOptions): Promise<Listener> {
  const { host, port, tls, maxClients, maxFrameBytes } = options;
  const limits = { maxHeaderSize: MAX_HEADER_BYTES, headersTimeout: HANDSHAKE_MS, requestTimeout: HANDSHAKE_MS, keepAliveTimeout: 1 };
  const plain = { ...limits, connectionsCheckingInterval: 1_000 };
  const secure =
    tls &&
    createTlsServer({ ...plain, ...serverTls(tls, true), requestCert: true, rejectUnauthorized: true, handshakeTimeout: HANDSHAKE_MS });
  const server = secure ?? createHttpServer(plain);
  // Some room for those that are being refused.
  if (secure) boundConnections(secure, maxClients * 2);
  else server.maxConnections = maxClients * 2;
  // Most products never open this door, so its library is loaded with it.
  const { WebSocketServer } = await import('ws');
  const sockets = new WebSocketServer({
    ...{ noServer: true, perMessageDeflate: false },
    ...{ maxPayload: maxFrameBytes, maxFragments: MAX_FRAGMENTS, maxBufferedChunks: MAX_PIECES },
  });
  server.on('request', (_request, response) => {
    response.writeHead(426, { upgrade: 'websocket', connection: 'close' }).end();
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    const refusal = options.refuse(request) ?? (sockets.clients.size >= maxClients ? FULL : undefined);
    if (!refusal) return sockets.handleUpgrade(request, socket, head, options.joined);
    options.refused(refusal.status);
    socket.end(answerOf(refusal), () => socket.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      server.on('error', () => {});
      resolve();
    });
  });
  return {
    port: (server.address() as AddressInfo).port,
    setCredentials(credentials) {
      if (!secure) throw new TypeError('a server without TLS has no credentials');
      secure.setSecureContext(serverTls(credentials, true));
    },
    close() {
      return new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

const FULL = { status: 503, say: 'There are as many clients as may be. Try again later.' };

function answerOf({ status, say }: { readonly status: number; readonly say: string }): string {
  const headers = [
    `HTTP/1.1 ${status} ${statusText(status)}`,
    'connection: close',
    'content-type: text/plain; charset=utf-8',
    `content-length: ${Buffer.byteLength(say)}`,
    ...(status === 401 ? ['www-authenticate: Bearer'] : []),
    ...(status === 503 ? ['retry-after: 10'] : []),
  ];
  return `${headers.join('\r\n')}\r\n\r\n${say}`;
}
