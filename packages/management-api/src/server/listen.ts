import cluster from 'node:cluster';
import { chmod, rm } from 'node:fs/promises';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { SecureContextOptions, Server as TlsServer } from 'node:tls';
import { createHttpServer } from '@payment-manager/runtime';

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

const CONNECTIONS_MAX = 1_000;
const LOCAL_CONNECTIONS_MAX = 50;
const LIMITS = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 72_000,
  maxHeaderSize: 16_384,
  connectionsCheckingInterval: 5_000,
};
/** What the system takes for the path of a socket (sun_path), less the byte at its end. */
const SOCKET_PATH_MAX = 107;

/** A server for browsers, http or https, not listening yet. */
export async function webServer(tls: SecureContextOptions | undefined): Promise<(listener: Listener) => Server> {
  if (tls === undefined) return (listener) => limited(createHttpServer(LIMITS, listener), CONNECTIONS_MAX);
  const { createServer } = await import('node:https');
  return (listener) =>
    limited(createServer({ ...LIMITS, ...tls, handshakeTimeout: 10_000, ALPNProtocols: ['http/1.1'] }, listener), CONNECTIONS_MAX);
}

/** New connections speak with these from now on. */
export function useTls(server: Server, tls: SecureContextOptions): void {
  (server as unknown as TlsServer).setSecureContext(tls);
}

function limited(server: Server, connections: number): Server {
  server.maxConnections = connections;
  return server;
}

/** Opens a port. Rejects with what the system says. */
export function listenAt(server: Server, at: { readonly host: string; readonly port: number } | { readonly path: string }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(at, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** Takes nothing new, and ends what is open, streams of news with it. */
export function endServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** The door for users of this machine: who may open the socket’s file may act. */
export interface LocalDoor {
  /** Whether a request came through it. */
  isLocal(request: Pick<IncomingMessage, 'socket'>): boolean;
  /** Opens it. Rejects with what the system says. */
  open(path: string, listener: Listener): Promise<void>;
  close(): Promise<void>;
}

/** A door that is not open yet. */
export function localDoor(): LocalDoor {
  const sockets = new WeakSet<Socket>();
  let server: Server | undefined;
  let file: string | undefined;
  return {
    isLocal: ({ socket }) => sockets.has(socket),
    async open(path, listener) {
      if (Buffer.byteLength(path) > SOCKET_PATH_MAX)
        throw new RangeError(`the path of the socket has more than ${SOCKET_PATH_MAX} bytes: ${path}`);
      // of a process that was killed; another worker of this product answers, and shares it
      if (!(await answers(path))) await rm(path, { force: true });
      server = limited(createHttpServer(LIMITS, listener), LOCAL_CONNECTIONS_MAX);
      server.on('connection', (socket) => sockets.add(socket));
      // nobody else may open it in between: the folder is its user’s alone
      await listenAt(server, { path });
      file = path;
      await chmod(path, 0o600);
    },
    async close() {
      if (server !== undefined) await endServer(server);
      if (file !== undefined && !cluster.isWorker) await rm(file, { force: true });
    },
  };
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
