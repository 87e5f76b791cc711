import type { Artefact, Condition } from '../condition.ts';

/** A condition as it is told to people; times are not needed. */
export type Step = Pick<Condition, 'state' | 'reason' | 'message' | 'nextStep' | 'details'> & { readonly artefact: Artefact };

export interface Phase {
  readonly title: string;
  readonly steps: readonly Step[];
}

/** What is between people comes first: without an account and a registration nothing technical can begin. */
const BUSINESS: readonly Artefact[] = ['OAUTH'];

/** The way to a connection, in the order in which a DFSP goes it; the third phase, the tests, follows when both are done. */
export function phasesOf(steps: readonly Step[]): readonly Phase[] {
  return [
    { title: 'Business set-up', steps: steps.filter(({ artefact }) => BUSINESS.includes(artefact)) },
    { title: 'Technical set-up', steps: steps.filter(({ artefact }) => !BUSINESS.includes(artefact)) },
  ].filter((phase) => phase.steps.length > 0);
}

/** Whether everything that comes before the tests is done. */
export function isReady(steps: readonly Step[]): boolean {
  return steps.length > 0 && steps.every(({ state }) => state === 'Ready');
}

/** What has changed since it was told last. */
export function newsOf(before: ReadonlyMap<Artefact, Step>, steps: readonly Step[]): readonly Step[] {
  return steps.filter((step) => {
    const told = before.get(step.artefact);
    return told?.state !== step.state || told.reason !== step.reason || told.message !== step.message;
  });
}
