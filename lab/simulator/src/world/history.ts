import { hash } from 'node:crypto';

/** What happened in a run, in order. Written down only where somebody wants to read it. */
export interface History {
  /** `text` is made only when it is written down. */
  note(who: string, text: () => string): void;
  /** A fault that struck: always counted. `id` names it for the shrinker. */
  fault(kind: string, id: string): void;
  readonly lines: readonly string[];
  readonly faults: Readonly<Record<string, number>>;
  /** Ids of the faults that struck. */
  readonly struck: readonly string[];
  /** Equal for equal runs. Only of what was written down. */
  hash(): string;
}

/** An empty history; `now` in ms since the start. */
export function emptyHistory(now: () => number, written: boolean): History {
  const lines: string[] = [];
  const faults: Record<string, number> = {};
  const struck: string[] = [];
  const write = (who: string, text: string): void => {
    lines.push(`${(now() / 1000).toFixed(3).padStart(8)} s  ${who.padEnd(16)} ${text}`);
  };
  return {
    note(who, text) {
      if (written) write(who, text());
    },
    fault(kind, id) {
      faults[kind] = (faults[kind] ?? 0) + 1;
      struck.push(id);
      if (written) write('FAULT', id);
    },
    lines,
    faults,
    struck,
    hash: () => hash('sha256', lines.join('\n')),
  };
}
