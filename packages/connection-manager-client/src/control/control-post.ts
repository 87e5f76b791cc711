import { createHash } from 'node:crypto';
import type { Timer, World } from '@payment-manager/runtime';
import type { WebSocket } from 'ws';
import { type ControlCredentials, configurationOf, frameOf } from './control-frames.ts';

/** Somebody who was let in. */
export interface Client {
  readonly socket: WebSocket;
  alive: boolean;
  faults: number;
  /** Whether it may be told what it did not ask for: an SDK that boots takes the first frame, whatever it is, for its configuration. */
  settled: boolean;
  /** Hash of the configuration that it was told. */
  knows?: string;
  /** It may have dropped that: an SDK that is restarting its servers drops what comes meanwhile. */
  unsure: boolean;
}

/** What a client is to be told: `greeting` is a configuration that it did not ask for. */
type Question = 'configuration' | 'greeting' | 'peer-keys';

export interface PostOfficeOptions extends Pick<World, 'timers' | 'log'> {
  readonly credentials: () => Promise<ControlCredentials>;
  readonly clients: ReadonlySet<Client>;
  readonly id: () => string;
}

interface ToAll {
  readonly changed: boolean;
  /** To those that may have dropped it. */
  readonly again: boolean;
}

export interface PostOffice {
  /** Answers one client, as soon as that can be done. */
  answer(client: Client, question: Question): void;
  /** Tells all who know something else, soon. */
  push(): void;
  stop(): void;
}

const RETRY_MS = 1_000;
/** Changes come in flocks, and an SDK restarts its servers at each that it is told. */
const GATHER_MS = 300;
/** By then an SDK has restarted. What it has already changes nothing there. */
const REPEAT_MS = 15_000;
const MAX_UNREAD_BYTES = 8_388_608;

/** Tells clients what is true now: one reading serves all who wait for it, and nobody is told an older one after a newer. */
export function postOffice({ credentials, timers, log, clients, id }: PostOfficeOptions): PostOffice {
  const formerPeers = new Set<string>();
  let questions = new Map<Client, Set<Question>>();
  let changed = false;
  let again = false;
  let busy = false;
  let failing = false;
  let stopped = false;
  let retry: Timer | undefined;
  let gathering: Timer | undefined;
  let repeating: Timer | undefined;

  const deliver = (current: ControlCredentials, asked: ReadonlyMap<Client, ReadonlySet<Question>>, toAll: ToAll): void => {
    for (const { dfspId } of current.peers) formerPeers.add(dfspId);
    const configuration = configurationOf(current, formerPeers);
    const hash = createHash('sha256').update(JSON.stringify(configuration)).digest('hex');
    for (const client of clients) {
      const mine = asked.get(client);
      const news = client.settled && toAll.changed && client.knows !== hash;
      const repeat = client.settled && toAll.again && client.unsure;
      if (mine?.has('configuration') || mine?.has('greeting') || news || repeat) {
        send(client, frameOf('CONFIGURATION', configuration, id()));
        client.unsure = !mine?.has('configuration') && client.knows !== hash;
        client.knows = hash;
        if (client.unsure) repeatLater();
      }
      if (mine?.has('peer-keys')) send(client, frameOf('PEER_JWS', current.peers, id()));
      if (mine) client.settled = true;
    }
  };
  const repeatLater = (): void => {
    repeating?.cancel();
    repeating = timers.after(REPEAT_MS, () => {
      again = true;
      void work();
    });
  };
  const work = async (): Promise<void> => {
    if (busy) return;
    busy = true;
    while (!stopped && (questions.size > 0 || changed || again)) {
      const [asked, toAll] = [questions, { changed, again }];
      questions = new Map();
      changed = false;
      again = false;
      try {
        deliver(await credentials(), asked, toAll);
        failing = false;
      } catch (error) {
        if (!failing) log.warn('the control server cannot read keys and certificates; its clients wait', { error: nameOf(error) });
        failing = true;
        // An SDK that boots takes whatever comes for its configuration, so it is told nothing until there is one.
        for (const [client, mine] of asked) for (const question of mine) note(client, question);
        changed ||= toAll.changed;
        again ||= toAll.again;
        await new Promise<void>((resolve) => {
          retry = timers.after(RETRY_MS, resolve);
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
      gathering ??= timers.after(GATHER_MS, () => {
        gathering = undefined;
        changed = true;
        void work();
      });
    },
    stop() {
      stopped = true;
      for (const timer of [retry, gathering, repeating]) timer?.cancel();
    },
  };
}

/** One that does not read is given up. */
export function send({ socket }: Client, frame: string): void {
  if (socket.bufferedAmount > MAX_UNREAD_BYTES) socket.terminate();
  else socket.send(frame, () => {});
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown';
}
