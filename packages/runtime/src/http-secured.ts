import type { Server } from 'node:https';
import type { TLSSocket } from 'node:tls';
import type { Credentials } from './credentials.ts';
import type { Log } from './log.ts';
import { warnSparingly } from './log-sparingly.ts';
import { systemTimers } from './system.ts';
import { distrustOf } from './tls-distrust.ts';

/** The connections of a server whose clients must show a certificate. */
export interface Secured {
  /** Ends the connections of whoever is not trusted under these credentials. */
  use(credentials: Credentials): void;
  /** Whether the client's certificate, or that of an issuer, has ended since it came. */
  isOver(socket: object): boolean;
}

/** Looks at each client when it has come, beyond what the handshake did, and at those that are there when the credentials change. */
export function secured(server: Server, first: Credentials, log: Log): Secured {
  let credentials = first;
  const open = new Map<object, number>();
  const notServed = warnSparingly(log, systemTimers, 'a connection is not served');
  const admit = (socket: TLSSocket): void => {
    const { distrust, until } = distrustOf(socket, credentials, Date.now());
    if (distrust === undefined) open.set(socket, until);
    else {
      const caller = callerOf(socket);
      notServed.warn(`${caller} ${distrust}`, { reason: distrust, caller });
      open.delete(socket);
      socket.destroy();
    }
  };
  server.on('secureConnection', (socket: TLSSocket) => {
    socket.once('close', () => open.delete(socket));
    admit(socket);
  });
  return {
    use(fresh) {
      credentials = fresh;
      for (const socket of [...open.keys()]) admit(socket as TLSSocket);
    },
    isOver: (socket) => (open.get(socket) ?? 0) <= Date.now(),
  };
}

/** The certificate by which a caller is told from others: no name in it is, since it may hold anything. */
function callerOf(socket: TLSSocket): string {
  const certificate = socket.getPeerX509Certificate();
  return certificate === undefined ? 'no certificate' : `certificate SHA-256 ${certificate.fingerprint256}`;
}
