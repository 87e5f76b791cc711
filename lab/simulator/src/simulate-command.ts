import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { systemClock } from '@payment-manager/runtime';
import { type FoundViolation, type SimulationReport, simulate } from './simulate.ts';
import { simulateInParallel } from './simulate-parallel.ts';

/** Options of `./pm simulate` as the command line gives them. */
export interface SimulateArguments {
  readonly seeds?: string;
  readonly seed?: string;
  readonly json?: boolean;
}

const SEEDS_DEFAULT = 500;
/** Below that a second thread takes longer to start than it saves. */
const SEEDS_PER_THREAD_MIN = 100;
const PROGRESS_EVERY = 1_000;
const HISTORY_LINES_MAX = 400;

/** `./pm simulate`: prints what came of the seeds. Resolves with the exit code: 0, or 1 on a violation, or 130 when `isStopped` ended it before. @throws RangeError for a number that is none */
export async function simulateCommand(given: SimulateArguments, out: (line: string) => void, isStopped: () => boolean): Promise<number> {
  const seed = whole('--seed', given.seed, 1);
  const seeds = whole('--seeds', given.seeds, given.seed === undefined ? SEEDS_DEFAULT : 1);
  const threads = Math.min(availableParallelism(), Math.ceil(seeds / SEEDS_PER_THREAD_MIN));
  let told = 0;
  const onProgress = ({ seeds: done, violations }: SimulationReport): void => {
    if (given.json === true || done < told + PROGRESS_EVERY) return;
    told = done;
    out(`${done} of ${seeds} seeds, ${violations.length} violations`);
  };
  const options = { seed, seeds, clock: systemClock, onProgress, isStopped };
  const report = threads < 2 ? await simulate(options) : await simulateInParallel(options, threads);
  const commit = report.violations.length === 0 ? '' : commitOfThisTree();
  if (given.json === true) out(JSON.stringify({ ...report, ...(commit !== '' && { commit }) }));
  else printReport(report, commit, out);
  if (report.violations.length > 0) return 1;
  return report.seeds < seeds ? 130 : 0;
}

function printReport(report: SimulationReport, commit: string, out: (line: string) => void): void {
  for (const violation of report.violations) printViolation(violation, commit, out);
  const counts = (numbers: Readonly<Record<string, number>>): string =>
    Object.entries(numbers)
      .sort(([, a], [, b]) => b - a)
      .map(([name, count]) => `${name} ${count}`)
      .join(', ');
  out(`${report.seeds} seeds, ${report.payments} payments, ${report.paymentsPerSecond} payments/s: ${report.violations.length} violations`);
  out(`ended as: ${counts(report.endings)}; for reconciliation: ${report.forReconciliation}`);
  out(`faults: ${counts(report.faults)}`);
}

function printViolation(violation: FoundViolation, commit: string, out: (line: string) => void): void {
  const { seed, rule, what, payments, faults, history } = violation;
  out(`VIOLATION of ${rule}: ${what}`);
  out(
    `  seed ${seed}, commit ${commit}; shortest: payments ${payments.join(', ')}; faults ${faults.length === 0 ? 'none' : faults.join('; ')}`,
  );
  for (const line of history.slice(-HISTORY_LINES_MAX)) out(`  ${line}`);
  out(`  again: ./pm simulate --seed ${seed}`);
}

/** @throws RangeError */
function whole(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (!/^\d{1,9}$/.test(text) || value < 1) throw new RangeError(`${name} must be a whole number from 1`);
  return value;
}

/** What must be checked out to see the same again. */
function commitOfThisTree(): string {
  try {
    return execFileSync('git', ['rev-parse', 'HEAD'], {
      cwd: import.meta.dirname,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return 'unknown (no git here)';
  }
}
