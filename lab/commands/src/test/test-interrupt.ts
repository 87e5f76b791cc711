import { constants } from 'node:os';

/** Signals that end what is under way, seen as they come. */
export interface Interruption {
  /** The first that came. */
  readonly signal: NodeJS.Signals | undefined;
  /** What is called at the first signal, and at each later one. At once, when one has come. */
  onSignal(first: () => void, again: () => void): void;
  /** Signals mean again what they meant before. */
  end(): void;
}

const ENDING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** From now on SIGINT (Ctrl-C), SIGTERM and SIGHUP do not end this process; who calls this ends what it started. */
export function watchInterruption(): Interruption {
  const called: { readonly first: () => void; readonly again: () => void }[] = [];
  let signal: NodeJS.Signals | undefined;
  const seen = (name: NodeJS.Signals): void => {
    const times = signal === undefined ? 'first' : 'again';
    signal ??= name;
    for (const one of called) one[times]();
  };
  for (const name of ENDING) process.on(name, seen);
  return {
    get signal() {
      return signal;
    },
    onSignal(first, again) {
      called.push({ first, again });
      if (signal !== undefined) first();
    },
    end() {
      for (const name of ENDING) process.removeListener(name, seen);
    },
  };
}

/** As a shell says that a signal ended a program: 130 for SIGINT, 143 for SIGTERM. */
export function exitCodeOf(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}
