import { createHash } from 'node:crypto';
import type { Credentials, Log, Random, Secret, Timer, Timers } from '@payment-manager/runtime';
import type { WebSocket } from 'ws';
import { checkExposure, entry } from './control-entry.ts';
import { type ControlCredentials, configurationOf, frameOf, readFrame } from './control-frames.ts';
import { listen } from './control-listener.ts';

export interface ControlServerOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** 32 to 512 letters, digits or `. _ ~ -`. */
  readonly token: Secret<string>;
  /** Needed unless the host is a loopback address. Client certificates must come from its `trustedCas`. */
  readonly tls?: Credentials;
  /** What is true now. Asked for each answer; several share one. */
  readonly credentials: () => Promise<ControlCredentials>;
  readonly timers: Timers;
  readonly random: Pick<Random, 'bytes'>;
  readonly log: Log;
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

interface Client {
  readonly socket: WebSocket;
  alive: boolean;
  faults: number;
  /** Whether it may be told what it did not ask for: an SDK that boots takes the first frame, whatever it is, for its configuration. */
  settled: boolean;
  /** Hash of the configuration that it has. */
  knows?: string;
}

type Question = 'configuration' | 'peer-keys';

/** An SDK expects a ping within 30 s and a latency that it assumes. */
const pingMs = 25_000;
/** An SDK that boots asks at once. Who has not by then is one that came back, and may have missed something. */
const greetingMs = 1_000;
const retryMs = 1_000;
const maxClients = 16;
const maxFrameBytes = 65_536;
const maxFaults = 20;
/** A client that does not read is given up. */
const maxUnreadBytes = 8_388_608;

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
  const post = postOffice(options, clients, id);
  const join = (socket: WebSocket): void => {
    const client: Client = { socket, alive: true, faults: 0, settled: false };
    clients.add(client);
    const greeting = timers.after(greetingMs, () => {
      if (!client.settled) post.answer(client, 'configuration');
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
      if (++client.faults >= maxFaults) socket.close(1008, 'too many frames that are not understood');
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
    ...{ host, port, tls, maxClients, maxFrameBytes },
    refuse: ({ headers }) => refuse(headers),
    refused: (status) => log.warn('the control server let somebody not in', { status }),
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
  let timer: Timer;
  const beat = (): void => {
    for (const client of clients) {
      if (!client.alive) client.socket.terminate();
      else {
        client.alive = false;
        client.socket.ping();
      }
    }
    timer = timers.after(pingMs, beat);
  };
  timer = timers.after(pingMs, beat);
  return { stop: () => timer.cancel() };
}

/** Tells clients what is true now: one reading serves all who wait for it, and nobody is told an older one after a newer. */
function postOffice(
  { credentials, timers, log }: ControlServerOptions,
  clients: ReadonlySet<Client>,
  id: () => string,
): { answer(client: Client, question: Question): void; push(): void; stop(): void } {
  const formerPeers = new Set<string>();
  let questions = new Map<Client, Set<Question>>();
  let changed = false;
  let busy = false;
  let stopped = false;
  let retry: Timer | undefined;

  const deliver = (current: ControlCredentials, asked: ReadonlyMap<Client, ReadonlySet<Question>>, toAll: boolean): void => {
    for (const { dfspId } of current.peers) formerPeers.add(dfspId);
    const configuration = configurationOf(current, formerPeers);
    const hash = createHash('sha256').update(JSON.stringify(configuration)).digest('hex');
    for (const client of clients) {
      const mine = asked.get(client);
      if (mine?.has('configuration') || (toAll && client.settled && client.knows !== hash)) {
        send(client, frameOf('CONFIGURATION', configuration, id()));
        client.knows = hash;
      }
      if (mine?.has('peer-keys')) send(client, frameOf('PEER_JWS', current.peers, id()));
      if (mine) client.settled = true;
    }
  };
  const work = async (): Promise<void> => {
    if (busy) return;
    busy = true;
    while (!stopped && (questions.size > 0 || changed)) {
      const [asked, toAll] = [questions, changed];
      questions = new Map();
      changed = false;
      const current = await credentials().catch((error: unknown) => {
        log.warn('the control server cannot read keys and certificates; its clients wait', {
          error: error instanceof Error ? error.name : 'unknown',
        });
        return undefined;
      });
      if (current) deliver(current, asked, toAll);
      else {
        // An SDK that boots takes whatever comes for its configuration, so it is told nothing until there is one.
        for (const [client, mine] of asked) for (const question of mine) note(client, question);
        changed ||= toAll;
        await new Promise<void>((resolve) => {
          retry = timers.after(retryMs, resolve);
        });
      }
    }
    busy = false;
  };
  const note = (client: Client, question: Question): void => {
    if (clients.has(client)) questions.set(client, (questions.get(client) ?? new Set()).add(question));
  };
  return {
    answer(client, question) {
      note(client, question);
      void work();
    },
    push() {
      changed = true;
      void work();
    },
    stop() {
      stopped = true;
      retry?.cancel();
    },
  };
}

function send({ socket }: Client, frame: string): void {
  if (socket.bufferedAmount > maxUnreadBytes) socket.terminate();
  else socket.send(frame, () => {});
}
