import type { Server } from 'node:https';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';

const LEAST_HANDSHAKES = 256;

/**
 * Bounds the connections of a TLS server: `max` that have finished their handshake, above it a new one is closed; and beside them a
 * half as many that have not (at least 256, so that many may come at the same moment), of which the oldest makes room for a new one. So
 * nobody who does not get through the handshake can keep out those who do: theirs is over before it is the oldest.
 *
 * @returns ends all that have not finished their handshake: a server that closes would wait for them
 */
export function boundConnections(server: Server, max: number): () => void {
  const maxHandshakes = Math.max(LEAST_HANDSHAKES, Math.ceil(max / 2));
  /** By the other side's address; in the order of their coming. */
  const handshakes = new Map<string, Socket>();
  let open = 0;
  server.on('connection', (socket: Socket) => {
    const name = nameOf(socket);
    handshakes.set(name, socket);
    socket.once('close', () => {
      if (handshakes.get(name) === socket) handshakes.delete(name);
    });
    if (handshakes.size <= maxHandshakes) return;
    for (const [oldest, waiting] of handshakes) {
      handshakes.delete(oldest);
      waiting.destroy();
      break;
    }
  });
  server.on('secureConnection', (socket: TLSSocket) => {
    handshakes.delete(nameOf(socket));
    open++;
    socket.once('close', () => open--);
    if (open > max) socket.destroy();
  });
  return () => {
    for (const socket of handshakes.values()) socket.destroy();
  };
}

/** Both the connection and the TLS socket over it have it. */
function nameOf({ remoteAddress, remotePort, localAddress }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localAddress}`;
}
