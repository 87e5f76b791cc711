import type { Backend } from '../language/backend.ts';
import type { CompiledConnector } from '../language/compile-connector.ts';
import type { Conditions, ShownCalls, ShownCondition } from './conditions.ts';

/** A back end: how it is, how it is called, and what came of the calls of this process. */
export interface ShownBackEnd extends ShownCondition, ShownCalls {
  readonly kind: Backend['kind'];
  readonly limits: { readonly inFlight: number; readonly perSecond?: number; readonly connectMs: number; readonly totalMs: number };
}

/** Those of a connector that runs, in the order in which its files have them. */
export function shownBackEnds({ backends }: Pick<CompiledConnector, 'backends'>, conditions: Conditions): readonly ShownBackEnd[] {
  const known = new Map(conditions.shown().map((one) => [one.name, one]));
  return [...backends.values()].map((one) => shownBackEnd(one, known.get(one.name), conditions.of(one.name).made()));
}

function shownBackEnd({ name, kind, limits, timeouts }: Backend, known: ShownCondition | undefined, made: ShownCalls): ShownBackEnd {
  const { inFlight, perSecond } = limits;
  return {
    ...(known ?? { name, answers: 'unknown', breaker: 'closed', calls: 0 }),
    ...made,
    kind,
    limits: { inFlight, ...(perSecond !== undefined && { perSecond }), ...timeouts },
  };
}
