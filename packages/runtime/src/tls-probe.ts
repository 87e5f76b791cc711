import { isIP } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import type { Credentials } from './credentials.ts';
import { clientTls } from './tls-options.ts';

/** Which server to look at, and as whom. */
export interface TlsProbeOrder {
  readonly host: string;
  readonly port: number;
  /** What the certificate is to be checked against. Absent: the system's CAs, and no client certificate is presented. */
  readonly credentials?: Credentials;
  /** The name that the certificate must have. Absent: the host. */
  readonly serverName?: string;
  /** For DNS, TCP and TLS together. */
  readonly timeoutMs: number;
}

/** What a server really presents, or how far the look came. Never thrown. */
export type TlsProbe =
  | {
      readonly kind: 'served';
      /** PEM. */
      readonly certificate: string;
      /** Why the certificate is not trusted (`CERT_HAS_EXPIRED`, …); undefined: it is. */
      readonly distrust?: string;
    }
  | { readonly kind: 'failed'; readonly phase: 'dns' | 'connect' | 'tls'; readonly code: string };

/**
 * Looks which certificate a server presents. Whatever it presents is only read, trusted or not: nothing is sent, and the connection is
 * closed at once.
 */
export function probeTls({ host, port, credentials, serverName = host, timeoutMs }: TlsProbeOrder): Promise<TlsProbe> {
  let phase: 'dns' | 'connect' | 'tls' = isIP(host) ? 'connect' : 'dns';
  return new Promise((resolve) => {
    const socket = connect({
      host,
      port,
      servername: isIP(serverName) ? '' : serverName,
      rejectUnauthorized: false,
      ...clientTls(credentials),
    });
    const timer = setTimeout(() => end({ kind: 'failed', phase, code: 'CONNECT_TIMEOUT' }), timeoutMs);
    function end(probe: TlsProbe): void {
      clearTimeout(timer);
      socket.destroy();
      resolve(probe);
    }
    socket.once('lookup', (error: Error | null) => {
      if (!error) phase = 'connect';
    });
    socket.once('connect', () => {
      phase = 'tls';
    });
    socket.once('secureConnect', () => end(served(socket)));
    socket.on('error', (error: NodeJS.ErrnoException) => end({ kind: 'failed', phase, code: error.code ?? 'TLS_FAILED' }));
    socket.once('close', () => end({ kind: 'failed', phase, code: 'CONNECTION_LOST' }));
  });
}

function served(socket: TLSSocket): TlsProbe {
  const certificate = socket.getPeerX509Certificate();
  if (!certificate) return { kind: 'failed', phase: 'tls', code: 'TLS_FAILED' };
  // Its type says Error; it is the code.
  const distrust: unknown = socket.authorizationError;
  return { kind: 'served', certificate: certificate.toString(), ...(socket.authorized ? {} : { distrust: String(distrust) }) };
}
