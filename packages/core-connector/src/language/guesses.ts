import { childOf, textOf } from './check-tree.ts';
import type { Problems } from './problem.ts';
import type { Tree } from './yaml.ts';

/** What `./pm connector probe` can see of a core. */
export const PROBES = ['key', 'kept-refusal', 'enquiry-found', 'enquiry-absent', 'late'] as const;
export type ProbeName = (typeof PROBES)[number];

/** Something about the core that nobody has seen yet. In production each is probed, or signed off by name. */
export interface Guess {
  readonly id: string;
  readonly text: string;
  /** The probe that shows it; undefined: none can, and a person signs it off. */
  readonly probe: ProbeName | undefined;
}

const ID = /^[a-z][a-z0-9-]{0,62}$/;

/** The guesses of `connector.yaml`. */
export function compileGuesses(root: Tree | undefined, problems: Problems): readonly Guess[] {
  const tree = childOf(root, 'guesses');
  if (tree?.kind !== 'map') return [];
  return [...tree.entries.values()].map(({ key, keyPlace, value }) => {
    if (!ID.test(key)) problems.add('VALUE_WRONG', keyPlace, 'a guess is named with small letters, digits and hyphens');
    return { id: key, text: textOf(value, 'guess')?.text ?? '', probe: textOf(value, 'probe')?.text as ProbeName | undefined };
  });
}
