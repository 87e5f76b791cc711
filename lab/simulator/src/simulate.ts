import type { Clock } from '@payment-manager/runtime';
import type { Rule } from './check/violation.ts';
import { type RunResult, run } from './run.ts';
import { shrink } from './shrink.ts';
import type { Sabotage } from './world/dfsp-side.ts';

export interface SimulateOptions {
  /** The first seed; the others follow it. */
  readonly seed: number;
  readonly seeds: number;
  /** For the speed alone. */
  readonly clock: Clock;
  /** Told what has come of the seeds up to now. */
  readonly onProgress?: (report: SimulationReport) => void;
  /** Asked before each seed (each few, in threads): true ends the run, with the report of what was run. */
  readonly isStopped?: () => boolean;
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
  /** Differences that only reconciliation can list (docs/money-rules.md, 1). */
  readonly forReconciliation: number;
}

/** After so many seeds with a violation there is enough to do. */
const VIOLATIONS_MAX = 10;

/** Whether another seed is to be run after those of the report. */
export function goesOn({ violations }: SimulationReport, { isStopped }: Pick<SimulateOptions, 'isStopped'>): boolean {
  return violations.length < VIOLATIONS_MAX && isStopped?.() !== true;
}

/** Runs seeds one after the other; stops early when many of them break a rule. */
export async function simulate(options: SimulateOptions): Promise<SimulationReport> {
  const { clock, sabotage } = options;
  const startedMs = clock.monotonic();
  let report = nothingYet();
  for (let seed = options.seed; seed < options.seed + options.seeds && goesOn(report, options); seed++) {
    const result = await ran(seed, sabotage);
    const { payments, faults, endings, forReconciliation } = result;
    const violations = result.violations.length === 0 ? [] : [await found(seed, sabotage)];
    report = sum(report, { seeds: 1, payments, violations, paymentsPerSecond: 0, faults, endings, forReconciliation });
    options.onProgress?.(report);
  }
  return withSpeed(report, clock.monotonic() - startedMs);
}

/** @throws Error with the seed, for a run that could not be brought to its end: a defect of the simulator */
async function ran(seed: number, sabotage: Sabotage | undefined): Promise<RunResult> {
  try {
    return await run(seed, sabotage === undefined ? {} : { sabotage });
  } catch (error) {
    throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

async function found(seed: number, sabotage: Sabotage | undefined): Promise<FoundViolation> {
  const { violations } = await ran(seed, sabotage);
  const [first] = violations;
  if (first === undefined) throw new Error(`seed ${seed} is another history each time`);
  const { result, payments, faults } = await shrink(seed, first.rule, sabotage);
  const { rule, what } = result.violations.find((violation) => violation.rule === first.rule) ?? first;
  return { seed, rule, what, payments, faults, history: result.history };
}

/** A report about no seed. */
export function nothingYet(): SimulationReport {
  return { seeds: 0, payments: 0, violations: [], paymentsPerSecond: 0, faults: {}, endings: {}, forReconciliation: 0 };
}

/** Two reports as one; the speed is that of the whole and comes at the end. */
export function sum(a: SimulationReport, b: SimulationReport): SimulationReport {
  return {
    seeds: a.seeds + b.seeds,
    payments: a.payments + b.payments,
    violations: [...a.violations, ...b.violations],
    paymentsPerSecond: 0,
    faults: added(a.faults, b.faults),
    endings: added(a.endings, b.endings),
    forReconciliation: a.forReconciliation + b.forReconciliation,
  };
}

/** With its speed: all payments in so many milliseconds of real time. */
export function withSpeed(report: SimulationReport, ms: number): SimulationReport {
  return { ...report, paymentsPerSecond: Math.round((report.payments / Math.max(1, ms)) * 1000) };
}

function added(a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>): Record<string, number> {
  const all: Record<string, number> = { ...a };
  for (const [name, count] of Object.entries(b)) all[name] = (all[name] ?? 0) + count;
  return all;
}
