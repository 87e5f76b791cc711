import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Where a connection may go. */
export interface Backend {
  /** Undefined while its process does not run. */
  readonly port: number | undefined;
  /** As its last health check said. */
  readonly healthy: boolean;
}

/** A small load balancer for TCP, so that TLS goes through untouched. */
export interface Balancer {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Gives each new connection to the next backend in turn, healthy ones first; one that cannot be reached is passed over. A
 * connection stays where it is: what its backend does not answer, the client has to ask again.
 */
export async function openBalancer(backends: readonly Backend[]): Promise<Balancer> {
  const sockets = new Set<Socket>();
  let next = 0;
  const server = createServer({ allowHalfOpen: true }, (client) => {
    sockets.add(client);
    client.on('error', () => {});
    client.on('close', () => sockets.delete(client));
    const first = next++;
    const inTurn = backends.map((_, index) => backends[(first + index) % backends.length] as Backend);
    forward(client, [...inTurn.filter(({ healthy }) => healthy), ...inTurn.filter(({ healthy }) => !healthy)], sockets);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}

function forward(client: Socket, candidates: readonly Backend[], sockets: Set<Socket>): void {
  const [{ port } = { port: undefined }, ...others] = candidates;
  if (port === undefined) {
    if (others.length > 0) forward(client, others, sockets);
    else client.destroy();
    return;
  }
  const upstream = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
  sockets.add(upstream);
  let connected = false;
  upstream.once('connect', () => {
    connected = true;
    client.setNoDelay(true);
    client.pipe(upstream);
    upstream.pipe(client);
  });
  upstream.on('error', () => {});
  upstream.on('close', () => {
    sockets.delete(upstream);
    if (!connected && others.length > 0 && !client.destroyed) forward(client, others, sockets);
    else client.destroy();
  });
  client.on('close', () => upstream.destroy());
}
