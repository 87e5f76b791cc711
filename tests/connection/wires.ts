import type { X509Certificate } from 'node:crypto';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';

/** A request over TLS, as it came to one of the servers in this process: which certificates both sides really presented. */
export interface Wire {
  /** Of the server. */
  readonly port: number;
  readonly presented: X509Certificate | undefined;
  readonly client: X509Certificate | undefined;
}

/** Every request to a server in this process from now on. */
export interface Wires {
  /** Requests to a server, oldest first. */
  to(url: string): readonly Wire[];
  stop(): void;
}

const requestStart = 'http.server.request.start';

/** Watches what is really presented, beneath everything that the product and the sandbox say of it. */
export function watchWires(): Wires {
  const seen: Wire[] = [];
  const known = new WeakMap<TLSSocket, Wire>();
  const look = (message: unknown): void => {
    const { socket } = (message as { request: IncomingMessage }).request;
    if (!(socket instanceof TLSSocket)) return;
    const wire = known.get(socket) ?? {
      port: socket.localPort ?? 0,
      presented: socket.getX509Certificate(),
      client: socket.getPeerX509Certificate(),
    };
    known.set(socket, wire);
    seen.push(wire);
  };
  subscribe(requestStart, look);
  return {
    to: (url) => seen.filter(({ port }) => port === Number(new URL(url).port)),
    stop: () => void unsubscribe(requestStart, look),
  };
}
