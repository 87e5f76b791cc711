import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, createSecureContext, type SecureContext, type TLSSocket } from 'node:tls';
import type { buildConnector } from 'undici';
import type { Credentials } from './credentials.ts';
import { distrustOf } from './tls-distrust.ts';
import { clientTls } from './tls-options.ts';

/** How far a connection came before it failed. */
export type ConnectPhase = 'dns' | 'connect' | 'tls';

/** A connection could not be made; `cause` is what the system said. No byte of any request was written to it. */
export class ConnectFailure extends Error {
  readonly code = 'CONNECT_FAILURE';
  readonly phase: ConnectPhase;
  readonly timedOut: boolean;
  constructor(phase: ConnectPhase, timedOut: boolean, cause?: unknown) {
    super(`no connection: ${phase}`, { cause });
    this.name = 'ConnectFailure';
    this.phase = phase;
    this.timedOut = timedOut;
  }
}

/**
 * A TLS 1.3 server ended a new connection before anything of its own came over it: no session ticket, no answer. That is
 * how many servers refuse a client certificate, Node's among them: without an alert.
 */
export class ClosedInHandshake extends Error {
  readonly code = 'CLOSED_IN_HANDSHAKE';
  constructor() {
    super('the server ended the connection before its side of the handshake was complete');
    this.name = 'ClosedInHandshake';
  }
}

const KEEP_ALIVE_PROBE_MS = 30_000;

/**
 * Makes connections for undici, and knows at each instant how far a new one is, so that a failure can be told apart as
 * DNS, TCP or TLS. No TLS session is resumed: its server's certificate would not be looked at again. All connections of one connector
 * use the same credentials.
 */
export function createConnector(credentials: Credentials | undefined, timeoutMs: number, serverName?: string): buildConnector.connector {
  const secureContext = createSecureContext(clientTls(credentials));
  const letIn = new Set<string>();
  return (options, callback) => {
    const hostname = options.hostname.startsWith('[') ? options.hostname.slice(1, -1) : options.hostname;
    const secure = options.protocol === 'https:';
    const port = Number(options.port) || (secure ? 443 : 80);
    const socket = secure ? openTls(hostname, port, secureContext, letIn, serverName) : connectTcp({ host: hostname, port });
    socket.setNoDelay(true);
    socket.setKeepAlive(true, KEEP_ALIVE_PROBE_MS);
    watch(socket, isIP(hostname) ? 'connect' : 'dns', secure ? credentials : undefined, secure, timeoutMs, callback);
  };
}

function openTls(hostname: string, port: number, secureContext: SecureContext, letIn: Set<string>, serverName = hostname): TLSSocket {
  const socket = connectTls({
    host: hostname,
    port,
    secureContext,
    // Said here, since a variable of the environment (NODE_TLS_REJECT_UNAUTHORIZED) would have everybody trusted otherwise.
    rejectUnauthorized: true,
    ALPNProtocols: ['http/1.1'],
    // A name of the certificate's own kind: an IP address is not sent as server name (RFC 6066, section 3).
    servername: isIP(serverName) ? '' : serverName,
  });
  tellRefusals(socket, `${hostname}:${port}`, letIn);
  return socket;
}

/**
 * Says when a server ended a new connection before it was heard. `letIn` has the servers that were heard the last time: one that has let
 * us in is believed to have broken off, until it does it twice.
 */
function tellRefusals(socket: TLSSocket, server: string, letIn: Set<string>): void {
  let heard = false;
  // Asked here, and not at the end: after a failed handshake there is nothing any more to ask, and Node can die of the question.
  let refusesLate = false;
  const hear = (): void => {
    heard = true;
    letIn.add(server);
  };
  socket.once('secureConnect', () => {
    refusesLate = socket.getProtocol() === 'TLSv1.3';
  });
  socket.once('session', hear);
  socket.once('readable', () => {
    if (socket.readableLength > 0) hear();
  });
  // Before undici's own listener, which would only say that the other side closed.
  socket.once('end', () => {
    if (heard || !refusesLate) return;
    if (!letIn.delete(server)) socket.destroy(new ClosedInHandshake());
  });
}

/** What OpenSSL calls a certificate that is on a list of its own. */
const OPENSSL_REVOKED = 'CERT_REVOKED';

/** What the handshake does not look at; its code is OpenSSL's for the same. */
function revokedServer(socket: TLSSocket, credentials: Credentials | undefined): Error | undefined {
  if (!credentials?.revoked?.size) return undefined;
  const { distrust } = distrustOf(socket, credentials, Date.now());
  return distrust === undefined ? undefined : Object.assign(new Error(distrust), { code: OPENSSL_REVOKED });
}

/** Calls back once: with the socket when it is ready for a request, else with how far it came. */
function watch(
  socket: Socket,
  firstPhase: ConnectPhase,
  credentials: Credentials | undefined,
  secure: boolean,
  timeoutMs: number,
  callback: buildConnector.Callback,
): void {
  let phase = firstPhase;
  let timedOut = false;
  let called = false;
  const timer = setTimeout(() => {
    timedOut = true;
    socket.destroy(new Error('connect time-out'));
  }, timeoutMs);
  const fail = (cause?: unknown): void => {
    if (called) return;
    called = true;
    clearTimeout(timer);
    callback(new ConnectFailure(phase, timedOut, cause), null);
  };
  socket.once('lookup', (error: Error | null) => {
    if (!error) phase = 'connect';
  });
  socket.once('connect', () => {
    phase = 'tls';
  });
  socket.on('error', fail);
  socket.once('close', () => fail());
  socket.once(secure ? 'secureConnect' : 'connect', () => {
    if (called) return;
    const revoked = revokedServer(socket as TLSSocket, credentials);
    if (revoked) {
      fail(revoked);
      socket.destroy();
      return;
    }
    called = true;
    clearTimeout(timer);
    callback(null, socket);
  });
}
