import { type Credentials, every, type Secret, type Timers, type World } from '@payment-manager/runtime';
import type { WebSocket } from 'ws';
import { checkExposure, entry } from './control-entry.ts';
import { type ControlCredentials, frameOf, readFrame } from './control-frames.ts';
import { listen } from './control-listener.ts';
import { type Client, postOffice, send } from './control-post.ts';

export interface ControlServerOptions extends Pick<World, 'timers' | 'random' | 'log'> {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** 32 to 512 letters, digits or `. _ ~ -`. */
  readonly token: Secret<string>;
  /** Needed unless the host is a loopback address. Client certificates must come from its `trustedCas`. */
  readonly tls?: Credentials;
  /** What is true now. Asked for each answer; several share one. */
  readonly credentials: () => Promise<ControlCredentials>;
}

/** How many clients there are; unhealthy ones have not answered the last ping yet. */
export interface ControlClients {
  readonly total: number;
  readonly healthy: number;
  readonly unhealthy: number;
}

/** Drives Mojaloop SDKs. */
export interface ControlServer {
  readonly port: number;
  /** Something changed: whoever knows something else is told. */
  push(): void;
  clients(): ControlClients;
  /** For new connections; those that are there stay. @throws TypeError on a server without TLS. */
  setCredentials(credentials: Credentials): void;
  stop(): Promise<void>;
}

/** An SDK expects a ping within 30 s and a latency that it assumes. */
const PING_MS = 25_000;
/** An SDK that boots asks at once. Who has not by then is one that came back, and may have missed something. */
const GREETING_MS = 1_000;
/** Whoever tries again and again fills no log. */
const REFUSAL_LOG_MS = 60_000;
const MAX_CLIENTS = 16;
const MAX_FRAME_BYTES = 65_536;
const MAX_FAULTS = 20;

/**
 * The control WebSocket that an unmodified Mojaloop SDK connects to for its keys and certificates. It hands out private keys: it has a
 * token, asks for client certificates beyond this machine, and takes nothing in. Resolves when it listens.
 *
 * @throws ControlError; Error when the address cannot be taken.
 */
export async function startControlServer(options: ControlServerOptions): Promise<ControlServer> {
  const { host, port, tls, timers, random, log } = options;
  checkExposure(host, tls !== undefined);
  const refuse = entry(options.token);
  const clients = new Set<Client>();
  const id = (): string => Buffer.from(random.bytes(8)).toString('hex');
  const post = postOffice({ ...options, clients, id });
  const join = (socket: WebSocket): void => {
    const client: Client = { socket, alive: true, faults: 0, settled: false, unsure: false };
    clients.add(client);
    const greeting = timers.after(GREETING_MS, () => {
      if (!client.settled) post.answer(client, 'greeting');
    });
    socket.on('pong', () => {
      client.alive = true;
    });
    socket.on('message', (data) => {
      const asked = readFrame(String(data));
      if (asked === 'nothing') return;
      if (typeof asked === 'string') return post.answer(client, asked);
      log.warn('the control server refused a frame', { reason: asked.error });
      send(client, frameOf('ERROR', asked.error, id()));
      if (++client.faults >= MAX_FAULTS) socket.close(1008, 'too many frames that are not understood');
    });
    // What is wrong with a frame (its size, its UTF-8) closes the connection; there is nothing else to do.
    socket.on('error', () => {});
    socket.on('close', () => {
      greeting.cancel();
      clients.delete(client);
      log.info('a client left the control server', { clients: clients.size });
    });
    log.info('a client joined the control server', { clients: clients.size });
  };
  const listener = await listen({
    ...{ host, port, tls, maxClients: MAX_CLIENTS, maxFrameBytes: MAX_FRAME_BYTES },
    refuse: ({ headers }) => refuse(headers),
    refused: atMostEvery(REFUSAL_LOG_MS, timers, (status: number) => log.warn('the control server refused somebody', { status })),
    joined: join,
  });
  const heart = heartbeat(clients, timers);
  return {
    port: listener.port,
    push: post.push,
    clients() {
      const healthy = [...clients].filter(({ alive }) => alive).length;
      return { total: clients.size, healthy, unhealthy: clients.size - healthy };
    },
    setCredentials: listener.setCredentials,
    async stop() {
      heart.stop();
      post.stop();
      for (const { socket } of clients) socket.close(1001, 'going away');
      const force = timers.after(1_000, () => {
        for (const { socket } of clients) socket.terminate();
      });
      await listener.close();
      force.cancel();
    },
  };
}

/** Pings all, and ends who has not answered the ping before. */
function heartbeat(clients: ReadonlySet<Client>, timers: Timers): { stop(): void } {
  return every(PING_MS, timers, () => {
    for (const client of clients) {
      if (!client.alive) client.socket.terminate();
      else {
        client.alive = false;
        client.socket.ping();
      }
    }
  });
}

/** Runs it, and then not again for a while. */
function atMostEvery<Given>(ms: number, timers: Timers, run: (given: Given) => void): (given: Given) => void {
  let quiet = false;
  return (given) => {
    if (quiet) return;
    quiet = true;
    timers.after(ms, () => {
      quiet = false;
    });
    run(given);
  };
}
