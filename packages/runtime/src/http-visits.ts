import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Requests without an answer on one connection; a client that pipelines at all has a few. */
const MAX_UNANSWERED = 16;
/** A reader gets one second more for each of these. */
const BYTES_PER_SECOND = 262_144;
/** Readers that are late are looked for at least so often. */
const LONGEST_LOOK_MS = 1_000;

/** One request, from its head until its answer has left or its connection is gone. */
export interface Visit {
  /** Its answer has so many bytes, and is being written. */
  answering(bytes: number): void;
}

/**
 * The requests of a server that are still here. `begin` tells of one that has come; `gone` is called once, when nobody waits for its
 * answer any more: it has left, or the connection has. Undefined: there are too many on this connection, which is cut.
 *
 * An answer that its reader does not take in time is ended with the connection: it would stay in memory for as long as the reader likes.
 */
export function visits(answerTimeoutMs: number): (socket: Socket, response: ServerResponse, gone: () => void) => Visit | undefined {
  const connections = new WeakMap<Socket, Set<() => void>>();
  const late = lateReaders(Math.min(LONGEST_LOOK_MS, answerTimeoutMs / 4));

  function of(socket: Socket): Set<() => void> {
    const known = connections.get(socket);
    if (known !== undefined) return known;
    const unanswered = new Set<() => void>();
    connections.set(socket, unanswered);
    // An answer that waits behind another has no socket of its own yet, and would not hear of it.
    socket.once('close', () => {
      for (const end of [...unanswered]) end();
    });
    return unanswered;
  }

  return (socket, response, gone) => {
    const unanswered = of(socket);
    if (unanswered.size >= MAX_UNANSWERED || socket.destroyed) {
      socket.destroy();
      return undefined;
    }
    const end = (): void => {
      if (!unanswered.delete(end)) return;
      late.forget(end);
      gone();
    };
    unanswered.add(end);
    response.once('close', end);
    return {
      answering(bytes) {
        if (unanswered.has(end) && !response.writableFinished)
          late.watch(end, socket, answerTimeoutMs + (bytes / BYTES_PER_SECOND) * 1_000);
      },
    };
  };
}

interface Reader {
  readonly socket: Socket;
  readonly untilMs: number;
}

/** Ends the connections of readers that are late. One timer for all: one for each answer would cost each answer. */
function lateReaders(everyMs: number) {
  const readers = new Map<() => void, Reader>();
  let timer: NodeJS.Timeout | undefined;
  const look = (): void => {
    timer = undefined;
    const now = performance.now();
    for (const { socket, untilMs } of readers.values()) if (untilMs <= now) socket.destroy();
    if (readers.size > 0) start();
  };
  const start = (): void => {
    timer = setTimeout(look, everyMs);
    timer.unref();
  };
  return {
    watch(key: () => void, socket: Socket, withinMs: number): void {
      readers.set(key, { socket, untilMs: performance.now() + withinMs });
      if (timer === undefined) start();
    },
    forget(key: () => void): void {
      readers.delete(key);
    },
  };
}
