import type { VirtualTime } from '@payment-manager/runtime';

/** A process from its start to its death. What a dead one began may arrive, but it never learns the answer. */
export interface Life {
  readonly alive: boolean;
  /** Lets the process do something: at once, when it goes on after standing still, or never when it is dead. */
  run(something: () => void): void;
  /** Runs when it dies; what it had under way ends there. */
  onDeath(run: () => void): void;
  /** Forgets a `run` of `onDeath`. */
  offDeath(run: () => void): void;
}

/** A life, and how to end it. */
export interface MortalLife extends Life {
  readonly standsStill: boolean;
  end(): void;
  /** It stands still (a paused machine, a long collection of garbage): what comes to it waits, in order. */
  stall(): void;
  goOn(time: VirtualTime): void;
}

/** A process that never ends: hub and cores. */
export const FOREVER: Life = { alive: true, run: (something) => something(), onDeath: () => {}, offDeath: () => {} };

/** Begins a life. */
export function begin(): MortalLife {
  let alive = true;
  let waiting: (() => void)[] | undefined;
  const onEnd = new Set<() => void>();
  return {
    get alive() {
      return alive;
    },
    run(something) {
      if (!alive) return;
      if (waiting === undefined) something();
      else waiting.push(something);
    },
    get standsStill() {
      return alive && waiting !== undefined;
    },
    stall() {
      waiting ??= [];
    },
    goOn(time) {
      const missed = waiting ?? [];
      waiting = undefined;
      for (const something of missed) time.soon(() => alive && something());
    },
    onDeath: (run) => void onEnd.add(run),
    offDeath: (run) => void onEnd.delete(run),
    end() {
      alive = false;
      for (const run of onEnd) run();
      onEnd.clear();
    },
  };
}

/** The answer, if the process still lives when it comes; a dead one waits for ever, one that stands still until it goes on. */
export function whileAlive<T>(life: Life, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    work.then(
      (value) => life.run(() => resolve(value)),
      (error: unknown) => life.run(() => reject(error)),
    );
  });
}
