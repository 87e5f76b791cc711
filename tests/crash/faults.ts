import { type FaultRule, parseFault } from '@payment-manager/sandbox';
import type { ProcessScheme } from '../scheme/process-scheme.ts';

export type Fault = Pick<FaultRule, 'operation' | 'action'> & Partial<FaultRule>;

/** Which party of the scheme has the fault. */
export interface FaultTarget {
  readonly at: 'hub' | 'payee core';
}

/** Puts the faults in force, and takes away those of the case before. */
export function onlyFaults({ scheme, payee }: ProcessScheme, faults: readonly (Fault & FaultTarget)[] = []): void {
  scheme.hub.faults.remove();
  payee.core.faults.remove();
  for (const { at, ...fault } of faults) (at === 'hub' ? scheme.hub : payee.core).faults.add(parseFault(fault));
}
