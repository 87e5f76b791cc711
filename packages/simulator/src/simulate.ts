import type { Clock } from '@payment-manager/runtime';
import type { Rule } from './check/violation.ts';
import { run } from './run.ts';
import { shrink } from './shrink.ts';
import type { Sabotage } from './world/dfsp-side.ts';

export interface SimulateOptions {
  /** The first seed; the others follow it. */
  readonly seed: number;
  readonly seeds: number;
  /** For the speed alone. */
  readonly clock: Clock;
  readonly onProgress?: (done: number) => void;
  readonly sabotage?: Sabotage;
}

/** A seed that broke a rule, with the shortest history that shows it. */
export interface FoundViolation {
  readonly seed: number;
  readonly rule: Rule;
  readonly what: string;
  readonly payments: readonly string[];
  readonly faults: readonly string[];
  /** Lines for people. */
  readonly history: readonly string[];
}

export interface SimulationReport {
  readonly seeds: number;
  readonly payments: number;
  readonly violations: readonly FoundViolation[];
  readonly paymentsPerSecond: number;
  readonly faults: Readonly<Record<string, number>>;
  /** How the payments ended for the payers' cores. */
  readonly endings: Readonly<Record<string, number>>;
  /** Differences that only reconciliation can list (money-rules 1). */
  readonly forReconciliation: number;
}

/** After so many seeds with a violation there is enough to do. */
const VIOLATIONS_MAX = 10;

/** Runs seeds one after the other; stops early when many of them break a rule. */
export async function simulate(options: SimulateOptions): Promise<SimulationReport> {
  const { clock, sabotage } = options;
  const faults: Record<string, number> = {};
  const endings: Record<string, number> = {};
  const violations: FoundViolation[] = [];
  let [payments, seeds, forReconciliation] = [0, 0, 0];
  const startedMs = clock.monotonic();
  for (let seed = options.seed; seed < options.seed + options.seeds && violations.length < VIOLATIONS_MAX; seed++) {
    const result = await run(seed, sabotage === undefined ? {} : { sabotage });
    seeds++;
    payments += result.payments;
    forReconciliation += result.forReconciliation;
    addUp(faults, result.faults);
    addUp(endings, result.endings);
    const [first] = result.violations;
    if (first !== undefined) {
      const shrunk = await shrink(seed, first.rule, sabotage);
      const shown = shrunk.result.violations.find(({ rule }) => rule === first.rule) ?? first;
      violations.push({
        seed,
        rule: first.rule,
        what: shown.what,
        payments: shrunk.payments,
        faults: shrunk.faults,
        history: shrunk.result.history,
      });
    }
    options.onProgress?.(seeds);
  }
  const paymentsPerSecond = Math.round((payments / Math.max(1, clock.monotonic() - startedMs)) * 1000);
  return { seeds, payments, violations, paymentsPerSecond, faults, endings, forReconciliation };
}

function addUp(into: Record<string, number>, more: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(more)) into[name] = (into[name] ?? 0) + count;
}
