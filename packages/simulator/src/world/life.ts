/** A process from its start to its death. What a dead one began may arrive, but it never learns the answer. */
export interface Life {
  readonly alive: boolean;
  /** Runs when it dies; what it had under way ends there. */
  onDeath(run: () => void): void;
  /** Forgets a `run` of `onDeath`. */
  offDeath(run: () => void): void;
}

/** A life, and how to end it. */
export interface MortalLife extends Life {
  end(): void;
}

/** A process that never ends: hub and cores. */
export const FOREVER: Life = { alive: true, onDeath: () => {}, offDeath: () => {} };

/** Begins a life. */
export function begin(): MortalLife {
  let alive = true;
  const onEnd = new Set<() => void>();
  return {
    get alive() {
      return alive;
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

/** The answer, if the process still lives when it comes; a dead one waits for ever. */
export function whileAlive<T>(life: Life, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    work.then(
      (value) => {
        if (life.alive) resolve(value);
      },
      (error: unknown) => {
        if (life.alive) reject(error);
      },
    );
  });
}
