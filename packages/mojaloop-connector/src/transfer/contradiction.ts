import type { PersonState } from './person.ts';

/** A final word that contradicts the one that stands: both are kept (docs/money-rules.md, 6). */
export interface Contradiction {
  readonly at: number;
  readonly source: string;
  readonly says: string;
  readonly reason: string;
}

/** The same as it is kept for good. */
export interface Contradicted extends Contradiction {
  readonly type: 'contradicted';
}

/** What a record remembers of them. */
export interface ContradictedState extends PersonState {
  readonly contradictions: readonly Contradiction[];
}

/** Kept per payment; what comes after is the same news again. */
const CONTRADICTIONS_KEPT = 20;

/** Notes one more. */
export function withContradiction(known: readonly Contradiction[], { at, source, says, reason }: Contradicted): readonly Contradiction[] {
  return [...known, { at, source, says, reason }].slice(0, CONTRADICTIONS_KEPT);
}

/** Contradictions that no person has settled yet. */
export function openContradictions({ contradictions, settled }: ContradictedState): readonly Contradiction[] {
  return contradictions.slice(settled?.contradictions ?? 0);
}
