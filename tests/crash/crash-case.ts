import type { Fault, FaultTarget } from './faults.ts';

/** A payment during which one process is killed at one named place. */
export interface CrashCase {
  readonly victim: 'payer' | 'payee';
  /** As in PM_FAILPOINT. */
  readonly failpoint: string;
  /** Who is paid; default Thandi. */
  readonly to?: 'LOST' | 'SIPHO';
  /** Faults that lead the payment to the failpoint. */
  readonly faults?: readonly (Fault & FaultTarget)[];
  /** How it must end. Absent: a reply to a question may be lost with the process, so both ends are right. */
  readonly end?: 'COMPLETED' | 'ERROR_OCCURRED';
}

/** The same case after and before each step. */
export function aroundEach(steps: readonly string[], rest: Omit<CrashCase, 'failpoint'>): CrashCase[] {
  return steps.flatMap((step) => (['after', 'before'] as const).map((side) => ({ ...rest, failpoint: step.replace('*', side) })));
}
