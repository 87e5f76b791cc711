import type { Server } from 'node:https';
import type { TLSSocket } from 'node:tls';
import type { Credentials } from './credentials.ts';
import type { Log } from './log.ts';
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
  const admit = (socket: TLSSocket): void => {
    const { distrust, until } = distrustOf(socket, credentials, Date.now());
    if (distrust === undefined) open.set(socket, until);
    else {
      log.warn('a connection is not served', { reason: distrust });
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
